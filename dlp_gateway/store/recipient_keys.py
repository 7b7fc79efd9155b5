"""Recipients' keys that administrators trust. A row is never changed but to be withdrawn, and never removed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError
from django.db.models import Count, Max

from ..recipient_keys import KeyKind, RecipientKey
from . import models
from .values import DecidedError, Verb
from .writer import Transaction, Work

KeyHead = tuple[int, int]
"""The newest key and how many were withdrawn: changes with every change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    id: int
    by: str
    reason: str


def _trust(tx: Transaction, keys: Sequence[RecipientKey]) -> list[int]:
    """The new key's number. One of the same fingerprint for the same recipient gives way to it."""
    (key,) = keys
    sha256 = hashlib.sha256(key.octets + key.intermediates).hexdigest()
    known = (
        models.RecipientKey.objects.using(tx.alias)
        .select_for_update()
        .filter(pattern=key.pattern, kind=key.kind, fingerprint=key.fingerprint, withdrawn_at=None)
        .first()
    )
    if known is not None:
        if known.sha256 == sha256 and known.by_fingerprint >= key.by_fingerprint:
            raise DecidedError(f"this key is trusted for {key.pattern} already, as number {known.pk}")
        _end(tx, known, by=key.trusted_by, reason="replaced by a newer copy")
    try:
        row = models.RecipientKey.objects.using(tx.alias).create(
            pattern=key.pattern,
            kind=key.kind.value,
            octets=key.octets,
            intermediates=key.intermediates,
            fingerprint=key.fingerprint,
            sha256=sha256,
            not_after=key.not_after,
            source=key.source,
            by_fingerprint=key.by_fingerprint,
            trusted_by=key.trusted_by,
            trusted_at=key.trusted_at,
            reason=key.reason,
        )
    except IntegrityError:  # another process was quicker
        raise DecidedError(f"this key was trusted for {key.pattern} meanwhile") from None
    body = {
        "id": row.pk,
        "for": key.pattern,
        "kind": key.kind.value,
        "fingerprint": key.fingerprint,
        "sha256": sha256,
        "source": key.source,
        "by_fingerprint": key.by_fingerprint,
        "reason": key.reason,
    }
    tx.audit(Verb.KEYS_TRUSTED, key.trusted_by, None, body)
    return [row.pk]


def _withdraw(tx: Transaction, withdrawals: Sequence[Withdrawal]) -> list[None]:
    (withdrawal,) = withdrawals
    row = models.RecipientKey.objects.using(tx.alias).select_for_update().filter(pk=withdrawal.id).first()
    if row is None:
        raise DecidedError(f"there is no key {withdrawal.id}")
    if row.withdrawn_at is not None:
        raise DecidedError(f"key {withdrawal.id} was withdrawn by {row.withdrawn_by} already")
    _end(tx, row, by=withdrawal.by, reason=withdrawal.reason)
    return [None]


def _end(tx: Transaction, row: models.RecipientKey, *, by: str, reason: str) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = datetime.now(UTC), by, reason
    row.save(using=tx.alias, update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    body = {"id": row.pk, "for": row.pattern, "fingerprint": row.fingerprint, "reason": reason}
    tx.audit(Verb.KEYS_WITHDRAWN, by, None, body)


TRUST: Work[RecipientKey, int] = Work(_trust, together=False)
WITHDRAW: Work[Withdrawal, None] = Work(_withdraw, together=False)


def head(alias: str) -> KeyHead:
    found = models.RecipientKey.objects.using(alias).aggregate(last=Max("id"), withdrawn=Count("withdrawn_at"))
    return (found["last"] or 0, found["withdrawn"])


def all_keys(alias: str) -> tuple[RecipientKey, ...]:
    """Withdrawn ones, too; the oldest first."""
    return tuple(
        RecipientKey(
            id=row.pk,
            pattern=row.pattern,
            kind=KeyKind(row.kind),
            octets=bytes(row.octets),
            intermediates=bytes(row.intermediates),
            fingerprint=row.fingerprint,
            not_after=row.not_after,
            source=row.source,
            by_fingerprint=row.by_fingerprint,
            trusted_by=row.trusted_by,
            trusted_at=row.trusted_at,
            reason=row.reason,
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=row.withdrawn_by,
        )
        for row in models.RecipientKey.objects.using(alias).order_by("pk")
    )
