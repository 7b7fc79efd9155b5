"""References made like one that a label names, in the same text: "PCN EM70402214 ... two earlier notices, EM70391147".

Letters that begin both alike and as many digits behind them tell; of digits alone, the first three do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .found import Found, Reading
from .overlap import Match, Spans
from .people.lines import NamedPeople

_ENTITIES = frozenset(
    {"UK_BLUE_BADGE", "UK_CASE_REF", "UK_COUNCIL_TAX_REF", "UK_COURT_CASE", "UK_CRIME_REF", "UK_HOME_OFFICE_REF"}
    | {"UK_HOUSING_BENEFIT_REF", "UK_PCN", "UK_RENT_REF"}
)
_VALUE = re.compile(r"(?P<head>[A-Z]{2,6}[/\-]?|[A-Z]{1,5}[/\-](?:\d{2,4}|[A-Z]{1,4})[/\-])?(?P<digits>\d{4,10})")
_STANDING_ALONE = re.compile(rf"(?<![\w/\-.£]){_VALUE.pattern}(?![\w/\-]|\.\d)")
_FEWEST_DIGITS = 7  # of a value of digits alone
_SHARED = 3  # digits that both begin with


def alike_values(people: NamedPeople, found: Sequence[Found]) -> Iterator[tuple[Reading, Match]]:
    """What stands, in canonical texts in which people are named, made like a reference found there, where nothing was
    found. Linear: each text is looked through once, whatever was found in it."""
    makes: dict[int, dict[tuple[str, int], Found]] = {}
    for item in found:
        if item.entity in _ENTITIES and item.exempt is None and item.reading.index in people.readings:
            value = _VALUE.fullmatch(item.value)
            make = _make(value) if value is not None else None
            if make is not None:
                makes.setdefault(item.reading.index, {}).setdefault(make, item)
    for index, here in makes.items():
        reading = people.readings[index]
        taken = Spans.of(_places(found, index))
        for match in _STANDING_ALONE.finditer(reading.canonical.text):
            make = _make(match)
            like = here.get(make) if make is not None else None
            if like is not None and taken.free(*match.span()) and reading.row_at(match.start()) is None:
                yield reading, _match_like(like, match)


def _match_like(item: Found, match: re.Match[str]) -> Match:
    return Match(
        entity=item.entity,
        category=item.category,
        recogniser=item.recogniser,
        start=match.start(),
        end=match.end(),
        confidence=item.confidence,
        mask=item.mask,
    )


def _make(value: re.Match[str]) -> tuple[str, int] | None:
    """How a value is made: with what it begins, and how many digits follow; None where others could be made so by
    chance."""
    head, digits = value["head"] or "", value["digits"]
    if head:
        return head, len(digits)
    if len(digits) < _FEWEST_DIGITS:
        return None
    return digits[:_SHARED], len(digits) - _SHARED


def _places(found: Iterable[Found], index: int) -> Iterator[tuple[int, int]]:
    return ((item.at, item.until) for item in found if item.reading.index == index)
