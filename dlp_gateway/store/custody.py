"""Custody: prepared, made live, claimed, settled. Every change of state is a compare-and-set.

A prepared row is promised to nobody. Making live is the moment from which the message is ours, in one
transaction with the audit row that says so. After that a row is only ever changed by whoever holds its
lease.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.db.models import F, Q

from ..errors import StoreUnavailableError
from ..model import Disposition, Outcome
from .boots import require_alive
from .messages import ENCODED_DISPOSITIONS, Note, dispositions_json, outcomes
from .models import Delivery, Message
from .prepared import delivery_of, narrow, new_rows, params_of, recipient_params_of, stored_value
from .values import (
    DeliveryKind,
    DeliveryState,
    MessageState,
    PreparedDelivery,
    QueuedDelivery,
    Turns,
    Verb,
)
from .writer import Transaction, Work

FINAL = frozenset({Outcome.RELAYED, Outcome.REFUSED, Outcome.REJECTED, Outcome.EXPIRED, Outcome.WITHDRAWN})
"""Outcomes after which a recipient leaves a delivery."""

FALLBACK_RETRY = timedelta(minutes=5)
"""When somebody is left in a delivery and nobody said when to try again: never silently lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MorePrepared:
    message_id: str
    prepared: tuple[PreparedDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    now: datetime
    limit: int
    lease_seconds: float
    turns: Turns = field(default_factory=Turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    delivery_id: str
    lease: str
    dispositions: tuple[Disposition, ...]
    retry_at: datetime | None
    follow_up: tuple[PreparedDelivery, ...]
    delay_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """`ours`: whether the lease still held. `unneeded`: spool keys that no row needs any more."""

    ours: bool
    unneeded: tuple[str, ...] = ()


def _add_prepared(tx: Transaction, additions: Sequence[MorePrepared]) -> list[None]:
    require_alive(tx)
    for more in additions:
        counted = Message.objects.using(tx.alias).filter(id=more.message_id, boot=tx.boot_id, state=MessageState.OPEN)
        if counted.update(prepared=F("prepared") + len(more.prepared)) != 1:
            raise StoreUnavailableError("no open record to prepare deliveries for")
        rows = new_rows(tx, more.message_id, more.prepared, DeliveryState.PREPARED)
        Delivery.objects.using(tx.alias).bulk_create(rows)
        tx.audit(Verb.DELIVERIES_PREPARED, "gateway", more.message_id, {"deliveries": [row.id for row in rows]})
    return [None] * len(additions)


def make_live(tx: Transaction, notes: Sequence[Note]) -> list[None]:
    require_alive(tx)
    for note in notes:
        message = Message.objects.using(tx.alias).filter(id=note.message_id, boot=tx.boot_id, state=MessageState.OPEN)
        expected = message.values_list("prepared", flat=True).first()
        rows = Delivery.objects.using(tx.alias).filter(
            message_id=note.message_id, boot=tx.boot_id, state=DeliveryState.PREPARED
        )
        ids = list(rows.values_list("id", flat=True))
        touched = rows.filter(kind=DeliveryKind.HOLD).update(state=DeliveryState.HELD)
        touched += rows.exclude(kind=DeliveryKind.HOLD).update(state=DeliveryState.LIVE)
        if not expected or touched != expected:
            raise StoreUnavailableError("what was prepared is not there to be made live")
        message.update(state=MessageState.LIVE, dispositions=dispositions_json(note.dispositions))
        tx.audit(Verb.CUSTODY_TAKEN, "gateway", note.message_id, {"deliveries": ids} | outcomes(note.dispositions))
    return [None] * len(notes)


def _drop_prepared(tx: Transaction, notes: Sequence[Note]) -> list[tuple[str, ...]]:
    answers = []
    for note in notes:
        rows = Delivery.objects.using(tx.alias).filter(
            message_id=note.message_id, boot=tx.boot_id, state=DeliveryState.PREPARED
        )
        found = list(rows.values_list("id", "octets_key"))
        rows.filter(id__in=[i for i, _ in found]).update(state=DeliveryState.DROPPED)
        message = Message.objects.using(tx.alias).filter(id=note.message_id, boot=tx.boot_id, state=MessageState.OPEN)
        message.update(
            state=MessageState.CLOSED, answered=note.answered, dispositions=dispositions_json(note.dispositions)
        )
        body = {"deliveries": [i for i, _ in found]} | outcomes(note.dispositions)
        tx.audit(Verb.CUSTODY_DROPPED if found else Verb.MESSAGE_CLOSED, "gateway", note.message_id, body)
        answers.append(unneeded(tx, {key for _, key in found}))
    return answers


def _claim_due(tx: Transaction, claims: Sequence[Claim]) -> list[tuple[QueuedDelivery, ...]]:
    (claim,) = claims
    require_alive(tx)
    due = Q(state=DeliveryState.LIVE, due_at__lte=claim.now)
    lapsed = Q(state=DeliveryState.SENDING, lease_until__lt=claim.now)
    rows = (
        Delivery.objects.using(tx.alias)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("message")
        .filter(due | lapsed)
        .filter(_its_turn(claim.turns))
        .order_by("due_at", "pk")[: claim.limit]
    )
    left = dict(claim.turns.at_most)
    until = claim.now + timedelta(seconds=claim.lease_seconds)
    claimed = []
    for row in rows:
        if row.route not in claim.turns.resting and left.get(row.route, claim.limit) <= 0:
            continue  # asked for again with what is left: those behind it may go by another route
        lease = secrets.token_hex(8)
        guarded = Delivery.objects.using(tx.alias).filter(id=row.id, state=row.state, lease=row.lease)
        taken = guarded.update(
            state=DeliveryState.SENDING, lease=lease, lease_until=until, boot=tx.boot_id, tries=F("tries") + 1
        )
        if taken == 1:
            claimed.append(_queued(row, lease, until))
            left[row.route] = left.get(row.route, claim.limit) - 1
    return [tuple(claimed)]


def _its_turn(turns: Turns) -> Q:
    full = [route for route, count in turns.at_most.items() if count <= 0 and route not in turns.resting]
    found = ~Q(route__in=full) if full else Q()
    if not turns.resting:
        return found
    must_hear = Q(created_at__lte=turns.give_up_before) if turns.give_up_before else Q(pk__in=())
    if turns.delayed_before is not None:
        must_hear |= Q(delay_told=False, kind=DeliveryKind.QUEUE, created_at__lte=turns.delayed_before)
    return found & (~Q(route__in=turns.resting) | must_hear)


def _queued(row: Delivery, lease: str, until: datetime) -> QueuedDelivery:
    return QueuedDelivery(
        id=row.id,
        lease=lease,
        lease_until=until,
        message_id=row.message_id,
        kind=DeliveryKind(row.kind),
        delivery=delivery_of(row),
        reverse_path=row.reverse_path,
        params=params_of(row),
        recipient_params=recipient_params_of(row),
        octets_key=row.octets_key,
        tries=row.tries,
        created_at=row.created_at,
        delay_told=row.delay_told,
        author=row.message.author,
        message_id_header=row.message.message_id_header,
        received_at=row.message.received_at,
    )


def _settle(tx: Transaction, settlements: Sequence[Settlement]) -> list[Settled]:
    (settlement,) = settlements
    guarded = Delivery.objects.using(tx.alias).filter(
        id=settlement.delivery_id, state=DeliveryState.SENDING, lease=settlement.lease
    )
    row = guarded.select_for_update().first()
    if row is None or not settlement.lease:
        return [Settled(ours=False)]
    delivery = delivery_of(row)
    recipients = delivery.recipients
    # Whoever left has an outcome. What was said when the octets were made goes on to hold of them.
    results = tuple(replace(d, notes=delivery.notes) for d in settlement.dispositions if d.recipient in recipients)
    gone = {d.recipient for d in results if d.outcome in FINAL}
    staying = [r for r in recipients if r not in gone]
    if staying:
        due = settlement.retry_at or datetime.now(UTC) + FALLBACK_RETRY
        told = row.delay_told or settlement.delay_told
        state, rest = DeliveryState.LIVE, {"due_at": due, "delay_told": told} | narrow(row, staying)
    else:
        state, rest = DeliveryState.DONE, {"decided_at": datetime.now(UTC)}
    if guarded.update(state=state, lease="", lease_until=None, **rest) != 1:
        return [Settled(ours=False)]
    if row.kind != DeliveryKind.NOTICE:
        merge_dispositions(tx, row.message_id, results)
    follow(tx, row.message_id, settlement.follow_up)
    body = {"delivery": row.id, "left": len(staying), "follow_up": [f.id for f in settlement.follow_up]}
    tx.audit(Verb.DELIVERY_TRIED, "gateway", row.message_id, body | outcomes(results))
    keys = () if staying else unneeded(tx, {row.octets_key})
    return [Settled(ours=True, unneeded=keys)]


def follow(tx: Transaction, message_id: str, follow_up: Sequence[PreparedDelivery]) -> None:
    """Reports and notices that come into being with the change they tell of."""
    if follow_up:
        Delivery.objects.using(tx.alias).bulk_create(new_rows(tx, message_id, follow_up))


def merge_dispositions(tx: Transaction, message_id: str, newer: Sequence[Disposition]) -> None:
    """Replace what the message's record says of these recipients."""
    row = Message.objects.using(tx.alias).select_for_update().get(id=message_id)
    by_recipient = {d.recipient: d for d in stored_value(ENCODED_DISPOSITIONS, row.dispositions, message_id)}
    by_recipient |= {d.recipient: d for d in newer}
    text = dispositions_json(tuple(by_recipient.values()))
    Message.objects.using(tx.alias).filter(id=message_id).update(dispositions=text)


def needed_rows() -> Q:
    """Deliveries whose octets must stay: all but those never promised and those fully delivered. What was
    held stays after its decision until retention takes it."""
    delivered = Q(state=DeliveryState.DONE) & ~Q(kind=DeliveryKind.HOLD)
    return ~(Q(state=DeliveryState.DROPPED) | delivered)


def unneeded(tx: Transaction, keys: set[str]) -> tuple[str, ...]:
    """Those of the spool keys that no delivery needs any more."""
    rows = Delivery.objects.using(tx.alias).filter(needed_rows(), octets_key__in=keys)
    return tuple(sorted(keys - set(rows.values_list("octets_key", flat=True)) - {""}))


def needed_keys(alias: str, keys: Sequence[str]) -> frozenset[str]:
    """Those of the spool keys that some delivery needs."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        rows = Delivery.objects.using(alias).filter(needed_rows(), octets_key__in=keys[start : start + 500])
        found |= set(rows.values_list("octets_key", flat=True))
    return frozenset(found)


ADD_PREPARED: Work[MorePrepared, None] = Work(_add_prepared)
MAKE_LIVE: Work[Note, None] = Work(make_live)
DROP_PREPARED: Work[Note, tuple[str, ...]] = Work(_drop_prepared)
CLAIM_DUE: Work[Claim, tuple[QueuedDelivery, ...]] = Work(_claim_due, together=False)
SETTLE: Work[Settlement, Settled] = Work(_settle, together=False)
