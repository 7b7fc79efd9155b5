"""Notes in lists of people: "Hart, Tom  20448317  asthma, keeps an inhaler".

A line that holds a person and a number, date or address of theirs is a record. What else stands in it, piece by
piece, is said of that person, as what stands in a cell of a table whose rows are people.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from ...model import Category
from ..found import Found
from ..overlap import Match, Spans, resolve
from ..people.lines import named_lines, runs_of
from ..ruleset import TermFile
from .lexicon import TermScanner, match_of_term
from .statements import StatementReader

_FEWEST_RECORDS = 3
_OF_SOMEBODY = frozenset({"DATE_OF_BIRTH", "PHONE_NUMBER", "UK_ADDRESS"})
_NUMBERED = frozenset({Category.IDENTITY, Category.REFERENCE, Category.FINANCIAL})
_PARTED = re.compile(r"\s[\-–—|/]+\s|[,;:]\s|[.!?]\s|\t|[ ]{2,}|[()\[\]]")
_WORD = re.compile(r"[^\W\d_]{2}")
_LONGEST = 160  # characters of a piece
_EDGES = " \t-–—.,;:*•>"


class RecordNotes:
    """Reads what lists note of their people."""

    def __init__(self, terms: TermScanner, statements: StatementReader | None, files: Mapping[str, TermFile]) -> None:
        self._terms = terms
        self._statements = statements
        self._files = files

    def find(
        self,
        text: str,
        names: Sequence[tuple[int, int]],
        here: Sequence[Found],
        entities: frozenset[str] | None,
        *,
        amid: bool = False,
    ) -> list[Match]:
        """What the records of a canonical text say. `names` are spans in order, `here` what else was found in it;
        `amid`: whether something sure is said elsewhere in the message."""
        pieces = list(_pieces(text, names, here))
        if not pieces:
            return []
        column = "\n".join(text[start:end] for start, end in pieces)
        starts = list(accumulate((end - start + 1 for start, end in pieces), initial=0))[:-1]
        matches = [
            match_of_term(term, self._files[term.lexicon]) for term in self._terms.scan(column, [], entities, row=True)
        ]
        if self._statements is not None:
            matches += self._statements.read_cells(column, matches, entities, amid=amid)
        return [
            _moved(match, pieces, starts) for match in resolve(matches) if "\n" not in column[match.start : match.end]
        ]


def _pieces(text: str, names: Sequence[tuple[int, int]], here: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """What stands in the records of a text besides the people and what is theirs, piece by piece."""
    known = Spans.of((f.at, f.until) for f in here if f.category in _NUMBERED or f.entity in _OF_SOMEBODY)
    records = (line for line in named_lines(text, names) if known.touches(*line))
    there = sorted([*names, *((f.at, f.until) for f in here)])
    for run in runs_of(text, records, fewest=_FEWEST_RECORDS):
        for first, last in run:
            inside = there[bisect_left(there, (first,)) : bisect_left(there, (last,))]
            inside += [(first + m.start(), first + m.end()) for m in _PARTED.finditer(text[first:last])]
            start = first
            for a, b in sorted([*inside, (last, last)]):
                yield from _piece(text, start, min(a, last))
                start = max(start, b)


def _piece(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    if start < end <= start + _LONGEST and _WORD.search(text, start, end) is not None:
        yield start, end


def _moved(match: Match, pieces: Sequence[tuple[int, int]], starts: Sequence[int]) -> Match:
    index = bisect_right(starts, match.start) - 1
    by = pieces[index][0] - starts[index]
    return replace(match, start=match.start + by, end=match.end + by)
