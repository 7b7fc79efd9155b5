"""Which entries of the partner registry somebody must be told of on a day: due for review, in grace, expired. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from ..model import PartnerReview, PartnerStanding, ReviewKey
from .partners import PartnerEntry
from .registry import standing_word

_NEWS = timedelta(30)

_TOLD_OF = {standing.value: standing for standing in PartnerStanding}


def reviews(entries: Iterable[PartnerEntry], day: date, told: Collection[ReviewKey] = ()) -> tuple[PartnerReview, ...]:
    """What is to be told on `day` besides what was told already, what ends first standing first.

    An entry is told of when its review is 60, 30 and 7 days ahead, when its days of grace begin, and when it expires;
    of what was missed (a gateway that stood still) only the latest, and what expired over a month ago is no news.
    Suspended entries are their administrators' own doing, and those that have not begun cannot end.
    """
    standing = (_review(entry, day) for entry in entries)
    found = [review for review in standing if review is not None and review.key not in told]
    return tuple(sorted(found, key=lambda review: (review.works_until, review.id)))


def _review(entry: PartnerEntry, day: date) -> PartnerReview | None:
    stage = standing_word(entry, day)
    standing = _TOLD_OF.get("due" if stage.startswith("due_") else stage)
    if standing is None:
        return None
    works_until = entry.review_by + timedelta(entry.grace_days)
    return PartnerReview(
        id=entry.id,
        organisation=entry.organisation,
        owners=tuple(owner for owner in (entry.owner, entry.deputy_owner) if owner),
        standing=standing,
        stage=stage,
        review_by=entry.review_by,
        works_until=works_until,
        is_news=day - works_until <= _NEWS,
    )
