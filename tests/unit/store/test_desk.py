"""Reviewers' wishes: written once, carried out once, revealed for minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.model import Outcome
from dlp_gateway.store import (
    AuditSearch,
    DecidedError,
    DeliveryKind,
    DeliveryState,
    DeskKind,
    DeskState,
    DeskWish,
    Store,
    Verb,
)
from dlp_gateway.store.reveals import MOST_CHARACTERS, Shown, open_shown, seal_shown
from tests.support.store_values import RESIDENT, became, prepared, record

NOW = datetime.now(UTC)
REJECT = DeskWish(held_id="H1", kind=DeskKind.REJECT, by="user:lead", reason="wrong person", code="wrong-recipient")
REVEAL = DeskWish(held_id="H1", kind=DeskKind.REVEAL, by="user:lead", reason="who is it", case="C-1")


async def hold(store: Store) -> None:
    await store.record(record(), [prepared("H1", RESIDENT, kind=DeliveryKind.HOLD, reviewers="leads")])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT))


async def verbs(store: Store) -> list[str]:
    return [entry.verb for entry in await store.search_audit(AuditSearch(actor="user:lead"))]


async def test_a_rejection_is_asked_for_once_and_done_once(store):
    await hold(store)
    request = await store.desk.ask(REJECT)
    with pytest.raises(DecidedError):
        await store.desk.ask(REJECT)
    assert (await store.held("H1")).state is DeliveryState.HELD
    await store.desk.reject(request, at=NOW, follow_up=())
    assert (await store.held("H1")).state is DeliveryState.REJECTED
    with pytest.raises(DecidedError):
        await store.desk.reject(request, at=NOW, follow_up=())
    assert await verbs(store) == [Verb.HELD_REJECTION_ASKED, Verb.HELD_REJECTED]
    assert await store.desk.open_requests(10) == ()


async def test_a_rejection_that_fails_leaves_the_wish_open(store):
    """Both stand in one transaction."""
    await hold(store)
    request = await store.desk.ask(REJECT)
    await store.reject("H1", by="somebody", reason="quicker")
    with pytest.raises(DecidedError):
        await store.desk.reject(request, at=NOW, follow_up=())
    assert [one.id for one in await store.desk.open_requests(10)] == [request.id]
    await store.desk.close(request, DeskState.TOO_LATE)
    assert await store.desk.open_requests(10) == ()


async def test_what_is_revealed_is_on_record_first_and_gone_after_its_time(store):
    await hold(store)
    request = await store.desk.ask(REVEAL)
    await store.desk.begin_reveal(request)
    assert await verbs(store) == [Verb.HELD_REVEAL_ASKED, Verb.HELD_REVEALED]
    with pytest.raises(DecidedError):
        await store.desk.begin_reveal(request)
    sealed = seal_shown(b"k" * 32, request.id, [Shown(part="1", place="", text="943 476 5919")])
    await store.desk.reveal(request, sealed, NOW + timedelta(minutes=10))
    kept = await store.desk.request(request.id)
    assert open_shown(b"k" * 32, request.id, kept.sealed) == (Shown(part="1", place="", text="943 476 5919"),)
    await store.desk.forget(NOW + timedelta(minutes=9))
    assert (await store.desk.request(request.id)).sealed
    await store.desk.forget(NOW + timedelta(minutes=10))
    assert (await store.desk.request(request.id)).sealed == b""
    (listed,) = await store.desk.requests_of("M1")
    assert (listed.wish, listed.state, listed.sealed) == (REVEAL, DeskState.DONE, b"")


async def test_it_goes_to_another_group_on_record(store):
    await hold(store)
    await store.desk.hand_over("H1", to="press", by="user:lead", reason="a statement")
    assert (await store.held("H1")).reviewers == "press"
    assert await verbs(store) == [Verb.HELD_HANDED_OVER]
    await store.reject("H1", by="a", reason="no")
    with pytest.raises(DecidedError):
        await store.desk.hand_over("H1", to="leads", by="user:lead", reason="back")


async def test_nothing_is_asked_of_what_is_not_there(store):
    with pytest.raises(DecidedError):
        await store.desk.ask(REVEAL)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 60])
def test_what_was_not_sealed_for_this_opens_nothing(sealed: bytes) -> None:
    assert open_shown(b"k" * 32, "r", sealed) is None
    other = seal_shown(b"k" * 32, "another", [])
    assert open_shown(b"k" * 32, "r", other) is None
    assert open_shown(b"o" * 32, "another", other) is None


def test_no_more_is_sealed_than_a_page_holds() -> None:
    long = Shown(part="1", place="", text="x" * MOST_CHARACTERS)
    opened = open_shown(b"k" * 32, "r", seal_shown(b"k" * 32, "r", [long, long]))
    assert opened is not None
    assert sum(len(one.text) for one in opened) == MOST_CHARACTERS
