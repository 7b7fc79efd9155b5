"""When held messages must be decided, who hears of those that were not, and when groups are told what waits. Pure.

The times are those of the rule that holds a message and of the group that decides about it (`rules/reviewers.yaml`);
days on which nobody works are of the configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from .duty_hours import DutyHours, duty_hours, review_due
from .reviewer_groups import NOBODY, ReviewerGroup
from .rulebook import Rulebook

LATE = timedelta(hours=3)
"""A digest that could not go in time goes up to so much later; then the next one tells of the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewClock:
    """By the rules of today. Groups are asked for by name; None, and a name that no group has any more, is the default
    group."""

    rulebook: Rulebook
    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    digest_times: Sequence[time] = ()  # of groups that name none themselves

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.rulebook.reviewers)

    def name_of(self, reviewers: str | None) -> str:
        """The group that decides about what is held for this one."""
        return reviewers if reviewers in self.rulebook.reviewers else self.rulebook.policy.default_reviewers

    def members(self, reviewers: str | None) -> tuple[str, ...]:
        return self._group(reviewers).members

    def due(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None:
        """When a message that this rule holds since then must have been decided; None where the rule is gone."""
        rule = self.rulebook.rule(rule_id)
        if rule is None:
            return None
        alone = self._group(reviewers).clock == "working-hours"
        return review_due(since, rule.clock, self._hours(reviewers), self.zone, working_hours_alone=alone)

    def escalates_at(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None:
        """When it goes to a second group, if nobody decided it; None where there is none."""
        due = self.due(rule_id, reviewers, since)
        if due is None or self.escalates_to([rule_id], reviewers) is None:
            return None
        return due + timedelta(minutes=self._group(reviewers).escalate_after_minutes)

    def escalates_to(self, rule_ids: Iterable[str], reviewers: str | None) -> str | None:
        """The second group: the first that one of these rules names, else the reviewers' own; never themselves."""
        own = self.name_of(reviewers)
        named = [rule.clock.escalate_to for rule_id in rule_ids if (rule := self.rulebook.rule(rule_id)) is not None]
        wanted = [*named, self._group(reviewers).escalate_to]
        return next((name for name in wanted if name is not None and name != own), None)

    @property
    def soonest(self) -> timedelta:
        """No message is overdue sooner than that after it was held."""
        clocks = [rule.clock for rule in self.rulebook.policy.rules]
        return timedelta(minutes=min(min(one.working_minutes, one.out_of_hours_minutes) for one in clocks))

    def digest_at(self, name: str, now: datetime) -> datetime | None:
        """The time, at most `LATE` ago, at which this group was to be told what waits; in the council's zone. Not on
        days on which the group does not work."""
        group = self.rulebook.reviewers[name]
        local, hours = now.astimezone(self.zone), self._hours(name)
        if not hours.works_on(local.date()):
            return None
        times = self.digest_times if group.digest_times is None else group.digest_times
        slots = [datetime.combine(local.date(), at, self.zone) for at in times]
        return max((slot for slot in slots if slot <= local < slot + LATE), default=None)

    def _group(self, reviewers: str | None) -> ReviewerGroup:
        return self.rulebook.reviewers.get(self.name_of(reviewers), NOBODY)

    def _hours(self, reviewers: str | None) -> DutyHours:
        return duty_hours(self._group(reviewers).hours, self.holidays)
