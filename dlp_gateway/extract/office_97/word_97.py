"""Word documents before 2007 ([MS-DOC]): the text by the pieces that make it up, and what else the streams hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import GapReason, Passage
from ..source import Item, Source, Tools
from . import word_97_layout as layouts
from .compound import Storage
from .flow import Flow
from .leftover import LEFT_OVER, OTHER_CONTENT, known_lines, left_over
from .word_97_extras import FORM, form_texts, read_art, records_of_data, strings_of, style_names
from .word_97_layout import Layout

# 2.3: the parts in which the text goes on, in the order of `Layout.lengths`, and what is told apart besides.
_PARTS = (
    ("", False),
    ("footnote", False),
    ("page header", False),
    ("macro", True),
    ("comment", True),
    ("endnote", False),
    ("text box", False),
    ("text box of a page header", False),
    (LEFT_OVER, True),
    ("page footer", False),
)
_SIGN = re.compile(r"[^\x00-\x1f]+|[\x00-\x1f]")
_CHARACTERS = {"\t": "\t", "\n": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\r": "\n", "\x1e": "-"}
_STATES = dict(zip(layouts.STATES, ("", "hidden text", "tracked deletion", "tracked deletion"), strict=True))
# 2.5.6 to 2.5.10: lists of strings in the table stream, by number and place; the styles, fonts and printer settings.
_OF_WORD = re.compile(r"_(?:Toc|Ref|Hlk|Hlt)\d+|_GoBack|Unknown")  # names that Word gives
_STRING_LISTS = (
    (21, "bookmarks", True),
    (32, "document properties", False),
    (36, "authors of comments", True),
    (51, "authors of changes", True),
    (60, "document variables", True),
)
_NO_TEXT = (1, 15, 27, 28, 29, 30, 91, 105)
_DRAWINGS, _STYLES = 50, 1


def read_word(source: Source, storage: Storage, tools: Tools) -> Iterator[Item]:
    """Text by part of the document, then names, alternative texts and pictures, then what no piece covers."""
    stream = storage.read("WordDocument")
    layout = layouts.read_layout(stream)
    if layout.encrypted:
        yield source.gap(GapReason.ENCRYPTED, "a Word document with a password")
        return
    table = stream if layout.old else storage.read(layout.table_name)
    layouts.load_text(layout, table)
    known: set[str] = set()
    for item in _text(source, layout, tools):
        known.update(known_lines([item.text]))
        yield item
    covered_table = [layout.located(number, table) for number in _NO_TEXT]
    for number, place, hidden in _STRING_LISTS:
        start, end = layout.located(number, table)
        covered_table.append((start, end))
        strings = [text for text in strings_of(table[start:end]) if not _OF_WORD.fullmatch(text)]
        known.update(strings)
        yield source.passage("\n".join(strings), place, hidden=hidden)
    covered = list(layout.covered)
    covered += [(piece.start, piece.end) for piece in layout.pieces]
    start, end = layout.located(_STYLES, table)
    yield source.passage("\n".join(style_names(table[start:end])), "styles", hidden=True)
    start, end = layout.located(_DRAWINGS, table)
    covered_table.append((start, end))
    yield from read_art(source, table[start:end], stream, tools, covered)
    data = storage.read("Data")
    covered_data: list[tuple[int, int]] = []
    for kind, start, end in records_of_data(data):
        covered_data.append((start, end))
        if kind is FORM:
            yield source.passage("\n".join(form_texts(data[start:end])), "form field")
        else:
            yield from read_art(source, data[start:end], b"", tools, [])
    others = [] if layout.old else list(_uncovered(table, covered_table))
    others += _uncovered(data, covered_data)
    yield source.passage(left_over(others, known), OTHER_CONTENT, hidden=True)
    yield source.passage(left_over(_uncovered(stream, covered), known), LEFT_OVER, hidden=True)
    if layout.overlaps:
        yield source.gap(GapReason.CORRUPT, "a Word document whose parts overlap")
    elif not layout.pieces:
        yield source.gap(GapReason.CORRUPT, "a Word document whose text can't be found in order")


def _text(source: Source, layout: Layout, tools: Tools) -> Iterator[Passage]:
    flows = [Flow() for _ in _PARTS]
    writer = _Writer(flows[0])
    part = 0
    for number, text in layouts.marked_text(layout):
        tools.meter.expand(len(text))
        if number != part:
            part = number
            writer = _Writer(flows[part])
        writer.write(text)
    for (place, hidden), flow in zip(_PARTS, flows, strict=True):
        yield from flow.passages(source, place, hidden=hidden)


class _Writer:
    """Puts the characters of one part into a flow: fields (2.8.25), cells and special characters (2.4.1)."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._state = ""
        self._fields: list[bool] = []  # for each field that is open whether its instruction is being read
        self._codes = 0
        self._last = ""

    def write(self, text: str) -> None:
        for sign in _SIGN.findall(text):
            if len(sign) > 1 or sign > "\x1f":
                self._flow.put(sign, self._place())
            elif sign in _CHARACTERS:
                # The end of a deleted paragraph still parts what is shown before from what is shown after it.
                self._flow.put(_CHARACTERS[sign], self._place() if sign in "\t\x1e" else "")
            else:
                self._mark(sign)
            self._last = sign

    def _place(self) -> str:
        return self._state or ("field code" if self._codes else "")

    def _mark(self, sign: str) -> None:
        flow = self._flow
        if sign in _STATES:
            self._state = _STATES[sign]
        elif sign == "\x13":
            self._fields.append(True)
            self._codes += 1
        elif sign == "\x14" and self._fields and self._fields[-1]:
            self._fields[-1] = False
            self._codes -= 1
            flow.put(" ", "field code")
        elif sign == "\x15" and self._fields:
            self._codes -= self._fields.pop()
        elif sign == layouts.TABLE_START:
            flow.start_table()
        elif sign == layouts.TABLE_END:
            flow.end_table()
        elif sign == layouts.CELL_LINE:
            flow.put(" ")
        elif sign == layouts.ROW_MARK:
            flow.end_row()
        elif sign == "\x07":
            # Without properties of paragraphs (Word 6) a row ends with a second mark.
            flow.end_cell() if flow.in_table else flow.put("\n" if self._last == "\x07" else "\t")


def _uncovered(octets: bytes, covered: list[tuple[int, int]]) -> Iterator[bytes]:
    position = 0
    for start, end in sorted(covered):
        if start > position:
            yield octets[position:start]
        position = max(position, end)
    if position < len(octets):
        yield octets[position:]
