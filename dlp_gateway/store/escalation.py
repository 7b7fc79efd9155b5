"""Held messages that nobody decided in time, brought before a second group: once for each group that had them,
whichever gateway notices.

That a message is escalated, its entry in the record and the mail that tells the second group become durable in one
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from . import custody, messages
from .clock_values import Waiting
from .held import WAITING
from .models import Delivery, table
from .values import DeliveryKind, DeliveryState, Verb
from .writer import Transaction, Work

OVERDUE, AT_RISK = "nobody decided in time", "someone is at risk now"

# Said in words that indexes have in their own conditions, as in `queue.py`.
_CLOCK = f"{table(Delivery)}.state = 'held' AND {table(Delivery)}.escalated_at IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalating:
    """`new` is the record with the mail to the group `to`."""

    held: tuple[Waiting, ...]
    to: str
    new: messages.NewMessage
    at: datetime


def _escalate(tx: Transaction, works: Sequence[Escalating]) -> list[bool]:
    (work,) = works
    rows = Delivery.objects.using(tx.alias).filter(
        id__in=[one.id for one in work.held],
        kind=DeliveryKind.HOLD,
        state=DeliveryState.HELD,
        escalated_at__isnull=True,
    )
    found = list(rows.select_for_update().order_by("id").values_list("id", "reviewers", "message_id"))
    # Whoever it was handed to meanwhile has a clock that has just begun.
    if {(held_id, group) for held_id, group, _ in found} != {(one.id, one.reviewers) for one in work.held}:
        return [False]
    rows.update(escalated_to=work.to, escalated_at=work.at)
    for held_id, _, message_id in found:
        _note(tx, held_id, message_id, work.to, OVERDUE)
    messages.record(tx, [work.new])
    note = messages.Note(message_id=work.new.record.message_id, dispositions=(), answered=None)
    custody.make_live(tx, [note])
    return [True]


def bring_before(tx: Transaction, held_id: str, to: str | None, at: datetime) -> None:
    """A sender says that someone is at risk now: the message is marked so, and escalated if there is a second group.
    The mail about it is the caller's."""
    rows = Delivery.objects.using(tx.alias).filter(id=held_id, kind=DeliveryKind.HOLD)
    rows.update(urgent=True)
    row = rows.filter(escalated_at__isnull=True).first()
    if row is not None and to is not None:
        rows.update(escalated_to=to, escalated_at=at)
        _note(tx, held_id, row.message_id, to, AT_RISK)


def _note(tx: Transaction, held_id: str, message_id: str, to: str, why: str) -> None:
    tx.audit(Verb.HELD_ESCALATED, f"gateway {tx.gateway_id}", message_id, {"held": held_id, "to": to, "reason": why})


ESCALATE: Work[Escalating, bool] = Work(_escalate, together=False)


def running(alias: str, before: datetime) -> tuple[Waiting, ...]:
    """Oldest first."""
    rows = Delivery.objects.using(alias).extra(where=[_CLOCK])  # noqa: S610 - constants
    return _waiting(rows.filter(created_at__lt=before).order_by("created_at"))


def waiting(alias: str, group: str, *, unassigned: bool) -> tuple[Waiting, ...]:
    """Only what still waits for a person."""
    theirs = Q(reviewers=group) | Q(escalated_to=group)
    theirs |= Q(reviewers__isnull=True) if unassigned else Q()
    rows = Delivery.objects.using(alias).filter(theirs, kind=DeliveryKind.HOLD, state__in=WAITING)
    return _waiting(rows.filter(state=DeliveryState.HELD).order_by("created_at"))


def _waiting(rows: QuerySet[Delivery]) -> tuple[Waiting, ...]:
    found: Iterable[tuple[str, str, str | None, datetime, datetime | None, datetime | None, str | None]]
    found = rows.values_list("id", "main_rule", "reviewers", "created_at", "clock_since", "expires_at", "escalated_to")
    return tuple(
        Waiting(
            id=id_,
            rule=rule,
            reviewers=group,
            held_at=held_at,
            since=clock_since or held_at,
            expires_at=expires_at,
            escalated_to=to,
        )
        for id_, rule, group, held_at, clock_since, expires_at, to in found
    )
