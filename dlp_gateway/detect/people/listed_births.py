"""Dates of birth in lists of people: "1 | Danielle Hobson | 118842 | 02/02/1995 | ...", line after line.

Dates of meetings and of moves lie close together; those that lie years apart, one in each line, are births.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Category
from ..checks import CHECKS
from ..found import Reading
from ..overlap import Match
from .lines import NamedPeople, named_lines, runs_of

_DATE = re.compile(r"(?<![\d/.\-])\d{1,2}[/.\-]\d{1,2}[/.\-](?P<year>(?:19|20)\d\d)(?![\d/])")
_FEWEST = 3  # lines
_SHARE = 0.75  # of the lines of a list
_APART = 4  # years between the first and the last of them
_YOUNGEST = 1  # years before now
_CONFIDENCE = 0.65
_is_date = CHECKS["date"]


def listed_births(people: NamedPeople, *, this_year: int) -> Iterator[tuple[Reading, Match]]:
    """The dates of birth in lists of the people, in canonical texts."""
    for reading, names in people.by_reading():
        text = reading.canonical.text
        if _DATE.search(text) is None:
            continue
        for run in runs_of(text, named_lines(text, names), fewest=_FEWEST):
            dated = [
                dates for line in run if (dates := [m for m in _DATE.finditer(text, *line) if _is_date(m.group())])
            ]
            if len(dated) < max(_FEWEST, _SHARE * len(run)):
                continue
            firsts = [dates[0] for dates in dated]
            years = [int(date["year"]) for date in firsts]
            if max(years) - min(years) >= _APART and max(years) <= this_year - _YOUNGEST:
                for date in firsts:
                    yield reading, _match(*date.span())


def _match(start: int, end: int) -> Match:
    return Match(
        entity="DATE_OF_BIRTH",
        category=Category.CONTACT,
        recogniser="birth-in-list",
        start=start,
        end=end,
        confidence=_CONFIDENCE,
        mask="##/##/####",
    )
