"""Dates of birth in lists of people: "1 | Danielle Hobson | 118842 | 02/02/1995 | ...", line after line.

Dates of meetings and of moves lie close together; those that lie years apart, one in each line, are births. So are
six figures that are a day, a month and a year in every line: "Delroy Nancarrow 070408".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...model import Category
from ..checks import CHECKS
from ..found import Reading
from ..overlap import Match
from .lines import NamedPeople, named_lines, runs_of

_DATE = re.compile(r"(?<![\d/.\-])\d{1,2}[/.\-]\d{1,2}[/.\-](?P<year>(?:19|20)\d\d)(?![\d/])")
_SIX_FIGURES = re.compile(r"(?<![\w/.\-£])(?<!\d )[0-3]\d[01]\d\d\d(?![\w/\-£]|\.\d| \d)")
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
        dates, figures = _DATE.search(text) is not None, _SIX_FIGURES.search(text) is not None
        if not dates and not figures:
            continue
        for run in runs_of(text, named_lines(text, names), fewest=_FEWEST):
            found = _dates(text, run, this_year) if dates else []
            for date in found or (_figures(text, run) if figures else []):
                yield reading, _match(*date.span())


def _dates(text: str, run: Sequence[tuple[int, int]], this_year: int) -> list[re.Match[str]]:
    """The first date of each line, where they lie as far apart as those of births do."""
    firsts = _firsts(_DATE, text, run)
    years = [int(date["year"]) for date in firsts]
    is_of_births = firsts and max(years) - min(years) >= _APART and max(years) <= this_year - _YOUNGEST
    return firsts if is_of_births else []


def _figures(text: str, run: Sequence[tuple[int, int]]) -> list[re.Match[str]]:
    """The six figures of each line that are a day, a month and a year. By chance three numbers of three are not."""
    return _firsts(_SIX_FIGURES, text, run)


def _firsts(pattern: re.Pattern[str], text: str, run: Sequence[tuple[int, int]]) -> list[re.Match[str]]:
    """The first date in each line of a list; none where too few lines have one."""
    dated = [dates for line in run if (dates := [m for m in pattern.finditer(text, *line) if _is_written_date(m[0])])]
    return [dates[0] for dates in dated] if len(dated) >= max(_FEWEST, _SHARE * len(run)) else []


def _is_written_date(value: str) -> bool:
    return _is_date(f"{value[:2]}/{value[2:4]}/{value[4:]}" if value.isdigit() else value)


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
