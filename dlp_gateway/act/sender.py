"""What senders ask for through the console, carried out: codes to sign in with, withdrawals, questions, releases.

The console only writes wishes into the store. Here they meet the rules of today and the message as it is now: what
was decided by somebody else meanwhile is too late, and what a sender may not lift is not lifted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..log import event, fault
from ..model import Inspection, Verdict
from ..store import (
    DecidedError,
    DeliveryState,
    HeldMessage,
    SenderChoice,
    SenderRequest,
    Store,
    WantedCode,
)
from .follow_up import or_discard
from .notices import NoticeWriter

_log = logging.getLogger("dlp_gateway.act")

AT_ONCE = 20
AGAIN_SECONDS = 30.0
"""After a fault of ours or the store's, the same wish is left alone for so long."""

KEEP_CODES = timedelta(days=30)

Overrides = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Urgent:
    """The recipients to be released, by the held message, and what is lifted."""

    only: Mapping[str, tuple[str, ...]]
    lifted: Overrides


@dataclass(slots=True, kw_only=True)
class SenderDesk:
    """`make_code` answers a code and its digest for an id. `overrides` says what a sender's release of a held message
    may lift by the rules in force, `urgent` what may be lifted because someone is at risk now, None where nothing may;
    `reviewers` who is of a reviewer group, `escalation` to which second group a held message goes, None where there is
    none."""

    store: Store
    notices: NoticeWriter
    code_minutes: int
    make_code: Callable[[str], tuple[str, str]] = field(repr=False)
    overrides: Callable[[HeldMessage], Overrides | None]
    urgent: Callable[[Verdict, Inspection | None], Overrides | None]
    reviewers: Callable[[str | None], tuple[str, ...]]
    escalation: Callable[[HeldMessage], str | None]
    wake_retries: Callable[[], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _again_at: dict[str, datetime] = field(default_factory=dict)  # by the id of what failed

    async def carry_out(self) -> int:
        """Do all that waits; answers how much. Raises TemporaryError when the store is not there."""
        now = self.clock()
        self._again_at = {failed: at for failed, at in self._again_at.items() if at > now}
        codes = await self.store.senders.wanted_codes(now - timedelta(minutes=self.code_minutes), AT_ONCE)
        requests = await self.store.senders.open_requests(AT_ONCE)
        wishes: list[WantedCode | SenderRequest] = [*codes, *requests]
        done = 0
        for wish in wishes:
            if wish.id not in self._again_at:
                done += await self._guarded(wish)
        if done:
            self.wake_retries()
        return done

    async def forget(self) -> None:
        """Retention: old codes go."""
        await self.store.senders.forget_codes(self.clock() - KEEP_CODES)

    async def _guarded(self, wish: WantedCode | SenderRequest) -> bool:
        """Whether it was done."""
        try:
            await (self._send_code(wish) if isinstance(wish, WantedCode) else self._carry_out(wish))
        except DecidedError:  # somebody was quicker; what is still open is looked at again
            event(_log, "sender:overtaken", level=logging.DEBUG, message_id=wish.message_id)
            return False
        except Exception as error:  # noqa: BLE001 - one sender's wish must not keep the others' from being done
            self._again_at[wish.id] = self.clock() + timedelta(seconds=AGAIN_SECONDS)
            fault(_log, "sender:failed", error, message_id=wish.message_id)
            return False
        return True

    async def _send_code(self, wanted: WantedCode) -> None:
        code, digest = self.make_code(wanted.id)
        good_until = self.clock() + timedelta(minutes=self.code_minutes)
        held = await self.store.senders.held_of(wanted.message_id)
        notices = await self.notices.on_code(held[0], wanted.author, code, good_until) if held else ()
        sent = self.store.senders.send_code(wanted.id, digest, good_until=good_until, follow_up=notices)
        await or_discard(self.store, sent, notices)
        event(_log, "sender:code_sent", message_id=wanted.message_id, notices=len(notices))

    async def _carry_out(self, request: SenderRequest) -> None:
        waiting = [
            held
            for held in await self.store.senders.held_of(request.message_id)
            if held.state is DeliveryState.HELD and held.author == request.by
        ]
        ids = tuple(held.id for held in waiting)
        senders, now = self.store.senders, self.clock()
        if not waiting:
            await senders.too_late(request)
        elif request.kind is SenderChoice.WITHDRAW:
            notices = await self.notices.on_withdrawal(waiting)
            withdrawn = senders.withdraw(request, ids, now=now, follow_up=notices)
            await or_discard(self.store, withdrawn, notices)
        elif request.kind is SenderChoice.RELEASE and (lifted := self._may_lift(waiting)) is not None:
            await senders.release(request, ids, now=now, overrides=lifted & request.overrides)
        elif request.kind is SenderChoice.URGENT and (urgent := await self._urgent(request, waiting)):
            going = [held for held in waiting if held.id in urgent.only]
            staying = [held for held in waiting if set(held.delivery.recipients) - set(urgent.only.get(held.id, ()))]
            notices = await self.notices.on_urgent_release(going, self._members(going, escalated=True))
            notices += await self.notices.on_risk(staying, self._members(staying, escalated=True))
            released = senders.release(
                request,
                tuple(urgent.only),
                only=urgent.only,
                now=now,
                overrides=urgent.lifted,
                at_risk={held.id: self.escalation(held) for held in staying},
                follow_up=notices,
            )
            await or_discard(self.store, released, notices)
        else:
            at_risk = request.kind is SenderChoice.URGENT
            members = self._members(waiting, escalated=at_risk)
            tell = self.notices.on_risk if at_risk else self.notices.on_review_asked
            notices = await tell(waiting, members)
            before = {held.id: self.escalation(held) for held in waiting} if at_risk else {}
            asked = senders.ask_review(request, ids, now=now, follow_up=notices, at_risk=before)
            await or_discard(self.store, asked, notices)
        event(_log, "sender:carried_out", message_id=request.message_id, choice=request.kind.value, held=len(ids))

    def _members(self, held: Sequence[HeldMessage], *, escalated: bool) -> tuple[str, ...]:
        groups = dict.fromkeys(one.reviewers for one in held)
        if escalated:
            groups |= dict.fromkeys(group for one in held if (group := self.escalation(one)) is not None)
        return tuple(dict.fromkeys(member for group in groups for member in self.reviewers(group)))

    async def _urgent(self, request: SenderRequest, waiting: Sequence[HeldMessage]) -> _Urgent | None:
        """What may go because someone is at risk now, and what that lifts of what the sender was shown. All others stay
        held; so does what rules hold that the sender was not shown."""
        stored = await self.store.message_record(request.message_id)
        if stored is None:
            return None
        only: dict[str, tuple[str, ...]] = {}
        lifted: set[tuple[str, str]] = set()
        for held in waiting:
            for verdict in stored.verdicts_of(held.delivery.recipients):
                pairs = self.urgent(verdict, stored.record.inspection)
                if pairs is not None and pairs <= request.overrides and held.approvals == 1:
                    only[held.id] = (*only.get(held.id, ()), verdict.recipient)
                    lifted |= pairs
        return _Urgent(only=only, lifted=frozenset(lifted)) if only else None

    def _may_lift(self, waiting: Sequence[HeldMessage]) -> Overrides | None:
        """None where one of them is not the sender's to release."""
        allowed = [self.overrides(held) if held.approvals == 1 else None for held in waiting]
        return None if None in allowed else frozenset(pair for one in allowed if one is not None for pair in one)
