"""Recipients' keys, on both databases: what is trusted stays as it was, and is withdrawn once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dlp_gateway.errors import GatewayError
from dlp_gateway.recipient_keys import KeyKind, RecipientKey
from dlp_gateway.store import AuditSearch, DecidedError, Store, Verb

KEY = RecipientKey(
    id=0,
    pattern="jo@partner.example",
    kind=KeyKind.SMIME,
    octets=b"0\x00\xff one",
    intermediates=b"0\x00 above",
    fingerprint="ab" * 32,
    not_after=datetime(2027, 3, 31, 12, 30, 15, tzinfo=UTC),
    source="file",
    by_fingerprint=False,
    trusted_by="system:root",
    trusted_at=datetime(2026, 11, 27, 9, 0, tzinfo=UTC),
    reason="as they read it to us",
)


async def test_a_key_comes_back_as_it_was(store: Store) -> None:
    first = await store.recipient_keys.trust(KEY)
    unending = replace(KEY, pattern="@partner.example", kind=KeyKind.OPENPGP, not_after=None, by_fingerprint=True)
    second = await store.recipient_keys.trust(unending)
    assert await store.recipient_keys.all() == (replace(KEY, id=first), replace(unending, id=second))


async def test_the_same_again_is_refused_and_changes_nothing(store: Store) -> None:
    number = await store.recipient_keys.trust(KEY)
    head = await store.recipient_keys.head()
    with pytest.raises(DecidedError, match=f"already, as number {number}$"):
        await store.recipient_keys.trust(KEY)
    assert await store.recipient_keys.head() == head


async def test_a_newer_copy_takes_the_place_of_the_older_at_once(store: Store) -> None:
    await store.recipient_keys.trust(KEY)
    await store.recipient_keys.trust(replace(KEY, octets=b"prolonged", trusted_by="system:bo"))
    old, new = await store.recipient_keys.all()
    assert (old.withdrawn_by, new.withdrawn_at, new.octets) == ("system:bo", None, b"prolonged")


async def test_a_compared_fingerprint_counts_more_and_is_never_forgotten(store: Store) -> None:
    await store.recipient_keys.trust(KEY)
    await store.recipient_keys.trust(replace(KEY, by_fingerprint=True))
    with pytest.raises(DecidedError):
        await store.recipient_keys.trust(KEY)
    assert [key.by_fingerprint for key in await store.recipient_keys.all() if key.withdrawn_at is None] == [True]


async def test_a_key_is_withdrawn_once_and_may_be_trusted_again(store: Store) -> None:
    number = await store.recipient_keys.trust(KEY)
    await store.recipient_keys.withdraw(number, by="system:bo", reason="lost their card")
    with pytest.raises(DecidedError, match="withdrawn by system:bo already"):
        await store.recipient_keys.withdraw(number, by="system:jo", reason="lost their card")
    with pytest.raises(DecidedError, match="there is no key 0"):
        await store.recipient_keys.withdraw(0, by="system:jo", reason="lost their card")
    assert await store.recipient_keys.trust(KEY) > number
    assert [key.withdrawn_at is None for key in await store.recipient_keys.all()] == [False, True]


async def test_every_change_is_seen_by_other_gateways(place) -> None:
    one, two = place.open("one"), place.open("two", role="cli")
    heads = [await one.recipient_keys.head()]
    number = await two.recipient_keys.trust(KEY)
    heads.append(await one.recipient_keys.head())
    await two.recipient_keys.withdraw(number, by="system:root", reason="lost their card")
    heads.append(await one.recipient_keys.head())
    assert heads == [(0, 0), (number, 0), (number, 1)]


async def test_two_that_trust_the_same_at_once_do_not_both_win(place) -> None:
    stores = [place.open("one", role="cli"), place.open("two", role="cli")]
    results = await asyncio.gather(*(s.recipient_keys.trust(KEY) for s in stores), return_exceptions=True)
    assert sorted(isinstance(result, GatewayError) for result in results) == [False, True]
    assert len(await stores[0].recipient_keys.all()) == 1


async def test_every_change_stands_in_the_audit_chain_with_who_and_why(store: Store) -> None:
    number = await store.recipient_keys.trust(KEY)
    await store.recipient_keys.withdraw(number, by="system:bo", reason="lost their card")
    (trusted,) = await store.search_audit(AuditSearch(verb=Verb.KEYS_TRUSTED))
    (withdrawn,) = await store.search_audit(AuditSearch(verb=Verb.KEYS_WITHDRAWN))
    assert (trusted.actor, withdrawn.actor) == ("system:root", "system:bo")
    said = json.loads(trusted.body)
    assert (said["for"], said["fingerprint"], said["by_fingerprint"]) == (KEY.pattern, KEY.fingerprint, False)
    assert json.loads(withdrawn.body)["reason"] == "lost their card"
    assert await store.verify_audit() == []


def test_octets_never_stand_in_the_representation_of_a_key() -> None:
    """They would flood logs and error reports."""
    assert "above" not in repr(KEY)
