"""What of the rules is not told in Welsh, although somebody is written to in it."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Fault
from ..language import LanguageCode
from .rulebook import Rulebook


def language_warnings(rulebook: Rulebook, usual: Iterable[LanguageCode]) -> list[Fault]:
    """Enforced rules without a Welsh reason, where anybody is written to in Welsh. `usual`: languages of the
    configuration."""
    if "cy" not in rulebook.languages_in_use(usual):
        return []
    document = rulebook.documents["policy.yaml"]
    return [
        document.fault(
            ("rules", n, "reason"),
            f"rule “{compiled.rule.id}” has no reason_cy, so senders who are written to in Welsh read its reason in "
            "English; write the Welsh one beside it",
        )
        for n, compiled in enumerate(rulebook.rules)
        if compiled.rule.mode == "enforce" and compiled.rule.reason_cy is None
    ]
