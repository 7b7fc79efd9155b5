"""How many messages and recipients a client, and an account, may begin within a minute.

A bucket each, that holds a minute's worth and fills again evenly: a burst passes, a flood does not. The clock is the
caller's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

MAX_REMEMBERED = 10_000

Bound = tuple[str, int]
"""Whose bucket, and how much it holds, which is also what flows into it in a minute."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """Buckets by whose they are; the ones unused longest are forgotten, which fills them."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, bounds: Sequence[Bound], now: float) -> bool:
        """Take one out of each of these buckets; False, and out of none, where one is empty."""
        buckets = [self._bucket(name, per_minute, now) for name, per_minute in bounds]
        if any(bucket.left < 1 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.left -= 1
        return True

    def _bucket(self, name: str, per_minute: int, now: float) -> _Bucket:
        bucket = self._buckets.pop(name, None) or _Bucket(per_minute, now)
        self._buckets[name] = bucket
        while len(self._buckets) > MAX_REMEMBERED:
            self._buckets.popitem(last=False)
        bucket.left = min(per_minute, bucket.left + (now - bucket.at) * per_minute / 60)
        bucket.at = now
        return bucket

    def __len__(self) -> int:
        return len(self._buckets)
