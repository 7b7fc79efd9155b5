"""Which entries of the partner registry somebody must be told of on a day: due for review, in grace, expired. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .partners import PartnerEntry
from .registry import standing_word

_NEWS = timedelta(30)

DUE, IN_GRACE, EXPIRED = "due", "in_grace", "expired"

ReviewKey = tuple[str, date, str]
"""Entry, its review date, how it stands: what is told once. A date that is moved is told of anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One entry to be told of. `standing`: DUE, IN_GRACE or EXPIRED; `works_until`: its last day."""

    id: str
    organisation: str
    owners: tuple[str, ...]
    standing: str
    review_by: date
    works_until: date
    key: ReviewKey
    is_news: bool = True  # not what was over long before anybody looked


def reviews(entries: Iterable[PartnerEntry], day: date, told: Collection[ReviewKey] = ()) -> tuple[Review, ...]:
    """What is to be told on `day` besides what was told already, what ends first standing first.

    An entry is told of when its review is 60, 30 and 7 days ahead, when its days of grace begin, and when it expires;
    of what was missed (a gateway that stood still) only the latest, and what expired over a month ago is no news.
    Suspended entries are their administrators' own doing, and those that have not begun cannot end.
    """
    found = []
    for entry in entries:
        word = standing_word(entry, day)
        kind = DUE if word.startswith("due_") else word
        key = (entry.id, entry.review_by, word)
        if kind in (DUE, IN_GRACE, EXPIRED) and key not in told:
            found.append(
                Review(
                    id=entry.id,
                    organisation=entry.organisation,
                    owners=tuple(owner for owner in (entry.owner, entry.deputy_owner) if owner),
                    standing=kind,
                    review_by=entry.review_by,
                    works_until=entry.review_by + timedelta(entry.grace_days),
                    key=key,
                    is_news=day - entry.review_by - timedelta(entry.grace_days) <= _NEWS,
                )
            )
    return tuple(sorted(found, key=lambda review: (review.works_until, review.id)))
