"""Cells of one sheet to table passages: what is shown, and apart from it what is hidden."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Passage
from .budget import BudgetSpentError, Meter
from .source import Source

# Beyond this many empty rows or columns a new passage starts; filling them with blanks would let
# one cell in the last row and column of a sheet cost gigabytes.
_GAP = 100
_FAR_CELL_COST = 20
_METER_STEP = 256

Cells = dict[int, dict[int, str]]


@dataclass(slots=True)
class Grid:
    """Cells by row and column, both from 1, filled in any order."""

    meter: Meter
    rows: Cells = field(default_factory=dict)
    unseen: Cells = field(default_factory=dict)  # white on white, or of a format that shows nothing
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last

    _chars: int = 0
    _most_chars: int = field(init=False)
    _uncounted: int = 0

    def __post_init__(self) -> None:
        self._most_chars = self.meter.budget.text_chars

    def put(self, row: int, column: int, text: str, *, unseen: bool = False) -> None:
        """Set one cell; line ends and tabs in it become blanks, since they part cells here. Raises BudgetSpentError."""
        self._chars += len(text)
        # One long string may be shown by a million cells: what they hold together is limited before it is copied.
        if self._chars > self._most_chars:
            raise BudgetSpentError("holds more text than is read of one message")
        if not text.isalnum():
            text = " ".join(text.split())
            if not text:
                return
        self._uncounted += 1
        if self._uncounted == _METER_STEP:
            self._count()
        rows = self.unseen if unseen else self.rows
        cells = rows.get(row)
        if cells is None:
            cells = rows[row] = {}
        cells[column] = text

    def _count(self) -> None:
        count, self._uncounted = self._uncounted, 0
        self.meter.cells(count)

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """The shown cells, then those of hidden rows, of hidden columns, and hidden cells. Raises BudgetSpentError."""
        columns = _Ranges(self.hidden_columns)
        shown: Cells = {}
        in_rows: Cells = {}
        in_columns: Cells = {}
        for row in sorted(self.rows):
            cells = self.rows[row]
            if row in self.hidden_rows:
                in_rows[row] = cells
            elif not columns:
                shown[row] = cells
            else:
                for column, text in cells.items():
                    (in_columns if column in columns else shown).setdefault(row, {})[column] = text
        for table, where, unseen in (
            (shown, place, hidden),
            (in_rows, f"{place} (hidden rows)", True),
            (in_columns, f"{place} (hidden columns)", True),
            (dict(sorted(self.unseen.items())), f"{place} (hidden cells)", True),
        ):
            yield from self._tables(source, table, where, unseen)
        self._count()

    def _tables(self, source: Source, cells: Cells, place: str, hidden: bool) -> Iterator[Passage]:
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


class _Ranges:
    """Ranges of numbers, some of which may overlap: whether a number is in any."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(ranges):
            if self._lasts and first <= self._lasts[-1]:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __bool__(self) -> bool:
        return bool(self._firsts)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]


def _line(row: int, texts: dict[int, str], first_column: int, far: list[tuple[int, int, str]]) -> str:
    if list(texts) == list(range(first_column, first_column + len(texts))):
        return "\t".join(texts.values())
    pieces: list[str] = []
    position = first_column
    for column, text in sorted(texts.items()):
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
