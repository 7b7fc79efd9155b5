"""Tables that were pasted into a text: rows of cells between tabs, bars, semicolons, commas, slashes or wide blanks.

In prose a number's label stands before it; in a table it stands at the head of the column, rows away. A stretch of
such rows is therefore read as a table. Its cells keep their offsets: each separator becomes one TAB of the same place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

_MOST_ROWS = 5000  # of one table; a longer one goes on as the next
_FEWEST_CELLS = 2
_LONGEST_HEADER = 1000  # characters
_WIDE = re.compile(r"[ ]{2,}(?=\S)")
_RULE = re.compile(r"[\s|+:=\-]+")  # the line that Markdown and text tables draw below the header
_QUOTE_MARKS = re.compile(r"^[ \t]{0,3}(?:>[ ]?){1,9}")
_QUOTED = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """A stretch of rows: `text` as a table's passage has it, as long as the text from `start` to `end` that it was
    made of. `first_line` is the number of its first line in that text, from 0, `row_starts` where its rows begin."""

    start: int
    end: int
    text: str
    first_line: int
    row_starts: tuple[int, ...]

    def line_at(self, position: int) -> int:
        """The number of the line at a position of the text that it stands in."""
        return self.first_line + bisect_right(self.row_starts, position) - 1

    def header_at(self, position: int) -> str:
        """The header, in small letters, of the column at a position of the text that it stands in."""
        row = self.row_starts[bisect_right(self.row_starts, position) - 1]
        column = self.text.count("\t", row - self.start, position - self.start)
        cells = self.text.partition("\n")[0].split("\t")
        return cells[column].strip().lower() if column < len(cells) else ""


def pasted_tables(text: str, is_header: Callable[[Sequence[str]], bool]) -> Iterator[Pasted]:
    """The tables in a text, in order. `is_header` says whether cells in lower case are the headers of columns: without
    them lines between separators are a signature, a list or a drawing. Linear."""
    if not any(separator in text for separator, _, _ in _SPLITTERS):
        return
    lines = [_without_quote_marks(line) if ">" in line else line for line in text.split("\n")]
    offset = row = 0
    while row < len(lines):
        rows = _rows(lines, row, is_header)
        if not rows:
            offset += len(lines[row]) + 1
            row += 1
            continue
        *starts, beyond = accumulate((len(line) + 1 for line in rows), initial=offset)
        cells = "\n".join(rows)
        yield Pasted(start=offset, end=beyond - 1, text=cells, first_line=row, row_starts=tuple(starts))
        offset = beyond
        row += len(rows)


def _rows(lines: Sequence[str], first: int, is_header: Callable[[Sequence[str]], bool]) -> list[str]:
    """The rows of the table whose header is the line `first`; none where there is no table."""
    if first + 1 >= len(lines):
        return []
    line = lines[first]
    if len(line) > _LONGEST_HEADER:
        return []
    for separator, fewest, split in _SPLITTERS:
        if line.count(separator) < fewest:
            continue
        head = split(line)
        cells = _filled(head)
        if len(cells) < _FEWEST_CELLS or _row_below(lines[first + 1], split, cells) is None or not is_header(cells):
            continue  # asked in this order: of prose hardly anything is left to compare with known headers
        rows = [head]
        for line in lines[first + 1 : first + _MOST_ROWS]:
            row = _row_below(line, split, cells)
            if row is None:
                break
            rows.append(row)
        while rows and not rows[-1].strip():
            rows.pop()
        if len(rows) > 1:
            return rows
    return []


def _row_below(line: str, split: Callable[[str], str], cells: Sequence[str]) -> str | None:
    """A line as a row of the table whose header has these cells: of about as many, or blank where it is drawn."""
    if _RULE.fullmatch(line):
        return " " * len(line)
    row = split(line)
    return row if "\t" in row and abs(len(_filled(row)) - len(cells)) <= max(1, len(cells) // 2) else None


def _without_quote_marks(line: str) -> str:
    return _QUOTE_MARKS.sub(lambda marks: " " * len(marks[0]), line)


def _filled(row: str) -> list[str]:
    return [cell.strip().lower() for cell in row.split("\t") if cell.strip()]


def _by_tab(line: str) -> str:
    return line


def _by(separator: str) -> Callable[[str], str]:
    sign = separator.strip()
    tab = separator.replace(sign, "\t")  # of its length

    def split(line: str) -> str:
        if separator not in line:
            return ""
        # A separator inside quotes belongs to its cell.
        kept = _QUOTED.sub(lambda m: " " + m[0][1:-1].replace(sign, " ") + " ", line) if '"' in line else line
        return kept.replace("\t", " ").replace(separator, tab)

    return split


def _by_blanks(line: str) -> str:
    return _WIDE.sub(lambda m: " " * (len(m[0]) - 1) + "\t", line.replace("\t", " "))


# How rows are parted, and how often at the least: one comma or semicolon stands in many a sentence.
_SPLITTERS: tuple[tuple[str, int, Callable[[str], str]], ...] = (
    ("\t", 1, _by_tab),
    ("|", 1, _by("|")),
    (";", 2, _by(";")),
    (",", 2, _by(",")),
    (" / ", 2, _by(" / ")),
    ("  ", 1, _by_blanks),
)
