"""The disguises in which a value is looked for, and what each is worth without a word that names the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from .broken import broken_identifiers
from .encoded import (
    addresses_in_words,
    backwards,
    decoded,
    in_capitals,
    in_web_addresses,
    letters_for_digits,
    rotated,
    spelled_out,
)
from .stretch import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """One way to disguise. `digits_alone`: a number found so is believed without a label; `checked_only`: digits alone
    are believed only where they have a check digit or the like, since numbers read so are as good as any."""

    stretches: Callable[[str], Iterator[Stretch]]
    digits_alone: bool = False
    checked_only: bool = False


_DISGUISES = (
    Disguise(stretches=decoded, digits_alone=True),
    Disguise(stretches=in_web_addresses),
    Disguise(stretches=spelled_out, digits_alone=True),
    Disguise(stretches=addresses_in_words, digits_alone=True),
    Disguise(stretches=broken_identifiers),
    Disguise(stretches=in_capitals),
    Disguise(stretches=letters_for_digits, checked_only=True),
    Disguise(stretches=backwards, checked_only=True),
    Disguise(stretches=rotated, checked_only=True),
)
_WITHOUT_CHECKED = tuple(disguise for disguise in _DISGUISES if not disguise.checked_only)

MOST_OF_ONE_DISGUISE = 500
"""Stretches of one disguise that are looked at in one passage: a mail has a handful, a big table any number."""


def disguised_values(text: str, *, checked: bool = True) -> Iterator[tuple[Disguise, Stretch]]:
    """The stretches of a canonical text that may be disguised values, disguise by disguise. Linear. `checked`: those
    too that only a label and a check make believable."""
    for disguise in _DISGUISES if checked else _WITHOUT_CHECKED:
        for stretch in islice(disguise.stretches(text), MOST_OF_ONE_DISGUISE):
            yield disguise, stretch
