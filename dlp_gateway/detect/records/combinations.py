"""Which candidates stand together, so that they may be one person's: in one row of a table, near one another in a text,
or anywhere in a message that has few of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import product

from .candidates import Candidate

_NEAR = 1500  # characters of a text between the parts of one combination
_NEIGHBOURS = 8  # of one kind, to each side
FEW = 500
"""A message with at most so many combinations is small: its parts belong together, wherever they stand."""


def combinations(members: Sequence[Sequence[Candidate]], *, anywhere: bool) -> Iterator[tuple[Candidate, ...]]:
    """Candidates that stand together, one of each of `members`; with `anywhere` all do. Linear in their number."""
    if not all(members):
        return
    if anywhere:
        yield from filter(_belong, product(*members))
        return
    # Around the rarest: the names of a long text are many, its dates few.
    rarest = min(range(len(members)), key=lambda n: len(members[n]))
    most = _NEIGHBOURS // (len(members) - 1)
    others = [None if n == rarest else _Ordered(each) for n, each in enumerate(members)]
    for anchor in members[rarest]:
        near = [[anchor] if other is None else other.near(anchor, most) for other in others]
        yield from filter(_belong, product(*near))


def _belong(together: Sequence[Candidate]) -> bool:
    """Whether words that are a name only beside something are together with it."""
    for candidate in together:
        if candidate.beside is not None:
            place = (candidate.reading.index, candidate.beside)
            if not any(c.beside is None and (c.reading.index, c.start) == place for c in together):
                return False
    return True


class _Ordered:
    """Candidates by where they stand."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._rows: dict[tuple[int, int], list[Candidate]] = {}
        self._beside: dict[tuple[int, int], list[Candidate]] = {}
        loose = []
        for one in candidates:
            if one.row is not None:
                self._rows.setdefault((one.reading.index, one.row), []).append(one)
            elif one.beside is not None:
                self._beside.setdefault((one.reading.index, one.beside), []).append(one)
            else:
                loose.append(one)
        self._loose = sorted(loose, key=lambda c: (c.reading.index, c.start))
        self._places = [(c.reading.index, c.start) for c in self._loose]

    def near(self, anchor: Candidate, most: int) -> list[Candidate]:
        """Those in the anchor's row; or those around it in its text, at most so many to each side, and what is a name
        only beside it."""
        if anchor.row is not None:
            return self._rows.get((anchor.reading.index, anchor.row), [])[: 2 * _NEIGHBOURS]
        if anchor.beside is not None:
            anchored = (anchor.reading.index, anchor.beside)
            at = bisect_left(self._places, anchored)
            return self._loose[at : at + 1] if self._places[at : at + 1] == [anchored] else []
        place = (anchor.reading.index, anchor.start)
        at = bisect_left(self._places, place)
        around = self._loose[max(0, at - most) : at + most]
        near = [c for c in around if c.reading.index == anchor.reading.index and _distance(c, anchor) <= _NEAR]
        return near + self._beside.get(place, [])


def _distance(one: Candidate, other: Candidate) -> int:
    return max(one.start - other.end, other.start - one.end)
