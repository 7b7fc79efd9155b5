"""Matches in a column's text as findings in the cells of its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model import Passage
from ..found import Found, Reading
from ..overlap import Match
from .columns import Column


def in_cells(reading: Reading, column: Column, matches: Iterable[Match]) -> Iterator[Found]:
    """Each match of a column, which lies in one cell, as a finding of that cell's row; in their order, one by one."""
    passage, starts, text = reading.passage, column.starts, column.text
    column_place = _place_of_column(passage, column.number)
    for match in matches:
        cell = column.cell(match.start)
        row = column.rows[cell]
        start, end = column.span(cell, match.start - starts[cell], match.end - starts[cell])
        yield Found(
            reading=reading,
            entity=match.entity,
            category=match.category,
            recogniser=match.recogniser,
            at=start,
            until=end,
            start=start,
            end=end,
            place=f"{column_place}{passage.first_row + row}",
            value=text[match.start : match.end],
            confidence=match.confidence,
            mask=match.mask,
            row=-1 if column.left else row,
        )


def place_of_cell(passage: Passage, row: int, column: int) -> str:
    """The place of a cell in words; `row` and `column` are those of the passage's text, from 0."""
    return f"{_place_of_column(passage, column)}{passage.first_row + row}"


def _place_of_column(passage: Passage, column: int) -> str:
    name = f"cell {_letters(passage.first_column + column)}"
    return f"{passage.place}, {name}" if passage.place else name


def _letters(number: int) -> str:
    """A column's letters as spreadsheets count: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
