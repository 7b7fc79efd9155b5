"""That people were told of entries of the partner registry that are due for review or expired, and of recipients' keys
that end.

What is told and the mails that tell it become durable in one transaction: nobody is told twice, however many gateways
run and however often they start, and nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

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
}
_EXPIRED = {Subject.PARTNERS: Verb.PARTNERS_EXPIRED, Subject.KEYS: Verb.KEYS_EXPIRED}
_DAY = {Subject.PARTNERS: "review_by", Subject.KEYS: "last_day", Subject.TLS: "day", Subject.TLS_REPORTS: "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told, and the record with the mails; None where nobody can be told."""

    keys: tuple[ReviewKey, ...]
    new: messages.NewMessage | None
    about: Subject


def _tell(tx: Transaction, tellings: Sequence[Telling]) -> list[bool]:
    """Whether it was told now; False where another gateway was quicker with any of it, and nothing was changed."""
    (telling,) = tellings
    if told_keys(tx.alias) & set(telling.keys):
        return [False]
    now = datetime.now(UTC)
    PartnerTold.objects.using(tx.alias).bulk_create(
        [
            PartnerTold(entry=id_, review_by=day.isoformat(), standing=word, told_at=now)
            for id_, day, word in telling.keys
        ]
    )
    for id_, day, word in telling.keys:
        body = {"id": id_, _DAY[telling.about]: day.isoformat(), "standing": word}
        verbs = _EXPIRED if word == "expired" else _DUE
        tx.audit(verbs[telling.about], "gateway", None, body)
    if telling.new is not None:
        messages.record(tx, [telling.new])
        note = messages.Note(message_id=telling.new.record.message_id, dispositions=(), answered=None)
        custody.make_live(tx, [note])
    return [True]


def told_keys(alias: str) -> frozenset[ReviewKey]:
    """All that was ever told."""
    rows = PartnerTold.objects.using(alias).values_list("entry", "review_by", "standing")
    return frozenset((entry, date.fromisoformat(day), standing) for entry, day, standing in rows)


TELL: Work[Telling, bool] = Work(_tell, together=False)
