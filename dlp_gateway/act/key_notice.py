"""The mail that tells administrators which recipients' keys will end or have ended. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import Language
from ..recipient_keys import KeyDue
from .notify import CouncilTexts, Notice, Occasion, notice
from .words import first_and_more, shown

_KINDS = {"smime": "S/MIME", "openpgp": "OpenPGP"}


def key_notice(occasion: Occasion, due: Sequence[KeyDue], texts: CouncilTexts) -> Notice:
    """What `occasion.to` are told of these keys; there is one at least."""

    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        return {
            "keys_brief": first_and_more([one.pattern for one in due], language),
            "ended_keys": tuple(_line(one, language) for one in due if one.is_over),
            "ending_keys": tuple(_line(one, language) for one in due if not one.is_over),
        }

    made = notice("recipient-keys.txt", occasion, values, texts)
    assert made is not None, "a notice to an administrator is no answer to anybody"
    return made


def _line(one: KeyDue, language: Language) -> str:
    """“jo@partner.example (S/MIME, 3): works until 3 December 2026”."""
    name, id_, day = shown(one.pattern), f"{_KINDS[one.kind]}, {one.id}", language.day_words(one.last_day)
    if one.is_over:
        return language.say("{name} ({id}): worked until {day}", name=name, id=id_, day=day)
    return language.say("{name} ({id}): works until {day}", name=name, id=id_, day=day)
