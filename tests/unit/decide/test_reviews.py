"""Which entries of the registry somebody must be told of on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dlp_gateway.decide.reviews import reviews
from dlp_gateway.model import PartnerStanding
from tests.unit.decide.test_registry import REVIEW, entry

DUE, IN_GRACE, EXPIRED = PartnerStanding


@pytest.mark.parametrize(
    ("before", "standing"),
    [
        (61, None),
        (60, DUE),
        (30, DUE),
        (7, DUE),
        (0, DUE),
        (-1, IN_GRACE),
        (-28, IN_GRACE),
        (-29, EXPIRED),
        (-400, EXPIRED),
    ],
)
def test_an_entry_is_told_of_from_sixty_days_before_its_review(before: int, standing: PartnerStanding | None) -> None:
    found = reviews([entry()], REVIEW - timedelta(before))
    assert [review.standing for review in found] == ([standing] if standing else [])


def test_each_stage_is_told_of_once_and_a_new_date_anew() -> None:
    told: set[tuple[str, date, str]] = set()
    days = []
    for before in range(70, -60, -1):
        for review in reviews([entry()], REVIEW - timedelta(before), told):
            told.add(review.key)
            days.append((before, review.standing))
    assert days == [(60, DUE), (30, DUE), (7, DUE), (-1, IN_GRACE), (-29, EXPIRED)]
    moved = entry(review_by=REVIEW + timedelta(20))
    assert [review.standing for review in reviews([moved], REVIEW, told)] == [DUE]


def test_of_what_was_missed_only_the_latest_is_told() -> None:
    (review,) = reviews([entry()], REVIEW - timedelta(3))
    assert review.key == ("acme", REVIEW, "due_7")


@pytest.mark.parametrize(("days", "is_news"), [(1, True), (30, True), (31, False), (4000, False)])
def test_what_expired_over_a_month_ago_is_no_news(days: int, is_news: bool) -> None:
    (review,) = reviews([entry(grace_days=0)], REVIEW + timedelta(days))
    assert (review.standing, review.is_news) == (EXPIRED, is_news)


def test_suspended_entries_and_those_to_come_are_not_told_of() -> None:
    entries = [entry(status="suspended"), entry("zeta", valid_from=REVIEW - timedelta(1))]
    assert reviews(entries, REVIEW - timedelta(5)) == ()


def test_what_ends_first_stands_first_with_those_who_look_after_it() -> None:
    entries = [entry("b", grace_days=9), entry("a", deputy_owner="bo@council.example", grace_days=0)]
    first, second = reviews(entries, REVIEW)
    assert (first.id, first.owners, first.works_until) == ("a", ("jo@council.example", "bo@council.example"), REVIEW)
    assert (second.id, second.owners) == ("b", ("jo@council.example",))
