"""That people were told of entries of the partner registry that are due for review or expired, and of recipients' keys
that end; also that a group of reviewers got its digest.

What is told and the mails that tell it become durable in one transaction: nobody is told twice, however many gateways
run and however often they start, and nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet

from ..model import ReviewKey
from . import custody, messages
from .models import PartnerTold
from .values import Subject, Verb
from .writer import Transaction, Work

_DUE = {
    Subject.PARTNERS: Verb.PARTNERS_DUE,
    Subject.KEYS: Verb.KEYS_DUE,
    Subject.TLS: Verb.TLS_FAILED,
    Subject.TLS_REPORTS: Verb.TLS_REPORTED,
    Subject.DIGEST: Verb.DIGEST_SENT,
}
_EXPIRED = {Subject.PARTNERS: Verb.PARTNERS_EXPIRED, Subject.KEYS: Verb.KEYS_EXPIRED}
_DAY = {Subject.PARTNERS: "review_by", Subject.KEYS: "last_day"}

DIGEST = "digest:"
"""How entries of digests begin, which no partner's id can; the group's name follows."""

_KEPT_DIGESTS = timedelta(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told, and the record with the mails; None where nobody can be told."""

    keys: tuple[ReviewKey, ...]
    new: messages.NewMessage | None
    about: Subject


def _tell(tx: Transaction, tellings: Sequence[Telling]) -> list[bool]:
    """Whether it was told now; False where another gateway was quicker with any of it, and nothing was changed."""
    (telling,) = tellings
    now = datetime.now(UTC)
    told = told_keys if telling.about is not Subject.DIGEST else told_digests
    if told(tx.alias) & set(telling.keys):
        return [False]
    PartnerTold.objects.using(tx.alias).bulk_create(
        [
            PartnerTold(entry=id_, review_by=day.isoformat(), standing=word, told_at=now)
            for id_, day, word in telling.keys
        ]
    )
    if telling.about is Subject.DIGEST:  # nobody asks for old ones
        old = (now - _KEPT_DIGESTS).date().isoformat()
        PartnerTold.objects.using(tx.alias).filter(entry__startswith=DIGEST, review_by__lt=old).delete()
    for id_, day, word in telling.keys:
        body = {"id": id_, _DAY.get(telling.about, "day"): day.isoformat(), "standing": word}
        verbs = _EXPIRED if word == "expired" else _DUE
        tx.audit(verbs[telling.about], "gateway", None, body)
    if telling.new is not None:
        messages.record(tx, [telling.new])
        note = messages.Note(message_id=telling.new.record.message_id, dispositions=(), answered=None)
        custody.make_live(tx, [note])
    return [True]


def told_keys(alias: str) -> frozenset[ReviewKey]:
    """All that was ever told, but for digests."""
    return _keys(PartnerTold.objects.using(alias).exclude(entry__startswith=DIGEST))


def told_digests(alias: str) -> frozenset[ReviewKey]:
    """The digests of these days."""
    return _keys(PartnerTold.objects.using(alias).filter(entry__startswith=DIGEST))


def _keys(rows: QuerySet[PartnerTold]) -> frozenset[ReviewKey]:
    told = rows.values_list("entry", "review_by", "standing")
    return frozenset((entry, date.fromisoformat(day), standing) for entry, day, standing in told)


TELL: Work[Telling, bool] = Work(_tell, together=False)
