"""Of which keys people are told, and how many stand how."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from dlp_gateway.recipient_keys import KeyDue, KeyRing, count_by_state, keys_due
from tests.support.recipient_keys import NOW, Keys

DOMAIN = "@partner.example"


def told(keys: Keys, *ring, days: float = 0, told: frozenset = frozenset()) -> list[tuple[str, str]]:
    found = keys_due(KeyRing.of(ring, keys.trust), NOW + timedelta(days), UTC, told)
    return [(due.pattern, due.stage) for due in found]


@pytest.mark.parametrize(
    ("ahead", "stage"),
    [(0, None), (39, None), (40.1, "due_60"), (70.1, "due_30"), (93.1, "due_7"), (99.9, "due_7"), (100.1, "expired")],
)
def test_people_hear_60_30_and_7_days_ahead_and_at_the_end(keys, ahead, stage) -> None:
    assert told(keys, keys.add(days=(-1, 100)), days=ahead) == (
        [] if stage is None else [("jo@partner.example", stage)]
    )


def test_each_stage_is_told_once(keys) -> None:
    ring = KeyRing.of([keys.add(days=(-1, 50))], keys.trust)
    (due,) = keys_due(ring, NOW, UTC)
    assert due.key == ("key:1", due.last_day, "due_60")
    assert keys_due(ring, NOW, UTC, {due.key}) == ()
    (later,) = keys_due(ring, NOW + timedelta(30), UTC, {due.key})
    assert later.stage == "due_30"


def test_what_ends_first_stands_first(keys) -> None:
    one, two = keys.add(days=(-1, 20)), keys.add(DOMAIN, days=(-1, 3))
    assert told(keys, one, two) == [(DOMAIN, "due_7"), ("jo@partner.example", "due_30")]


def test_a_key_that_a_newer_one_outlives_worries_nobody(keys) -> None:
    old, new = keys.add(days=(-10, 5)), keys.add(days=(-1, 100))
    assert told(keys, old, new) == []
    assert told(keys, old, keys.add(days=(-1, 100), purposes=[])) == []


def test_a_newer_one_that_can_not_be_used_does_not_count(keys) -> None:
    old, of_another = keys.add(days=(-10, 5)), keys.add(days=(50, 100))
    assert told(keys, old, of_another) == [("jo@partner.example", "due_7")]


def test_what_ended_long_before_anybody_looked_is_no_news(keys) -> None:
    ring = KeyRing.of([keys.add(days=(-90, -40)), keys.add(DOMAIN, days=(-90, -20))], keys.trust)
    assert [(due.id, due.is_news) for due in keys_due(ring, NOW, UTC)] == [(1, False), (2, True)]


def test_the_last_day_is_that_of_the_council(keys) -> None:
    key = keys.add(days=(-1, 5))
    (due,) = keys_due(KeyRing.of([key], keys.trust), NOW, ZoneInfo("Pacific/Kiritimati"))
    assert isinstance(due, KeyDue)
    assert due.last_day == (key.not_after + timedelta(hours=14)).date()


def test_each_key_counts_under_one_state(keys) -> None:
    ring = [
        keys.add("a@partner.example"),
        keys.add("b@partner.example", days=(-1, 59)),
        keys.add("c@partner.example", days=(-9, -1)),
        keys.add("d@partner.example", days=(-9, -1)),
        keys.add("d@partner.example"),
        keys.add("e@partner.example", days=(3, 100)),
        replace(keys.add("f@partner.example"), pattern="g@partner.example"),
    ]
    counted = count_by_state(KeyRing.of(ring, keys.trust), NOW)
    assert {state: n for state, n in counted.items() if n} == {
        "usable": 2, "due_60": 1, "expired": 1, "replaced": 1, "not_begun": 1, "unusable": 1,
    }  # fmt: skip
    assert sum(counted.values()) == len(ring)
