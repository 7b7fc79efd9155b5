"""What a draft of the rules would have made of a message that was decided before. Pure: the same `decide` as live.

What was found then is what the rules of then asked for. Where the draft asks for more, nobody can say what there would
have been: the answer is "unknown", never "the same".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..model import Action, AskNames, Envelope, Facts, Inspection, Question, RecipientClass, Verdict
from .decide import decide
from .question import question_for
from .rulebook import Rulebook

_NAMES = (AskNames.NEVER, AskNames.WITH_OTHER_DATA, AskNames.ALWAYS)  # each asks for all that the one before asks for


class Outcome(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the draft makes of one recipient's copy. `after` is None where nobody can say."""

    outcome: Outcome
    recipient: str
    recipient_class: RecipientClass
    before: Verdict
    after: Verdict | None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that make the difference: those that act now and did not, and the other way round."""
        if self.after is None:
            return ()
        return tuple(sorted(_acting(self.before) ^ _acting(self.after)))


def replay(
    envelope: Envelope,
    inspection: Inspection,
    facts: Facts,
    before: Sequence[Verdict],
    draft: Rulebook,
    *,
    routes: Collection[str],
    default_route: str,
    default_encrypt_route: str,
) -> tuple[Change, ...]:
    """One change for each recipient, in the order of `before`, the verdicts of then."""
    received_at = inspection.question.received_at or facts.now
    asked = question_for(envelope, draft, received_at=received_at, time_zone=inspection.question.time_zone)
    verdicts = decide(
        envelope,
        inspection,
        facts,
        draft,
        routes=routes,
        default_route=default_route,
        default_encrypt_route=default_encrypt_route,
    )
    known = {verdict.recipient: verdict for verdict in verdicts}
    complete = not asks_more(asked, inspection)
    return tuple(_change(verdict, known.get(verdict.recipient), complete=complete) for verdict in before)


def asks_more(asked: Question, inspection: Inspection) -> bool:
    """Whether a question could have found what this inspection did not look for."""
    then = inspection.question
    if then.entities is not None and (asked.entities is None or not asked.entities <= then.entities):
        return True
    # Names that were asked for only where other data stands: whether they were is known.
    names_then = AskNames.ALWAYS if inspection.names_asked else then.names
    if _NAMES.index(asked.names) > _NAMES.index(names_then):
        return True
    if then.indexes is not None and (asked.indexes is None or not asked.indexes <= then.indexes):
        return True
    return asked.documents and not then.documents


def _change(before: Verdict, after: Verdict | None, *, complete: bool) -> Change:
    # What rejects already can't be made stricter by anything that was not looked for.
    is_known = after is not None and (complete or after.action is Action.REJECT)
    outcome = Outcome.UNKNOWN
    if after is not None and is_known:
        outcome = Outcome.SAME if _sense(before) == _sense(after) else Outcome.CHANGED
    return Change(
        outcome=outcome,
        recipient=before.recipient,
        recipient_class=after.recipient_class if after is not None else before.recipient_class,
        before=before,
        after=after if is_known else None,
    )


def _sense(verdict: Verdict) -> tuple[object, ...]:
    """What a sender or reviewer would notice of a verdict."""
    return verdict.action, verdict.route, verdict.changes, verdict.hold_until, verdict.reviewers, verdict.approvals


def _acting(verdict: Verdict) -> frozenset[str]:
    return frozenset(verdict.rules)
