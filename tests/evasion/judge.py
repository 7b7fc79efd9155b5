"""What becomes of a message: the real inspection, with everything asked."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from functools import cache

from dlp_gateway.inspection import Inspector
from dlp_gateway.model import AskNames, Inspection, Question
from tests.support import shipped_rules

from .build import ENTITY, LETTER, mail

QUESTION = Question(entities=None, names=AskNames.ALWAYS, received_at=datetime(2026, 10, 5, 9, 14, tzinfo=UTC))


class Outcome(Enum):
    FOUND = "found"  # a finding of the identifier itself
    HELD = "held"  # a gap, which the shipped policy holds for outside recipients
    MISSED = "missed"


def inspector() -> Inspector:
    """The shipped rules, without the language model: no name is hidden here."""
    return shipped_rules.inspector(names=False)


@cache
def identifier() -> str:
    """The fingerprint of the identifier, taken from a message that hides nothing."""
    (finding,) = [f for f in inspector().inspect(mail(LETTER), QUESTION).findings if f.entity == ENTITY]
    return finding.fingerprint


def inspect(octets: bytes) -> Inspection:
    return inspector().inspect(octets, QUESTION)


@cache
def outcome(octets: bytes) -> Outcome:
    """Whether the identifier is found, or else the message held."""
    inspection = inspect(octets)
    if any(f.entity == ENTITY and f.fingerprint == identifier() for f in inspection.findings):
        return Outcome.FOUND
    return Outcome.HELD if inspection.gaps else Outcome.MISSED
