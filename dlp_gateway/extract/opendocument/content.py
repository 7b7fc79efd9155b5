"""Content of OpenDocument files: paragraphs by place, tables, sheets (ISO/IEC 26300, part 3: 4 to 15).

Notes, comments and text boxes stand within the paragraph that they belong to; each is a flow of its own here, so
that the paragraph goes on after it as if nothing had been.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...model import Passage
from ..budget import Meter
from ..office.prose import apart, is_table_of_records
from ..office.sheet_comments import joined
from ..source import Inner, Item, Source
from ..xml_text import distinct, is_typed, lines
from .sheet import OdfSheet
from .styles import OdfStyles

_HIDDEN, _DELETION = "hidden text", "tracked deletion"
_COMMENT, _ALTERNATIVE = "comment", "alternative text"
_FLOWS = {
    "annotation": _COMMENT,
    "tracked-changes": _DELETION,
    "hidden-text": _HIDDEN,
    "hidden-paragraph": _HIDDEN,
    "text-box": "text box",
    "title": _ALTERNATIVE,
    "desc": _ALTERNATIVE,
    "ruby-text": "phonetic text",
    "notes": "speaker notes",
    "header": "page header",
    "header-left": "page header",
    "header-first": "page header",
    "footer": "page footer",
    "footer-left": "page footer",
    "footer-first": "page footer",
    "header-decl": "page header",
    "footer-decl": "page footer",
    "help-message": "data validation",
    "error-message": "data validation",
    "forms": "form field",
    "creator": "authors of changes",
    "sender-initials": "authors of changes",
    "script": "macro",
    "dde-links": "external link",
}
_SHOWN = frozenset(
    (
        *("", "text box", _ALTERNATIVE, "footnote", "endnote", "page header", "page footer", "form field"),
        *("speaker notes", "link", "drawing", "chart", "list numbering", "page names", "document properties"),
    )
)
_APART = frozenset(("other attributes", "link", "bookmarks", "names of objects", "authors of changes"))
_ATTRIBUTES = {
    "href": "link",
    "string-value-if-true": _HIDDEN,
    "string-value-if-false": _HIDDEN,
    "condition": "data validation",
    "expression": "defined names",
    "formula": "formula",
    "current-value": "form field",
    "label": "form field",
    "string-value": "variables",
    "description": "form field",
    "help-text": "form field",
    "target-frame-name": "link",
}
_NAMES = {
    "bookmark": "bookmarks",
    "bookmark-start": "bookmarks",
    "frame": "names of objects",
    "section": "names of sections",
    "page": "page names",
    "named-range": "defined names",
    "named-expression": "defined names",
    "database-range": "defined names",
    "data-pilot-table": "pivot table",
    "data-pilot-member": "pivot cache",
    "user-field-decl": "variables",
    "variable-decl": "variables",
    "scenario": "scenario",
    "custom-shape": "names of objects",
    "table": "names of objects",
}
_SHAPES = frozenset(
    ("custom-shape", "rect", "ellipse", "circle", "path", "polygon", "polyline", "line", "connector", "caption")
)
_NAMED_BY_PROGRAMS = frozenset(
    (
        *("font-face", "list-style", "gradient", "marker", "fill-image", "stroke-dash", "page-layout", "opacity"),
        *("hatch", "layer", "event-listener", "master-page", "param", "config-item", "config-item-set", "template"),
        *("config-item-map-named", "config-item-map-indexed", "property", "table-template", "linearGradient"),
        *("bookmark-end", "theme", "color", "sequence-decl"),
    )
)
_SPACE, _TAB, _BREAK = "\x1c", "\x1d", "\x1e"  # no XML can hold them
_BLANKS = re.compile(r"[ \t\r\n]+")
_MADE_UP = re.compile(r"_\w+|(?:[a-z]+-)?(?:page|frame|table|image|object|shape)\s?\d*|\w+:\d+", re.IGNORECASE)


@dataclass(slots=True)
class _Flow:
    where: str = ""
    pieces: list[tuple[str, str]] = field(default_factory=list)  # "" or hidden, text
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None
    table_depth: int = 0
    in_paragraph: int = 0


class OdfContent:
    """Receives content.xml, styles.xml or a flat document; `prefix` is the place of the whole ("Object 1")."""

    def __init__(self, source: Source, meter: Meter, styles: OdfStyles, prefix: str = "") -> None:
        self.files: list[Inner] = []
        self.sheets: list[OdfSheet] = []
        self._source = source
        self._meter = meter
        self._styles = styles
        self._prefix = prefix
        self._texts: dict[tuple[str, str, bool], list[str]] = {}  # section, where, hidden
        self._tables: list[tuple[str, list[list[str]], bool]] = []
        self._flow = _Flow()
        self._outer: list[tuple[str, _Flow]] = []  # element, the flow around it
        self._spans: list[bool] = []  # open paragraphs and spans: whether their text can't be seen
        self._hidden_spans = 0
        self._hidden = 0  # open sections that are not shown
        self._sections: list[bool] = []
        self._page = ""
        self._page_hidden = False
        self._pages = 0
        self._spreadsheet = False
        self._binary: list[str] | None = None
        self._note = "footnote"
        self._in_body = False
        self._properties = 0  # open elements of the properties of a flat document
        self._stray: list[str] = []

    # -- elements --

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._in_body and self._start_before_body(name, attributes):
            return
        if name in ("p", "h"):
            self._flow.in_paragraph += 1
            style = attributes.get("style-name")
            self._open_span(style is not None and self._styles.unseen("paragraph", style))
            return
        if name == "table-cell" and self._spreadsheet and self.sheets and not self._outer:
            self.sheets[-1].start(name, attributes)
            return
        if name in ("span", "a", "meta", "ruby"):
            self._open_span(self._styles.unseen("text", attributes.get("style-name", "")))
        elif name == "s":
            count = attributes.get("c", "1")
            self._put(_SPACE * (min(int(count), 100) if count.isdigit() and len(count) < 5 else 1))
        elif name in ("tab", "line-break"):
            self._put(_TAB if name == "tab" else _BREAK)
        elif name in _FLOWS or name in ("note-body", "note-citation") or self._floats(name):
            self._open(name)
        elif name == "table" or name.startswith("table-") or name == "covered-table-cell":
            self._start_table(name, attributes)
        elif name == "binary-data":
            self._binary = []
        else:
            self._start_structure(name, attributes)
        self._see_attributes(name, attributes)

    def _start_before_body(self, name: str, attributes: Mapping[str, str]) -> bool:
        """True where the element belongs to styles or properties, which stand before the body."""
        if name == "body":
            self._in_body = True
            return True
        if self._styles.start(name, attributes):
            return True
        if self._properties or (name == "meta" and not self._flow.in_paragraph):
            self._properties += 1
            self._stray.extend(f"{value}\n" for key, value in attributes.items() if is_typed(key, value))
            return True
        return False

    def _start_structure(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "spreadsheet":
            self._spreadsheet = True
        elif name == "page":
            self._pages += 1
            self._page_hidden = self._styles.collapsed("drawing-page", attributes.get("style-name", ""))
            self._page = f"slide {self._pages}" + (" (hidden)" if self._page_hidden else "")
        elif name == "master-page":
            self._page = "master page"
        elif name == "section":
            hidden = attributes.get("display", "true") in ("none", "condition")
            self._sections.append(hidden)
            self._hidden += hidden
        elif name == "note":
            self._note = "endnote" if attributes.get("note-class") == "endnote" else "footnote"

    def _floats(self, name: str) -> bool:
        """Whether it is a shape within a paragraph or a cell, which goes on behind it."""
        in_cell = bool(self.sheets) and self.sheets[-1].in_cell
        return name in _SHAPES and bool(self._flow.in_paragraph or self._flow.cell is not None or in_cell)

    def _open(self, name: str) -> None:
        where = "text box" if name in _SHAPES else _FLOWS.get(name, self._note)
        if where == "text box" and self._flow.where:
            where = self._flow.where
        if name == "annotation" and self.sheets and self.sheets[-1].in_cell:
            where = self.sheets[-1].comment_place()
        self._outer.append((name, self._flow))
        self._flow = _Flow(where=where)
        self._open_span(False)

    def end(self, name: str) -> None:
        if not self._in_body:
            self._styles.end(name)
        if self._stray:
            self._end_stray()
        if self._properties:
            self._properties -= 1
        elif name in ("p", "h"):
            self._flow.in_paragraph -= 1
            self._close_span()
            self._end_paragraph()
        elif name in ("span", "a", "meta", "ruby"):
            self._close_span()
        elif self._outer and self._outer[-1][0] == name:
            self._end_paragraph()
            _, self._flow = self._outer.pop()
            self._close_span()
        elif name == "table" or name.startswith("table-") or name == "covered-table-cell":
            self._end_table(name)
        elif name in ("page", "master-page"):
            self._page, self._page_hidden = "", False
        elif name == "section" and self._sections:
            self._hidden -= self._sections.pop()
        elif name == "binary-data" and self._binary is not None:
            self._end_binary()

    def _open_span(self, hidden: bool) -> None:
        self._spans.append(hidden)
        self._hidden_spans += hidden

    def _close_span(self) -> None:
        if self._spans:
            self._hidden_spans -= self._spans.pop()

    def data(self, text: str) -> None:
        if self._binary is not None:
            self._binary.append(text)
        elif not self._in_body and self._styles.data(text):
            return
        elif self._properties:
            self._stray.append(text)
        elif self._flow.in_paragraph or (self._flow.where and not text.isspace()):
            self._put(text)
        elif not text.isspace():
            self._stray.append(text)

    def _end_stray(self) -> None:
        """Text that no paragraph holds, at the end of its element."""
        self._say("document properties" if self._properties else "other text", "".join(self._stray).strip())
        self._stray = []

    def _put(self, text: str) -> None:
        self._flow.pieces.append((_HIDDEN if self._hidden_spans else "", text))

    # -- paragraphs --

    def _end_paragraph(self) -> None:
        flow = self._flow
        pieces, flow.pieces = flow.pieces, []
        if not pieces:
            return
        plain = len(pieces) == 1 and not pieces[0][0]
        seen = _clean(pieces[0][1] if plain else "".join(text for kind, text in pieces if not kind))
        if flow.cell is not None:
            flow.cell.append(seen)
        elif not flow.where and self.sheets and self.sheets[-1].in_cell:
            self.sheets[-1].put(seen)
        elif seen:
            self._say(flow.where, seen)
        if not plain and any(kind for kind, _ in pieces):
            self._say(joined(flow.where, _HIDDEN), _clean(apart(pieces, _HIDDEN)))

    def _say(self, where: str, text: str) -> None:
        base = where.rpartition(", ")[2] if where.endswith(_HIDDEN) else where
        hidden = bool(self._hidden) or self._page_hidden or base not in _SHOWN
        if self._hidden:
            where = joined(where, _HIDDEN)
        self._texts.setdefault((self._page, where, hidden), []).append(f"{text}\n")

    # -- tables --

    def _start_table(self, name: str, attributes: Mapping[str, str]) -> None:
        flow = self._flow
        if self._spreadsheet and not self._outer and (name == "table" or self.sheets):
            if name == "table" and not (self.sheets and self.sheets[-1].is_open):
                self.sheets.append(OdfSheet(self._meter, self._styles, attributes))
            else:
                self.sheets[-1].start(name, attributes)
            return
        if name == "table":
            flow.table_depth += 1
            if flow.table_depth == 1:
                flow.rows = []
        elif flow.table_depth == 1:
            if name == "table-row":
                flow.rows.append([])
            elif name.endswith("cell"):
                flow.cell = []

    def _end_table(self, name: str) -> None:
        flow = self._flow
        if self._spreadsheet and not self._outer:
            if self.sheets:
                self.sheets[-1].end(name)
            return
        if name == "table":
            flow.table_depth -= 1
            if flow.table_depth == 0:
                rows, flow.rows = flow.rows, []
                if is_table_of_records(rows):
                    self._tables.append((joined(self._page, flow.where), rows, self._page_hidden))
                else:
                    for row in rows:
                        self._say(flow.where, "\t".join(row))
        elif name.endswith("cell") and flow.table_depth == 1:
            if flow.rows:
                flow.rows[-1].append(" ".join(" ".join(flow.cell or ()).split()))
            flow.cell = None

    # -- what stands in attributes, and files --

    def _see_attributes(self, name: str, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if not value or value.isspace():
                continue
            if key == "name":
                named = name not in _NAMED_BY_PROGRAMS and not _MADE_UP.fullmatch(value)
                place = _NAMES.get(name, "other attributes") if named else ""
            elif name.endswith("cell"):
                # Cells of sheets are read as such; a cell elsewhere may keep what it does not show.
                place = self._flow.where or "other attributes" if self._outer and key == "string-value" else ""
            else:
                place = _ATTRIBUTES.get(key, "")
                if not place and key not in _SYNTAX and is_typed(key, value):
                    place = "other attributes"
            if place and not (key == "href" and value.startswith(("#", "./", "Pictures/", "Object"))):
                self._say(place, value)

    def _end_binary(self) -> None:
        try:
            octets = base64.b64decode("".join(self._binary or ()))
        except (binascii.Error, ValueError):
            octets = b""
        self._binary = None
        if octets:
            self._meter.expand(len(octets))
            self.files.append(Inner(name=f"embedded {len(self.files) + 1}", octets=octets, listed=False))

    # -- the answer --

    def items(self) -> Iterator[Item]:
        """What was collected, also of a part that broke off."""
        while self._outer:
            self._end_paragraph()
            _, self._flow = self._outer.pop()
        self._end_paragraph()
        for number, (where, rows, hidden) in enumerate(self._tables, 1):
            text = "\n".join("\t".join(row) for row in rows)
            yield self._passage(joined(where, f"table {number}"), text, hidden=hidden, table=True)
        for (page, where, hidden), pieces in self._texts.items():
            notes = page and where == "speaker notes"
            place = page.replace("slide", where) if notes else joined(page, where)
            text = distinct(pieces) if where in _APART else "".join(pieces)
            yield self._passage(place, lines(text) if where else text.strip("\n"), hidden=hidden)
        yield self._passage("sheet names", distinct(sheet.name for sheet in self.sheets))
        for sheet in self.sheets:
            yield from sheet.passages(self._source)
        yield self._passage("number formats", distinct(self._styles.texts), hidden=True)
        yield self._passage("styles", distinct(self._styles.names), hidden=True)
        self._styles.texts.clear()
        self._styles.names.clear()
        yield from self.files

    def _passage(self, place: str, text: str, *, hidden: bool = False, table: bool = False) -> Passage:
        return self._source.passage(text, joined(self._prefix, place), hidden=hidden, table=table)


_SYNTAX = frozenset(
    (
        *("viewBox", "enhanced-path", "points", "glue-points", "text-areas", "modifiers", "type", "style-name"),
        *("cell-range-address", "base-cell-address", "target-range-address", "print-ranges", "font-family", "path"),
        *("values-cell-range-address", "label-cell-address", "end-cell-address", "transform", "language", "range"),
        *("source-cell-range-addresses", "cell-address", "adjustments", "text-path", "font-name"),
    )
)


def _clean(text: str) -> str:
    """White space as it is shown: runs of it are one blank, but those that are elements of their own."""
    if text.isalnum():
        return text
    text = _BLANKS.sub(" ", text).strip(" ")
    return text.replace(_SPACE, " ").replace(_TAB, "\t").replace(_BREAK, "\n")
