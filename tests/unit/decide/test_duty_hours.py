from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dlp_gateway.decide.duty_hours import DutyHours, duty_hours, review_due
from dlp_gateway.decide.policy import Clock

LONDON = ZoneInfo("Europe/London")
OFFICE = duty_hours("Mon-Fri 08:30-17:30")
FOUR_HOURS = Clock(working_minutes=240, out_of_hours_minutes=60)


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ((2026, 11, 23, 9, 0), (2026, 11, 23, 13, 0)),
        ((2026, 11, 23, 16, 30), (2026, 11, 24, 11, 30)),  # one hour today, three tomorrow
        ((2026, 11, 27, 16, 30), (2026, 11, 30, 11, 30)),  # over the week-end
        ((2026, 11, 23, 18, 0), (2026, 11, 23, 19, 0)),  # out of hours
        ((2026, 11, 28, 12, 0), (2026, 11, 28, 13, 0)),
    ],
)
def test_working_minutes_are_those_of_the_groups_hours(held: tuple[int, ...], due: tuple[int, ...]) -> None:
    since = datetime(*held, tzinfo=LONDON).astimezone(UTC)  # type: ignore[misc]
    found = review_due(since, FOUR_HOURS, OFFICE, LONDON)
    assert found.astimezone(LONDON) == datetime(*due, tzinfo=LONDON)  # type: ignore[misc]
    assert found.tzinfo is UTC


def test_a_group_that_is_always_there_has_no_pauses() -> None:
    since = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    assert review_due(since, FOUR_HOURS, duty_hours("always"), LONDON) == datetime(2026, 11, 28, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["", "always", "by day", "Mon-Fri 17:30-08:30", "Moo-Fri 08:00-17:00", "Mon 25:00-26:00"]
)
def test_hours_that_say_nothing_are_all_hours(words: str) -> None:
    assert duty_hours(words) == DutyHours()


def test_days_may_go_round_the_end_of_the_week() -> None:
    assert duty_hours("Sat-Mon 09:00-12:00").days == {5, 6, 0}
    assert duty_hours("Wed 09:00-12:00").days == {2}


def test_the_clocks_go_back_while_it_waits() -> None:
    """Sunday 25 October 2026: the Friday before and the Monday after have different offsets."""
    since = datetime(2026, 10, 23, 16, 30, tzinfo=LONDON).astimezone(UTC)
    assert review_due(since, FOUR_HOURS, OFFICE, LONDON) == datetime(2026, 10, 26, 11, 30, tzinfo=UTC)
