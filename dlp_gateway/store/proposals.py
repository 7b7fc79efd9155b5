"""Versions of rules that wait for a second administrator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Max

from .models import Proposal, RuleText
from .values import DecidedError, RuleProposal, Verb
from .writer import Transaction, Work

_OPEN, _APPROVED, _REJECTED = "open", "approved", "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    name: str
    text: str
    author: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    number: int
    by: str
    approve: bool


def _propose(tx: Transaction, wanted: Sequence[NewProposal]) -> list[int | None]:
    """Answers the number; None where the same text waits or was answered already, or is in force."""
    (new,) = wanted
    sha256 = hashlib.sha256(new.text.encode()).hexdigest()
    latest = RuleText.objects.using(tx.alias).filter(name=new.name).order_by("-number").first()
    before = Proposal.objects.using(tx.alias).filter(name=new.name, author=new.author).order_by("-id").first()
    in_force = latest is not None and latest.sha256 == sha256
    if in_force or (before is not None and before.text == new.text and before.state != _APPROVED):
        return [None]
    row = Proposal(
        name=new.name,
        base=latest.number if latest is not None else 0,
        text=new.text,
        author=new.author,
        reason=new.reason,
        created_at=datetime.now(UTC),
        state=_OPEN,
    )
    row.save(using=tx.alias, force_insert=True)
    body = {"name": new.name, "number": row.pk, "sha256": sha256, "reason": new.reason}
    tx.audit(Verb.RULES_PROPOSED, new.author, None, body)
    return [row.pk]


def _answer(tx: Transaction, answers: Sequence[Answer]) -> list[None]:
    (answer,) = answers
    row = Proposal.objects.using(tx.alias).filter(pk=answer.number, state=_OPEN).first()
    if row is None:
        raise DecidedError(f"no proposal {answer.number} waits for an answer")
    if answer.approve:
        if row.author == answer.by:
            raise DecidedError("who proposed a change can't approve it; ask another administrator")
        last = RuleText.objects.using(tx.alias).filter(name=row.name).aggregate(last=Max("number"))["last"] or 0
        if last != row.base:
            raise DecidedError(f"version {last} came after it was proposed; propose the change again")
        _put_in_force(tx, row, last + 1, answer.by)
    row.state = _APPROVED if answer.approve else _REJECTED
    row.decided_by, row.decided_at = answer.by, datetime.now(UTC)
    row.save(using=tx.alias)
    body = {"name": row.name, "number": answer.number, "approved": answer.approve}
    tx.audit(Verb.RULES_ANSWERED, answer.by, None, body)
    return [None]


def _put_in_force(tx: Transaction, row: Proposal, number: int, by: str) -> None:
    sha256 = hashlib.sha256(row.text.encode()).hexdigest()
    RuleText(
        name=row.name,
        number=number,
        text=row.text,
        sha256=sha256,
        author=row.author,
        reason=f"{row.reason} (approved by {by})",
        created_at=datetime.now(UTC),
    ).save(using=tx.alias, force_insert=True)
    body = {"name": row.name, "number": number, "sha256": sha256, "reason": row.reason, "approved_by": by}
    tx.audit(Verb.RULES_IMPORTED, row.author, None, body)


PROPOSE: Work[NewProposal, int | None] = Work(_propose, together=False)
ANSWER: Work[Answer, None] = Work(_answer, together=False)


def open_proposals(alias: str, name: str) -> tuple[RuleProposal, ...]:
    """Oldest first."""
    return tuple(
        RuleProposal(
            number=row.pk, name=row.name, text=row.text, author=row.author, reason=row.reason, created_at=row.created_at
        )
        for row in Proposal.objects.using(alias).filter(name=name, state=_OPEN).order_by("id")
    )
