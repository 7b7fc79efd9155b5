"""Whom a message makes known. What is said of "him" where nothing says who he is, is an exercise, a quiz, a play or a
rule far more often than it is somebody's data: the less a message tells of people, the surer a statement must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from ...model import Category
from ..found import Found

_NUMBERS = frozenset({Category.IDENTITY, Category.REFERENCE})
_BESIDE_NAMES = frozenset({"UK_ADDRESS", "PHONE_NUMBER", "AGE", "UK_BANK_ACCOUNT"})  # councils have these, too
_NEAR = 200  # characters between a name and what is said of it


class Known(IntEnum):
    """Nobody; somebody by name; somebody who can be told from all others: by a number, a date of birth, or a name with
    an address, telephone number, age or account."""

    NOBODY = 0
    NAMED = 1
    IDENTIFIED = 2


def known_in(found: Iterable[Found], named: Sequence[Found]) -> Known:
    """Whom a message makes known, by what was `found` in it and the people `named`. Its author, its author's
    colleagues and the council's own numbers do not count; whom it greets with a title does."""
    people = [n for n in named if n.entity == "PERSON" and n.exempt is None and _is_of_text(n) and _is_spoken_of(n)]
    for item in found:
        if item.exempt is None and _is_of_text(item) and (_is_ones_own(item) or _is_beside(item, people)):
            return Known.IDENTIFIED
    return Known.NAMED if people else Known.NOBODY


def _is_ones_own(item: Found) -> bool:
    return item.category in _NUMBERS or item.entity == "DATE_OF_BIRTH"


def _is_beside(item: Found, people: Sequence[Found]) -> bool:
    """Whether an address and the like stands near one of the people."""
    near = (one for one in people if one.reading.index == item.reading.index)
    return item.entity in _BESIDE_NAMES and any(
        one.at - _NEAR < item.until and item.at < one.until + _NEAR for one in near
    )


def _is_of_text(item: Found) -> bool:
    return not item.reading.layout.is_signature(item.at)


def _is_spoken_of(name: Found) -> bool:
    return bool(name.title) or not name.greeting
