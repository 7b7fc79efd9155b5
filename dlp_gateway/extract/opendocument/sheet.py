"""One sheet of an OpenDocument spreadsheet (ISO/IEC 26300, part 3: 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...model import Passage
from ..budget import Meter
from ..grid import Grid
from ..office.number_format import EPOCH_1900, shown_iso, shown_number
from ..office.sheet_comments import joined
from ..office.worksheet import cell_name
from ..source import Source
from .styles import OdfStyles

_LARGEST_REPEAT = 1_100_000
_LONG = 7  # digits from which a number may be somebody's
_DIGITS = re.compile(r"\D+")
_WORTHWHILE = re.compile(r'"|\d{7}')


class OdfSheet:
    """Its cells, formulas with words in them, and stored values that are not shown in full."""

    def __init__(self, meter: Meter, styles: OdfStyles, attributes: Mapping[str, str]) -> None:
        self.name = attributes.get("name", "")
        self.hidden = styles.collapsed("table", attributes.get("style-name", ""))
        self.is_open = True
        self.in_cell = False
        self._styles = styles
        self._grid, self._formulas, self._stored = Grid(meter), Grid(meter), Grid(meter)
        self._depth = 0  # of tables within cells
        self._row = self._column = 0
        self._row_repeat = self._column_repeat = 1
        self._row_style = ""
        self._column_styles: list[tuple[int, int, str]] = []
        self._cell: Mapping[str, str] = {}
        self._style = ""
        self._texts: list[str] = []
        self._hidden_groups: list[bool] = []
        self._hidden_depth = 0

    @property
    def place(self) -> str:
        return f"sheet {self.name}{' (hidden)' if self.hidden else ''}"

    def comment_place(self) -> str:
        return f"{self.place}, comment on {cell_name(self._row, self._column)}"

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._depth += 1
        elif self._depth:
            return
        elif name == "table-column":
            self._start_column(attributes)
        elif name == "table-row":
            self._row += 1
            self._column = 0
            self._row_repeat = _repeat(attributes, "number-rows-repeated")
            self._row_style = attributes.get("default-cell-style-name", "")
            row_style = attributes.get("style-name", "")
            if _is_hidden(attributes) or self._hidden_depth or self._styles.collapsed("table-row", row_style):
                self._grid.hidden_rows.add(self._row)
        elif name == "table-row-group":
            hidden = attributes.get("display") == "false"
            self._hidden_groups.append(hidden)
            self._hidden_depth += hidden
        elif name.endswith("cell"):
            self._start_cell(attributes)

    def _start_column(self, attributes: Mapping[str, str]) -> None:
        first = self._column + 1
        self._column += _repeat(attributes, "number-columns-repeated")
        collapsed = self._styles.collapsed("table-column", attributes.get("style-name", ""))
        if _is_hidden(attributes) or collapsed:
            self._grid.hidden_columns.append((first, self._column))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._column += 1
        self._column_repeat = _repeat(attributes, "number-columns-repeated")
        self._cell = attributes
        self._style = attributes.get("style-name") or self._row_style
        self._texts = []
        self.in_cell = True

    def put(self, text: str) -> None:
        """A paragraph of the open cell."""
        self._texts.append(text)

    def end(self, name: str) -> None:
        if name == "table":
            if self._depth:
                self._depth -= 1
            else:
                self.is_open = False
        elif self._depth:
            return
        elif name.endswith("cell"):
            self._end_cell()
        elif name == "table-row":
            self._row += self._row_repeat - 1
        elif name == "table-row-group" and self._hidden_groups:
            self._hidden_depth -= self._hidden_groups.pop()

    def _end_cell(self) -> None:
        self.in_cell = False
        cell, texts = self._cell, self._texts
        text = texts[0] if len(texts) == 1 else " ".join(texts)
        stored = _stored(cell, text)
        if text or stored:
            unseen = bool(self._style) and self._styles.unseen("table-cell", self._style)
            self._grid.put(self._row, self._column, text or stored, unseen=unseen)
            if text and stored and _adds(stored, text):
                self._stored.put(self._row, self._column, stored)
        formula = cell.get("formula")
        if formula and _WORTHWHILE.search(formula):
            self._formulas.put(self._row, self._column, formula)
        self._column += self._column_repeat - 1

    def passages(self, source: Source) -> Iterator[Passage]:
        yield from self._grid.passages(source, self.place, hidden=self.hidden)
        yield from self._formulas.passages(source, joined(self.place, "formula"), hidden=self.hidden)
        yield from self._stored.passages(source, joined(self.place, "stored values"), hidden=True)


def _stored(cell: Mapping[str, str], shown: str) -> str:
    """The value that a cell keeps, whatever it shows; none of a number too short to say more than what is shown."""
    if "string-value" in cell:
        return cell["string-value"]
    if "date-value" in cell:
        return shown_iso(cell["date-value"])
    value = cell.get("value", "")
    if shown and len(value) < _LONG:
        return ""
    return shown_number(value, "", EPOCH_1900) if value else cell.get("boolean-value", "")


def _adds(stored: str, shown: str) -> bool:
    """Whether the stored value says more than the shown one: words, or a long number or date shown in part."""
    digits = _DIGITS.sub("", stored)
    if len(digits) >= _LONG:
        return digits not in _DIGITS.sub("", shown)
    return any(map(str.isalpha, stored)) and " ".join(stored.split()) != " ".join(shown.split())


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get("visibility") in ("collapse", "filter")


def _repeat(attributes: Mapping[str, str], key: str) -> int:
    value = attributes.get(key, "1")
    return min(int(value), _LARGEST_REPEAT) if value.isdigit() and len(value) < 10 and value != "0" else 1
