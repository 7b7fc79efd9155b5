"""The hold queue as reviewers see it: pages by key, oldest first, counts by reason. Only columns that have an index,
so that a hundred thousand held messages cost no more than a hundred (docs/benchmarks.md)."""

from __future__ import annotations

import heapq
import json

from django.db.models import Count, Q, QuerySet

from .held import WAITING
from .models import Delivery, table
from .prepared import delivery_of
from .queue_values import QueueFilter, QueuePage, QueueRow
from .values import DeliveryState

_WAITING = f"{table(Delivery)}.state IN ({', '.join(repr(state.value) for state in WAITING)})"


def queue_page(alias: str, wanted: QueueFilter) -> QueuePage:
    """Oldest first. One question for each group, each by its index, and their answers merged."""
    groups = [Q()]
    if wanted.escalated_to is not None:
        groups = [Q(escalated_to=group) for group in wanted.escalated_to]
    elif wanted.groups is not None:
        groups = [Q(reviewers=group) for group in wanted.groups]
        groups += [Q(reviewers__isnull=True)] if wanted.unassigned else []
    found = [_rows(alias, wanted).filter(group)[: wanted.limit + 1] for group in groups]
    merged = list(heapq.merge(*found, key=lambda row: (row.created_at, row.id)))[: wanted.limit + 1]
    return QueuePage(rows=tuple(_row(row) for row in merged[: wanted.limit]), more=len(merged) > wanted.limit)


def _rows(alias: str, wanted: QueueFilter) -> QuerySet[Delivery]:
    rows = (
        _waiting(alias)
        .select_related("message")
        .defer("message__inspection", "message__verdicts", "message__facts", "message__dispositions", "search")
        .order_by("created_at", "id")
    )
    if len(wanted.rules) == 1:
        rows = rows.filter(main_rule=wanted.rules[0])
    elif wanted.rules:
        rows = rows.filter(main_rule__in=wanted.rules)
    if wanted.question:
        rows = rows.filter(question=wanted.question)
    if wanted.text:
        rows = rows.filter(search__contains=wanted.text.lower())
    if wanted.held_before is not None:
        rows = rows.filter(created_at__lt=wanted.held_before)
    if wanted.after is not None:
        at, held_id = wanted.after
        rows = rows.filter(created_at__gte=at).exclude(created_at=at, id__lte=held_id)
    return rows


def _waiting(alias: str) -> QuerySet[Delivery]:
    """What waits, said in words that an index of such rows has in its own condition: SQLite takes an index for a
    part of the rows only where it reads that condition in the statement, which values that are bound later do not
    show. Only holds have these states."""
    return Delivery.objects.using(alias).extra(where=[_WAITING])  # noqa: S610 - constants


def _row(row: Delivery) -> QueueRow:
    return QueueRow(
        id=row.id,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        held_at=row.created_at,
        clock_since=row.clock_since or row.created_at,
        hold_until=row.hold_until,
        expires_at=row.expires_at,
        reviewers=row.reviewers,
        main_rule=row.main_rule,
        reasons=tuple(json.loads(row.reasons)),
        reasons_cy=tuple(json.loads(row.reasons_cy)),
        author=row.message.author,
        reverse_path=row.reverse_path,
        recipients=delivery_of(row).recipients,
        size_bytes=row.message.size_bytes,
        approvals=row.approvals,
        approvals_given=len(json.loads(row.approvals_given)),
        question=row.question,
        escalated_to=row.escalated_to,
        urgent=row.urgent,
    )


def queue_counts(alias: str, groups: tuple[str, ...] | None, *, unassigned: bool) -> dict[str, int]:
    """How many wait, by the rule that holds them first of all; most first."""
    rows = _waiting(alias).order_by().values_list("main_rule", "reviewers").annotate(many=Count("*"))
    counts: dict[str, int] = {}
    for rule, reviewers, count in rows:
        if groups is None or reviewers in groups or (reviewers is None and unassigned):
            counts[rule] = counts.get(rule, 0) + count
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
