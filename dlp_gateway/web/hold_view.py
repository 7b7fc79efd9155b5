"""What the page of one held message tells, in plain words. Pure: values in, words out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ..act.notify import time_words
from ..act.words import (
    Found,
    found_masked,
    left_words,
    marking_words,
    part_words,
    removal_words,
    shown,
    unread_words,
)
from ..decide import Rulebook
from ..language import ENGLISH, Language
from ..model import Action, Attachment
from ..store import (
    AS_IT_IS,
    AuditEntry,
    DeliveryState,
    DeskKind,
    DeskRequest,
    DeskState,
    HeldMessage,
    ReleaseManner,
    StoredMessage,
)
from .holds_view import STATE_WORDS, state_words
from .sender_view import OUTCOME_WORDS

ACTION_WORDS = {
    Action.RELAY: "Send",
    Action.ENCRYPT: "Send encrypted",
    Action.HOLD: "Hold",
    Action.REJECT: "Refuse",
}
STEP_WORDS = {
    "message:recorded": "Checked, and recorded",
    "custody:taken": "Taken into keeping",
    "held:approved": "Approved by one reviewer",
    "held:release_requested": "Release asked for",
    "held:released": "Released, as the next mail server’s replies say",
    "held:returned": "Checked once more, and held again",
    "held:rejection_asked": "Rejection asked for",
    "held:rejected": "Rejected",
    "held:extended": "Time to decide extended",
    "held:expired": "Expired",
    "held:withdrawn": "Withdrawn by the sender",
    "held:handed_over": "Handed to another group",
    "held:escalated": "Escalated to a second group",
    "held:review_asked": "The sender asks for its release",
    "held:overridden": "The sender decided to send it",
    "held:reveal_asked": "Somebody asked to read it",
    "held:revealed": "Shown to somebody",
    "desk:not_done": "Could not be done any more",
    "delivery:tried": "Sending was tried, of the e-mail or of a notice about it",
    "delivery:returned": "Sending will be tried again",
    "body:read": "Opened by the gateway",
    "held:question_asked": "A reviewer asked the sender something",
    "held:question_sent": "The sender was told of the question",
    "held:question_not_sent": "The sender could not be told of the question",
    "held:question_answered": "The sender answered",
    "sender:code_asked": "The sender asked for a code to sign in",
    "sender:code_sent": "A code was sent to the sender",
    "sender:signed_in": "The sender signed in",
    "sender:sign_in_failed": "Somebody failed to sign in as the sender",
    "sender:decided": "The sender decided",
    "sender:overtaken": "The sender’s decision came too late",
}
_OTHER_STEP_WORDS = "Recorded: {verb}"

_QUIET = frozenset({"deliveries:prepared", "message:closed"})
_TOLD_OF_STEP = ("reason", "case", "to", "until", "note")
MANNER_WORDS = {
    "encrypted": "encrypted only",
    "without": "without {parts}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLine:
    address: str
    kind: str  # class of recipient, or partner
    verdict: str
    rules: tuple[str, ...]
    became: str
    detail: str  # what the next mail server replied
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    at: str
    what: str
    who: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    name: str
    kind: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    id: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """`version` changes with whatever is decided of it: a form that was made from an older one decides nothing."""

    id: str
    reference: str
    version: str
    state: str
    waits: bool
    being_done: bool  # the gateway is at it
    sent_at: str
    held_at: str
    kept_until: str
    time_left: str
    sent_by_itself_at: str
    sender: str
    reviewers: str
    escalated_to: str
    urgent: bool
    size: str
    waiting: tuple[str, ...]  # addresses as they are
    reasons: tuple[str, ...]
    rules: tuple[RuleLine, ...]
    found: tuple[Found, ...]
    markings: tuple[str, ...]
    unread: tuple[str, ...]
    files: tuple[File, ...]
    recipients: tuple[RecipientLine, ...]
    approvals_needed: int
    approved_by: tuple[str, ...]
    approved_manner: tuple[str, ...]  # what they demand of the release besides
    came_back: tuple[str, ...]  # why the last release did not go
    steps: tuple[Step, ...]
    is_kept: bool


def hold_view(
    held: HeldMessage,
    stored: StoredMessage | None,
    asked: Sequence[DeskRequest],
    record: Sequence[AuditEntry],
    rulebook: Rulebook,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language = ENGLISH,
) -> HoldView:
    """`asked`: what reviewers asked for, `record`: the audit entries of the message, both oldest first."""
    inspection = stored.record.inspection if stored is not None else None
    findings = inspection.findings if inspection else ()
    attachments = inspection.attachments if inspection else ()
    names = {one.part: one.filename for one in attachments if one.filename}
    open_wish = any(one.wish.kind is DeskKind.REJECT and one.state is DeskState.OPEN for one in asked)
    waits = held.state is DeliveryState.HELD
    return HoldView(
        id=held.id,
        reference=held.message_id,
        version=version_of(held),
        state=state_words(held.state, held.question, language),
        waits=waits and not open_wish,
        being_done=(waits and open_wish) or held.state in (DeliveryState.RELEASE_REQUESTED, DeliveryState.RELEASING),
        sent_at=time_words(held.received_at, zone, language),
        held_at=time_words(held.held_at, zone, language),
        kept_until=time_words(held.expires_at, zone, language) if held.expires_at else "",
        time_left=left_words(held.expires_at - now, language) if held.expires_at else "",
        sent_by_itself_at=time_words(held.hold_until, zone, language) if held.hold_until else "",
        sender=shown(held.author or held.reverse_path or "", 320),
        reviewers=held.reviewers or rulebook.policy.default_reviewers,
        escalated_to=held.escalated_to or "",
        urgent=held.urgent,
        size=size_words(held.size_bytes),
        waiting=held.delivery.recipients if waits else (),
        reasons=tuple(shown(reason, 500) for reason in held.reasons_in(language.code)),
        rules=tuple(
            _rule(rule, rulebook) for rule in dict.fromkeys(rule for rule, _ in held.rules) if _stops(rule, rulebook)
        ),
        found=found_masked(findings, attachments, language=language),
        markings=marking_words(inspection.markings, findings, attachments, language) if inspection else (),
        unread=unread_words(inspection.gaps, findings, attachments, language) if inspection else (),
        files=tuple(_file(one) for one in attachments),
        recipients=_recipients(held, stored, language),
        approvals_needed=held.approvals,
        approved_by=tuple(shown(one.by) for one in held.approvals_given),
        approved_manner=_demanded(held, names, language),
        came_back=_came_back(record, language) if waits else (),
        steps=tuple(step_of(one, zone, language, names) for one in record if one.verb not in _QUIET),
        is_kept=bool(held.octets_key),
    )


def version_of(held: HeldMessage) -> str:
    """Of the state that a page shows."""
    told = [
        held.state.value,
        held.delivery.recipients,
        [one.by for one in held.approvals_given],
        held.rules,
        held.reviewers,
        held.expires_at.isoformat() if held.expires_at else "",
        *((held.question,) if held.question else ()),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def step_of(
    entry: AuditEntry, zone: tzinfo, language: Language = ENGLISH, names: Mapping[str, str] | None = None
) -> Step:
    """A line of a time line. Of the body only what people wrote and may read again. `names`: of files, by part."""
    body = json.loads(entry.body)
    lines = [shown(str(body[key]), 500) for key in _TOLD_OF_STEP if body.get(key)]
    lines += [*manner_words(ReleaseManner.of_words(body), names or {}, language), *why_words(body, language)]
    words = STEP_WORDS.get(entry.verb, _OTHER_STEP_WORDS)
    return Step(
        at=time_words(entry.at, zone, language),
        what=language.say(words, verb=entry.verb),
        who=shown(entry.actor),
        told="; ".join(lines),
    )


def why_words(body: dict[str, Any], language: Language = ENGLISH) -> list[str]:
    """Why something that was asked for could not be done."""
    why = body.get("why")
    return [removal_words(str(one), language) for one in (why if isinstance(why, list) else [])]


def manner_words(manner: ReleaseManner, names: Mapping[str, str], language: Language = ENGLISH) -> list[str]:
    """How something is let go: “encrypted only”, “without clients.xlsx”; nothing for as it is."""
    words = [language.say(MANNER_WORDS["encrypted"])] if manner.encrypted else []
    if manner.without:
        parts = ", ".join(shown(names.get(part) or part_words(part, language)) for part in manner.without)
        words.append(language.say(MANNER_WORDS["without"], parts=parts))
    return words


def _demanded(held: HeldMessage, names: Mapping[str, str], language: Language) -> tuple[str, ...]:
    manner = AS_IT_IS
    for approval in held.approvals_given:
        manner |= approval.manner
    return tuple(manner_words(manner, names, language))


def _came_back(record: Sequence[AuditEntry], language: Language) -> tuple[str, ...]:
    """Of the last release that was carried out, where it was asked for in a manner that could not be met."""
    ended = [one for one in record if one.verb in ("held:returned", "held:released")]
    if not ended or ended[-1].verb != "held:returned":
        return ()
    return tuple(why_words(json.loads(ended[-1].body), language))


def size_words(size: int) -> str:
    """“812 B”, “14 kB”, “2.3 MB”."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def more_days(held: HeldMessage, days: int, now: datetime) -> datetime:
    """When the hold ends if it is extended by so many days."""
    return max(held.expires_at or now, now) + timedelta(days=days)


def _rule(rule_id: str, rulebook: Rulebook) -> RuleLine:
    rule = rulebook.rule(rule_id)
    return RuleLine(id=rule_id, clause=rule.clause if rule else "")


def _stops(rule_id: str, rulebook: Rulebook) -> bool:
    """Whether it can hold a message; others only add to it."""
    rule = rulebook.rule(rule_id)
    return rule is None or rule.strictest >= Action.HOLD


def _file(one: Attachment) -> File:
    return File(name=shown(one.filename or one.part), kind=shown(one.media_type), size=size_words(one.size_bytes))


def _recipients(held: HeldMessage, stored: StoredMessage | None, language: Language) -> tuple[RecipientLine, ...]:
    if stored is None:
        return ()
    became = {one.recipient: one for one in stored.dispositions}
    waiting = set(held.delivery.recipients) if held.state is DeliveryState.HELD else set()
    lines = []
    for verdict in stored.record.verdicts:
        result = became.get(verdict.recipient)
        waits = verdict.recipient in waiting
        words = language.say(OUTCOME_WORDS[result.outcome]) if result is not None and not waits else ""
        lines.append(
            RecipientLine(
                address=shown(verdict.recipient, 320),
                kind=shown(verdict.partner or verdict.recipient_class.value),
                verdict=language.say(ACTION_WORDS[verdict.action]),
                rules=verdict.rules,
                became=words or language.say(STATE_WORDS[DeliveryState.HELD]),
                detail=shown(result.detail, 300) if result is not None and not waits else "",
                waits=waits,
            )
        )
    return tuple(lines)
