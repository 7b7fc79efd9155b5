"""The disguises in which a value is looked for, and what each is worth without a word that names the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..gate import Gate
from .broken import BROKEN_GATE, broken_identifiers
from .encoded import (
    ADDRESS_GATE,
    BESIDE_GATE,
    SMALL_GATE,
    SPELLED_GATE,
    WEB_GATE,
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
    are believed only where they have a check digit or the like, since numbers read so are as good as any. `gate`: what
    must occur in a text that holds it, as `gate.py` asks."""

    stretches: Callable[[str], Iterator[Stretch]]
    digits_alone: bool = False
    checked_only: bool = False
    gate: str = ""


_DISGUISES = (
    Disguise(stretches=decoded, digits_alone=True),
    Disguise(stretches=in_web_addresses, gate=WEB_GATE),
    Disguise(stretches=spelled_out, digits_alone=True, gate=SPELLED_GATE),
    Disguise(stretches=addresses_in_words, digits_alone=True, gate=ADDRESS_GATE),
    Disguise(stretches=broken_identifiers, gate=BROKEN_GATE),
    Disguise(stretches=in_capitals, gate=SMALL_GATE),
    Disguise(stretches=letters_for_digits, checked_only=True, gate=BESIDE_GATE),
    Disguise(stretches=backwards, checked_only=True),
    Disguise(stretches=rotated, checked_only=True),
)
_WITHOUT_CHECKED = tuple(disguise for disguise in _DISGUISES if not disguise.checked_only)
_GATE = Gate({disguise.stretches.__name__: disguise.gate for disguise in _DISGUISES if disguise.gate})

MOST_OF_ONE_DISGUISE = 500
"""Stretches of one disguise that are looked at in one passage: a mail has a handful, a big table any number."""


def disguised_values(text: str, zones: Sequence[tuple[int, int]]) -> Iterator[tuple[Disguise, Stretch]]:
    """The stretches of a canonical text that may be disguised values, disguise by disguise. Linear. `zones`: the spans
    in which those are looked for, too, that only a label and a check make believable."""
    occurring = _GATE.occurring(text)
    for disguise in _DISGUISES if zones else _WITHOUT_CHECKED:
        if disguise.gate and disguise.stretches.__name__ not in occurring:
            continue
        stretches = _in_zones(disguise, text, zones) if disguise.checked_only else disguise.stretches(text)
        for stretch in islice(stretches, MOST_OF_ONE_DISGUISE):
            yield disguise, stretch


def _in_zones(disguise: Disguise, text: str, zones: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    for first, last in zones:
        for found in disguise.stretches(text[first:last]):
            origins = [first + origin for origin in found.origins]
            yield Stretch(first + found.start, first + found.end, found.text, origins)
