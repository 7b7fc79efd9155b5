"""What a next hop of the torture run does instead of behaving, by chance that a seed repeats."""

from __future__ import annotations

import random
from dataclasses import dataclass

SPARED = "officer@council.example"
"""Gets our reports: a notice that is refused for good is only recorded, and the account needs them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How often, of 1. Delays are up to `delay_seconds` long."""

    refuse_connection: float = 0.02
    delay: float = 0.05
    delay_seconds: float = 0.3
    drop_at_data: float = 0.02
    drop_in_body: float = 0.02
    rcpt_later: float = 0.03
    rcpt_never: float = 0.02
    dot_later: float = 0.02
    dot_never: float = 0.01
    take_and_drop: float = 0.02
    closing: float = 0.02  # 421 after a message was taken


NONE = Odds(**dict.fromkeys(Odds.__slots__, 0.0))


class Chaos:
    """Decides at each step. Of a kind step nothing is said, so that the ledger goes on as usual."""

    def __init__(self, seed: int, odds: Odds) -> None:
        self._random = random.Random(seed)
        self._odds = odds

    def happens(self, what: str) -> bool:
        return self._random.random() < getattr(self._odds, what)

    def delay(self) -> float:
        """Seconds to wait now; mostly 0."""
        return self._random.uniform(0, self._odds.delay_seconds) if self.happens("delay") else 0.0

    def to_rcpt(self, recipient: str) -> bytes | None:
        if self.happens("rcpt_later"):
            return b"450 4.2.1 mailbox busy"
        if recipient != SPARED and self.happens("rcpt_never"):
            return b"550 5.1.1 nobody of that name"
        return None

    def to_dot(self, recipients: list[str]) -> bytes | None:
        if self.happens("dot_later"):
            return b"451 4.3.0 try again"
        if SPARED not in recipients and self.happens("dot_never"):
            return b"554 5.7.1 not wanted"
        return None
