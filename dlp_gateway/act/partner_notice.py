"""The mail that tells owners and administrators which partners are due for review or expired. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..language import Language
from .notify import CouncilTexts, Notice, Occasion, notice
from .words import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDue:
    """One entry as it is told: `standing` is "due", "in_grace" or "expired"."""

    id: str
    organisation: str
    standing: str
    review_by: date
    works_until: date


def partner_notice(occasion: Occasion, due: Sequence[PartnerDue], texts: CouncilTexts) -> Notice:
    """What `occasion.to` are told of these entries; there is one at least."""

    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        of = {standing: tuple(_line(one, language) for one in due if one.standing == standing) for standing in _ALL}
        return {
            "partners_brief": _brief(due, language),
            "due": of["due"],
            "in_grace": of["in_grace"],
            "expired_partners": of["expired"],
        }

    made = notice("partners.txt", occasion, values, texts)
    assert made is not None, "a notice to an owner is no answer to anybody"
    return made


_ALL = ("due", "in_grace", "expired")


def _brief(due: Sequence[PartnerDue], language: Language) -> str:
    name = shown(due[0].organisation, 60)
    others = len(due) - 1
    return language.several("{name} and {count} more", "{name} and {count} more", others, name=name) if others else name


def _line(one: PartnerDue, language: Language) -> str:
    name, id_ = shown(one.organisation, 100), shown(one.id)
    if one.standing == "due":
        day = language.day_words(one.review_by)
        return language.say("{name} ({id}): to be reviewed by {day}", name=name, id=id_, day=day)
    day = language.day_words(one.works_until)
    if one.standing == "in_grace":
        return language.say("{name} ({id}): works until {day}", name=name, id=id_, day=day)
    return language.say("{name} ({id}): worked until {day}", name=name, id=id_, day=day)
