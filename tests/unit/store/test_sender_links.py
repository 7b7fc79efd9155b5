"""Links in hold notices: signed for one message and one purpose, for some days, and nothing of anybody in them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import TimestampSigner

from dlp_gateway.store import LinkError, link_digest, link_maker, message_of_link
from dlp_gateway.store.sender_links import sender_link

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
DAYS = timedelta(days=14)


def test_a_link_leads_to_its_message() -> None:
    assert message_of_link(KEY, sender_link(KEY, "2607-aB_c"), DAYS) == "2607-aB_c"


def test_every_letter_of_it_is_signed() -> None:
    token = sender_link(KEY, "2607-abc")
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        with pytest.raises(LinkError) as caught:
            message_of_link(KEY, token[:place] + other + token[place + 1 :], DAYS)
        assert not caught.value.expired


@pytest.mark.parametrize("token", ["", ".", "..", "2607-abc", "2607-abc.1.2", "é.ü.ö", "a" * 5000, "2607-abc..", "\0"])
def test_what_is_no_link_leads_nowhere(token: str) -> None:
    with pytest.raises(LinkError):
        message_of_link(KEY, token, DAYS)


def test_a_link_of_another_installation_or_for_another_purpose_leads_nowhere() -> None:
    for token in (
        sender_link(OTHER_KEY, "2607-abc"),
        TimestampSigner(key=KEY.hex(), sep=".", salt="another purpose", fallback_keys=[]).sign("2607-abc"),
    ):
        with pytest.raises(LinkError):
            message_of_link(KEY, token, DAYS)


def test_a_link_is_too_old_after_its_days_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sender_link(KEY, "2607-abc")
    made = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: made + DAYS.total_seconds() - 5)
    assert message_of_link(KEY, token, DAYS) == "2607-abc"
    monkeypatch.setattr("django.core.signing.time.time", lambda: made + DAYS.total_seconds() + 5)
    with pytest.raises(LinkError) as caught:
        message_of_link(KEY, token, DAYS)
    assert caught.value.expired


def test_an_address_is_made_of_letters_that_no_mail_program_breaks() -> None:
    now = datetime(2026, 7, 3, tzinfo=UTC)
    address, until = link_maker("https://check.council.example", KEY, DAYS)("2607-abc", now)
    path = address.removeprefix("https://check.council.example/sender/").removesuffix("/")
    assert message_of_link(KEY, path, DAYS) == "2607-abc"
    assert set(path) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert until == now + DAYS


def test_what_the_store_knows_a_link_by_does_not_open_it() -> None:
    token = sender_link(KEY, "2607-abc")
    digest = link_digest(token)
    assert digest == link_digest(token) != link_digest(token + "x")
    with pytest.raises(LinkError):
        message_of_link(KEY, digest, DAYS)
