"""When a held message must have been decided, by the clock of its rule and the hours of its reviewers. Pure.

Within their hours a group has `working_minutes` of such hours; what comes outside of them has `out_of_hours_minutes`
of the clock on the wall, since it is the group that the rule escalates to that looks then. A group that counts working
hours alone has `working_minutes` for everything.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from .policy import Clock

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE)
_MOST_DAYS = 60

Span = tuple[time, time]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyHours:
    """From when to when on which days of the week (0 is Monday), in local time, but not on `holidays`. No spans:
    always, on holidays too."""

    spans: Mapping[int, Span] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @property
    def always(self) -> bool:
        return not self.spans

    def works_on(self, day: date) -> bool:
        return self.always or self._span(day) is not None

    def left_on(self, local: datetime) -> timedelta:
        """How much of the day's duty is to come."""
        span = self._span(local.date())
        if span is None:
            return timedelta(0)
        begin = max(local, datetime.combine(local.date(), span[0], local.tzinfo))
        return max(timedelta(0), datetime.combine(local.date(), span[1], local.tzinfo) - begin)

    def begins(self, day: date, zone: tzinfo | None) -> datetime:
        """When duty begins on a day that has any."""
        return datetime.combine(day, self.spans[day.weekday()][0], zone)

    def is_on(self, local: datetime) -> bool:
        span = self._span(local.date())
        return self.always or (span is not None and span[0] <= local.time() < span[1])

    def _span(self, day: date) -> Span | None:
        return None if day in self.holidays else self.spans.get(day.weekday())


@functools.lru_cache(maxsize=100)
def duty_hours(words: str, holidays: frozenset[date] = frozenset()) -> DutyHours:
    """Of “Mon-Thu 08:30-17:30, Fri 08:30-16:30”; always, where the words are “always” or others that say no hours: an
    escalation that comes early hurts less than one that never comes."""
    spans: dict[int, Span] = {}
    for part in words.split(","):
        found = _spans(part)
        if found is None:
            return DutyHours()
        spans |= found
    return DutyHours(spans=spans, holidays=holidays)


def says_hours(words: str) -> bool:
    """Whether `duty_hours` reads these words as meant."""
    return words.strip().lower() in ("", "always") or not duty_hours(words).always


def _spans(words: str) -> dict[int, Span] | None:
    found = _HOURS.fullmatch(words.strip())
    if found is None or any(day is not None and day.lower() not in _DAYS for day in found.group(1, 2)):
        return None
    first, last = _DAYS.index(found[1].lower()), _DAYS.index((found[2] or found[1]).lower())
    try:
        begin, end = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    except ValueError:
        return None
    return {(first + n) % 7: (begin, end) for n in range((last - first) % 7 + 1)} if begin < end else None


def review_due(
    since: datetime, clock: Clock, hours: DutyHours, zone: tzinfo, *, working_hours_alone: bool = False
) -> datetime:
    """When a message that is held since then (aware) must have been decided; in UTC where `since` is."""
    if hours.always:
        return since + timedelta(minutes=clock.working_minutes)
    local = since.astimezone(zone)
    if not working_hours_alone and not hours.is_on(local):
        return since + timedelta(minutes=clock.out_of_hours_minutes)
    left = timedelta(minutes=clock.working_minutes)
    for _ in range(_MOST_DAYS):
        today = hours.left_on(local)
        if left <= today:
            begin = max(local, hours.begins(local.date(), local.tzinfo))
            return (begin + left).astimezone(since.tzinfo)
        left -= today
        local = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
    return since + timedelta(days=_MOST_DAYS)
