"""The hold queue: what somebody with this account sees of it, and may decide (`wishes.py`).

What a held message says is never told: only where what was found stands, masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from ...decide import ReviewClock
from ...store import ReleaseManner
from ...store.question_values import QUESTION_CHARACTERS, SHORTEST_QUESTION
from ...store.queue_values import QueueRow
from ..access import staff
from ..hold import Opened, open_hold
from ..holds import Asked as QueueAsked
from ..holds import page_of
from ..permissions import Permission
from ..running import console
from ..wishes import (
    CODES,
    LOOK_SECONDS,
    MOST_DAYS,
    NOTE_CHARACTERS,
    REASON_CHARACTERS,
    SHORTEST_REASON,
    ask_rejection,
    ask_release,
    ask_sender,
    extend_by,
    look_ahead,
    once_answered,
    removable,
)
from .bearer import Token
from .paging import After, Limit, Next, cursor, moment, place

router = Router(tags=["holds"])

READ, DECIDE = Token(Permission.HOLDS_READ), Token(Permission.HOLDS_DECIDE)

Reason = Annotated[str, Field(min_length=SHORTEST_REASON, max_length=REASON_CHARACTERS, description="Why; kept.")]
Version = Annotated[str, Field(max_length=200, description="`version` of what was read before deciding.")]


class Hold(Schema):
    """`decide_by`: when its rule's clock runs out; null where there is none. `escalated_to`: the second group that was
    told. `urgent`: its sender says that someone is at risk now. `sender`: null for the null reverse-path. `question`:
    to its sender; "waiting" or "answered", null where none was asked."""

    id: str
    message_id: str
    state: str
    held_at: datetime
    decide_by: datetime | None
    expires_at: datetime | None
    reviewers: str | None
    escalated_to: str | None
    urgent: bool
    rule: str
    reasons: list[str]
    sender: str | None
    recipients: list[str]
    size_bytes: int
    approvals: int
    approvals_given: int
    question: str | None


class Holds(Schema):
    items: list[Hold]
    next: Next


class Found(Schema):
    """`masked`: never the value."""

    entity: str
    category: str
    part: str
    place: str
    masked: str


class Gap(Schema):
    part: str
    reason: str
    detail: str


class Became(Schema):
    recipient: str
    outcome: str
    detail: str


class Asked(Schema):
    """`question` and `answer`: null for who may not decide, and once the message is not kept any more."""

    asked_at: datetime
    by: str
    question: str | None
    answered_at: datetime | None
    answer: str | None


class OneHold(Schema):
    """`may_decide`: whether this account may, now; `may_ask`: whether it may ask the sender, now. `version` goes into a
    decision."""

    id: str
    message_id: str
    version: str
    state: str
    may_decide: bool
    may_ask: bool
    held_at: datetime
    expires_at: datetime | None
    reviewers: str | None
    rules: list[str]
    reasons: list[str]
    sender: str | None
    recipients: list[str]
    size_bytes: int
    approvals: int
    approvals_given: int
    found: list[Found]
    unread: list[Gap]
    became: list[Became]
    questions: list[Asked]
    removable: list[RemovablePart]


class Looked(Schema):
    rule: Annotated[str, Field("", max_length=100, description="Held first of all by this rule.")]
    group: Annotated[str, Field("", max_length=100, description="Of this group of reviewers.")]
    escalated: Annotated[bool, Field(False, description="Only what was escalated to a group of this account.")]
    text: Annotated[str, Field("", max_length=100, description="In addresses, ids, file names, masked findings.")]
    question: Annotated[
        str, Field("", max_length=20, description="“waiting” or “answered”: where a question to the sender stands.")
    ]
    limit: Limit = 50
    after: After = None


class Otherwise(Schema):
    """`recipients`: left out for all who wait. `encrypted`: encrypted to each of them, or not at all. `without`: parts
    that are taken away first, as `removable` of the message lists them."""

    version: Version
    recipients: Annotated[list[str] | None, Field(None, max_length=1000)]
    encrypted: bool = False
    without: Annotated[list[str], Field(default_factory=list, max_length=100)]


class Release(Otherwise):
    reason: Reason


class CopyOutlook(Schema):
    """`action`: relay, encrypt, hold or reject."""

    recipient: str
    action: str
    why: list[str]


class Outlook(Schema):
    """What a release would do if it were asked for now. `undone`: why parts can't be taken away; then nobody would get
    anything."""

    recipients: list[CopyOutlook]
    undone: list[str]


class RemovablePart(Schema):
    part: str
    filename: str | None
    media_type: str
    size_bytes: int


class Rejection(Schema):
    """`code` and `note` are for the sender."""

    version: Version
    reason: Reason
    code: Annotated[str, Field(json_schema_extra={"enum": list(CODES)})]
    note: Annotated[str, Field("", max_length=NOTE_CHARACTERS)]


class Extension(Schema):
    version: Version
    reason: Reason
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]


class Question(Schema):
    version: Version
    question: Annotated[str, Field(min_length=SHORTEST_QUESTION, max_length=QUESTION_CHARACTERS)]


class Accepted(Schema):
    """The gateway carries it out; `GET` of the message tells what became of it. `approvals_left`: so many others must
    agree first."""

    approvals_left: int


@router.get("", response=Holds, auth=READ, summary="Held messages that this account sees, oldest first")
def holds(request: HttpRequest, asked: Query[Looked]) -> Holds:
    clock = console().review_clock()
    after = None
    if asked.after is not None:
        at, held_id = place(asked.after, 2)
        after = moment(at), str(held_id)[:100]
    wanted = QueueAsked(
        rule=asked.rule,
        group=asked.group,
        text=" ".join(asked.text.split()),
        question=asked.question,
        after=after,
        escalated=asked.escalated,
    )
    page = page_of(wanted, staff(request), clock.rulebook, asked.limit)
    last = page.rows[-1] if page.more else None
    return Holds(
        items=[_hold(row, clock) for row in page.rows],
        next=None if last is None else cursor(last.held_at.isoformat(), last.id),
    )


@router.get("/{str:held_id}", response=OneHold, auth=READ, summary="One held message, masked")
def hold(request: HttpRequest, held_id: str) -> OneHold:
    return _one(_opened(request, held_id))


@router.post("/{str:held_id}/release", response={202: Accepted}, auth=DECIDE, summary="Send it to all or some")
def release(request: HttpRequest, held_id: str, wish: Release) -> tuple[int, Accepted]:
    opened = _deciding(request, held_id, wish.version)
    chosen, manner = _chosen(opened, wish)
    return 202, Accepted(approvals_left=ask_release(opened, chosen, wish.reason, manner).approvals_left)


@router.post("/{str:held_id}/outlook", response=Outlook, auth=DECIDE, summary="See what a release would do")
def outlook(request: HttpRequest, held_id: str, wish: Otherwise) -> Outlook:
    opened = _deciding(request, held_id, wish.version)
    asked = once_answered(look_ahead(opened, *_chosen(opened, wish)).id, LOOK_SECONDS)
    if asked is None or asked.outlook is None:
        raise HttpError(503, "the gateway has not looked; try again later")
    return Outlook(
        recipients=[
            CopyOutlook(recipient=one.recipient, action=one.action.word, why=list(one.why))
            for one in asked.outlook.recipients
        ],
        undone=list(asked.outlook.undone),
    )


@router.post("/{str:held_id}/reject", response={202: Accepted}, auth=DECIDE, summary="Send it to nobody")
def reject(request: HttpRequest, held_id: str, wish: Rejection) -> tuple[int, Accepted]:
    opened = _deciding(request, held_id, wish.version)
    if wish.code not in CODES:
        raise HttpError(422, f"code: is one of {', '.join(CODES)}")
    ask_rejection(opened, wish.reason, wish.code, wish.note)
    return 202, Accepted(approvals_left=0)


@router.post("/{str:held_id}/extend", response=OneHold, auth=DECIDE, summary="Give it more days")
def extend(request: HttpRequest, held_id: str, wish: Extension) -> OneHold:
    extend_by(_deciding(request, held_id, wish.version), wish.days, wish.reason)
    return _one(_opened(request, held_id))


@router.post("/{str:held_id}/ask", response=OneHold, auth=DECIDE, summary="Ask its sender something")
def ask(request: HttpRequest, held_id: str, wish: Question) -> OneHold:
    opened = _deciding(request, held_id, wish.version)
    if not opened.may_ask:
        raise HttpError(409, "its sender can't be asked, or has not answered yet")
    ask_sender(opened, wish.question)
    return _one(_opened(request, held_id))


def _opened(request: HttpRequest, held_id: str) -> Opened:
    """What is not there and what is not theirs to see are answered alike."""
    try:
        return open_hold(request, held_id)
    except Http404:
        raise HttpError(404, "there is no such held message") from None


def _deciding(request: HttpRequest, held_id: str, version: str) -> Opened:
    opened = _opened(request, held_id)
    if opened.has_part:
        raise HttpError(403, "nobody decides about a message that they wrote, receive or stand in")
    if not opened.view.waits or opened.view.version != version:
        raise HttpError(409, "it has changed since it was read; read it again")
    return opened


def _chosen(opened: Opened, wish: Otherwise) -> tuple[Sequence[str], ReleaseManner]:
    waiting = opened.held.delivery.recipients
    chosen: Sequence[str] = waiting if wish.recipients is None else wish.recipients
    if not chosen or not set(chosen) <= set(waiting):
        raise HttpError(422, "recipients: name some of those who wait, or leave it out for all")
    if not set(wish.without) <= {one.part for one in removable(opened)}:
        raise HttpError(422, "without: name parts that `removable` lists")
    return chosen, ReleaseManner(encrypted=wish.encrypted, without=tuple(dict.fromkeys(wish.without)))


def _hold(row: QueueRow, clock: ReviewClock) -> Hold:
    due = clock.due(row.main_rule, row.reviewers, row.clock_since)
    return Hold(
        id=row.id,
        message_id=row.message_id,
        state=row.state.value,
        held_at=row.held_at,
        decide_by=None if due is None else due.astimezone(UTC),
        expires_at=row.expires_at,
        reviewers=row.reviewers,
        escalated_to=row.escalated_to,
        urgent=row.urgent,
        rule=row.main_rule,
        reasons=list(row.reasons),
        sender=row.author or row.reverse_path,
        recipients=list(row.recipients),
        size_bytes=row.size_bytes,
        approvals=row.approvals,
        approvals_given=row.approvals_given,
        question=row.question,
    )


def _one(opened: Opened) -> OneHold:
    held, stored = opened.held, opened.stored
    inspection = stored.record.inspection if stored is not None else None
    return OneHold(
        id=held.id,
        message_id=held.message_id,
        version=opened.view.version,
        state=held.state.value,
        may_decide=opened.may_decide,
        may_ask=opened.may_ask,
        held_at=held.held_at,
        expires_at=held.expires_at,
        reviewers=held.reviewers,
        rules=[rule for rule, _ in held.rules],
        reasons=list(held.reasons),
        sender=held.author or held.reverse_path,
        recipients=list(held.delivery.recipients),
        size_bytes=held.size_bytes,
        approvals=held.approvals,
        approvals_given=len(held.approvals_given),
        found=[
            Found(entity=one.entity, category=one.category.value, part=one.part, place=one.place, masked=one.masked)
            for one in (inspection.findings if inspection else ())
        ],
        unread=[
            Gap(part=one.part, reason=one.reason.value, detail=one.detail)
            for one in (inspection.gaps if inspection else ())
        ],
        became=[
            Became(recipient=one.recipient, outcome=one.outcome.value, detail=one.detail or "")
            for one in (stored.dispositions if stored is not None else ())
        ],
        questions=[
            Asked(
                asked_at=one.asked.asked_at,
                by=one.asked.by,
                question=one.words.question,
                answered_at=one.asked.answered_at,
                answer=one.words.answer,
            )
            for one in opened.conversation()
        ],
        removable=[
            RemovablePart(part=one.part, filename=one.filename, media_type=one.media_type, size_bytes=one.size_bytes)
            for one in removable(opened)
        ],
    )
