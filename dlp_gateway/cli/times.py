"""Times on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ..config import Config
from ..errors import ConfigError, Fault

_DAYS = re.compile(r"(\d{1,4})d")


def time_given(option: str, text: str, config: Config) -> datetime:
    """The moment meant, in UTC: a time, or a date; the council's time where it names no zone. Raises ConfigError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fault = Fault(file=option, text=f"“{text}” is not a time; write it like 2026-12-01 or 2026-12-01T09:00+00:00")
        raise ConfigError([fault]) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(config.council.time_zone))
    return at.astimezone(UTC)


def time_past(option: str, text: str, config: Config) -> datetime:
    """As `time_given`; and 28d is 28 days ago."""
    if days := _DAYS.fullmatch(text):
        return datetime.now(UTC) - timedelta(days=int(days[1]))
    return time_given(option, text, config)
