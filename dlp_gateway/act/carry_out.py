"""Carry out a plan in the order that loses nothing: prepare, gate, final dot, make live.

1. *Prepare.* What must be durable (held messages, second routes, notices, reports) is sealed and
   written with the record, not yet live; at the same time the synchronous delivery is sent up to but
   without its final dot. The next hop can't deliver yet, we have promised nothing: any trouble until
   here ends in 451 and the client keeps the message.
2. *Gate.* Is the client still there, and will it wait for our reply? If not: drop everything, 451.
3. *Never to be cancelled:* final dot, the next hop's reply, make the durable ones live.

A crash before "make live" leaves prepared rows of a dead boot, which recovery drops: the client never
heard 250 and still has the message. A recipient already relayed may then get it twice (RFC 1047);
none can lose it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from .. import metrics
from ..client_watch import ClientWatch
from ..errors import InDoubtError, NextHopDeferredError, NextHopError, TemporaryError
from ..log import event
from ..model import Action, Delivery, Disposition, Message, Outcome
from ..store import MessageRecord, PreparedDelivery, Store
from .left_with_mta import LeftWithMta, leave_with_mta
from .plan import Plan
from .prepare import Preparer
from .relay import Relay
from .smtp_client import Prepared, SmtpReply
from .wire import Wire

_log = logging.getLogger("dlp_gateway.act")

IN_CUSTODY = "in our custody"

Hop = Prepared | LeftWithMta
"""Who has the synchronous delivery, all but its last step."""

GATE_MARGIN_SECONDS = 5.0
"""What the final dot and making live usually take at most: less patience left than this, and the
client could be gone before it hears 250, which makes a duplicate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One message with all that was decided about it."""

    message: Message
    record: MessageRecord
    plan: Plan
    watch: ClientWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of all recipients, in envelope order. `kept`: something of it is in our custody, so that it must be
    noted once the client heard 250."""

    dispositions: tuple[Disposition, ...]
    kept: bool = False
    left: LeftWithMta | None = None  # what the mail server that showed the message sends itself


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """The synchronous delivery, at the next hop up to but without its final dot."""

    delivery: Delivery
    wire: Wire
    hop: Hop


class Carrier:
    """Carries out plans with the services of one gateway process."""

    def __init__(
        self, *, store: Store, relay: Relay, preparer: Preparer, next_hop_seconds: float, final_dot_seconds: float
    ) -> None:
        self._store = store
        self._relay = relay
        self._preparer = preparer
        self._next_hop_seconds = next_hop_seconds
        self._final_dot_seconds = final_dot_seconds
        self._committing: set[asyncio.Task[Done]] = set()

    async def carry_out(self, job: Job) -> Done:
        """Do everything the plan says.

        Raises TemporaryError when nothing was promised: the client keeps the message.
        """
        prepared = await self._preparer.durable(job.message, job.record, job.plan)
        recorded, opened = await asyncio.gather(
            self._store.record(job.record, prepared), self._open_synchronous(job), return_exceptions=True
        )
        if isinstance(recorded, BaseException):  # no record, no relay
            if isinstance(opened, _Opened):
                await opened.hop.abort()
            await self._preparer.discard(prepared)
            raise recorded
        if isinstance(opened, BaseException):
            await self._drop(job, Outcome.DEFERRED, "")
            raise opened
        notes = {r: one.delivery.notes for one in prepared for r in one.delivery.recipients if one.delivery.notes}
        hop: Hop | None = None
        if opened is not None:
            hop = opened.hop
            if not hop.accepted:
                return Done(dispositions=await self._refused_whole(job, hop))
            notes |= dict.fromkeys(opened.delivery.recipients, opened.wire.notes)
            prepared = (*prepared, *await self._prepare_reports(job, opened))
        await self._gate(job, hop)
        # From here on nothing may cancel us: a task of its own, which outlives whoever waits for it.
        commit = asyncio.create_task(self._commit(job, hop, notes, bool(prepared)))  # noqa: TID251 - a TaskGroup would cancel it
        self._committing.add(commit)
        commit.add_done_callback(self._committing.discard)
        return await asyncio.shield(commit)

    async def _open_synchronous(self, job: Job) -> _Opened | None:
        delivery = job.plan.synchronous
        if delivery is None:
            return None
        envelope = job.message.envelope
        wire = await self._preparer.wire.make(job.message, delivery, sent_by_us=not job.message.from_mta)
        if job.message.from_mta:
            return _Opened(delivery=delivery, wire=wire, hop=leave_with_mta(job.message, delivery, wire))
        hop = await self._relay.prepare(
            delivery.route,
            envelope.reverse_path,
            delivery.recipients,
            envelope.params,
            tuple(envelope.params_of(recipient) for recipient in delivery.recipients),
            wire.pieces,
            self._next_hop_seconds,
        )
        return _Opened(delivery=delivery, wire=wire, hop=hop)

    async def _refused_whole(self, job: Job, hop: Hop) -> tuple[Disposition, ...]:
        """The next hop took nobody: its reply is our reply, and nothing else happens either."""
        replies = list(hop.refused.values())
        temporary = next((reply for reply in replies if reply.code < 500), None)
        decisive = temporary or replies[0]
        await hop.abort()
        dispositions = await self._drop(job, Outcome.DEFERRED if temporary else Outcome.REFUSED, str(decisive))
        if temporary:
            raise NextHopDeferredError(str(temporary))
        return dispositions

    async def _prepare_reports(self, job: Job, opened: _Opened) -> tuple[PreparedDelivery, ...]:
        """Some recipients were refused: the rest goes out, these get a report or our retries. Others wished to hear of
        a success that the next hop won't report. All of it is made durable before the gate."""
        hop = opened.hop
        if isinstance(hop, LeftWithMta):
            return ()
        try:
            prepared = await self._preparer.after_acceptance(job.message, hop)
            if hop.refused:
                prepared += await self._preparer.after_refusals(job.message, opened.delivery, opened.wire, hop.refused)
            await self._store.add_prepared(job.message.id, prepared)
        except TemporaryError:
            await hop.abort()
            await self._drop(job, Outcome.DEFERRED, "")
            raise
        return prepared

    async def _gate(self, job: Job, hop: Hop | None) -> None:
        if not job.watch.gone and job.watch.seconds_left > GATE_MARGIN_SECONDS:
            return
        if hop is not None:
            await hop.abort()
        await self._drop(job, Outcome.DEFERRED, "the client had gone or lost patience")
        raise NextHopError("client gone or out of patience before the final dot")

    async def _commit(self, job: Job, hop: Hop | None, notes: Mapping[str, tuple[str, ...]], durable: bool) -> Done:
        reply: SmtpReply | None = None
        if hop is not None:
            try:
                reply = await hop.commit(self._final_dot_seconds)
            except InDoubtError:
                metrics.possible_duplicates.inc()
                event(_log, "delivery:in_doubt", message_id=job.message.id, route=_route(job), level=logging.WARNING)
                await self._drop(job, Outcome.IN_DOUBT, "no reply after the final dot")
                raise
            except NextHopError:  # lost before the dot went out: the next hop has nothing
                await self._drop(job, Outcome.DEFERRED, "")
                raise
            if reply.code >= 400:
                outcome = Outcome.DEFERRED if reply.code < 500 else Outcome.REFUSED
                dispositions = await self._drop(job, outcome, str(reply))
                if reply.code < 500:
                    raise NextHopDeferredError(str(reply))
                return Done(dispositions=dispositions)
        dispositions = _dispositions(job, hop, reply, notes)
        if durable:
            await self._make_live(job, dispositions, relayed=reply is not None)
        else:
            self._store.note(job.message.id, dispositions, answered=True)
        left = hop if isinstance(hop, LeftWithMta) else None
        return Done(dispositions=dispositions, kept=durable, left=left)

    async def _make_live(self, job: Job, dispositions: tuple[Disposition, ...], *, relayed: bool) -> None:
        try:
            await self._store.make_live(job.message.id, dispositions)
        except TemporaryError:
            if relayed:
                metrics.possible_duplicates.inc()
                event(_log, "delivery:duplicated", message_id=job.message.id, level=logging.WARNING)
            raise
        self._preparer.wake_retries()

    async def _drop(self, job: Job, outcome: Outcome, detail: str) -> tuple[Disposition, ...]:
        """Forget what was prepared and record what became of all recipients: we promised nothing."""
        dispositions = tuple(
            Disposition(recipient=recipient, outcome=outcome, detail=detail)
            for recipient in job.message.envelope.recipients
        )
        await self._store.drop_prepared(job.message.id, dispositions)
        return dispositions


def _route(job: Job) -> str:
    return job.plan.synchronous.route if job.plan.synchronous else ""


def _dispositions(
    job: Job, hop: Hop | None, reply: SmtpReply | None, notes: Mapping[str, tuple[str, ...]]
) -> tuple[Disposition, ...]:
    found: dict[str, Disposition] = {}

    def put(recipient: str, outcome: Outcome, detail: str) -> None:
        found[recipient] = Disposition(
            recipient=recipient, outcome=outcome, detail=detail, notes=notes.get(recipient, ())
        )

    if hop is not None and reply is not None:
        for recipient in hop.accepted:
            put(recipient, Outcome.RELAYED, str(reply))
        for recipient, refusal in hop.refused.items():
            put(recipient, Outcome.DEFERRED if refusal.code < 500 else Outcome.REFUSED, str(refusal))
    for delivery in job.plan.durable:
        for recipient in delivery.recipients:
            put(recipient, *_durable_outcome(delivery))
    for verdict in job.plan.rejected:
        put(verdict.recipient, Outcome.REJECTED, "rejected by policy")
    return tuple(found[recipient] for recipient in job.message.envelope.recipients)


def _durable_outcome(delivery: Delivery) -> tuple[Outcome, str]:
    if delivery.action is Action.HOLD:
        return Outcome.HELD, "held for review"
    return Outcome.DEFERRED, IN_CUSTODY
