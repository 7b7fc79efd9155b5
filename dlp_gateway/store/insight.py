"""What figures are made of: holds and what became of them, and what could not be read. Nobody's address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from ..model import Outcome
from .insight_values import HoldEnd, HoldFact
from .models import Delivery, Message, Release
from .reading import Read
from .values import DeliveryKind, DeliveryState

MOST_HOLDS = 100_000
"""The newest so many are counted."""

MOST_INSPECTIONS = 5_000
"""Of so many, the newest, the gaps are counted: each must be read."""


class Insight:
    """`Store.insight`."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def holds(self, since: datetime) -> tuple[HoldFact, ...]:
        """Holds that began since then, the newest first."""
        return await self._read(lambda alias: holds(alias, since))

    async def gaps(self, since: datetime) -> tuple[int, Mapping[tuple[str, str], int]]:
        """(how many messages were looked at, in how many of them there was a gap by reason and detail)."""
        return await self._read(lambda alias: gaps(alias, since))


_ENDS = {
    DeliveryState.REJECTED: HoldEnd.REJECTED,
    DeliveryState.EXPIRED: HoldEnd.EXPIRED,
    DeliveryState.WITHDRAWN: HoldEnd.WITHDRAWN,
}
_GATEWAY = "gateway"
_REVIEWERS = ("user:", "system:")
"""How the record calls people who decide for the council; an author is called by their address."""


_CHANGED = Release.objects.filter(
    Q(encrypted=True) | ~Q(without="[]"),
    held=OuterRef("pk"),
    state="done",
    dispositions__contains=Outcome.RELAYED.value,
)
"""Releases by which somebody got less than was held, or got it encrypted because a reviewer wanted that."""


def holds(alias: str, since: datetime) -> tuple[HoldFact, ...]:
    rows = (
        Delivery.objects.using(alias)
        .filter(kind=DeliveryKind.HOLD, created_at__gte=since)
        .exclude(state__in=(DeliveryState.PREPARED, DeliveryState.DROPPED))
        .order_by("-created_at")
        .annotate(changed=Exists(_CHANGED))
        .values_list("created_at", "rules", "state", "decided_by", "decided_at", "changed")
    )
    return tuple(
        HoldFact(
            held_at=held_at,
            rules=tuple(dict.fromkeys(str(rule) for rule, *_ in json.loads(rules))),
            end=(end := _end(DeliveryState(state), by, changed=changed)),
            decided_at=None if end is HoldEnd.OPEN else decided_at,
        )
        for held_at, rules, state, by, decided_at, changed in rows[:MOST_HOLDS]
    )


def _end(state: DeliveryState, by: str | None, *, changed: bool) -> HoldEnd:
    if state in _ENDS:
        return _ENDS[state]
    if state is not DeliveryState.DONE:
        return HoldEnd.OPEN
    if by is None or by == _GATEWAY:
        return HoldEnd.BY_ITSELF
    if not by.startswith(_REVIEWERS):
        return HoldEnd.OVERRIDDEN
    return HoldEnd.CHANGED if changed else HoldEnd.RELEASED


def gaps(alias: str, since: datetime) -> tuple[int, Mapping[tuple[str, str], int]]:
    rows = Message.objects.using(alias).filter(received_at__gte=since, inspection__isnull=False)
    counts: Counter[tuple[str, str]] = Counter()
    looked_at = 0
    for text in rows.order_by("-received_at").values_list("inspection", flat=True)[:MOST_INSPECTIONS]:
        looked_at += 1
        counts.update({(str(gap["reason"]), str(gap["detail"])) for gap in json.loads(text or "{}").get("gaps", ())})
    return looked_at, counts
