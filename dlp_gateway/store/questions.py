"""Questions to the sender of a held message, and their answers.

Both are people's words about other people, so they are kept as the message is: sealed, apart from the record, and no
longer than it. The record says that somebody asked and that somebody answered, with a hash of what is sealed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .console_seal import seal, unseal
from .custody import follow
from .held import DECIDED
from .models import Delivery
from .models import HeldQuestion as Row
from .question_values import HeldQuestion, QuestionState
from .sender_values import actor_of
from .values import DecidedError, DeliveryKind, DeliveryState, PreparedDelivery, Verb
from .writer import Transaction, Work

_QUESTION, _ANSWER = b"asked of senders", b"answered by senders"
ASKED_ALREADY = "the sender has been asked, and has not answered yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    id: str
    held_id: str
    by: str
    sealed: bytes = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """`author`: their address."""

    id: str
    author: str = field(repr=False)
    sealed: bytes = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`state`: where it stands once these mails are ours to send."""

    question: HeldQuestion
    state: QuestionState
    follow_up: tuple[PreparedDelivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was asked and what was answered, in clear; None where it is not there or not any more."""

    question: str | None = field(repr=False)
    answer: str | None = field(repr=False)


def new_question(console_key: bytes, held_id: str, text: str, *, by: str, now: datetime) -> NewQuestion:
    question_id = secrets.token_hex(16)
    return NewQuestion(
        id=question_id, held_id=held_id, by=by, sealed=seal(console_key, _QUESTION, question_id, text.encode()), now=now
    )


def new_answer(console_key: bytes, question_id: str, text: str, *, author: str, now: datetime) -> NewAnswer:
    return NewAnswer(
        id=question_id, author=author, sealed=seal(console_key, _ANSWER, question_id, text.encode()), now=now
    )


def words_of(console_key: bytes, question: HeldQuestion) -> Words:
    asked = unseal(console_key, _QUESTION, question.id, question.sealed)
    answered = unseal(console_key, _ANSWER, question.id, question.answer)
    return Words(
        question=None if asked is None else asked.decode(), answer=None if answered is None else answered.decode()
    )


def _ask(tx: Transaction, news: Sequence[NewQuestion]) -> list[HeldQuestion]:
    (new,) = news
    held = _waiting(tx, new.held_id)
    if held.question == "waiting":
        raise DecidedError(ASKED_ALREADY)
    row = Row.objects.using(tx.alias).create(
        id=new.id,
        held_id=held.id,
        message_id=held.message_id,
        state=QuestionState.ASKED,
        by=new.by,
        asked_at=new.now,
        sealed=new.sealed,
    )
    _note(tx, held.id, "waiting")
    tx.audit(Verb.HELD_QUESTION_ASKED, new.by, held.message_id, _body(row.id, held.id, new.sealed))
    return [_question(row)]


def _answer(tx: Transaction, news: Sequence[NewAnswer]) -> list[None]:
    (new,) = news
    row = Row.objects.using(tx.alias).filter(id=new.id).select_for_update().first()
    if row is None or not _question(row).waits:
        raise DecidedError("it was answered already")
    _waiting(tx, row.held_id)
    Row.objects.using(tx.alias).filter(id=row.id).update(
        state=QuestionState.ANSWERED, answered_at=new.now, answer=new.sealed
    )
    _note(tx, row.held_id, "answered")
    body = _body(row.id, row.held_id, new.sealed)
    tx.audit(Verb.HELD_QUESTION_ANSWERED, actor_of(new.author), row.message_id, body)
    return [None]


def _tell(tx: Transaction, tellings: Sequence[Told]) -> list[None]:
    (told,) = tellings
    question = told.question
    rows = Row.objects.using(tx.alias).filter(id=question.id, state=question.state)
    if rows.update(state=told.state) != 1:
        raise DecidedError("another gateway has told of this, or it was answered")
    follow(tx, question.message_id, told.follow_up)
    if told.state is QuestionState.NOT_SENT:
        earlier = Row.objects.using(tx.alias).filter(held_id=question.held_id, answered_at__isnull=False).exists()
        _note(tx, question.held_id, "answered" if earlier else None)
    if told.state in VERBS:
        body = {"held": question.held_id, "question": question.id, "follow_up": [one.id for one in told.follow_up]}
        tx.audit(VERBS[told.state], f"gateway {tx.gateway_id}", question.message_id, body)
    return [None]


VERBS = {QuestionState.SENT: Verb.HELD_QUESTION_SENT, QuestionState.NOT_SENT: Verb.HELD_QUESTION_NOT_SENT}


def _waiting(tx: Transaction, held_id: str) -> Delivery:
    rows = Delivery.objects.using(tx.alias).filter(id=held_id, kind=DeliveryKind.HOLD, state=DeliveryState.HELD)
    held = rows.select_for_update().first()
    if held is None:
        raise DecidedError(DECIDED)
    return held


def _note(tx: Transaction, held_id: str, standing: str | None) -> None:
    Delivery.objects.using(tx.alias).filter(id=held_id).update(question=standing)


def _body(question_id: str, held_id: str, sealed: bytes) -> dict[str, object]:
    return {"held": held_id, "question": question_id, "sealed": hashlib.sha256(sealed).hexdigest()}


ASK: Work[NewQuestion, HeldQuestion] = Work(_ask, together=False)
ANSWER: Work[NewAnswer, None] = Work(_answer, together=False)
TELL: Work[Told, None] = Work(_tell, together=False)


def to_tell(alias: str, limit: int) -> tuple[HeldQuestion, ...]:
    """What senders or reviewers have not been told of yet, oldest first."""
    rows = Row.objects.using(alias).filter(state__in=(QuestionState.ASKED, QuestionState.ANSWERED))
    return tuple(_question(row) for row in rows.order_by("asked_at")[:limit])


def questions_of(alias: str, message_id: str) -> tuple[HeldQuestion, ...]:
    """All about one message, oldest first."""
    rows = Row.objects.using(alias).filter(message_id=message_id).order_by("asked_at", "id")
    return tuple(_question(row) for row in rows)


def _question(row: Row) -> HeldQuestion:
    return HeldQuestion(
        id=row.id,
        held_id=row.held_id,
        message_id=row.message_id,
        state=QuestionState(row.state),
        by=row.by,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        sealed=bytes(row.sealed),
        answer=bytes(row.answer),
    )
