"""The columns of a table's passage, each as one text, so that a column is searched in one go."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, groupby

from ..normalise import Canonical, canonical, is_plain

_MOST_COLUMNS = 1000  # what stands beyond is read as part of the last one
_plus_one = (1).__add__


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column below the header as a text of cells between LF. `starts` are the cells' offsets in
    that text, `rows`, `offsets` and `cells` their rows, their offsets in the passage and what stands
    there, `readings` the canonical readings of those that read otherwise, by index; `left` is the cell to the left
    by row, where that is a form's label."""

    number: int
    header: str  # in small letters
    text: str
    starts: Sequence[int]
    rows: Sequence[int]
    offsets: Sequence[int]
    cells: Sequence[str]
    readings: Mapping[int, Canonical] = field(default_factory=dict)
    left: Mapping[int, str] = field(default_factory=dict)
    below: int = 0  # the first row of people: titles may stand above the header

    def cell(self, position: int) -> int:
        """The index of the cell at an offset of the column's own text."""
        return bisect_right(self.starts, position) - 1

    def end(self, cell: int) -> int:
        """Where a cell ends in the column's own text."""
        return self.starts[cell + 1] - 1 if cell + 1 < len(self.starts) else len(self.text)

    def span(self, cell: int, start: int, end: int) -> tuple[int, int]:
        """The span in the passage of what stands between two offsets of a cell's reading."""
        reading, offset = self.readings.get(cell), self.offsets[cell]
        if reading is not None:
            start, end = reading.span(start, end)
        return offset + start, offset + end


def read_columns(text: str, header_row: int | None, *, form: bool) -> list[Column]:
    """The columns of `text` (rows as lines, cells between TABs) that hold anything, in order, empty cells left out.

    `header_row`: the line that heads the columns; `form`: the first column holds labels of the second.
    """
    gathered = _gather(text, header_row)
    headers = text.split("\n", header_row + 1)[header_row].split("\t") if header_row is not None else []
    plain = is_plain(text)
    return [
        _column(
            number,
            headers[number].strip().lower() if number < len(headers) else "",
            cells,
            plain=plain,
            left=dict(zip(gathered[number - 1].rows, gathered[number - 1].cells, strict=True))
            if form and number
            else {},
            below=0 if header_row is None else header_row + 1,
        )
        for number, cells in enumerate(gathered)
        if cells.cells
    ]


@dataclass(slots=True)
class _Gathered:
    rows: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def _gather(text: str, header_row: int | None) -> list[_Gathered]:
    """The filled cells by column. Runs of rows of one width are taken apart by slices: no step of Python per cell."""
    every = text.replace("\n", "\t").split("\t")
    offsets = list(accumulate(map(_plus_one, map(len, every)), initial=0))
    columns: list[_Gathered] = []
    for first_row, count, width, first in _runs(text, header_row):
        while len(columns) < min(width, _MOST_COLUMNS):
            columns.append(_Gathered())
        for number in range(width):
            part = slice(first + number, first + count * width, width)
            column, cells = columns[min(number, _MOST_COLUMNS - 1)], every[part]
            column.cells += filter(None, cells)
            column.rows += compress(range(first_row, first_row + count), cells)
            column.offsets += compress(offsets[part], cells)
    return columns


def _runs(text: str, header_row: int | None) -> Iterator[tuple[int, int, int, int]]:
    """Runs of rows of one width, without the header: first row, how many, cells of each, number of the first cell."""
    widths = [line.count("\t") + 1 for line in text.split("\n")]
    row = cell = 0
    for (width, is_header), run in groupby(enumerate(widths), key=lambda item: (item[1], item[0] == header_row)):
        count = sum(1 for _ in run)
        if not is_header:
            yield row, count, width, cell
        row, cell = row + count, cell + count * width


def _column(
    number: int, header: str, gathered: _Gathered, *, plain: bool, left: Mapping[int, str], below: int
) -> Column:
    readings: dict[int, Canonical] = {}
    texts = gathered.cells
    if not plain:
        texts = list(texts)
        for index, cell in enumerate(texts):
            if is_plain(cell):
                continue
            reading = canonical(cell)
            texts[index] = reading.text.replace("\n", " ")
            if reading.canonical_starts:  # most cells are read as they stand: keep none for them
                readings[index] = reading
    return Column(
        number=number,
        header=header,
        text="\n".join(texts),
        starts=list(accumulate(map(_plus_one, map(len, texts)), initial=0))[:-1],
        rows=gathered.rows,
        offsets=gathered.offsets,
        cells=gathered.cells,
        readings=readings,
        left=left,
        below=below,
    )
