"""Inspects and judges a mail as the gateway does, by the shipped rules, with the language model."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from dlp_gateway.decide import Rulebook, decide, load_rulebook, question_for
from dlp_gateway.decide.rulebook import FILES
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import Envelope, Facts, Verdict
from dlp_gateway.rules_folder import load_texts
from tests.support import shipped_rules

from .traffic import TrafficMail

NOW = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
_ROUTES = frozenset({"relay", "secure"})


def _inspector() -> Inspector:
    return shipped_rules.inspector(names=True)


@cache
def _rulebook() -> Rulebook:
    texts = load_texts(None)
    return load_rulebook({name: texts[name] for name in FILES})


def verdicts(mail: TrafficMail) -> tuple[Verdict, ...]:
    """One for each recipient; the author is vouched for."""
    envelope = Envelope(reverse_path=mail.reverse_path, recipients=mail.recipients, vouches_for_sender=True)
    inspection = _inspector().inspect(mail.octets, question_for(envelope, _rulebook(), received_at=NOW))
    return decide(
        envelope,
        inspection,
        Facts(now=NOW, vouched=True),
        _rulebook(),
        routes=_ROUTES,
        default_route="relay",
        default_encrypt_route="secure",
    )
