"""By what people who decide are known in findings: as findings are fingerprinted, and in no other way."""

from __future__ import annotations

import pytest

from dlp_gateway.act.account_marks import mark_accounts, marks_of
from dlp_gateway.detect.fingerprint import fingerprint
from dlp_gateway.store import UserAccount
from tests.support.gateway_stand import KEYS, GatewayStand
from tests.support.quick_hasher import quick_hasher

KEY = KEYS.fingerprint


@pytest.mark.parametrize(
    ("display_name", "email", "found_as"),
    [
        ("Raj Patel", "", "Raj Patel"),
        ("Patel, Raj (IG)", "", "raj patel"),
        ("Raj Kumar Patel", "", "Raj Patel"),
        ("", "raj.patel@council.example", "Raj Patel"),
        ("Siân O’Neill", "", "siân o’neill"),
    ],
)
def test_a_name_is_known_as_people_write_it(display_name: str, email: str, found_as: str) -> None:
    assert fingerprint(KEY, "PERSON", found_as) in marks_of(KEY, display_name, email)


def test_an_address_is_known_and_a_first_name_alone_is_nobodys() -> None:
    marks = marks_of(KEY, "Raj", "Raj@Council.example")
    assert marks == {fingerprint(KEY, "EMAIL_ADDRESS", "raj@council.example")}
    assert marks_of(KEY, "", "") == frozenset()
    assert marks_of(b"x" * 32, "Raj", "raj@council.example") != marks


async def test_accounts_are_marked_once_and_anew_when_they_change(stand: GatewayStand) -> None:
    account = UserAccount(
        name="jo", display_name="Jo Bell", email="jo@council.example", roles=("reviewer",), is_active=True
    )
    with quick_hasher():
        await stand.store.users.create(account, None, by="test")
    (made,) = await stand.store.users.all()
    assert made.marks is None, "until the gateway has looked, nobody knows"
    assert [await mark_accounts(stand.store, KEY) for _ in range(2)] == [1, 0]
    (marked,) = await stand.store.users.all()
    assert marked.marks == marks_of(KEY, "Jo Bell", "jo@council.example")
    assert await mark_accounts(stand.store, b"n" * 32) == 0
    assert await mark_accounts(stand.store, b"n" * 32, every=True) == 1
