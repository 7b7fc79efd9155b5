"""Binary workbooks, XLSB ([MS-XLSB]): cells as they are shown, what is hidden, comments, names, and every string of the
records whose structure is not read."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ...model import GapReason
from ..budget import BudgetSpentError
from ..source import Item, Source, Tools
from ..xml_text import distinct, lines
from .biff12 import TruncatedError, is_records, number, records, strings_in, wide_string
from .binary_sheet import BinaryComments, BinarySheet, Shared
from .number_format import BUILT_IN_DATES, EPOCH_1900, EPOCH_1904, hides_everything, literal_text
from .package import Package
from .sheet_comments import comment_passages, joined
from .sheets import Places, sheet_passages, sheet_place

_SHEET, _BOOK, _STRINGS, _STYLES, _COMMENTS = 129, 131, 159, 278, 628
_SHEET_ENTRY, _BOOK_PROPERTIES, _NAME, _STRING_ITEM = 156, 153, 39, 19
_FONT, _FORMAT, _FILL, _CELL_FORMAT, _BEGIN_CELL_FORMATS, _END_CELL_FORMATS = 43, 44, 45, 47, 617, 618
_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}
_BROKEN = GapReason.CORRUPT, "a workbook with a part that can't be read to its end"
_PARTS = (
    ("pivotcache", "pivot cache"),
    ("pivottable", "pivot table"),
    ("externallink", "external link"),
    ("connection", "data connection"),
    ("querytable", "data connection"),
    ("/table", "table heads"),
)


def is_binary_part(octets: bytes) -> bool:
    """Whether a part of a package is made of a binary workbook's records."""
    return is_records(octets)


def read_binary_workbook(
    source: Source, tools: Tools, package: Package, parts: Mapping[str, bytes], places: Places
) -> Iterator[Item]:
    """All of `parts`, those of a package that are made of records. Adds the sheets to `places`."""
    if parts:
        yield from _Reader(source, tools, package, parts, places).read()


@dataclass(slots=True)
class _Reader:
    source: Source
    tools: Tools
    package: Package
    parts: Mapping[str, bytes]
    places: Places
    strings: list[str] = field(default_factory=list)
    sheets: list[tuple[str, str, str]] = field(default_factory=list)  # name, relation id, state
    names: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    unseen: list[bool] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    since_1904: bool = False

    def read(self) -> Iterator[Item]:
        kinds = {name: _opening(octets) for name, octets in self.parts.items()}
        for name, kind in kinds.items():
            if kind == _STRINGS:
                yield from self._strings(name)
            elif kind == _STYLES:
                yield from self._styles(name)
            elif kind == _BOOK:
                yield from self._book(name)
        source = self.source
        yield source.passage(distinct(name for name, _, _ in self.sheets), "sheet names")
        yield source.passage(distinct(self.names), "defined names", hidden=True)
        yield source.passage(distinct(self.others), "workbook settings", hidden=True)
        epoch = EPOCH_1904 if self.since_1904 else EPOCH_1900
        shared = Shared(strings=self.strings, formats=self.formats, unseen=self.unseen, epoch=epoch)
        for name in self._sheet_order([name for name, kind in kinds.items() if kind == _SHEET]):
            yield from self._sheet(name, shared)
        unused = (text for index, text in enumerate(self.strings) if index not in shared.used)
        yield source.passage(lines(*unused), "text of no cell", hidden=True)
        for name, kind in kinds.items():
            if kind == _COMMENTS:
                yield from self._comments(name)
            elif kind not in (_SHEET, _BOOK, _STRINGS, _STYLES):
                yield from self._other(name)

    def _records(self, name: str, take: Callable[[int, memoryview], None]) -> Iterator[Item]:
        """Give each record to `take`; the strings of one whose structure is not as expected are told apart."""
        strays: list[str] = []
        try:
            for kind, content in records(self.parts[name], self.tools.meter):
                try:
                    take(kind, content)
                except (struct.error, IndexError):
                    strays.extend(strings_in(content))
        except TruncatedError:
            yield self.source.gap(*_BROKEN)
        except BudgetSpentError as error:
            yield self.source.gap(error.reason, error.detail)
        yield self.source.passage(distinct(strays), "other content", hidden=True)

    def _strings(self, name: str) -> Iterator[Item]:
        def take(kind: int, content: memoryview) -> None:
            if kind == _STRING_ITEM:
                self.strings.append("")
                self.strings[-1] = wide_string(content, 1)[0]

        yield from self._records(name, take)

    def _styles(self, name: str) -> Iterator[Item]:
        styles = _Styles()
        yield from self._records(name, styles.take)
        self.formats, self.unseen = styles.formats, styles.unseen
        yield self.source.passage(distinct(styles.texts), "number formats", hidden=True)

    def _book(self, name: str) -> Iterator[Item]:
        def take(kind: int, content: memoryview) -> None:
            if kind == _SHEET_ENTRY:
                relation, at = wide_string(content, 8)
                self.sheets.append((wide_string(content, at)[0], relation, _STATES.get(number(content, 0), "hidden")))
            elif kind == _BOOK_PROPERTIES:
                self.since_1904 = bool(content[0] & 1)
                self.others.extend(strings_in(content))
            elif kind == _NAME:
                title, at = wide_string(content, 9)
                self.names.append(" ".join((title, *strings_in(content[at:]))).strip())
            else:
                self.others.extend(strings_in(content))

        yield from self._records(name, take)

    def _sheet_order(self, found: list[str]) -> list[str]:
        """The sheets in the workbook's order, then those it does not list; their places are set."""
        books = [name for name, octets in self.parts.items() if _opening(octets) == _BOOK]
        targets = {r.id: r.target for name in books for r in self.package.relations(name, self.tools.meter)}
        ordered = []
        for title, relation, state in self.sheets:
            name = targets.get(relation, "")
            if name in found and name not in self.places:
                self.places[name] = sheet_place(title, state)
                ordered.append(name)
        for name in found:
            if name not in self.places:
                self.places[name] = sheet_place("(not listed)", "hidden")
                ordered.append(name)
        return ordered

    def _sheet(self, name: str, shared: Shared) -> Iterator[Item]:
        place, hidden = self.places[name]
        sheet = BinarySheet(self.tools.meter, shared)
        gaps = list(self._records(name, sheet.take))
        yield from sheet_passages(self.source, place, hidden, sheet.grid, sheet.formulas, sheet.stored, sheet.texts)
        yield from gaps

    def _comments(self, name: str) -> Iterator[Item]:
        comments = BinaryComments()
        gaps = list(self._records(name, comments.take))
        place = self._owner(name)
        yield from comment_passages(self.source, place, iter(comments.comments))
        yield self.source.passage(distinct(comments.authors), joined(place, "authors of comments"), hidden=True)
        yield self.source.passage(distinct(comments.others), joined(place, "comments"), hidden=True)
        yield from gaps

    def _other(self, name: str) -> Iterator[Item]:
        texts: list[str] = []
        gaps = list(self._records(name, lambda _, content: texts.extend(strings_in(content))))
        place = next((words for part, words in _PARTS if part in name.lower()), "other content")
        yield self.source.passage(distinct(texts), joined(self._owner(name), place), hidden=place != "table heads")
        yield from gaps

    def _owner(self, name: str) -> str:
        """The place of the sheet that refers to the part, "" where none does."""
        if not self.owners:
            for sheet, (place, _) in self.places.items():
                for relation in self.package.relations(sheet, self.tools.meter):
                    self.owners.setdefault(relation.target, place)
        return self.owners.get(name, "")


class _Styles:
    """Number formats of the cell formats, and which of them show nothing (2.1.7.50)."""

    def __init__(self) -> None:
        self.formats: list[str] = []
        self.unseen: list[bool] = []
        self.texts: list[str] = []
        self._codes: dict[int, str] = {}
        self._white_fonts: list[bool] = []
        self._dark_fills: list[bool] = []
        self._in_cells = False

    def take(self, kind: int, content: memoryview) -> None:
        if kind == _FORMAT:
            code = wide_string(content, 2)[0]
            self._codes[_short(content, 0)] = code
            if literal_text(code):
                self.texts.append(code)
        elif kind == _FONT:
            self._white_fonts.append(_is_white(content[12:20]))
        elif kind == _FILL:
            self._dark_fills.append(number(content, 0) == 1 and not _is_white(content[4:12]))
        elif kind in (_BEGIN_CELL_FORMATS, _END_CELL_FORMATS):
            self._in_cells = kind == _BEGIN_CELL_FORMATS
        elif kind == _CELL_FORMAT and self._in_cells:
            self._cell_format(_short(content, 2), _short(content, 4), _short(content, 6))

    def _cell_format(self, code_number: int, font: int, fill: int) -> None:
        code = self._codes.get(code_number, "dd/mm/yyyy" if code_number in BUILT_IN_DATES else "")
        white = font < len(self._white_fonts) and self._white_fonts[font]
        dark = fill < len(self._dark_fills) and self._dark_fills[fill]
        self.formats.append("" if code.lower() == "general" else code)
        self.unseen.append(hides_everything(code) or (white and not dark))


def _is_white(colour: memoryview) -> bool:
    """A colour (2.5.22) that is white by its value, its number in the palette, or the theme's first."""
    kind, index = colour[0] >> 1, colour[1]
    if kind == 1:
        return index in (1, 9)
    if kind == 3:
        return index == 0 and not any(colour[2:4])
    return kind == 2 and bytes(colour[4:7]) >= b"\xfe\xfe\xfe"


def _short(content: memoryview, at: int) -> int:
    return content[at] | content[at + 1] << 8


def _opening(octets: bytes) -> int:
    """The type of the first record."""
    return octets[0] & 0x7F | (octets[1] & 0x7F) << 7 if octets[0] & 0x80 else octets[0]
