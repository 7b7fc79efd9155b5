"""Delimited tables, as such or under a text label."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from ..model import GapReason
from .plain import OTHER_READING, read_text, unix_lines
from .source import Item, Source, Tools

_PGP_START = b"-----BEGIN PGP MESSAGE-----"
_DELIMITERS = ",;\t|"
_FIELD_CHARS = 1_000_000
_SAMPLE_LINES = 50


def read_table(source: Source, tools: Tools) -> Iterator[Item]:
    """A file that calls itself a table: rows as lines, cells separated by TAB, whatever the delimiter."""
    yield from _read(source, tools, least_share=0.5, least_rows=1)


def read_text_or_table(source: Source, tools: Tools) -> Iterator[Item]:
    """Text; an attached one whose lines nearly all have the same number of delimiters is a table."""
    if not source.is_body and _PGP_START in source.octets:
        yield source.gap(GapReason.ENCRYPTED, "an OpenPGP message")
    elif source.is_body or source.margin:
        yield from read_text(source, tools)
    else:
        yield from _read(source, tools, least_share=0.9, least_rows=3)


def _read(source: Source, tools: Tools, *, least_share: float, least_rows: int) -> Iterator[Item]:
    for number, reading in enumerate(tools.readings(source.octets, source.charset)):
        text = unix_lines(reading)
        place = OTHER_READING if number else ""
        delimiter = _delimiter(text, least_share, least_rows)
        rows = _rows(text, delimiter, tools) if delimiter else None
        if rows is None:
            yield source.passage(text, place)
        else:
            yield source.passage("\n".join(rows), place, table=True)


def _delimiter(text: str, least_share: float, least_rows: int) -> str | None:
    """The delimiter that most lines hold equally often, None where no line structure shows."""
    lines = [line for line in text[:200_000].split("\n")[:_SAMPLE_LINES] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]  # a spreadsheet program's own mark
    best: tuple[float, int, str] | None = None
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        del counts[0]
        if not counts:
            continue
        count, often = counts.most_common(1)[0]
        if often >= least_rows and often >= least_share * len(lines):
            candidate = (often / len(lines), count, delimiter)
            best = max(best, candidate) if best else candidate
    return best[2] if best else None


def _rows(text: str, delimiter: str, tools: Tools) -> list[str] | None:
    """The rows, None where the csv module can't read it: then it is text."""
    rows: list[str] = []
    csv.field_size_limit(_FIELD_CHARS)
    try:
        for row in csv.reader(io.StringIO(text.replace("\0", " ")), delimiter=delimiter):
            tools.meter.cells(len(row))
            rows.append("\t".join(" ".join(cell.split()) for cell in row))
    except csv.Error:
        return None
    return rows
