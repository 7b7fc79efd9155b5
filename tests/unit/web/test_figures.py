"""Figures worked out of holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dlp_gateway.store import HoldEnd, HoldFact
from dlp_gateway.web.figures import CHART_HEIGHT, CHART_WIDTH, day_bars, figures, of_rules

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)
SINCE = NOW - timedelta(7)


def fact(end: HoldEnd, *rules: str, days: float = 1, hours: float = 2) -> HoldFact:
    at = NOW - timedelta(days)
    decided = None if end is HoldEnd.OPEN else at + timedelta(hours=hours)
    return HoldFact(held_at=at, rules=rules, end=end, decided_at=decided)


def test_what_reviewers_let_go_is_the_share_of_what_they_decided() -> None:
    facts = [
        *(fact(HoldEnd.RELEASED, "a") for _ in range(3)),
        fact(HoldEnd.REJECTED, "a", "b"),
        fact(HoldEnd.CHANGED, "b"),  # let go, but not as it was: the rule was needed
        *(fact(end, "a") for end in (HoldEnd.OVERRIDDEN, HoldEnd.WITHDRAWN, HoldEnd.EXPIRED, HoldEnd.BY_ITSELF)),
        fact(HoldEnd.OPEN, "c"),
    ]
    found = figures(facts, SINCE, NOW, LONDON)
    a, b, c = found.rules
    assert (a.rule, a.held, a.released, a.rejected, a.overridden, a.withdrawn, a.expired) == ("a", 8, 3, 1, 1, 1, 1)
    assert (a.false_positives, b.false_positives, c.false_positives) == (0.75, 0.0, None)
    assert (b.held, b.released, b.rejected) == (2, 1, 1)
    assert (found.held, found.still_open, found.overridden) == (10, 1, 1)


def test_the_median_is_that_of_reviewers_decisions_alone() -> None:
    facts = [fact(HoldEnd.RELEASED, "a", hours=hours) for hours in (1, 3, 100)]
    facts += [fact(HoldEnd.EXPIRED, "a", hours=336), fact(HoldEnd.WITHDRAWN, "a", hours=0)]
    assert figures(facts, SINCE, NOW, LONDON).median == timedelta(hours=3)
    assert figures([fact(HoldEnd.OPEN, "a")], SINCE, NOW, LONDON).median is None


def test_days_are_those_of_the_council_and_none_is_left_out() -> None:
    late = HoldFact(
        held_at=datetime(2026, 7, 8, 23, 30, tzinfo=UTC), rules=("a", "b"), end=HoldEnd.OPEN, decided_at=None
    )
    found = figures([late, fact(HoldEnd.OPEN, "a")], SINCE, NOW, LONDON)
    assert [day for day, _ in found.by_day] == [date(2026, 7, 3) + timedelta(n) for n in range(8)]
    assert dict(found.by_day)[date(2026, 7, 9)] == 2, "half past midnight in summer"
    assert found.by_day_and_rule == ((date(2026, 7, 9), "a", 2), (date(2026, 7, 9), "b", 1))


def test_rules_that_hold_nothing_are_not_counted() -> None:
    facts = of_rules([fact(HoldEnd.RELEASED, "external", "a")], lambda rule: rule != "external")
    assert [one.rule for one in figures(facts, SINCE, NOW, LONDON).rules] == ["a"]


@pytest.mark.parametrize("days", [1, 8, 29, 91])
def test_bars_stay_in_their_picture(days: int) -> None:
    bars = day_bars([(date(2026, 1, 1) + timedelta(n), n % 5) for n in range(days)])
    assert len(bars) == days
    for bar in bars:
        assert 0 <= bar.x <= bar.x + bar.width <= CHART_WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= CHART_HEIGHT + 0.1
    assert sum(1 for bar in bars if bar.label) <= 6
