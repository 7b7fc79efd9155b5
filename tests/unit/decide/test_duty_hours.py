from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
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
    assert set(duty_hours("Sat-Mon 09:00-12:00").spans) == {5, 6, 0}
    assert set(duty_hours("Wed 09:00-12:00").spans) == {2}


def test_the_clocks_go_back_while_it_waits() -> None:
    """Sunday 25 October 2026: the Friday before and the Monday after have different offsets."""
    since = datetime(2026, 10, 23, 16, 30, tzinfo=LONDON).astimezone(UTC)
    assert review_due(since, FOUR_HOURS, OFFICE, LONDON) == datetime(2026, 10, 26, 11, 30, tzinfo=UTC)


def test_hours_may_differ_from_day_to_day_and_bank_holidays_are_no_working_days() -> None:
    christmas = frozenset({date(2026, 12, 25)})
    hours = duty_hours("Mon-Thu 08:30-17:30, Fri 08:30-16:00", christmas)
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=LONDON)
    assert hours.left_on(friday) == timedelta(hours=1)
    assert not hours.works_on(date(2026, 12, 25))
    assert hours.works_on(date(2026, 12, 24))
    thursday = datetime(2026, 12, 24, 16, 30, tzinfo=LONDON).astimezone(UTC)
    assert review_due(thursday, FOUR_HOURS, hours, LONDON) == datetime(2026, 12, 28, 11, 30, tzinfo=UTC)
    assert duty_hours("always", christmas).works_on(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ((2026, 11, 23, 18, 0), (2026, 11, 24, 12, 30)),  # in the evening: from the next morning on
        ((2026, 11, 24, 6, 0), (2026, 11, 24, 12, 30)),  # early: from the opening on
        ((2026, 11, 28, 12, 0), (2026, 11, 30, 12, 30)),
    ],
)
def test_a_group_may_count_its_working_hours_alone(held: tuple[int, ...], due: tuple[int, ...]) -> None:
    since = datetime(*held, tzinfo=LONDON).astimezone(UTC)  # type: ignore[misc]
    found = review_due(since, FOUR_HOURS, OFFICE, LONDON, working_hours_alone=True)
    assert found.astimezone(LONDON) == datetime(*due, tzinfo=LONDON)  # type: ignore[misc]
