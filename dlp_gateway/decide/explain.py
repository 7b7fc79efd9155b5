"""A verdict in words, for the console, the notice and the command line."""

from __future__ import annotations

from collections import Counter

from ..language import ENGLISH, Language
from ..model import Action, Category, GapReason, Inspection, RecipientClass, Verdict
from .decide import CATEGORY_WORDS, CLASS_WORDS
from .rulebook import Rulebook

_URGENT_CLASSES = frozenset({RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR})
DONE_WORDS = {
    Action.RELAY: "The copy to {recipient}, {who}, goes as usual.",
    Action.ENCRYPT: "The copy to {recipient}, {who}, goes encrypted.",
    Action.HOLD: "The copy to {recipient}, {who}, is held for a reviewer.",
    Action.REJECT: "The copy to {recipient}, {who}, is refused.",
}
GAP_REASON_WORDS = {reason: reason.value.replace("_", " ") for reason in GapReason}


def explain(
    verdict: Verdict, inspection: Inspection, *, name_indexes: bool = False, language: Language = ENGLISH
) -> str:
    """Several plain sentences: what becomes of the recipient's copy, why, what was found, what follows.

    Holds no found value: the recipient's address is the only personal data in it. `name_indexes`: also in which of the
    council's records somebody stands, for administrators only: that somebody is protected is itself to be protected.
    """
    say = language.say
    sentences = [_what(verdict, language), *verdict.reasons_in(language.code), *_found(inspection, language)]
    if name_indexes and (indexes := sorted({name for f in inspection.findings for name in f.indexes})):
        sentences.append(say("Found in the council's own records: {indexes}.", indexes=", ".join(indexes)))
    if verdict.action is Action.HOLD:
        sentences += _held(verdict, language)
    if verdict.action is Action.ENCRYPT:
        sentences.append(say("It takes the route “{route}”.", route=verdict.route))
    if verdict.action < Action.HOLD and any(change.startswith("disclaimer") for change in verdict.changes):
        sentences.append(say("The disclaimer is added."))
    if verdict.rules:
        sentences.append(say("Rules that applied: {rules}.", rules=", ".join(verdict.rules)))
    if verdict.observed:
        observed = ", ".join(verdict.observed)
        sentences.append(say("Rules that would have applied, but are only observed: {rules}.", rules=observed))
    return " ".join(sentences)


def _what(verdict: Verdict, language: Language) -> str:
    partner = f" ({verdict.partner})" if verdict.partner else ""
    who = f"{language.say(CLASS_WORDS[verdict.recipient_class])}{partner}"
    return language.say(DONE_WORDS[verdict.action], recipient=verdict.recipient, who=who)


def _held(verdict: Verdict, language: Language) -> list[str]:
    sentences = []
    if verdict.hold_until is not None:
        until = f"{verdict.hold_until:%Y-%m-%d %H:%M %Z}"
        sentences.append(language.say("It is let go at {time}, if nothing else holds it by then.", time=until))
    group = verdict.reviewers or language.say("the default group")
    waits = language.say(
        "It waits for two reviewers of {group}, at most {days} days."
        if verdict.approvals == 2
        else "It waits for one reviewer of {group}, at most {days} days.",
        group=group,
        days=verdict.expires_days,
    )
    return [*sentences, waits]


def _found(inspection: Inspection, language: Language) -> list[str]:
    say = language.say
    counts = Counter(f.category for f in inspection.findings if f.exempt is None)
    sentences = []
    if counts:
        kinds = ", ".join(f"{say(CATEGORY_WORDS[one])} ({counts[one]})" for one in Category if counts[one])
        sentences.append(_told(kinds, sum(not p.is_author for p in inspection.individuals), language))
    if names := sorted({match.name for match in inspection.documents}):
        quoted = ", ".join(f"“{name}”" for name in names)
        sentences.append(say("Holds a passage of what is registered as {names}.", names=quoted))
    if inspection.gaps:
        gaps = sorted(
            {f"{gap.part or say('the message')}: {say(GAP_REASON_WORDS[gap.reason])}" for gap in inspection.gaps}
        )
        sentences.append(say("Could not be inspected: {gaps}.", gaps="; ".join(gaps)))
    return sentences


def _told(kinds: str, people: int, language: Language) -> str:
    if not people:
        return language.say("Found in the message: {kinds}.", kinds=kinds)
    return language.several(
        "Found in the message: {kinds} about {count} person.",
        "Found in the message: {kinds} about {count} people.",
        people,
        kinds=kinds,
    )


def may_release_urgently(verdict: Verdict, inspection: Inspection, rulebook: Rulebook) -> bool:
    """Whether the sender may let a held copy go with "someone is at risk now": safeguarding data to a
    partner or public body, unless a rule that forbids it holds it."""
    if verdict.action is not Action.HOLD or verdict.recipient_class not in _URGENT_CLASSES:
        return False
    if not any(f.category is Category.SAFEGUARDING and f.exempt is None for f in inspection.findings):
        return False
    holding = [rule for id_ in verdict.rules if (rule := rulebook.rule(id_)) is not None]
    return all(rule.urgent_release for rule in holding if rule.strictest >= Action.HOLD)
