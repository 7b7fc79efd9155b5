"""Tells groups of reviewers by mail what waits for them, at their times, and brings before a second group what nobody
decided in time. Each once, whichever gateway does it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from .. import metrics
from ..errors import TemporaryError
from ..log import event, fault
from ..model import ReviewKey
from ..store import Store, Subject, Waiting
from .due_desk import message_of_ours, record_of_ours
from .follow_up import or_discard
from .notices import NoticeWriter
from .waiting_notice import Digest, Escalated, digest_notice, escalation_notice

_log = logging.getLogger("dlp_gateway.act")

AT_ONCE = 1000
"""Escalated in one transaction and told in one mail; others must not wait long for their writes."""


class ReviewTimes(Protocol):
    """By the rules of today: `decide.review_clock.ReviewClock`."""

    @property
    def groups(self) -> tuple[str, ...]: ...

    @property
    def soonest(self) -> timedelta: ...

    def name_of(self, reviewers: str | None) -> str: ...

    def members(self, reviewers: str | None) -> tuple[str, ...]: ...

    def due(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None: ...

    def escalates_at(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None: ...

    def escalates_to(self, rule_ids: Iterable[str], reviewers: str | None) -> str | None: ...

    def digest_at(self, name: str, now: datetime) -> datetime | None: ...


class ReviewMails:
    """`times` answers those of the rules of today; `wake_retries` lets what is queued go at once."""

    def __init__(
        self,
        *,
        store: Store,
        notices: NoticeWriter,
        times: Callable[[], ReviewTimes],
        wake_retries: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._notices = notices
        self._times = times
        self._wake = wake_retries
        self._clock = clock
        self._looked_at: dict[str, datetime] = {}  # the last digest of a group that was sent, or had nothing to tell

    async def look(self) -> None:
        """Do what is due. Raises TemporaryError when the store is not there."""
        try:
            done = await self.escalate() + await self.send_digests()
        except TemporaryError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug here must not keep holds from being released or expiring
            fault(_log, "reviews:not_told", error)
            return
        if done:
            self._wake()

    async def escalate(self) -> int:
        """Bring before their second groups what is overdue; answers how many messages."""
        times, now = self._times(), self._clock()
        running = await self._store.reviews.running(now - times.soonest)
        by_group = await asyncio.to_thread(_overdue, running, times, now)
        done = 0
        for group, overdue in by_group.items():
            for start in range(0, len(overdue), AT_ONCE):
                done += await self._escalate(group, overdue[start : start + AT_ONCE], times)
        return done

    async def _escalate(self, group: str, overdue: Sequence[Waiting], times: ReviewTimes) -> int:
        message = message_of_ours(self._told(group, times), self._clock())
        by_group: dict[str, list[Waiting]] = {}
        for one in overdue:
            by_group.setdefault(times.name_of(one.reviewers), []).append(one)
        escalated = {
            name: Escalated(count=len(theirs), oldest=min(one.held_at for one in theirs))
            for name, theirs in by_group.items()
        }
        mails = await self._notices.on_waiting(
            message,
            message.envelope.recipients,
            urlencode({"show": "escalated"}),
            lambda occasion, texts: escalation_notice(occasion, group, escalated, texts),
        )
        written = self._store.reviews.escalate(overdue, group, record_of_ours(message), mails, at=message.received_at)
        if not await or_discard(self._store, written, mails):
            return 0  # what is still so is met by the next look
        metrics.escalations.inc(len(overdue))
        event(_log, "held:escalated", group=group, held=len(overdue))
        return len(overdue)

    async def send_digests(self) -> int:
        """Tell each group whose time has come what waits for it; answers how many groups were told."""
        times, now = self._times(), self._clock()
        done = 0
        for group in times.groups:
            slot = times.digest_at(group, now)
            if slot is not None and self._looked_at.get(group) != slot:
                done += await self._send_digest(group, slot, times)
                self._looked_at[group] = slot
        return done

    async def _send_digest(self, group: str, slot: datetime, times: ReviewTimes) -> bool:
        """What came after its time waits for the next one: a gateway that starts late tells no more than others did."""
        key: ReviewKey = (f"digest:{group}", slot.date(), f"{slot:%H:%M}")
        if key in await self._store.reviews.told_digests():
            return False
        waiting = await self._store.reviews.waiting(group, unassigned=times.name_of(None) == group)
        if not waiting or waiting[0].held_at > slot:
            return False
        message = message_of_ours(self._told(group, times), self._clock())
        digest = await asyncio.to_thread(_digest, group, waiting, times, message.received_at)
        mails = await self._notices.on_waiting(
            message,
            message.envelope.recipients,
            urlencode({"group": group} if digest.escalated < digest.count else {"show": "escalated"}),
            lambda occasion, texts: digest_notice(occasion, digest, texts),
        )
        told = self._store.reviews.tell([key], record_of_ours(message), mails, about=Subject.DIGEST)
        if not await or_discard(self._store, told, mails):
            return False
        metrics.digests.inc()
        event(_log, "digest:sent", group=group, waiting=digest.count)
        return True

    def _told(self, group: str, times: ReviewTimes) -> tuple[str, ...]:
        """The members that are the council's own; else the fallback owner of notices."""
        own = tuple(dict.fromkeys(one for one in times.members(group) if self._notices.rules.is_internal(one)))
        return own or (self._notices.config.notices.fallback_owner,)


def _overdue(running: Iterable[Waiting], times: ReviewTimes, now: datetime) -> Mapping[str, list[Waiting]]:
    """What has run out, by the group that it goes to."""
    found: dict[str, list[Waiting]] = {}
    for one in running:
        at = times.escalates_at(one.rule, one.reviewers, one.since)
        group = times.escalates_to([one.rule], one.reviewers)
        if at is not None and at <= now and group is not None:
            found.setdefault(group, []).append(one)
    return found


def _digest(group: str, waiting: Sequence[Waiting], times: ReviewTimes, now: datetime) -> Digest:
    due = [at for one in waiting if (at := times.due(one.rule, one.reviewers, one.since)) is not None]
    return Digest(
        group=group,
        count=len(waiting),
        oldest=waiting[0].held_at,
        overdue=sum(1 for at in due if at <= now),
        escalated=sum(1 for one in waiting if times.name_of(one.reviewers) != group),
        decide_by=min((at for at in due if at > now), default=None),
        expires_at=min((one.expires_at for one in waiting if one.expires_at is not None), default=None),
    )
