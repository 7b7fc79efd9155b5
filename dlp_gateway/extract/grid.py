"""Cells of one sheet to table passages: what is shown, and apart from it what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Passage
from .budget import Meter
from .source import Source

# Beyond this many empty rows or columns a new passage starts; filling them with blanks would let
# one cell in the last row and column of a sheet cost gigabytes.
_GAP = 100
_FAR_CELL_COST = 20


@dataclass(slots=True)
class Grid:
    """Cells by row and column, both from 1, filled in any order."""

    meter: Meter
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last

    def put(self, row: int, column: int, text: str) -> None:
        """Set one cell; line ends and tabs in it become blanks, since they part cells here."""
        if text and not text.isspace():
            self.meter.cells(1)
            self.rows.setdefault(row, {})[column] = " ".join(text.split())

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """The shown cells, then those of hidden rows, then those of hidden columns."""
        shown: dict[int, dict[int, str]] = {}
        in_rows: dict[int, dict[int, str]] = {}
        in_columns: dict[int, dict[int, str]] = {}
        for row in sorted(self.rows):
            for column, text in sorted(self.rows[row].items()):
                if row in self.hidden_rows:
                    in_rows.setdefault(row, {})[column] = text
                elif any(first <= column <= last for first, last in self.hidden_columns):
                    in_columns.setdefault(row, {})[column] = text
                else:
                    shown.setdefault(row, {})[column] = text
        for cells, where, unseen in (
            (shown, place, hidden),
            (in_rows, f"{place} (hidden rows)", True),
            (in_columns, f"{place} (hidden columns)", True),
        ):
            yield from self._tables(source, cells, where, unseen)

    def _tables(self, source: Source, cells: dict[int, dict[int, str]], place: str, hidden: bool) -> Iterator[Passage]:
        lines: list[str] = []
        far: list[tuple[int, int, str]] = []
        first_row = last_row = 0
        first_column = min((min(row) for row in cells.values()), default=1)
        for row, texts in cells.items():
            if lines and row - last_row > _GAP:
                yield _table(source, lines, place, hidden, first_row, first_column)
                lines = []
            if not lines:
                first_row = row
            lines.extend([""] * (row - first_row - len(lines)))
            lines.append(_line(row, texts, first_column, far))
            last_row = row
        if lines:
            yield _table(source, lines, place, hidden, first_row, first_column)
        for row, column, text in far:
            self.meter.cells(_FAR_CELL_COST)
            yield _table(source, [text], place, hidden, row, column)


def _line(row: int, texts: dict[int, str], first_column: int, far: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    position = first_column
    for column, text in texts.items():
        if column - position > _GAP:
            far.append((row, column, text))
            continue
        pieces.append("\t" * (column - position))
        pieces.append(text)
        position = column
    return "".join(pieces)


def _table(source: Source, lines: list[str], place: str, hidden: bool, first_row: int, first_column: int) -> Passage:
    return source.passage(
        "\n".join(lines), place, hidden=hidden, table=True, first_row=first_row, first_column=first_column
    )
