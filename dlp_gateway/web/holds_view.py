"""What pages tell reviewers of held messages, in plain words. Pure: values in, words out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..act.notify import time_words
from ..act.words import left_words, shown
from ..language import ENGLISH, Language
from ..store import DeliveryState
from ..store.queue_values import QueueRow
from .talk import STANDING_WORDS

STATE_WORDS = {
    DeliveryState.HELD: "Waits",
    DeliveryState.RELEASE_REQUESTED: "Is being released",
    DeliveryState.RELEASING: "Is being released",
    DeliveryState.DONE: "Released",
    DeliveryState.REJECTED: "Rejected",
    DeliveryState.EXPIRED: "Expired",
    DeliveryState.WITHDRAWN: "Withdrawn by the sender",
}


def state_words(state: DeliveryState, question: str | None, language: Language) -> str:
    """While it waits, also whether the sender owes an answer, or has given one."""
    if state is DeliveryState.HELD and question is not None:
        return language.say(STANDING_WORDS[question])
    return language.say(STATE_WORDS[state])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A held message in a line of the queue. `decide_in`: "" where its clock does not run."""

    id: str
    reference: str
    held_at: str
    sender: str
    to: str
    more: int  # recipients besides
    reasons: tuple[str, ...]
    rule: str
    reviewers: str
    state: str
    waits: bool
    overdue: bool
    decide_in: str
    expires_in: str
    approvals: str  # “1 of 2”; "" where one is enough
    escalated_to: str
    urgent: bool


def line_of(row: QueueRow, due: datetime | None, *, now: datetime, zone: tzinfo, language: Language = ENGLISH) -> Line:
    """`due`: when it must have been decided."""
    waits = row.state is DeliveryState.HELD
    overdue = waits and due is not None and due <= now
    given = language.say("{given} of {needed}", given=row.approvals_given, needed=row.approvals)
    return Line(
        id=row.id,
        reference=row.message_id,
        held_at=time_words(row.held_at, zone, language),
        sender=shown(row.author or row.reverse_path or "", 320),
        to=shown(row.recipients[0], 320) if row.recipients else "",
        more=len(row.recipients) - 1,
        reasons=tuple(shown(reason, 500) for reason in row.reasons_in(language.code)),
        rule=row.main_rule,
        reviewers=row.reviewers or "",
        state=state_words(row.state, row.question, language),
        waits=waits,
        overdue=overdue,
        decide_in=time_left(due - now, language) if due is not None and waits and not overdue else "",
        expires_in=left_words(row.expires_at - now, language) if row.expires_at is not None else "",
        approvals=given if row.approvals > 1 else "",
        escalated_to=row.escalated_to or "",
        urgent=row.urgent and waits,
    )


def time_left(left: timedelta, language: Language = ENGLISH) -> str:
    """As `left_words`, to the minute in the last hour."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 60:
        return language.several("{count} minute", "{count} minutes", max(minutes, 1))
    return left_words(left, language)


def rule_words(rule_id: str) -> str:
    """“unapproved-high” as “unapproved high”: names of rules are the council's own words. "": no rule, but a route that
    does not reach the recipient."""
    return rule_id.replace("-", " ") or "no way there"
