"""What strangers say to AUTH, and how guessing is counted, whatever they say."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.receive.auth.account import Credentials, named_by_pattern
from dlp_gateway.receive.auth.exchange import MECHANISMS, ExchangeError
from dlp_gateway.receive.auth.throttle import MAX_DELAY_SECONDS, MAX_REFUSED_SECONDS, Throttle

LINE = st.one_of(st.binary(max_size=30), st.binary(max_size=30).map(b64encode), st.sampled_from([b"=", b"*", b""]))
PLAIN = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=20)


def exchanged(mechanism: str, initial: bytes | None, lines: list[bytes]) -> Credentials | None:
    left = list(lines)

    async def ask(challenge: bytes) -> bytes | None:
        return left.pop(0) if left else None

    try:
        MECHANISMS[mechanism](initial, ask).send(None)  # it waits for nobody, so it needs no loop
    except StopIteration as ended:
        return ended.value
    except ExchangeError:
        return None
    raise AssertionError("it waits for somebody")


@given(mechanism=st.sampled_from(sorted(MECHANISMS)), initial=st.none() | LINE, lines=st.lists(LINE, max_size=3))
def test_whatever_is_said_gives_whole_credentials_or_a_refusal(mechanism, initial, lines):
    found = exchanged(mechanism, initial, lines)
    assert found is None or (found.name and found.password and "\0" not in found.name + found.password)


@given(name=PLAIN, password=PLAIN, at_once=st.booleans())
def test_both_mechanisms_carry_every_name_and_password(name, password, at_once):
    both = b64encode(f"\0{name}\0{password}".encode())
    first, second = b64encode(name.encode()), b64encode(password.encode())
    expected = Credentials(name=name, password=password)
    assert exchanged("PLAIN", both if at_once else None, [] if at_once else [both]) == expected
    assert exchanged("LOGIN", first if at_once else None, [second] if at_once else [first, second]) == expected


@given(
    name=st.text(max_size=30), pattern=st.sampled_from(["{user}", "{user}@council.example", "{user}.*@council.example"])
)
def test_no_name_owns_the_address_of_another(name, pattern):
    if name.lower() not in ("bob", "bob@council.example"):
        assert not named_by_pattern(name, (pattern,)).may_use("bob@council.example")


PEOPLE = st.sampled_from(["ann", "bob", "eve"])
ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1", ""])
TRIES = st.lists(st.tuples(PEOPLE, ADDRESSES, st.sampled_from(["wrong", "right", "undecided"]), st.floats(0, 400)))


@given(tries=TRIES)
def test_who_waits_long_enough_is_always_heard_and_never_late(tries):
    """Whatever went before: no refusal and no delay is longer than it is said to be."""
    throttle, now = Throttle(), 0.0
    for name, ip, how, seconds in tries:
        now += seconds
        if not throttle.begin(name, ip, now).refused and how != "wrong":
            getattr(throttle, how)(name, ip)
    for name in ("ann", "bob", "eve", "new"):
        pace = throttle.begin(name, "192.0.2.1", now + MAX_REFUSED_SECONDS)
        assert not pace.refused
        assert pace.delay_seconds <= MAX_DELAY_SECONDS
        throttle.undecided(name, "192.0.2.1")
