"""Text, and tables in text: values between delimiters or in columns of blanks, whether they say so or not."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ..budget import BudgetSpentError
from ..source import Item, Source, Tools
from .plain import OTHER_READING, read_text, unix_lines
from .typed import read_typed

# A separator of units or of Hive's columns is a control character (ISO/IEC 646, IS1; SOH).
_DELIMITERS = ",;\t|\x01\x1f"
_RARE_DELIMITERS = "^~:"  # also common in what is no table: asked only where a file says that it is one
_BLANKS = re.compile(r" {2,}")
_FEWEST_COLUMNS_OF_BLANKS = 3
_SAMPLE_CHARS = 50_000
_SAMPLE_ROWS = 50

_with_single_blanks = " ".join
csv.field_size_limit(2**31 - 1)  # a text is bounded before it comes here; a long cell is read like any other

Rows = Callable[[str], Iterable[list[str]]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes a text a table: the share of rows, and how many, that have the same number of cells."""

    least_share: float
    least_rows: int
    delimiters: str


_SAYS_SO = _Shape(0.5, 1, _DELIMITERS + _RARE_DELIMITERS)
_LOOKS_SO = _Shape(0.9, 3, _DELIMITERS)


def read_table(source: Source, tools: Tools) -> Iterator[Item]:
    """A file that calls itself a table: rows as lines, cells separated by TAB, whatever the delimiter."""
    yield from _read(source, tools, _SAYS_SO)


def read_text_or_table(source: Source, tools: Tools) -> Iterator[Item]:
    """Text; an attached one whose rows nearly all have the same number of cells is a table."""
    if source.is_body or source.margin:
        yield from read_text(source, tools)
        yield from read_typed(source, tools)
    else:
        yield from _read(source, tools, _LOOKS_SO)


def _read(source: Source, tools: Tools, shape: _Shape) -> Iterator[Item]:
    readings = dict.fromkeys(
        unix_lines(text).replace("\0", "") for text in tools.readings(source.octets, source.charset)
    )
    for number, text in enumerate(readings):
        place = OTHER_READING if number else ""
        mark, body = _without_mark(text)
        rows = _delimited(mark) if mark else _rows_of(text, shape)
        if rows is None:
            yield source.passage(text, place)
            continue
        lines: list[str] = []
        try:
            for row in rows(body):
                tools.meter.cells(len(row))
                lines.append("\t".join(map(_with_single_blanks, map(str.split, row))))
        except BudgetSpentError:
            yield source.passage("\n".join(lines), place, table=True)
            raise
        except csv.Error:
            yield source.passage(text, place)
            continue
        yield source.passage("\n".join(lines), place, table=True)
    yield from read_typed(source, tools)


def _without_mark(text: str) -> tuple[str, str]:
    """The delimiter that a spreadsheet program noted in a first line of its own ("sep=;"), "" where there is none, and
    the text after that line, whose rows it counts from 1."""
    line, _, rest = text.partition("\n")
    if len(line) == 5 and line[:4].lower() == "sep=" and line[4] not in '"\r':
        return line[4], rest
    return "", text


def _rows_of(text: str, shape: _Shape) -> Rows | None:
    """How to take a text apart into rows of cells, None where it has no such structure."""
    sample = text[:_SAMPLE_CHARS]
    best: tuple[float, int] = (0.0, 1)
    chosen: Rows | None = None
    for delimiter in shape.delimiters:
        if delimiter in sample:
            rows = _delimited(delimiter)
            regular = _regularity(rows, sample, shape)
            if regular > best:
                best, chosen = regular, rows
    if chosen is None and "  " in sample:
        regular = _regularity(_in_columns, sample, shape)
        if regular[1] >= _FEWEST_COLUMNS_OF_BLANKS:
            chosen = _in_columns
    if chosen is None and shape is _SAYS_SO and not any(delimiter in sample for delimiter in _DELIMITERS):
        return _delimited(_DELIMITERS[-1])  # a table of one column
    return chosen


def _regularity(rows: Rows, sample: str, shape: _Shape) -> tuple[float, int]:
    """The share of rows that have the most frequent number of cells, and that number; (0, 1) where it is no table."""
    try:
        widths = Counter(len(row) for row in islice(rows(sample), _SAMPLE_ROWS) if any(row))
    except csv.Error:
        return 0.0, 1
    total = widths.total()
    del widths[1]
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    if count < shape.least_rows or count < shape.least_share * total:
        return 0.0, 1
    return count / total, width


def _delimited(delimiter: str) -> Rows:
    return lambda text: csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _in_columns(text: str) -> Iterator[list[str]]:
    for line in text.split("\n"):
        yield _BLANKS.split(line.strip())
