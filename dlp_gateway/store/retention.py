"""What is kept for how long. The audit chain is not touched here: nothing ever changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .held import WAITING
from .models import Crash, Delivery, Message
from .values import DeliveryState, MessageState, Retention, Verb
from .writer import Transaction, Work

__all__ = ["BATCH", "FORGET_INSPECTIONS", "Cut", "Retention"]

BATCH = 1000
"""Rows changed in one transaction: others must not wait long for theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Everything older goes."""

    inspections: datetime
    crashes: datetime


def _forget_inspections(tx: Transaction, cuts: Sequence[Cut]) -> list[int]:
    """Answers how many inspections went: BATCH means that there may be more."""
    (cut,) = cuts
    active = (*WAITING, DeliveryState.LIVE, DeliveryState.SENDING, DeliveryState.PREPARED)
    busy = Delivery.objects.using(tx.alias).filter(state__in=active).values("message_id")
    old = (
        Message.objects.using(tx.alias)
        .filter(received_at__lt=cut.inspections, inspection__isnull=False)
        .exclude(state=MessageState.OPEN)
        .exclude(id__in=busy)
    )
    ids = list(old.values_list("id", flat=True)[:BATCH])
    for start in range(0, len(ids), 500):
        Message.objects.using(tx.alias).filter(id__in=ids[start : start + 500]).update(inspection=None)
    Crash.objects.using(tx.alias).filter(last_at__lt=cut.crashes).delete()
    if ids:
        tx.audit(Verb.RETENTION_APPLIED, f"gateway {tx.gateway_id}", None, {"inspections": len(ids)})
    return [len(ids)]


FORGET_INSPECTIONS: Work[Cut, int] = Work(_forget_inspections, together=False)
