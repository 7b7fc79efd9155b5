"""Dates of birth and ages that nothing names but the person right before them: "Prabhakar, Meenakshi 2/10/1950",
"Dominik Halász, 29, of the same address"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...model import Category
from ..checks import CHECKS
from ..found import Found, Reading
from ..overlap import Match

_GAP = r"[ \t]{0,3}[,(]?[ \t]{0,3}"
_DATE = re.compile(rf"{_GAP}(?:b\.? ?|born )?(?P<value>\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?P<year>(?:19|20)\d\d))(?![\d/])")
_AGE = re.compile(r",[ ]?(?P<value>\d{1,2})(?=,[ ][a-z]|\)|[ ]?\()")
_REACH = 24
_CONFIDENCE = 0.65
_MEETINGS_AGE = 4  # years in which dates beside a name are those of meetings and signatures
_OLDEST, _YOUNGEST = 110, 1
_is_date = CHECKS["date"]


def beside_names(named: Iterable[Found], *, this_year: int) -> Iterator[tuple[Reading, Match]]:
    """What stands right behind the names of people, in canonical texts; names that do not count lead to nothing."""
    for name in named:
        if name.entity != "PERSON" or name.exempt is not None or name.greeting or name.reading.passage.table:
            continue
        text, end = name.reading.canonical.text, name.until
        date = _DATE.match(text, end, end + _REACH)
        if date is not None and int(date["year"]) <= this_year - _MEETINGS_AGE and _is_date(date["value"]):
            yield name.reading, _match("DATE_OF_BIRTH", "birth-after-name", "##/##/####", *date.span("value"))
            continue
        age = _AGE.match(text, end, end + _REACH)
        if age is not None and _YOUNGEST <= int(age["value"]) <= _OLDEST and " " in name.value:
            yield name.reading, _match("AGE", "age-after-name", "##", *age.span("value"))


def _match(entity: str, recogniser: str, mask: str, start: int, end: int) -> Match:
    return Match(
        entity=entity,
        category=Category.CONTACT,
        recogniser=recogniser,
        start=start,
        end=end,
        confidence=0.65,
        mask=mask,
    )
