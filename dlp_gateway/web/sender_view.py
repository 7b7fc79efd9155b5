"""What the pages for senders tell of a held message, in plain English. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..act.notify import time_words
from ..act.words import Found, found_masked, marking_words, shown, unread_words
from ..decide import Rulebook, sender_overrides
from ..model import Action, Outcome
from ..store import DeliveryState, HeldMessage, SenderChoice, SenderRequest, SenderRequestState, StoredMessage

OUTCOME_WORDS = {
    Outcome.RELAYED: "Sent: the next mail server has taken it",
    Outcome.DEFERRED: "Not sent yet: it will be tried again",
    Outcome.REFUSED: "Not sent: the next mail server refused it",
    Outcome.HELD: "Held",
    Outcome.REJECTED: "Not sent: refused",
    Outcome.EXPIRED: "Not sent: nobody decided in time",
    Outcome.WITHDRAWN: "Not sent: withdrawn",
    Outcome.IN_DOUBT: "Not known: the next mail server did not answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that holds the message, as the council's policy names it."""

    id: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """A held message as its author sees it."""

    reference: str
    sent_at: str
    held_for: tuple[str, ...]  # recipients who wait; empty once nothing is held
    became: tuple[tuple[str, str], ...]  # (recipient, words), all recipients in envelope order
    reasons: tuple[str, ...]
    rules: tuple[Rule, ...]
    found: tuple[Found, ...]
    markings: tuple[str, ...]
    unread: tuple[str, ...]
    sent_by_itself_at: str  # "" where nothing but a person lets it go
    kept_until: str
    time_left: str
    overrides: frozenset[tuple[str, str]] | None  # what the author may lift; None: the reviewers decide
    version: str  # of the rules that say so

    @property
    def waits(self) -> bool:
        return bool(self.held_for)

    @property
    def may_release(self) -> bool:
        return self.overrides is not None


def held_view(
    stored: StoredMessage, held: Sequence[HeldMessage], rulebook: Rulebook, *, now: datetime, zone: tzinfo
) -> HeldView:
    """`held`: all that is or was held of this message."""
    waiting = [one for one in held if one.state is DeliveryState.HELD]
    inspection = stored.record.inspection
    findings = inspection.findings if inspection else ()
    attachments = inspection.attachments if inspection else ()
    expires_at = min((one.expires_at for one in waiting if one.expires_at is not None), default=None)
    until = max((one.hold_until for one in waiting if one.hold_until is not None), default=None)
    rule_ids = dict.fromkeys(rule for one in held for rule, _ in one.rules)
    return HeldView(
        reference=stored.record.message_id,
        sent_at=time_words(stored.record.received_at, zone),
        held_for=tuple(shown(recipient, 320) for one in waiting for recipient in one.delivery.recipients),
        became=_became(stored, held),
        reasons=tuple(dict.fromkeys(shown(reason, 500) for one in held for reason in one.reasons)),
        rules=tuple(_rule(rule_id, rulebook) for rule_id in rule_ids if _stops(rule_id, rulebook)),
        found=found_masked(findings, attachments),
        markings=marking_words(inspection.markings, findings, attachments) if inspection else (),
        unread=unread_words(inspection.gaps, findings, attachments) if inspection else (),
        sent_by_itself_at=time_words(until, zone) if until else "",
        kept_until=time_words(expires_at, zone) if expires_at else "",
        time_left=left_words(expires_at - now) if expires_at else "",
        overrides=_overrides(waiting, rulebook),
        version=rulebook.version,
    )


def left_words(left: timedelta) -> str:
    """“13 days”, “1 day”, “5 hours”, “less than an hour”."""
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    number, unit = (hours // 24, "day") if hours >= 24 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def request_words(request: SenderRequest, view: HeldView, zone: tzinfo) -> tuple[str, tuple[str, ...]]:
    """What became of the author's decision: a heading, and sentences."""
    asked = time_words(request.asked_at, zone)
    if request.state is SenderRequestState.OPEN:
        return "We have your decision", (f"You decided on {asked}. It is being carried out.",)
    if request.state is SenderRequestState.TOO_LATE:
        return "Too late: it had been decided already", ("Your decision changed nothing.",)
    if request.state is SenderRequestState.PASSED_ON:
        return (
            "A reviewer will decide",
            (
                "The rules have changed, and leave this to the reviewers now. They have your reason.",
                "We will e-mail you the outcome.",
            ),
        )
    if request.kind is SenderChoice.WITHDRAW:
        return "You withdrew the e-mail", (f"You withdrew it on {asked}. It will not be sent.",)
    if request.kind is SenderChoice.REVIEW:
        heading = "You asked a reviewer to look at it"
        wait = ("Nothing is sent before they decide. We will e-mail you the outcome.",) if view.waits else ()
        return heading, (f"You asked on {asked}. The reviewers have your reason.", *wait)
    return _release_words(asked, view)


def _release_words(asked: str, view: HeldView) -> tuple[str, tuple[str, ...]]:
    decided = f"You decided on {asked} to send it. Your reason is on record."
    states = {words for _, words in view.became}
    if view.waits:
        return (
            "It is still held",
            (decided, "It was checked again, and something else holds it now. A reviewer will decide."),
        )
    if OUTCOME_WORDS[Outcome.HELD] in states:
        return "It is being checked once more and sent", (decided, "Look again in a minute, or wait for our e-mail.")
    return "You decided to send it", (decided, "What became of it for each recipient is shown below.")


def _became(stored: StoredMessage, held: Sequence[HeldMessage]) -> tuple[tuple[str, str], ...]:
    kept = {r for one in held if one.state is DeliveryState.HELD for r in one.delivery.recipients}
    outcomes = {d.recipient: d.outcome for d in stored.dispositions}
    return tuple(
        (shown(r, 320), OUTCOME_WORDS[Outcome.HELD if r in kept else outcomes.get(r, Outcome.HELD)])
        for r in stored.record.envelope.recipients
    )


def _stops(rule_id: str, rulebook: Rulebook) -> bool:
    rule = rulebook.rule(rule_id)
    return rule is None or rule.strictest >= Action.HOLD


def _rule(rule_id: str, rulebook: Rulebook) -> Rule:
    rule = rulebook.rule(rule_id)
    return Rule(id=rule_id, clause=rule.clause if rule else "")


def _overrides(waiting: Sequence[HeldMessage], rulebook: Rulebook) -> frozenset[tuple[str, str]] | None:
    if not waiting:
        return None
    allowed = [
        sender_overrides((rule for rule, _ in one.rules), rulebook) if one.approvals == 1 else None for one in waiting
    ]
    return None if None in allowed else frozenset(pair for one in allowed if one is not None for pair in one)
