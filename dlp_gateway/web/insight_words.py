"""What the page of figures says."""

from __future__ import annotations

from datetime import timedelta

from .language import say

PERIOD_WORDS = {"7": "7 days", "28": "28 days", "90": "90 days"}
TIME_WORDS = {"minutes": "{count} min", "hours": "{count} h {minutes} min", "days": "{count} d {hours} h"}
GAP_WORDS = {
    "encrypted": "encrypted",
    "too_large": "too large",
    "too_deep": "packed too deep",
    "unsupported": "of a kind that is not read",
    "corrupt": "damaged",
    "ambiguous": "can be read in two ways",
    "timed_out": "took too long",
}


def length(time: timedelta | None) -> str:
    """“4 h 10 min”."""
    if time is None:
        return "–"
    minutes = round(time.total_seconds() / 60)
    if minutes < 60:
        return say(TIME_WORDS["minutes"], count=minutes)
    if minutes < 2880:
        return say(TIME_WORDS["hours"], count=minutes // 60, minutes=minutes % 60)
    return say(TIME_WORDS["days"], count=minutes // 1440, hours=minutes % 1440 // 60)


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def gap(reason: str) -> str:
    return say(GAP_WORDS[reason]) if reason in GAP_WORDS else reason
