"""What outlives a process of the ways to other domains' servers: their MTA-STS policies, and how TLS with them went."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db.models import F

from ..secure_way import KeptPolicy, Mode, StsPolicy, TlsCount
from .models import TlsPolicy, TlsSession
from .writer import Transaction, Work


def _keep(tx: Transaction, kept: Sequence[KeptPolicy]) -> list[None]:
    for one in kept:
        TlsPolicy.objects.using(tx.alias).update_or_create(
            domain=one.domain,
            defaults={
                "policy_id": one.policy.id,
                "mode": one.policy.mode.value,
                "hosts": "\n".join(one.policy.hosts),
                "max_age": one.policy.max_age,
                "until": datetime.fromtimestamp(one.until, UTC),
            },
        )
    return [None] * len(kept)


def _count(tx: Transaction, counts: Sequence[TlsCount]) -> list[None]:
    for one in counts:
        words = {
            "day": one.day.isoformat(),
            "domain": one.domain,
            "policy_type": one.policy_type,
            "policy": "\n".join(one.policy),
            "server": one.server,
            "address": one.address,
            "result": one.result,
        }
        key = hashlib.sha256("\0".join(words.values()).encode()).hexdigest()
        row, made = TlsSession.objects.using(tx.alias).get_or_create(
            key=key, defaults={**words, "sessions": one.sessions}
        )
        if not made:
            TlsSession.objects.using(tx.alias).filter(pk=row.pk).update(sessions=F("sessions") + one.sessions)
    return [None] * len(counts)


KEEP: Work[KeptPolicy, None] = Work(_keep)
COUNT: Work[TlsCount, None] = Work(_count)


def policies(alias: str, now: datetime) -> tuple[KeptPolicy, ...]:
    """Those that count still."""
    rows = TlsPolicy.objects.using(alias).filter(until__gt=now)
    return tuple(
        KeptPolicy(
            domain=row.domain,
            policy=StsPolicy(
                id=row.policy_id, mode=Mode(row.mode), hosts=tuple(row.hosts.splitlines()), max_age=row.max_age
            ),
            until=row.until.timestamp(),
        )
        for row in rows
    )


def counts_of(alias: str, day: date) -> tuple[TlsCount, ...]:
    """Everything counted on that day, by domain."""
    rows = TlsSession.objects.using(alias).filter(day=day.isoformat()).order_by("domain", "pk")
    return tuple(
        TlsCount(
            day=day,
            domain=row.domain,
            policy_type=row.policy_type,
            policy=tuple(row.policy.splitlines()),
            server=row.server,
            address=row.address,
            result=row.result,
            sessions=row.sessions,
        )
        for row in rows
    )
