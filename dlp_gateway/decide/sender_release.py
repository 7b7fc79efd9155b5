"""Whether the author of a held message may let it go, giving a reason: `release_by: [..., sender]` in its rules."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Fault
from ..model import Action, Inspection, Verdict
from .explain import may_release_urgently
from .policy import PolicyRule, action_of
from .rulebook import Rulebook

SENDER = "sender"


def sender_overrides(holding: Iterable[str], rulebook: Rulebook) -> frozenset[tuple[str, str]] | None:
    """What a sender's release lifts, as (rule id, policy version); None where the sender may not release.

    `holding` are the ids of the rules of a held message. Every rule that can hold must name the sender and ask for
    one approval only, by the rules of today; one that no longer exists allows nothing. Rules that only add a
    disclaimer or encryption do not matter: the release never lifts those.
    """
    rules = [rulebook.rule(rule_id) for rule_id in dict.fromkeys(holding)]
    stopping = [rule for rule in rules if rule is None or rule.strictest >= Action.HOLD]
    if not stopping or not all(rule is not None and _allows(rule) for rule in stopping):
        return None
    return frozenset((rule.id, rulebook.version) for rule in stopping if rule is not None)


def urgent_overrides(
    verdict: Verdict, inspection: Inspection | None, rulebook: Rulebook
) -> frozenset[tuple[str, str]] | None:
    """What "someone is at risk now" lifts of a held copy, as (rule id, policy version); None where it may not.

    `verdict` is that of its recipient when the message came; whether it may is said by the rules of today.
    """
    rules = [rulebook.rule(rule_id) for rule_id in verdict.rules]
    if inspection is None or None in rules or not may_release_urgently(verdict, inspection, rulebook):
        return None
    stopping = [rule for rule in rules if rule is not None and rule.strictest >= Action.HOLD]
    return frozenset((rule.id, rulebook.version) for rule in stopping) or None


def sender_warnings(rulebook: Rulebook, *, console: bool | None) -> list[Fault]:
    """Rules whose `release_by: sender` has no effect. `console`: whether there is one; None: not known."""
    document = rulebook.documents["policy.yaml"]
    found = []
    for n, compiled in enumerate(rulebook.rules):
        text = _no_effect(compiled.rule, console)
        if text is not None:
            found.append(document.fault(("rules", n, "release_by"), f"rule “{compiled.rule.id}” {text}"))
    return found


def _allows(rule: PolicyRule) -> bool:
    return SENDER in rule.release_by and rule.approvals == 1


def _no_effect(rule: PolicyRule, console: bool | None) -> str | None:
    if SENDER not in rule.release_by:
        return None
    if all(action_of(case.action) is not Action.HOLD for case in rule.cases):
        return "lets the sender release what it never holds: release_by has no effect here"
    if rule.approvals > 1:
        return "asks for two approvals, so its sender can never release: take “sender” out, or set approvals to 1"
    if console is False and rule.mode == "enforce":
        return "lets the sender release, but the configuration has no console.url, so notices carry no link for it"
    return None
