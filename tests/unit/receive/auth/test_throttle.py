from __future__ import annotations

import pytest

from dlp_gateway.receive.auth import throttle as throttle_module
from dlp_gateway.receive.auth.throttle import (
    FREE_PER_ADDRESS,
    FREE_PER_NAME,
    FREE_PER_NAME_AND_ADDRESS,
    LEAK_SECONDS,
    MAX_DELAY_SECONDS,
    MAX_REFUSED_SECONDS,
    Throttle,
    network_of,
)

HOME, STRANGER = "192.0.2.1", "198.51.100.7"


def strangers() -> list[str]:
    return [f"198.51.{a}.{b}" for a in range(20) for b in range(100)]


def guess(throttle: Throttle, name: str, ip: str, seconds: int) -> int:
    """How many guesses are heard when one is tried each second."""
    return sum(not throttle.begin(name, ip, float(now)).refused for now in range(seconds))


def test_who_mistypes_a_few_times_notices_nothing() -> None:
    throttle = Throttle()
    for _ in range(FREE_PER_NAME_AND_ADDRESS):
        assert not throttle.begin("ann", HOME, 0.0).refused
    throttle.right("ann", HOME)
    assert not throttle.begin("ann", HOME, 0.0).refused


def test_guessing_at_one_account_from_one_address_becomes_slow() -> None:
    heard = guess(Throttle(), "ann", STRANGER, 3600)
    assert heard <= FREE_PER_NAME_AND_ADDRESS + 3600 / MAX_REFUSED_SECONDS + 10


def test_guessing_at_many_accounts_from_one_address_becomes_slow() -> None:
    throttle = Throttle()
    heard = sum(not throttle.begin(f"user-{now}", STRANGER, float(now)).refused for now in range(3600))
    assert heard <= FREE_PER_ADDRESS + 3600 / MAX_REFUSED_SECONDS + 10


def test_an_ipv6_network_is_one_address() -> None:
    throttle = Throttle()
    heard = sum(not throttle.begin("ann", f"2001:db8::{now:x}", float(now)).refused for now in range(600))
    assert heard < 20
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == network_of("fe80::2")
    assert network_of("") == ""


def test_a_stranger_elsewhere_never_locks_an_account_out() -> None:
    """However many addresses guess: where its owner logs in for the first time, it is only slower."""
    throttle = Throttle()
    for number, ip in enumerate(strangers()):
        throttle.begin("ann", ip, number / 100)
    pace = throttle.begin("ann", HOME, 200.0)
    assert not pace.refused
    assert 0 < pace.delay_seconds <= MAX_DELAY_SECONDS


def test_the_owner_of_an_account_is_not_even_slowed_down_where_it_has_logged_in_before() -> None:
    throttle = Throttle()
    throttle.begin("ann", HOME, 0.0)
    throttle.right("ann", HOME)
    for number, ip in enumerate(strangers()):
        throttle.begin("ann", ip, number / 100)
    for number in range(500):  # somebody behind the same address guesses at others
        throttle.begin(f"user-{number}", HOME, 200.0)
    pace = throttle.begin("ann", HOME, 200.0)
    assert not pace.refused
    assert pace.delay_seconds == 0


def test_many_guesses_at_once_count_before_the_first_is_answered() -> None:
    throttle = Throttle()
    heard = [throttle.begin("ann", STRANGER, 0.0) for _ in range(50)]
    assert sum(not pace.refused for pace in heard) == FREE_PER_NAME_AND_ADDRESS + 1


def test_answers_about_a_name_that_is_guessed_at_come_later_and_later() -> None:
    throttle = Throttle()
    delays = [throttle.begin("ann", f"198.51.100.{n}", 0.0).delay_seconds for n in range(60)]
    assert delays[:FREE_PER_NAME] == [0.0] * FREE_PER_NAME
    assert delays == sorted(delays)
    assert delays[-1] == MAX_DELAY_SECONDS


def test_time_forgives() -> None:
    throttle = Throttle()
    for _ in range(9):
        throttle.begin("ann", STRANGER, 0.0)
    assert throttle.begin("ann", STRANGER, 1.0).refused
    later = LEAK_SECONDS * 10
    heard = [throttle.begin("ann", STRANGER, later) for _ in range(FREE_PER_NAME_AND_ADDRESS)]
    assert not any(pace.refused for pace in heard)


def test_an_attempt_that_nobody_could_judge_does_not_count() -> None:
    throttle = Throttle()
    for _ in range(100):
        assert not throttle.begin("ann", HOME, 0.0).refused
        throttle.undecided("ann", HOME)


def test_a_flood_of_names_and_addresses_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "MAX_REMEMBERED", 300)
    throttle = Throttle()
    for number in range(800):
        ip = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        throttle.begin(f"{number}" * 100, ip, 0.0)
        throttle.right(f"{number}" * 100, ip)
        throttle.begin(f"{number}" * 100, ip, 0.0)
    for table in (throttle._addresses, throttle._names, throttle._pairs, throttle._known):
        assert len(table) == 300
