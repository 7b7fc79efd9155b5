"""Findings that overlap: one stretch of text is one thing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

from ..model import Category

# Of equally sure findings the more particular one wins: a card number is not also a telephone number.
_PARTICULAR = (
    "IBAN_CODE",
    "CREDIT_CARD",
    "UK_BANK_ACCOUNT",
    "EMAIL_ADDRESS",
    "UK_DRIVING_LICENCE",
    "UK_NINO",
    "UK_NHS",
)
_ORDER = {entity: order for order, entity in enumerate(_PARTICULAR)}
_TERMS = frozenset({"SPECIAL_CATEGORY", "CRIMINAL_OFFENCE", "SAFEGUARDING"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A match in a canonical text, before it becomes a Finding. `mask` is the form its rule allows,
    `value` clear text that never leaves the worker."""

    entity: str
    category: Category
    recogniser: str
    start: int
    end: int
    confidence: float
    mask: str
    labelled: bool = False


_start = attrgetter("start")
_place = attrgetter("start", "end", "entity")


def resolve(matches: list[Match]) -> list[Match]:
    """The matches that stay, in text order: of two that overlap the labelled, then the surer, then the longer one.

    A postcode stays inside its address, so that it can be counted by itself; terms of lexicons stay
    inside everything, because they say something else about the same words.
    """
    kept = _without_repeats([m for m in matches if m.entity in _TERMS])
    for cluster in _clusters(m for m in matches if m.entity not in _TERMS):
        if len(cluster) == 1:
            kept += cluster
        elif len(set(map(_place, cluster))) == 1:
            kept.append(min(cluster, key=_rank))  # one value, found by several rules
        else:
            kept += _strongest(cluster)
    return sorted(kept, key=_place)


def _clusters(matches: Iterable[Match]) -> Iterator[list[Match]]:
    """Matches that overlap one another, directly or by others between them; most stand alone."""
    cluster: list[Match] = []
    reach = 0
    for match in sorted(matches, key=_start):
        if cluster and match.start >= reach:
            yield cluster
            cluster = []
        reach = max(reach, match.end)
        cluster.append(match)
    if cluster:
        yield cluster


def _strongest(matches: list[Match]) -> list[Match]:
    kept: list[Match] = []
    layers = {"UK_ADDRESS": Spans(), "UK_POSTCODE": Spans(), "": Spans()}
    for match in sorted(matches, key=_rank):
        layer = match.entity if match.entity in layers else ""
        against = (layer, "") if layer else tuple(layers)
        if all(layers[name].free(match.start, match.end) for name in against):
            layers[layer].add(match.start, match.end)
            kept.append(match)
    return kept


class Spans:
    """Spans that do not overlap, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Self:
        """Of these each that is free when its turn comes, those that begin first before the others."""
        kept = cls()
        for start, end in sorted(spans):
            if kept.free(start, end):
                kept.add(start, end)
        return kept

    def free(self, start: int, end: int) -> bool:
        """Whether nothing added overlaps this span."""
        index = bisect_left(self._starts, end)
        return index == 0 or self._ends[index - 1] <= start

    def touches(self, start: int, end: int) -> bool:
        """Whether something added begins between `start` and `end`."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end

    def holds(self, start: int, end: int) -> bool:
        """Whether something added holds all of this span."""
        index = bisect_right(self._starts, start)
        return index > 0 and end <= self._ends[index - 1]

    def last_before(self, position: int) -> int | None:
        """Where the last that was added before a position ends, if it does before it."""
        index = bisect_right(self._ends, position) - 1
        return self._ends[index] if index >= 0 else None

    def first_after(self, position: int) -> int | None:
        """Where the first that was added behind a position begins."""
        index = bisect_left(self._starts, position)
        return self._starts[index] if index < len(self._starts) else None

    def add(self, start: int, end: int) -> None:
        """Add a span that is free."""
        index = bisect_left(self._starts, start)
        self._starts.insert(index, start)
        self._ends.insert(index, end)


def _rank(match: Match) -> tuple[bool, float, int, int, int]:
    particular = _ORDER.get(match.entity, len(_ORDER))
    return not match.labelled, -round(match.confidence, 1), -(match.end - match.start), particular, match.start


def _without_repeats(terms: list[Match]) -> list[Match]:
    kept: list[Match] = []
    for term in sorted(terms, key=lambda m: (m.entity, m.start, -(m.end - m.start))):
        if not kept or kept[-1].entity != term.entity or term.start >= kept[-1].end:
            kept.append(term)
    return kept
