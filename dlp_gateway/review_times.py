"""When held messages must be decided, by the rules in force and the days of the configuration: for both processes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from .config import Config
from .decide import ReviewClock, Rulebook


def review_clock(config: Config, rulebook: Rulebook) -> ReviewClock:
    return ReviewClock(
        rulebook=rulebook,
        zone=ZoneInfo(config.council.time_zone),
        holidays=frozenset(config.reviews.bank_holidays),
        digest_times=config.reviews.digest_times,
    )
