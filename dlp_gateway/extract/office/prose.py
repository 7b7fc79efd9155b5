"""Paragraphs and tables of WordprocessingML and DrawingML (ECMA-376, part 1: 17, 20 and 21), and what stands
beside them: deletions, hidden runs, text boxes, field codes, alternative texts.

Text goes to the place it belongs to; "" is what a reader sees in order. Runs of a paragraph are joined as they
are, since programs part words between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...model import Passage
from ..source import Source
from ..xml_text import lines
from .prose_attributes import BESIDE, SHOWN, place_of_attribute, symbol
from .run_format import RunFormat

DELETION, MOVED, HIDDEN, COMMENT = "tracked deletion", "moved text", "hidden text", "comment"
FIELD, BOX = "field code", "text box"
_FALLBACK = "alternative content"
_TEXT = frozenset(("t", "delText", "instrText", "delInstrText", "text"))
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_FIELD_MARKS = frozenset(("fldChar", "fldSimple"))
# Text that no element of ours holds is kept, but not that of elements whose content is never words.
_NO_WORDS = frozenset(
    (
        *("posOffset", "align", "pctPosHOffset", "pctPosVOffset", "pctWidth", "pctHeight", "fldData", "binData"),
        *("idx", "sldSz", "attrName", "Anchor", "FmlaMacro", "AutoFill", "AutoLine", "Row", "Column", "SizeWithCells"),
        *("MoveWithCells", "TextHAlign", "TextVAlign", "AutoScale", "LockText", "creationId", "modId"),
    )
)
_DIGIT = re.compile(r"\d")
_LEAST_ROWS = _LEAST_COLUMNS = 3
_KEPT, _INSERTED = "", "inserted"


@dataclass(slots=True)
class _Flow:
    """One run of paragraphs: the document itself, or a text box within it."""

    where: str = ""
    paragraph: list[tuple[str, str]] = field(default_factory=list)  # what the text is (kept, deleted ...), text
    table_depth: int = 0
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None
    deleted_row: bool = False
    format: RunFormat = field(default_factory=RunFormat)


class Prose:
    """Collects one XML part."""

    def __init__(self, hidden_styles: frozenset[str] = frozenset()) -> None:
        self.texts: dict[str, list[str]] = {"": []}
        self.tables: list[tuple[str, list[list[str]]]] = []  # where, rows
        self.shown = True  # a slide may say that it is not
        self._hidden_styles = hidden_styles
        self._flow = _Flow()
        self._outer: list[_Flow] = []
        self._marks: list[str] = []  # deletions and the like that are open
        self._open: Counter[str] = Counter()  # how many of each
        self._paragraphs = 0
        self._in_text = ""
        self._in_tabs = 0
        self._old = 0  # properties as they were before a tracked change
        self._path: list[str] = []
        self._beside_open: set[str] = set()  # places beside the paragraph whose lines have not ended
        self._stray: list[str] = []  # text in elements that hold none as far as we know

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if name in _TEXT:
            self._in_text = name
        elif name in _BREAKS:
            if not self._in_tabs:
                self._put(_BREAKS[name])
        else:
            self._start_structure(name, attributes)
        for key, value in attributes.items():
            place = place_of_attribute(name, key, value)
            if place:
                self._beside(place, value)

    def _start_structure(self, name: str, attributes: Mapping[str, str]) -> None:
        flow = self._flow
        if name == "p":
            self._in_text = ""
            self._paragraphs += 1
            if flow.format.touched:
                flow.format.start_paragraph()
        elif name in _MARKS:
            self._mark(name)
        elif name == "annotation":  # Word 2003
            self._open_mark(_ANNOTATIONS.get(attributes.get("type", ""), _INSERTED))
        elif name in ("tbl", "tr", "tc"):
            self._start_table(name)
        elif name in ("txbxContent", "textbox"):
            self._outer.append(flow)
            self._flow = _Flow(where=BOX)
        elif name == "tabs":
            self._in_tabs += 1
        elif name.endswith("Change"):
            self._old += 1
        elif name in _FIELD_MARKS:
            self._put_beside(FIELD, "\n")
        elif name == "sym":
            self._put(symbol(attributes))
        elif name == "sld" and attributes.get("show") in ("0", "false"):
            self.shown = False
        elif not self._old:
            flow.format.see(name, attributes, self._path, self._hidden_styles)

    def _mark(self, name: str) -> None:
        parent = self._path[-2] if len(self._path) > 1 else ""
        if parent == "trPr" and name == "del":
            self._flow.deleted_row = True
        self._open_mark(_MARKS[name])

    def _open_mark(self, mark: str) -> None:
        self._marks.append(mark)
        self._open[mark] += 1

    def end(self, name: str) -> None:
        if self._path:
            self._path.pop()
        if self._stray:
            self._beside("other text", "".join(self._stray))
            self._stray = []
        if name in _TEXT:
            self._in_text = ""
            if name == "text" and not self._paragraphs:
                self._end_paragraph()
        elif name in _MARKS or name == "annotation":
            if self._marks:
                self._open[self._marks.pop()] -= 1
        elif name == "p":
            self._paragraphs -= 1
            self._end_paragraph()
        elif name == "r":
            self._flow.format.end_run()
        elif name == "rPr":
            if not self._old:
                self._flow.format.end_properties()
        else:
            self._end_structure(name)

    def _end_structure(self, name: str) -> None:
        if name == "tc":
            self._end_cell()
        elif name == "tr":
            self._flow.deleted_row = False
        elif name == "tbl":
            self._end_table()
        elif name in ("txbxContent", "textbox"):
            self._end_paragraph()
            self._flow = self._outer.pop() if self._outer else _Flow()
        elif name == "tabs":
            self._in_tabs -= 1
        elif name.endswith("Change"):
            self._old -= 1

    def data(self, text: str) -> None:
        if self._in_text:
            self._put(text)
        elif not text.isspace() and self._path and self._path[-1] not in _NO_WORDS:
            self._stray.append(text)

    def _put(self, text: str) -> None:
        if self._in_text in ("instrText", "delInstrText"):
            self._put_beside(FIELD, text)
            return
        kind = self._kind()
        if kind in (_FALLBACK, "phonetic text"):
            self._put_beside(kind, text)
        else:
            self._flow.paragraph.append((kind, text))

    def _kind(self) -> str:
        """What the text at this place is: kept, inserted, deleted, hidden ..."""
        if self._in_text == "delText" or self._flow.deleted_row:
            return MOVED if self._open[MOVED] else DELETION
        if not self._marks:
            return HIDDEN if self._flow.format.hidden else _KEPT
        for kind in (DELETION, MOVED, COMMENT, _FALLBACK, "phonetic text"):
            if self._open[kind]:
                return kind
        if self._flow.format.hidden:
            return HIDDEN
        return _INSERTED if self._open[_INSERTED] else _KEPT

    def _beside(self, place: str, text: str) -> None:
        pieces = self.texts.setdefault(place, [])
        pieces.append(text)
        pieces.append("\n")

    def _put_beside(self, place: str, text: str) -> None:
        if text != "\n" or place in self.texts:
            self.texts.setdefault(place, []).append(text)
            self._beside_open.add(place)

    def _end_paragraph(self) -> None:
        flow = self._flow
        if flow.format.touched:
            flow.format.start_paragraph()
        for place in self._beside_open:
            self.texts[place].append("\n")
        self._beside_open.clear()
        pieces = flow.paragraph
        if not pieces:
            (flow.cell if flow.cell is not None else self.texts.setdefault(flow.where, [])).append("\n")
            return
        flow.paragraph = []
        seen = "".join(text for kind, text in pieces if kind in (_KEPT, _INSERTED))
        if flow.cell is not None:
            flow.cell.append(f"{seen}\n")
        elif seen or not any(kind for kind, _ in pieces):
            self.texts.setdefault(flow.where, []).append(f"{seen}\n")
        for kind in dict.fromkeys(kind for kind, _ in pieces):
            if kind in (DELETION, MOVED, HIDDEN, COMMENT):
                self._beside(kind, apart(pieces, kind))

    def _start_table(self, name: str) -> None:
        flow = self._flow
        if name == "tbl":
            flow.table_depth += 1
            flow.format.styled_table = False
            if flow.table_depth == 1:
                flow.rows = []
        elif flow.table_depth == 1:
            if name == "tr":
                flow.rows.append([])
            else:
                flow.cell = []
                flow.format.start_cell()

    def _end_cell(self) -> None:
        flow = self._flow
        if flow.table_depth == 1 and flow.cell is not None:
            if flow.paragraph:
                self._end_paragraph()
            if flow.rows:
                flow.rows[-1].append(" ".join("".join(flow.cell).split()))
            flow.cell = None
            flow.format.end_cell()

    def _end_table(self) -> None:
        flow = self._flow
        flow.table_depth -= 1
        if flow.table_depth:
            return
        rows, flow.rows = flow.rows, []
        if is_table_of_records(rows):
            self.tables.append((flow.where, rows))
        else:
            self.texts.setdefault(flow.where, []).extend("\t".join(row) + "\n" for row in rows if any(row))

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """What was collected, also of a part that broke off; `place` names the XML part in a reviewer's words ("" is
        the document's own text)."""
        self._finish()
        unseen = hidden or not self.shown
        seen = "".join(text for where, pieces in self.texts.items() if where in SHOWN for text in pieces)
        for where, pieces in self.texts.items():
            text = "".join(pieces)
            if where == _FALLBACK:
                text = _other_lines(text, seen)
            if where in BESIDE:
                text = "\n".join(dict.fromkeys(lines(text).split("\n")))
            elif where:
                text = lines(text)
            name = ", ".join(dict.fromkeys(filter(None, (place, where))))
            yield source.passage(text, name, hidden=unseen or where not in SHOWN)
        for number, (where, rows) in enumerate(self.tables, 1):
            name = ", ".join(filter(None, (place, where, f"table {number}")))
            yield source.passage("\n".join("\t".join(row) for row in rows), name, hidden=unseen, table=True)

    def _finish(self) -> None:
        """Bring what is open to its place."""
        for flow in [self._flow, *reversed(self._outer)]:
            self._flow = flow
            if flow.paragraph:
                self._end_paragraph()
            if flow.table_depth:
                flow.table_depth = 1
                self._end_cell()
                self._end_table()
        self._outer = []


_MARKS = {
    "del": DELETION,
    "moveFrom": MOVED,
    "Fallback": _FALLBACK,
    "ins": _INSERTED,
    "moveTo": _INSERTED,
    "rt": "phonetic text",
}


_ANNOTATIONS = {"Word.Deletion": DELETION, "Word.Comment": COMMENT}


def is_table_of_records(rows: list[list[str]]) -> bool:
    """Whether a table has a row of heads; a form or a layout reads better as lines, label before value."""
    heads = rows[0] if rows else []
    records = len(rows) >= _LEAST_ROWS and len(heads) >= _LEAST_COLUMNS
    return records and all(head and not _DIGIT.search(head) for head in heads)


def apart(pieces: list[tuple[str, str]], kind: str) -> str:
    """The text of one kind in a paragraph. Where it goes on what stands beside it ("QQ 12" kept, "3456C" deleted),
    the paragraph as it would read with it follows: nobody sees the whole elsewhere."""
    alone: list[str] = []
    whole = ""
    torn = False
    before = ""
    for what, text in pieces:
        if what == kind:
            if before != kind and alone:
                alone.append("\n")
            alone.append(text)
        if what in (kind, _KEPT) or (what, kind) == (_INSERTED, HIDDEN):
            torn = torn or (kind in (what, before) and what != before and _goes_on(whole, text))
            whole += text
            before = what
        else:
            before = what
    return "".join(alone) + (f"\n{whole}" if torn else "")


_TORN = re.compile(r"[^\W_][ \-/.]?\Z")


def _goes_on(left: str, right: str) -> bool:
    """Whether the second text is a part of the first one's last word or number."""
    end = _TORN.search(left[-2:])
    if end is None:
        return False
    first = right[:2].lstrip(" -/.")[:1]
    if not first.isalnum():
        return False
    parted = len(end[0]) > 1 or not right[:1].isalnum()
    return not parted or first.isdigit() or end[0][0].isdigit()


def _other_lines(text: str, seen: str) -> str:
    known = {line.strip() for line in seen.split("\n")}
    return "\n".join(line for line in text.split("\n") if line.strip() not in known)
