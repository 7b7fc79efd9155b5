"""Versions of rules that wait for a second administrator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .models import Proposal, RuleText
from .partner_rows import PartnerRow, rows_of
from .rules import NewVersion, latest_version, put_in_force
from .same_person import same_person
from .values import BY_FILE, DecidedError, OvertakenError, RuleProposal, Verb
from .writer import Transaction, Work

_OPEN, _APPROVED, _REJECTED, _OVERTAKEN = "open", "approved", "rejected", "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """`base` is the number of the version that the text was made from; 0 where there was none."""

    name: str
    text: str
    author: str
    reason: str
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`rows` are what the audit chain says of the entries that an approved registry changes."""

    number: int
    by: str
    approve: bool
    rows: tuple[PartnerRow, ...] = ()


def _propose(tx: Transaction, wanted: Sequence[NewProposal]) -> list[int | None]:
    """Answers the number; None where the same text waits already, is in force, or came from a file and was refused."""
    (new,) = wanted
    latest = latest_version(tx.alias, new.name)
    if (latest.number if latest is not None else 0) != new.base:
        raise OvertakenError(latest.number if latest is not None else 0)
    sha256 = hashlib.sha256(new.text.encode()).hexdigest()
    if (latest is not None and latest.sha256 == sha256) or _answered(tx, new):
        return [None]
    row = Proposal(
        name=new.name,
        base=new.base,
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


def _answered(tx: Transaction, new: NewProposal) -> bool:
    """Whether the author's last proposal is this one and need not be made again. One that others overtook must:
    nobody could approve it."""
    before = Proposal.objects.using(tx.alias).filter(name=new.name, author=new.author).order_by("-id").first()
    if before is None or before.text != new.text:
        return False
    if before.state == _OPEN and before.base != new.base:
        before.state = _OVERTAKEN
        before.save(using=tx.alias)
        return False
    # A person who asks again says why; a file that still lies there says nothing new.
    return before.state == _OPEN or (before.state == _REJECTED and new.author == BY_FILE)


def prepared_answer(alias: str, answer: Answer) -> Answer:
    """With the rows of what it approves: found ahead of the writer, as in `rules.prepared`."""
    row = Proposal.objects.using(alias).filter(pk=answer.number, state=_OPEN).first()
    if row is None or not answer.approve:
        return answer
    base = RuleText.objects.using(alias).filter(name=row.name, number=row.base).first()
    rows = rows_of(base.text if base is not None else None, row.text)
    return Answer(number=answer.number, by=answer.by, approve=True, rows=rows)


def _answer(tx: Transaction, answers: Sequence[Answer]) -> list[None]:
    (answer,) = answers
    row = Proposal.objects.using(tx.alias).filter(pk=answer.number, state=_OPEN).first()
    if row is None:
        raise DecidedError(f"no proposal {answer.number} waits for an answer")
    if answer.approve:
        if same_person(row.author, answer.by):
            raise DecidedError("who proposed a change can't approve it; ask another administrator")
        latest = latest_version(tx.alias, row.name)
        last = latest.number if latest is not None else 0
        if last != row.base:
            raise DecidedError(f"version {last} came after it was proposed; propose the change again")
        _put_in_force(tx, row, answer)
    row.state = _APPROVED if answer.approve else _REJECTED
    row.decided_by, row.decided_at = answer.by, datetime.now(UTC)
    row.save(using=tx.alias)
    body = {"name": row.name, "number": answer.number, "approved": answer.approve}
    tx.audit(Verb.RULES_ANSWERED, answer.by, None, body)
    return [None]


def _put_in_force(tx: Transaction, row: Proposal, answer: Answer) -> None:
    version = NewVersion(
        name=row.name,
        number=row.base + 1,
        text=row.text,
        author=row.author,
        reason=f"{row.reason} (approved by {answer.by})",
        rows=answer.rows,
        more={"approved_by": answer.by},
    )
    put_in_force(tx, version)


PROPOSE: Work[NewProposal, int | None] = Work(_propose, together=False)
ANSWER: Work[Answer, None] = Work(_answer, together=False)


def open_proposals(alias: str, name: str) -> tuple[RuleProposal, ...]:
    """Oldest first."""
    return tuple(
        RuleProposal(
            number=row.pk,
            name=row.name,
            base=row.base,
            text=row.text,
            author=row.author,
            reason=row.reason,
            created_at=row.created_at,
        )
        for row in Proposal.objects.using(alias).filter(name=name, state=_OPEN).order_by("id")
    )
