"""Codes to sign in with: good once, for some minutes, for a few tries, for the browser that asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dlp_gateway.store import (
    AuditSearch,
    CodeLimits,
    DecidedError,
    DeliveryKind,
    SignIn,
    Store,
    TooManyCodesError,
    code_digest,
    code_maker,
)
from dlp_gateway.store.sign_in import DIGITS, new_code
from tests.support.store_values import AUTHOR, NOON, prepared, record

KEY = b"k" * 32
SOON = NOON + timedelta(minutes=15)
LINK = "link-1"


async def asked(store: Store, *, link: str = LINK, author: str = AUTHOR, now: datetime = NOON) -> str:
    return await store.senders.ask_code(link, "M1", author, now=now)


async def sent(store: Store, code_id: str, code: str = "048213") -> None:
    notice = prepared(f"notice-{code_id}", AUTHOR, kind=DeliveryKind.NOTICE)
    await store.senders.send_code(code_id, code_digest(KEY, code_id, code), good_until=SOON, follow_up=(notice,))


async def tried(store: Store, code_id: str, code: str = "048213", now: datetime = NOON) -> SignIn:
    return await store.senders.try_code(code_id, code_digest(KEY, code_id, code), now=now)


@pytest.fixture
async def held(store: Store) -> Store:
    await store.record(record("M1"))
    return store


async def test_the_code_that_was_mailed_signs_in_once(held: Store) -> None:
    code_id = await asked(held)
    (wanted,) = await held.senders.wanted_codes(NOON, 10)
    assert (wanted.id, wanted.message_id, wanted.author) == (code_id, "M1", AUTHOR)
    await sent(held, code_id)
    assert await held.senders.wanted_codes(NOON, 10) == ()
    assert await tried(held, code_id) is SignIn.GOOD
    assert await tried(held, code_id) is SignIn.DEAD, "a code is good once"
    due = await held.claim_due(SOON, 10, 60)
    assert [delivery.delivery.recipients for delivery in due] == [(AUTHOR,)]


async def test_a_code_that_was_asked_for_long_ago_is_not_mailed_any_more(held: Store) -> None:
    await asked(held)
    assert await held.senders.wanted_codes(NOON + timedelta(seconds=1), 10) == ()


async def test_a_code_is_dead_after_its_minutes_and_before_it_was_mailed(held: Store) -> None:
    code_id = await asked(held)
    assert await tried(held, code_id) is SignIn.DEAD
    await sent(held, code_id)
    assert await tried(held, code_id, now=SOON) is SignIn.DEAD
    assert await tried(held, code_id, now=SOON - timedelta(seconds=1)) is SignIn.GOOD


async def test_after_five_wrong_tries_even_the_right_one_is_refused(held: Store) -> None:
    code_id = await asked(held)
    await sent(held, code_id)
    assert [await tried(held, code_id, "000000") for _ in range(5)] == [SignIn.WRONG] * 4 + [SignIn.DEAD]
    assert await tried(held, code_id) is SignIn.DEAD


async def test_a_newer_code_ends_the_older_of_the_same_link(held: Store) -> None:
    first = await asked(held)
    await sent(held, first)
    second = await asked(held, now=NOON + timedelta(minutes=2))
    await sent(held, second, "111111")
    assert await tried(held, first) is SignIn.DEAD
    assert await tried(held, second, "111111") is SignIn.GOOD


async def test_the_code_of_one_is_none_for_another(held: Store) -> None:
    mine, other = await asked(held), await asked(held, link="link-2", author="other@council.example")
    await sent(held, mine, "048213")
    await sent(held, other, "048213")
    assert code_digest(KEY, mine, "048213") != code_digest(KEY, other, "048213")
    stolen = await held.senders.try_code(other, code_digest(KEY, mine, "048213"), now=NOON)
    assert stolen is SignIn.WRONG


async def test_codes_can_not_be_asked_for_without_end(held: Store) -> None:
    await asked(held)
    with pytest.raises(TooManyCodesError) as caught:
        await asked(held, now=NOON + timedelta(seconds=59))
    assert caught.value.again_at == NOON + timedelta(minutes=1)
    for minute in range(1, 5):
        await asked(held, now=NOON + timedelta(minutes=2 * minute))
    with pytest.raises(TooManyCodesError) as caught:
        await asked(held, now=NOON + timedelta(hours=3))
    assert caught.value.again_at == NOON + timedelta(days=1), "five a day by one link"
    await asked(held, now=NOON + timedelta(days=1, seconds=1))


async def test_an_author_is_not_flooded_by_many_links(held: Store) -> None:
    limits = CodeLimits(per_author=3)
    for number in range(3):
        await held.senders.ask_code(f"link-{number}", "M1", AUTHOR, now=NOON, limits=limits)
    with pytest.raises(TooManyCodesError) as caught:
        await held.senders.ask_code("link-9", "M1", AUTHOR, now=NOON, limits=limits)
    assert caught.value.again_at == NOON + timedelta(hours=1)
    await held.senders.ask_code("link-9", "M1", "other@council.example", now=NOON, limits=limits)


async def test_two_gateways_mail_one_code(held: Store) -> None:
    code_id = await asked(held)
    await sent(held, code_id)
    with pytest.raises(DecidedError):
        await sent(held, code_id, "111111")
    assert await tried(held, code_id) is SignIn.GOOD


async def test_a_code_that_nobody_may_be_mailed_signs_nobody_in(held: Store) -> None:
    code_id = await asked(held)
    digest = code_digest(KEY, code_id, "048213")
    await held.senders.send_code(code_id, digest, good_until=SOON, follow_up=())
    assert await tried(held, code_id) is SignIn.DEAD


async def test_each_step_stands_in_the_record_and_no_code_does(held: Store) -> None:
    code_id = await asked(held)
    await sent(held, code_id)
    await tried(held, code_id, "000000")
    await tried(held, code_id)
    entries = await held.search_audit(AuditSearch(message_id="M1"))
    assert [(entry.verb, entry.actor) for entry in entries[-4:]] == [
        ("sender:code_asked", "console"),
        ("sender:code_sent", f"gateway {held.gateway_id}"),
        ("sender:sign_in_failed", "console"),
        ("sender:signed_in", f"sender:{AUTHOR}"),
    ]
    assert not any(word in entry.body for entry in entries for word in ("048213", code_digest(KEY, code_id, "048213")))
    assert await held.verify_audit() == []


async def test_old_codes_are_forgotten(held: Store) -> None:
    code_id = await asked(held)
    await sent(held, code_id)
    await held.senders.forget_codes(NOON)
    assert await tried(held, code_id) is SignIn.GOOD, "not older than the cut"
    await held.senders.forget_codes(NOON + timedelta(seconds=1))
    await asked(held)  # nothing is left to count


def test_codes_are_digits_and_differ() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == DIGITS and code.isdigit() for code in codes)


def test_a_code_is_made_with_its_digest() -> None:
    code, digest = code_maker(KEY)("id-1")
    assert digest == code_digest(KEY, "id-1", code)
    assert digest != code_digest(b"x" * 32, "id-1", code)
    assert code not in digest
