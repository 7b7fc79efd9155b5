"""When a next hop that can't be reached is tried again."""

from __future__ import annotations

import pytest

from dlp_gateway.act.hop_rest import HopRest


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_pauses_double_up_to_the_longest_and_are_told():
    clock, told = Clock(), []
    rest = HopRest(10, 60, clock=clock, told=lambda failures, seconds: told.append((failures, seconds)))
    for _ in range(5):
        rest.failed("refused")
        assert rest.resting
        clock.now += told[-1][1]
        assert not rest.resting
        assert rest.on_trial
    assert [failures for failures, _ in told] == [1, 2, 3, 4, 5]
    for (_, seconds), plain in zip(told, (10, 20, 40, 60, 60), strict=True):
        assert 0.8 * plain <= seconds <= 1.2 * plain


def test_failures_that_were_under_way_when_it_began_to_rest_count_once():
    told = []
    rest = HopRest(10, 60, clock=Clock(), told=lambda failures, _: told.append(failures))
    for _ in range(7):
        rest.failed("refused")
    assert told == [1]


def test_an_answer_ends_the_rest_and_forgets_the_failures():
    clock, told = Clock(), []
    rest = HopRest(10, 60, clock=clock, told=lambda failures, _: told.append(failures))
    rest.failed("refused")
    rest.answered()
    assert not rest.resting
    assert not rest.on_trial
    rest.failed("refused")
    assert told == [1, 1]


def test_a_year_of_failures_overflows_nothing():
    clock = Clock()
    rest = HopRest(10, 60, clock=clock)
    for _ in range(2000):
        rest.failed("refused")
        clock.now += 100
    rest.failed("refused")
    assert rest.resting


@pytest.mark.parametrize("reason", ["next hop 10.0.0.1:25 can't be reached (Connection refused)"])
def test_it_says_why(reason):
    rest = HopRest()
    rest.failed(reason)
    assert rest.reason == reason
