"""A verdict in words, for the console, the notice and the command line."""

from __future__ import annotations

from collections import Counter

from ..model import Action, Category, Inspection, RecipientClass, Verdict
from .decide import CLASS_WORDS
from .rulebook import Rulebook

_URGENT_CLASSES = frozenset({RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR})
_DONE = {
    Action.RELAY: "goes as usual",
    Action.ENCRYPT: "goes encrypted",
    Action.HOLD: "is held for a reviewer",
    Action.REJECT: "is refused",
}


def explain(verdict: Verdict, inspection: Inspection, *, name_indexes: bool = False) -> str:
    """Several plain sentences: what becomes of the recipient's copy, why, what was found, what follows.

    Holds no found value: the recipient's address is the only personal data in it. `name_indexes`: also in which of the
    council's records somebody stands, for administrators only: that somebody is protected is itself to be protected.
    """
    sentences = [_what(verdict), *verdict.reasons, *_found(inspection)]
    if name_indexes and (indexes := sorted({name for f in inspection.findings for name in f.indexes})):
        sentences.append(f"Found in the council's own records: {', '.join(indexes)}.")
    if verdict.action is Action.HOLD:
        if verdict.hold_until is not None:
            sentences.append(
                f"It is let go at {verdict.hold_until:%Y-%m-%d %H:%M %Z}, if nothing else holds it by then."
            )
        two = "two reviewers" if verdict.approvals == 2 else "one reviewer"
        sentences.append(
            f"It waits for {two} of {verdict.reviewers or 'the default group'}, at most {verdict.expires_days} days."
        )
    if verdict.action is Action.ENCRYPT or (verdict.action is Action.RELAY and verdict.changes):
        sentences.append(_how(verdict))
    if verdict.rules:
        sentences.append(f"Rules that applied: {', '.join(verdict.rules)}.")
    if verdict.observed:
        sentences.append(f"Rules that would have applied, but are only observed: {', '.join(verdict.observed)}.")
    return " ".join(sentences)


def _what(verdict: Verdict) -> str:
    partner = f" ({verdict.partner})" if verdict.partner else ""
    return f"The copy to {verdict.recipient}, {CLASS_WORDS[verdict.recipient_class]}{partner}, {_DONE[verdict.action]}."


def _how(verdict: Verdict) -> str:
    steps = [f"It takes the route “{verdict.route}”"] if verdict.action is Action.ENCRYPT else []
    if any(change.startswith("disclaimer") for change in verdict.changes):
        steps.append("the disclaimer is added" if steps else "The disclaimer is added")
    return " and ".join(steps) + "."


def _found(inspection: Inspection) -> list[str]:
    counts = Counter(f.category for f in inspection.findings if f.exempt is None)
    sentences = []
    if counts:
        kinds = ", ".join(f"{category.value} ({counts[category]})" for category in Category if counts[category])
        people = sum(not p.is_author for p in inspection.individuals)
        about = f" about {people} {'person' if people == 1 else 'people'}" if people else ""
        sentences.append(f"Found in the message: {kinds}{about}.")
    if names := sorted({match.name for match in inspection.documents}):
        sentences.append(f"Holds a passage of what is registered as {', '.join(f'“{name}”' for name in names)}.")
    if inspection.gaps:
        gaps = sorted({f"{gap.part or 'the message'}: {gap.reason.value.replace('_', ' ')}" for gap in inspection.gaps})
        sentences.append(f"Could not be inspected: {'; '.join(gaps)}.")
    return sentences


def may_release_urgently(verdict: Verdict, inspection: Inspection, rulebook: Rulebook) -> bool:
    """Whether the sender may let a held copy go with "someone is at risk now": safeguarding data to a
    partner or public body, unless a rule that forbids it holds it."""
    if verdict.action is not Action.HOLD or verdict.recipient_class not in _URGENT_CLASSES:
        return False
    if not any(f.category is Category.SAFEGUARDING and f.exempt is None for f in inspection.findings):
        return False
    holding = [rule for id_ in verdict.rules if (rule := rulebook.rule(id_)) is not None]
    return all(rule.urgent_release for rule in holding if rule.strictest >= Action.HOLD)
