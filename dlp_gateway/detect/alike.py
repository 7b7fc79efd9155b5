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
_FEWEST_DIGITS = 7  # of a value of digits alone
_SHARED = 3  # digits that both begin with


def alike_values(people: NamedPeople, found: Sequence[Found]) -> Iterator[tuple[Reading, Match]]:
    """What stands, in canonical texts in which people are named, made like a reference found there, where nothing was
    found."""
    makes: dict[tuple[int, str], Found] = {}
    for item in found:
        if item.entity in _ENTITIES and item.exempt is None and item.reading.index in people.readings:
            make = _make(item.value)
            if make is not None:
                makes.setdefault((item.reading.index, make), item)
    if not makes:
        return
    taken = {index: Spans.of(_places(found, index)) for index in {index for index, _ in makes}}
    for (index, make), item in makes.items():
        text = item.reading.canonical.text
        for match in re.finditer(rf"(?<![\w/\-.£]){make}(?![\w/\-]|\.\d)", text):
            if taken[index].free(*match.span()) and item.reading.row_at(match.start()) is None:
                taken[index].add(*match.span())
                yield (
                    item.reading,
                    Match(
                        entity=item.entity,
                        category=item.category,
                        recogniser=item.recogniser,
                        start=match.start(),
                        end=match.end(),
                        confidence=item.confidence,
                        mask=item.mask,
                    ),
                )


def _make(value: str) -> str | None:
    """A pattern of values made like this one; None where others could be made so by chance."""
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    head, digits = match["head"] or "", match["digits"]
    if head:
        return f"{re.escape(head)}\\d{{{len(digits)}}}"
    if len(digits) < _FEWEST_DIGITS:
        return None
    return f"{digits[:_SHARED]}\\d{{{len(digits) - _SHARED}}}"


def _places(found: Iterable[Found], index: int) -> Iterator[tuple[int, int]]:
    return ((item.at, item.until) for item in found if item.reading.index == index)
