"""A stretch of a text that reads otherwise: what a view of it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """`base[start:end]` reads as `text`, whose characters come from the offsets `origins` of the same base."""

    start: int
    end: int
    text: str
    origins: Sequence[int]


def spread(start: int, end: int, text: str) -> Stretch:
    """A stretch whose characters stand for no single ones of the base: spread evenly, from its first to its last."""
    last = max(1, len(text) - 1)
    return Stretch(start, end, text, [start + index * (end - start - 1) // last for index in range(len(text))])
