"""Whose key is found for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pysequoia import Tsk

from dlp_gateway.recipient_keys import KeyFault, KeyKind, NoKey
from tests.support.mail_certificates import JO
from tests.support.recipient_keys import NOW, key_of

DOMAIN = "@partner.example"


def test_an_exact_address_comes_before_its_domain(keys) -> None:
    whole, own = keys.add(DOMAIN), keys.add()
    assert keys.found(whole, own) == own
    assert keys.found(whole, own, to="bo@partner.example") == whole


def test_letters_and_international_names_make_no_difference(keys) -> None:
    own = keys.add("jo@xn--mnchen-3ya.example")
    assert keys.found(own, to="JO@MÜNCHEN.example.") == own


def test_a_domain_is_itself_without_those_below_it(keys) -> None:
    whole = keys.add(DOMAIN)
    assert keys.found(whole, to="jo@team.partner.example") == NoKey(why=KeyFault.MISSING)


@pytest.mark.parametrize("address", ["", "jo", "@", "jo@", "@partner.example@", "jo@partner.example "])
def test_what_is_no_address_of_anybody_has_no_key_of_an_address(keys, address) -> None:
    own = keys.add()
    assert keys.found(own, to=address) in (NoKey(why=KeyFault.MISSING), own if address.strip() == JO else None)


def test_the_newest_that_can_be_used_is_taken(keys) -> None:
    old, new, later = keys.add(), keys.add(days=(-1, 10)), keys.add(days=(5, 20))
    assert keys.found(old, new, later) == new
    assert keys.found(old, new, later, days=6) == later
    assert keys.found(old, new, later, days=21) == old


def test_where_the_own_key_has_ended_the_domains_still_protects(keys) -> None:
    own, whole = keys.add(days=(-10, -1)), keys.add(DOMAIN)
    assert keys.found(own, whole) == whole


def test_where_none_can_be_used_the_nearest_says_why(keys) -> None:
    own, whole = keys.add(days=(-10, -1)), keys.add(DOMAIN, purposes=[])
    ended = replace(whole, octets=b"")
    assert keys.found(own, ended) == NoKey(why=KeyFault.EXPIRED, key=own)
    assert keys.found(ended) == NoKey(why=KeyFault.UNREADABLE, key=ended)


def test_kinds_are_kept_apart(keys) -> None:
    own = keys.add()
    pgp = key_of(bytes(Tsk.generate(f"Jo <{JO}>").extract_certificate()), by_fingerprint=True, id_=9)
    assert keys.found(own, pgp) == own
    assert keys.found(own, pgp, kind=KeyKind.OPENPGP) == pgp
    assert keys.found(own, kind=KeyKind.OPENPGP) == NoKey(why=KeyFault.MISSING)


def test_a_withdrawn_key_is_not_there(keys) -> None:
    own = replace(keys.add(), withdrawn_at=NOW, withdrawn_by="system:root")
    assert keys.found(own) == NoKey(why=KeyFault.MISSING)
