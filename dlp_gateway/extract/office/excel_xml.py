"""Workbooks in the XML of Excel 2003 (XML Spreadsheet: the namespace urn:schemas-microsoft-com:office:spreadsheet)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..budget import Meter
from ..grid import Grid
from ..source import Item, Source
from ..xml_text import distinct, is_typed, lines
from .number_format import shown_iso
from .sheet_comments import comment_passages, joined
from .sheets import sheet_place
from .worksheet import MAX_COLUMN, MAX_ROW, cell_name, margin_text


@dataclass(slots=True)
class _Sheet:
    name: str
    grid: Grid
    formulas: Grid
    hidden: bool = False
    comments: list[tuple[str, str]] = field(default_factory=list)


class ExcelXml:
    """Receives the whole workbook."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._sheets: list[_Sheet] = []
        self._texts: dict[str, list[str]] = {}
        self._row = self._column = 0
        self._kind = ""
        self._text: list[str] | None = None
        self._cell: list[str] = []
        self._comment: list[str] | None = None
        self._path: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if name == "Worksheet":
            grids = Grid(self._meter), Grid(self._meter)
            self._sheets.append(_Sheet(attributes.get("Name", ""), *grids))
            self._row = self._column = 0
        elif name == "Column":
            self._column = _index(attributes, self._column)
            last = self._column + _number(attributes.get("Span"), 0)
            if self._sheets and (attributes.get("Hidden") == "1" or attributes.get("Width") == "0"):
                self._sheets[-1].grid.hidden_columns.append((self._column, last))
            self._column = last
        elif name == "Row":
            self._row = min(_index(attributes, self._row), MAX_ROW)
            self._column = 0
            if self._sheets and (attributes.get("Hidden") == "1" or attributes.get("Height") == "0"):
                self._sheets[-1].grid.hidden_rows.add(self._row)
        elif name == "Cell":
            self._start_cell(attributes)
        elif name == "Data":
            self._kind = attributes.get("Type", "")
        elif name == "Comment":
            self._comment = []
            self._say("authors of comments", attributes.get("Author", ""))
        else:
            self._start_other(name, attributes)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._column = min(_index(attributes, self._column), MAX_COLUMN)
        self._cell = []
        formula = attributes.get("Formula", "")
        if self._sheets and '"' in formula:
            self._sheets[-1].formulas.put(self._row, self._column, formula)
        for key in ("HRef", "HRefScreenTip"):
            self._say("link", attributes.get(key, ""))

    def _start_other(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("Header", "Footer"):
            self._say("page header", margin_text(attributes.get("Data", "")))
        elif name == "NamedRange":
            self._say("defined names", attributes.get("Name", ""))
            self._say("defined names", attributes.get("RefersTo", ""))
        elif name == "NumberFormat":
            code = attributes.get("Format", "")
            self._say("number formats", code if '"' in code else "")
        else:
            for key, value in attributes.items():
                if is_typed(key, value):
                    self._say("other text", value)

    def end(self, name: str) -> None:
        if self._path:
            self._path.pop()
        if name == "Cell" and self._sheets:
            value = "".join(self._cell)
            text = shown_iso(value.removesuffix(".000")) if self._kind == "DateTime" else value
            self._sheets[-1].grid.put(self._row, self._column, text)
        elif name == "Comment" and self._comment is not None:
            if self._sheets:
                cell = cell_name(self._row, self._column)
                self._sheets[-1].comments.append((cell, "".join(self._comment)))
            self._comment = None

    def data(self, text: str) -> None:
        path = self._path
        if self._comment is not None:
            self._comment.append(text)
        elif "Data" in path[-6:]:
            self._cell.append(text)
        elif path and path[-1] == "Visible" and self._sheets:
            self._sheets[-1].hidden = text.strip() != "SheetVisible"
        elif not text.isspace():
            properties = "DocumentProperties" in path[-3:] or "CustomDocumentProperties" in path[-3:]
            self._say("document properties" if properties else "other text", text)

    def _say(self, place: str, text: str) -> None:
        if text and not text.isspace():
            if self._sheets and place != "document properties":
                place = joined(f"sheet {self._sheets[-1].name}", place)
            self._texts.setdefault(place, []).append(text)

    def passages(self, source: Source) -> Iterator[Item]:
        """What was collected, also of a file that broke off."""
        yield source.passage(distinct(sheet.name for sheet in self._sheets), "sheet names")
        for sheet in self._sheets:
            place, hidden = sheet_place(sheet.name, "hidden" if sheet.hidden else "visible")
            yield from sheet.grid.passages(source, place, hidden=hidden)
            yield from sheet.formulas.passages(source, joined(place, "formula"), hidden=hidden)
            yield from comment_passages(source, place, iter(sheet.comments))
        for place, texts in self._texts.items():
            hidden = place.endswith(("other text", "comments", "names", "formats"))
            yield source.passage(lines(distinct(texts)), place, hidden=hidden)


def _index(attributes: Mapping[str, str], before: int) -> int:
    return _number(attributes.get("Index"), before + 1)


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdigit() and len(value) < 8 else default
