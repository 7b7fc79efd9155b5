"""Rest for a next hop that can't be reached: after a failed connection nobody knocks again until a pause is over,
then one delivery alone; each failure doubles the pause, the first answer ends it.

Without it each of thousands of queued deliveries would find out by itself, by a connection that may take half a
minute to fail, and keep those to other next hops waiting meanwhile.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable


class HopRest:
    """How one next hop answered lately. `clock` is monotonic, in seconds; `told` hears of each pause:
    (failures in a row, seconds)."""

    def __init__(
        self,
        first_seconds: float = 5.0,
        max_seconds: float = 300.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[int, float], None] = lambda _failures, _seconds: None,
    ) -> None:
        self._first = first_seconds
        self._longest = max_seconds
        self._clock = clock
        self._told = told
        self._failures = 0
        self._until = float("-inf")
        self.reason = ""  # of the last failure, in words that name nobody

    @property
    def resting(self) -> bool:
        """Whether nothing should be tried now."""
        return self._clock() < self._until

    @property
    def on_trial(self) -> bool:
        """Whether one delivery alone should find out if it answers again."""
        return self._failures > 0 and not self.resting

    def failed(self, reason: str) -> None:
        """A connection failed. Those that were under way when a pause began say nothing new."""
        if self.resting:
            return
        self._failures += 1
        pause = min(self._first * 2.0 ** min(self._failures - 1, 30), self._longest)
        pause *= 0.8 + 0.4 * random.random()  # several gateways that lost it together should not return together
        self._until = self._clock() + pause
        self.reason = reason
        self._told(self._failures, pause)

    def answered(self) -> None:
        """A connection was opened: it is there."""
        self._failures = 0
        self._until = float("-inf")
