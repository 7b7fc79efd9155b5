"""Deliveries that we have custody of: try, back off, and report to the sender when we give up.

No next hop gets all the room, and one that can't be reached rests (`hop_rest.py`): its deliveries wait untried, but
for those whose senders must hear something now.

Each try is claimed under a lease and settled by compare-and-set, so a second gateway, or this one after
a crash, can never settle what somebody else has taken over.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..config import Config, Retry
from ..errors import TemporaryError
from ..log import event, fault
from ..model import Disposition, Outcome
from ..octets import Octets
from ..store import DeliveryKind, PreparedDelivery, QueuedDelivery, Store, Turns
from .prepare import Preparer
from .relay import Relay

_log = logging.getLogger("dlp_gateway.act")

POLL_SECONDS = 5.0
"""How often to look for due deliveries when nobody woke us."""

LEASE_MARGIN_SECONDS = 60.0


def retry_after(settings: Retry, tries: int, jitter: float) -> timedelta:
    """Wait after the try number `tries` (0 is the first): doubles up to the longest wait. `jitter` in
    0..1 spreads it by a fifth each way, so that deliveries that failed together do not return together."""
    seconds: float = min(settings.first_seconds * 2.0 ** min(tries, 30), settings.max_seconds)
    return timedelta(seconds=seconds * (0.8 + 0.4 * jitter))


class RetryLoop:
    """Tries due deliveries, at most `retry.parallel` at one time. `relayed` hears of those of which a try came through,
    once that is settled, with the octets that went."""

    def __init__(
        self,
        *,
        config: Config,
        store: Store,
        relay: Relay,
        preparer: Preparer,
        relayed: Callable[[QueuedDelivery, Sequence[Disposition], Octets], Awaitable[None]] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = config.retry
        self._next_hop_seconds = config.times.next_hop_seconds
        self._final_dot_seconds = config.times.final_dot_seconds
        self._store = store
        self._relay = relay
        self._preparer = preparer
        self._relayed = relayed
        self._clock = clock
        self._wake = asyncio.Event()
        self._running: Counter[str] = Counter()  # tries under way, by route

    def wake(self) -> None:
        """Something became due: look now."""
        self._wake.set()

    async def run(self) -> None:
        """Run until cancelled. Tries under way are then left to their leases: another start tries them again."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                await self._start_due(group)
                try:
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    pass  # the ordinary case: nothing woke us, so look at the clock again

    async def _start_due(self, group: asyncio.TaskGroup) -> None:
        lease = self._next_hop_seconds + self._final_dot_seconds + LEASE_MARGIN_SECONDS
        # Until nothing is due or no room is left: what one route may not take now, others behind it may.
        while (free := self._settings.parallel - self._running.total()) > 0:
            now = self._clock()
            try:
                due = await self._store.claim_due(now, free, lease, self._turns(now))
            except TemporaryError as error:
                fault(_log, "retry:claim_failed", error)
                return
            if not due:
                return
            for queued in due:
                self._running[queued.delivery.route] += 1
                group.create_task(self._try(queued), name=f"retry {queued.id}")

    def _turns(self, now: datetime) -> Turns:
        rests = self._relay.rests()
        return Turns(
            at_most={
                route: (1 if rest.on_trial else self._settings.per_route) - self._running[route]
                for route, rest in rests.items()
            },
            resting=frozenset(route for route, rest in rests.items() if rest.resting),
            give_up_before=now - timedelta(seconds=self._settings.give_up_seconds),
            delayed_before=now - timedelta(seconds=self._settings.delay_seconds),
        )

    async def _try(self, queued: QueuedDelivery) -> None:
        try:
            await self.try_delivery(queued)
        except TemporaryError as error:
            fault(
                _log, "retry:not_settled", error, message_id=queued.message_id
            )  # its lease runs out and it is tried again
        except Exception as error:  # noqa: BLE001 - one delivery must not end the loop that tries all others
            fault(_log, "retry:failed", error, message_id=queued.message_id)
        finally:
            self._running[queued.delivery.route] -= 1
            self._wake.set()  # there is room for another

    async def try_delivery(self, queued: QueuedDelivery) -> None:
        """One try of one claimed delivery, settled."""
        octets = await self._store.unseal(queued.octets_key)
        delivered = await self._relay.deliver(
            queued.delivery.route,
            queued.reverse_path,
            queued.delivery.recipients,
            queued.params,
            queued.recipient_params,
            octets,
            self._next_hop_seconds,
        )
        dispositions = delivered.dispositions
        now = self._clock()
        if now - queued.created_at >= timedelta(seconds=self._settings.give_up_seconds):
            dispositions = tuple(_expired(d) for d in dispositions)
        follow_up: tuple[PreparedDelivery, ...] = ()
        if queued.kind is DeliveryKind.QUEUE:
            follow_up += await self._preparer.notices.on_relay(queued, delivered.unreported, octets)
        if failed := tuple(d for d in dispositions if d.outcome in (Outcome.REFUSED, Outcome.EXPIRED)):
            follow_up += await self._preparer.after_failure(queued, failed, octets)
        waiting = tuple(d for d in dispositions if d.outcome in (Outcome.DEFERRED, Outcome.IN_DOUBT))
        late = bool(waiting) and self._is_late(queued, now)
        if late:
            until = queued.created_at + timedelta(seconds=self._settings.give_up_seconds)
            follow_up += await self._preparer.notices.on_delay(queued, waiting, octets, until)
        settled = await self._store.settle(
            queued.id,
            queued.lease,
            dispositions,
            retry_at=self._next_try(queued, now) if waiting else None,
            follow_up=follow_up,
            delay_told=late,
        )
        event(
            _log,
            "delivery:tried",
            message_id=queued.message_id,
            kind=queued.kind.value,
            route=queued.delivery.route,
            tries=queued.tries + 1,
            outcomes=sorted({d.outcome.value for d in dispositions}),
            settled=settled,
        )
        if settled and self._relayed is not None and queued.kind is DeliveryKind.QUEUE:
            await self._relayed(queued, dispositions, octets)

    def _is_late(self, queued: QueuedDelivery, now: datetime) -> bool:
        """Whether its sender is to be told now that it still waits: once."""
        late_at = queued.created_at + timedelta(seconds=self._settings.delay_seconds)
        return queued.kind is DeliveryKind.QUEUE and not queued.delay_told and now >= late_at

    def _next_try(self, queued: QueuedDelivery, now: datetime) -> datetime:
        """Not after a time at which its sender must hear of it."""
        at = now + retry_after(self._settings, queued.tries, random.random())
        for seconds in (self._settings.delay_seconds, self._settings.give_up_seconds):
            told_at = queued.created_at + timedelta(seconds=seconds)
            if now < told_at < at:
                at = told_at
        return at


def _expired(disposition: Disposition) -> Disposition:
    if disposition.outcome in (Outcome.DEFERRED, Outcome.IN_DOUBT):
        return replace(disposition, outcome=Outcome.EXPIRED)
    return disposition
