"""Points of time, times of day and days as values, rule files and the configuration carry them."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator


def _with_standard_zone(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    return moment if offset is None else moment.replace(tzinfo=timezone(offset))


Moment = Annotated[datetime, AfterValidator(_with_standard_zone)]
"""What pydantic has read keeps no zone object of pydantic's own: a process that ends while one of those is still known
may crash (pydantic issue 12867; a console did, after it had stopped well)."""


def _clock_time(value: Any) -> time:
    """Of “13:30”, also where YAML 1.1 reads it as a number of base sixty."""
    text = f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of the day has no zone
    except ValueError:
        raise ValueError(f"“{value}” is no time of day such as 09:00 or 13:30") from None


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(f"“{value}” is no day such as 2026-12-25") from None


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
"""A time of the day, to the minute."""

Day = Annotated[date, BeforeValidator(_day)]
"""A day of the calendar."""
