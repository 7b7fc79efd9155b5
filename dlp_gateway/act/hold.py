"""The later life of a held message: release on request, release when an embargo ends, expiry, retention.

Console and command line only write wishes into the store (the command line a rejection, too); this loop of the
gateway carries requests out, so that mail has one way out and "released" comes from the next hop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from .. import metrics
from ..errors import GatewayError, TemporaryError
from ..log import event, fault
from ..store import DecidedError, HeldMessage, ReleaseRequest, Retention, Store
from .account_marks import mark_accounts
from .prepare import Preparer
from .review_mails import ReviewMails
from .reviewer import ReviewerDesk
from .sender import SenderDesk

_log = logging.getLogger("dlp_gateway.act")

POLL_SECONDS = 1.0
HOUSEKEEPING_SECONDS = 30.0
CLEANUP_SECONDS = 3600.0
RELEASE_LEASE_SECONDS = 900.0
RELEASES_AT_ONCE = 5
EMBARGO = "embargo"
"""Who releases a message whose embargo has ended and that nothing else holds."""


class HoldKeeper:
    """Runs release requests, ends embargoes, lets held messages expire, with a notice each, and has reviewers told."""

    def __init__(
        self,
        *,
        store: Store,
        preparer: Preparer,
        release: Callable[[ReleaseRequest, HeldMessage], Awaitable[None]],
        keep: Retention | None = None,
        senders: SenderDesk | None = None,
        reviewers: ReviewerDesk | None = None,
        fingerprint_key: bytes | None = None,
        mails: ReviewMails | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._preparer = preparer
        self._release = release
        self._keep = keep or Retention()
        self._senders = senders  # None where there is no console
        self._reviewers = reviewers  # the same
        self._fingerprint_key = fingerprint_key  # None: accounts are not marked
        self._mails = mails
        self._clock = clock

    async def run(self) -> None:
        """Run until cancelled."""
        next_housekeeping = next_cleanup = 0.0
        loop, every = asyncio.get_running_loop(), True
        while True:
            try:
                if self._fingerprint_key is not None:
                    await mark_accounts(self._store, self._fingerprint_key, every=every)
                    every = False
                if loop.time() >= next_housekeeping:
                    next_housekeeping = loop.time() + HOUSEKEEPING_SECONDS
                    await self.end_embargoes()
                    await self.expire_overdue()
                    if self._mails is not None:
                        await self._mails.look()
                    metrics.held.set(await self._store.held_count())
                if loop.time() >= next_cleanup:
                    next_cleanup = loop.time() + CLEANUP_SECONDS
                    await self._store.cleanup(self._clock(), self._keep)
                    if self._senders is not None:
                        await self._senders.forget()
                if self._senders is not None:
                    await self._senders.carry_out()
                if self._reviewers is not None:
                    await self._reviewers.carry_out()
                await self.carry_out_requests()
            except TemporaryError as error:
                fault(_log, "holds:store_unavailable", error)
            await asyncio.sleep(POLL_SECONDS)

    async def carry_out_requests(self) -> int:
        """Carry out the release requests that wait; answers how many."""
        requests = await self._store.claim_release_requests(RELEASES_AT_ONCE, RELEASE_LEASE_SECONDS)
        for request in requests:
            held = await self._store.held(request.held_id)
            if held is None:
                continue
            try:
                await self._release(request, held)
            except TemporaryError as error:  # the lease runs out and it is tried again
                fault(_log, "release:deferred", error, message_id=request.message_id)
            except Exception as error:  # noqa: BLE001 - one message must not keep the others from being released
                fault(_log, "release:failed", error, message_id=request.message_id)
        return len(requests)

    async def end_embargoes(self) -> int:
        """Ask for the release of what was held until a time that has come; the way out decides anew,
        so whatever else holds the message keeps it held."""
        due = await self._store.embargoes_due(self._clock())
        for held in due:
            try:
                await self._store.request_release(held.id, by=EMBARGO, reason="the embargo has ended", automatic=True)
            except DecidedError:
                continue  # a reviewer was quicker
            event(_log, "embargo:ended", message_id=held.message_id)
        return len(due)

    async def expire_overdue(self) -> int:
        """Held messages that nobody decided in time: an expiry is a rejection with a notice, never a
        silent deletion and never a release."""
        overdue = await self._store.expire_due(self._clock())
        for held in overdue:
            notices = await self._preparer.notices.on_expiry(held)
            try:
                await self._store.expire(held.id, follow_up=notices, now=self._clock())
            except GatewayError as error:
                fault(_log, "expiry:failed", error, message_id=held.message_id)
                continue
            event(_log, "held:expired", message_id=held.message_id)
        if overdue:
            self._preparer.wake_retries()
        return len(overdue)
