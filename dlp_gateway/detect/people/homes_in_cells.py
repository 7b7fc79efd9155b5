"""Homes in lists of people that are parted by signs: "HOM-24-1190 | TEKLE, Zachary | 11b Ropewalk, Wendleford | S21".

A cell that is a number and words with capitals is a home in the line of somebody's name, whatever the street is called,
where a comma, a letter behind the number or a word for streets and houses tells it from "3 Officers".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...model import Category
from ..found import Found, Reading
from ..overlap import Match
from ..places.address_grammar import BUILDINGS, HOUSE_TYPES, NUMBER, POSTCODE, STREET_TYPES, UNIT, WORDS
from .homes_beside_names import NO_STREET, is_office
from .lines import NamedPeople, named_lines, taken_in

_CONFIDENCE = 0.6
_SIGN = re.compile(r"[ ]?\|[ ]?|[ ]/[ ]|\t")
_FEWEST_SIGNS = 2
_POSTCODE = rf"(?:,?[ ](?:{POSTCODE.pattern}))?"
_REST = rf"(?:,[ ]{WORDS}){{0,3}}{_POSTCODE}"
_HOME = re.compile(
    rf"(?:(?i:{UNIT}),?[ ](?:{NUMBER},?[ ])?{WORDS}|(?P<number>{NUMBER}),?[ ](?P<street>{WORDS})){_REST}\.?"
)
_STREET = re.compile(rf"\b(?:{STREET_TYPES}|{HOUSE_TYPES}|{BUILDINGS})\b", re.IGNORECASE)
_LETTERED = re.compile(r"\d+[a-zA-Z]\Z")


def homes_in_cells(
    people: NamedPeople, found: Sequence[Found], premises: tuple[str, ...]
) -> Iterator[tuple[Reading, Match]]:
    """The homes in such lines of canonical texts, where nothing else was found."""
    for reading, names in people.by_reading():
        text = reading.canonical.text
        if not any(sign in text for sign in ("|", " / ", "\t")):
            continue
        taken = taken_in(reading, names, found)
        for line in named_lines(text, names):
            for start, end in _cells(text, *line):
                if _is_home(text[start:end], premises) and taken.free(start, end):
                    yield reading, _match(start, end)


def _cells(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    signs = list(_SIGN.finditer(text, start, end))
    if len(signs) < _FEWEST_SIGNS:
        return []
    starts = [start, *(sign.end() for sign in signs)]
    ends = [*(sign.start() for sign in signs), end]
    return zip(starts, ends, strict=True)


def _is_home(cell: str, premises: tuple[str, ...]) -> bool:
    home = _HOME.fullmatch(cell.strip())
    if home is None or NO_STREET.search(home.group()) or is_office(home.group(), premises):
        return False
    if home["number"] is None:
        return "," in cell or _STREET.search(cell) is not None
    return "," in cell or _LETTERED.match(home["number"]) is not None or _STREET.search(home["street"]) is not None


def _match(start: int, end: int) -> Match:
    return Match(
        entity="UK_ADDRESS",
        category=Category.CONTACT,
        recogniser="address-in-cell",
        start=start,
        end=end,
        confidence=_CONFIDENCE,
        mask="### ###",
    )
