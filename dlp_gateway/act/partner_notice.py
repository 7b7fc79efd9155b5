"""The mail that tells owners and administrators which partners are due for review or expired. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import Language
from ..model import PartnerReview, PartnerStanding
from .notify import CouncilTexts, Notice, Occasion, notice
from .words import first_and_more, shown


def partner_notice(occasion: Occasion, due: Sequence[PartnerReview], texts: CouncilTexts) -> Notice:
    """What `occasion.to` are told of these entries; there is one at least."""

    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        of = {
            standing: tuple(_line(one, language) for one in due if one.standing == standing)
            for standing in PartnerStanding
        }
        return {
            "partners_brief": first_and_more([one.organisation for one in due], language),
            "due": of[PartnerStanding.DUE],
            "in_grace": of[PartnerStanding.IN_GRACE],
            "expired_partners": of[PartnerStanding.EXPIRED],
        }

    made = notice("partners.txt", occasion, values, texts)
    assert made is not None, "a notice to an owner is no answer to anybody"
    return made


def _line(one: PartnerReview, language: Language) -> str:
    name, id_ = shown(one.organisation, 100), shown(one.id)
    if one.standing is PartnerStanding.DUE:
        day = language.day_words(one.review_by)
        return language.say("{name} ({id}): to be reviewed by {day}", name=name, id=id_, day=day)
    day = language.day_words(one.works_until)
    if one.standing is PartnerStanding.IN_GRACE:
        return language.say("{name} ({id}): works until {day}", name=name, id=id_, day=day)
    return language.say("{name} ({id}): worked until {day}", name=name, id=id_, day=day)
