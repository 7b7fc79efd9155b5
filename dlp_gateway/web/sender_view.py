"""What the pages for senders tell of a held message, in plain words. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..act.notify import time_words
from ..act.words import Found, found_masked, left_words, marking_words, shown, unread_words
from ..decide import Rulebook, sender_overrides, urgent_overrides
from ..language import ENGLISH, Language
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
    urgent: frozenset[tuple[str, str]]  # what is lifted because someone is at risk now; empty: nothing may be
    urgent_for: tuple[str, ...]  # the recipients to whom that sends it

    @property
    def waits(self) -> bool:
        return bool(self.held_for)

    @property
    def may_release(self) -> bool:
        return self.overrides is not None


def held_view(
    stored: StoredMessage,
    held: Sequence[HeldMessage],
    rulebook: Rulebook,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language = ENGLISH,
) -> HeldView:
    """`held`: all that is or was held of this message."""
    waiting = [one for one in held if one.state is DeliveryState.HELD]
    urgent = _urgent(stored, waiting, rulebook)
    inspection = stored.record.inspection
    findings = inspection.findings if inspection else ()
    attachments = inspection.attachments if inspection else ()
    expires_at = min((one.expires_at for one in waiting if one.expires_at is not None), default=None)
    until = max((one.hold_until for one in waiting if one.hold_until is not None), default=None)
    rule_ids = dict.fromkeys(rule for one in held for rule, _ in one.rules)
    return HeldView(
        reference=stored.record.message_id,
        sent_at=time_words(stored.record.received_at, zone, language),
        held_for=tuple(shown(recipient, 320) for one in waiting for recipient in one.delivery.recipients),
        became=_became(stored, held, language),
        reasons=tuple(dict.fromkeys(shown(reason, 500) for one in held for reason in one.reasons_in(language.code))),
        rules=tuple(_rule(rule_id, rulebook) for rule_id in rule_ids if _stops(rule_id, rulebook)),
        found=found_masked(findings, attachments, language=language),
        markings=marking_words(inspection.markings, findings, attachments, language) if inspection else (),
        unread=unread_words(inspection.gaps, findings, attachments, language) if inspection else (),
        sent_by_itself_at=time_words(until, zone, language) if until else "",
        kept_until=time_words(expires_at, zone, language) if expires_at else "",
        time_left=left_words(expires_at - now, language) if expires_at else "",
        overrides=_overrides(waiting, rulebook),
        version=rulebook.version,
        urgent=frozenset(pair for lifted in urgent.values() for pair in lifted),
        urgent_for=tuple(shown(recipient, 320) for recipient in urgent),
    )


def request_words(
    request: SenderRequest, view: HeldView, zone: tzinfo, language: Language = ENGLISH
) -> tuple[str, tuple[str, ...]]:
    """What became of the author's decision: a heading, and sentences."""
    say, asked = language.say, time_words(request.asked_at, zone, language)
    if request.state is SenderRequestState.OPEN:
        return say("We have your decision"), (say("You decided on {time}. It is being carried out.", time=asked),)
    if request.state is SenderRequestState.TOO_LATE:
        return say("Too late: it had been decided already"), (say("Your decision changed nothing."),)
    if request.state is SenderRequestState.PASSED_ON:
        return (
            say("A reviewer will decide"),
            (
                say("The rules have changed, and leave this to the reviewers now. They have your reason."),
                say("We will e-mail you the outcome."),
            ),
        )
    if request.kind is SenderChoice.WITHDRAW:
        return say("You withdrew the e-mail"), (say("You withdrew it on {time}. It will not be sent.", time=asked),)
    if request.kind is SenderChoice.REVIEW:
        wait = say("Nothing is sent before they decide. We will e-mail you the outcome.")
        asked_words = say("You asked on {time}. The reviewers have your reason.", time=asked)
        return say("You asked a reviewer to look at it"), (asked_words, *((wait,) if view.waits else ()))
    return _release_words(request.kind, asked, view, language)


def _release_words(kind: SenderChoice, asked: str, view: HeldView, language: Language) -> tuple[str, tuple[str, ...]]:
    say = language.say
    decided = say("You decided on {time} to send it. Your reason is on record.", time=asked)
    states = {words for _, words in view.became}
    if kind is SenderChoice.URGENT and view.waits and not view.urgent_for:  # those who wait were never asked for
        others = say("It goes to partners and public bodies only. The other recipients wait for a reviewer.")
        return say("You decided to send it"), (decided, others)
    if view.waits:
        found = say("It was checked again, and something else holds it now. A reviewer will decide.")
        return say("It is still held"), (decided, found)
    if say(OUTCOME_WORDS[Outcome.HELD]) in states:
        again = say("Look again in a minute, or wait for our e-mail.")
        return say("It is being checked once more and sent"), (decided, again)
    return say("You decided to send it"), (decided, say("What became of it for each recipient is shown below."))


def _became(stored: StoredMessage, held: Sequence[HeldMessage], language: Language) -> tuple[tuple[str, str], ...]:
    kept = {r for one in held if one.state is DeliveryState.HELD for r in one.delivery.recipients}
    outcomes = {d.recipient: d.outcome for d in stored.dispositions}

    def outcome(recipient: str) -> Outcome:
        return Outcome.HELD if recipient in kept else outcomes.get(recipient, Outcome.HELD)

    return tuple((shown(r, 320), language.say(OUTCOME_WORDS[outcome(r)])) for r in stored.record.envelope.recipients)


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


def _urgent(
    stored: StoredMessage, waiting: Sequence[HeldMessage], rulebook: Rulebook
) -> dict[str, frozenset[tuple[str, str]]]:
    """The recipients to whom the author may have it sent because someone is at risk now, and what that lifts."""
    recipients = {recipient for one in waiting if one.approvals == 1 for recipient in one.delivery.recipients}
    asked = {
        verdict.recipient: urgent_overrides(verdict, stored.record.inspection, rulebook)
        for verdict in stored.verdicts_of(recipients)
    }
    return {recipient: lifted for recipient, lifted in asked.items() if lifted is not None}
