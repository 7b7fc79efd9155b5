"""When a held message must have been decided, by the clock of its rule and the hours of its reviewers. Pure.

Within their hours a group has `working_minutes` of such hours; what comes outside of them has `out_of_hours_minutes`
of the clock on the wall, since it is the group that the rule escalates to that looks then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from .policy import Clock

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE)
_MOST_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyHours:
    """Days of the week (0 is Monday) and from when to when, in local time. No days: always."""

    days: frozenset[int] = frozenset()
    begin: time = time(0)
    end: time = time(0)

    @property
    def always(self) -> bool:
        return not self.days

    def left_on(self, local: datetime) -> timedelta:
        """How much of the day's duty is to come."""
        if local.weekday() not in self.days:
            return timedelta(0)
        begin = max(local, datetime.combine(local.date(), self.begin, local.tzinfo))
        return max(timedelta(0), datetime.combine(local.date(), self.end, local.tzinfo) - begin)

    def is_on(self, local: datetime) -> bool:
        return self.always or (local.weekday() in self.days and self.begin <= local.time() < self.end)


def duty_hours(words: str) -> DutyHours:
    """Of “Mon-Fri 08:30-17:30”; always, where the words are “always” or others that say no hours: an escalation that
    comes early hurts less than one that never comes."""
    found = _HOURS.fullmatch(words.strip())
    if found is None or any(day is not None and day.lower() not in _DAYS for day in found.group(1, 2)):
        return DutyHours()
    first, last = _DAYS.index(found[1].lower()), _DAYS.index((found[2] or found[1]).lower())
    days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
    try:
        begin, end = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    except ValueError:
        return DutyHours()
    return DutyHours(days=days, begin=begin, end=end) if begin < end else DutyHours()


def review_due(since: datetime, clock: Clock, hours: DutyHours, zone: tzinfo) -> datetime:
    """When a message that is held since then (aware) must have been decided; in UTC where `since` is."""
    if hours.always:
        return since + timedelta(minutes=clock.working_minutes)
    local = since.astimezone(zone)
    if not hours.is_on(local):
        return since + timedelta(minutes=clock.out_of_hours_minutes)
    left = timedelta(minutes=clock.working_minutes)
    for _ in range(_MOST_DAYS):
        today = hours.left_on(local)
        if left <= today:
            begin = max(local, datetime.combine(local.date(), hours.begin, local.tzinfo))
            return (begin + left).astimezone(since.tzinfo)
        left -= today
        local = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
    return since + timedelta(days=_MOST_DAYS)
