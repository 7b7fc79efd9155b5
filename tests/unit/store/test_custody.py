"""Taking custody, claiming and settling: every change counts once, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.model import Outcome
from dlp_gateway.store import (
    AuditSearch,
    BodyDamagedError,
    DeliveryKind,
    DeliveryState,
    MessageState,
    PreparedDelivery,
    Store,
    Turns,
    Verb,
)
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record

LATER = NOON + timedelta(minutes=5)


async def take_custody(store: Store, *deliveries, message_id: str = "M1") -> None:
    await store.record(record(message_id), deliveries)
    await store.make_live(message_id, became(Outcome.DEFERRED, RESIDENT, PARTNER))


async def test_what_is_prepared_is_not_sent_before_it_is_made_live(store):
    await store.record(record(), [prepared("D1")])
    assert await store.claim_due(LATER, 10, 60) == ()
    await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    assert (claimed.id, claimed.message_id, claimed.author) == ("D1", "M1", "j.evans@council.example")
    assert claimed.delivery == prepared("D1").delivery
    assert claimed.params.ret == "HDRS"
    assert claimed.recipient_params == prepared("D1").recipient_params


async def test_a_held_delivery_is_never_claimed_for_sending(store):
    await take_custody(store, prepared("H1", kind=DeliveryKind.HOLD), prepared("D1", PARTNER))
    assert [d.id for d in await store.claim_due(LATER, 10, 60)] == ["D1"]
    assert [h.id for h in await store.held_list()] == ["H1"]


async def test_two_claimers_never_get_the_same_delivery(place):
    stores = [place.open("gateway-1"), place.open("gateway-2")]
    await take_custody(stores[0], *(prepared(f"D{n}") for n in range(40)))
    answers = await asyncio.gather(*(stores[n % 2].claim_due(LATER, 7, 60) for n in range(12)))
    claimed = [delivery.id for answer in answers for delivery in answer]
    assert sorted(claimed) == sorted(f"D{n}" for n in range(40))


async def test_making_live_twice_fails(store):
    await take_custody(store, prepared("D1"))
    with pytest.raises(StoreUnavailableError):
        await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT))


async def test_making_live_what_was_dropped_fails(store):
    await store.record(record(), [prepared("D1")])
    await store.drop_prepared("M1", became(Outcome.DEFERRED, RESIDENT, PARTNER))
    with pytest.raises(StoreUnavailableError):
        await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    assert await store.claim_due(LATER, 10, 60) == ()


async def test_making_live_a_record_without_deliveries_fails(store):
    """Nothing would be ours, and 250 would promise it all the same."""
    await store.record(record())
    with pytest.raises(StoreUnavailableError):
        await store.make_live("M1", ())


async def test_deliveries_prepared_later_are_made_live_with_the_others(store):
    await store.record(record(), [prepared("D1")])
    await store.add_prepared("M1", [prepared("D2", PARTNER)])
    await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT, PARTNER))
    assert {d.id for d in await store.claim_due(LATER, 10, 60)} == {"D1", "D2"}


async def test_nothing_can_be_prepared_for_a_closed_record(store):
    await store.record(record())
    await store.drop_prepared("M1", became(Outcome.DEFERRED, RESIDENT, PARTNER))
    with pytest.raises(StoreUnavailableError):
        await store.add_prepared("M1", [prepared("D1")])


async def test_a_delivery_that_is_not_due_is_not_claimed(store):
    await take_custody(store, prepared("D1", due_at=NOON + timedelta(hours=1)))
    assert await store.claim_due(LATER, 10, 60) == ()


async def test_recipients_with_a_final_outcome_leave_and_the_others_stay(store):
    await take_custody(store, prepared("D1", RESIDENT, PARTNER))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    results = (*became(Outcome.RELAYED, RESIDENT, detail="250 ok"), *became(Outcome.DEFERRED, PARTNER, detail="450"))
    assert await store.settle("D1", claimed.lease, results, retry_at=LATER)
    (again,) = await store.claim_due(LATER, 10, 60)
    assert again.delivery.recipients == (PARTNER,)
    assert [p.orcpt for p in again.recipient_params] == [f"rfc822;{PARTNER}"]
    assert again.tries == 1
    stored = await store.message_record("M1")
    assert {d.recipient: d.outcome for d in stored.dispositions} == {
        RESIDENT: Outcome.RELAYED,
        PARTNER: Outcome.DEFERRED,
    }


async def test_a_recipient_nobody_reported_on_is_kept_even_without_a_time_to_retry(store):
    await take_custody(store, prepared("D1", RESIDENT, PARTNER))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    assert await store.settle("D1", claimed.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    (again,) = await store.claim_due(NOON + timedelta(days=3650), 10, 60)
    assert again.delivery.recipients == (PARTNER,)


async def test_settling_needs_the_lease(store):
    await take_custody(store, prepared("D1"))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    done = became(Outcome.RELAYED, RESIDENT)
    assert not await store.settle("D1", "another lease", done, retry_at=None)
    assert not await store.settle("D1", "", done, retry_at=None)
    assert await store.settle("D1", claimed.lease, done, retry_at=None)
    assert not await store.settle("D1", claimed.lease, done, retry_at=None)


async def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_loses(store):
    await take_custody(store, prepared("D1"))
    (slow,) = await store.claim_due(LATER, 10, 60)
    assert await store.claim_due(LATER + timedelta(seconds=59), 10, 60) == ()
    (quick,) = await store.claim_due(LATER + timedelta(seconds=61), 10, 60)
    assert not await store.settle("D1", slow.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    assert await store.settle("D1", quick.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)


async def test_octets_go_when_the_last_delivery_that_needs_them_is_done(store):
    key = await store.seal(b"Dear resident")
    await take_custody(store, prepared("D1", octets_key=key), prepared("D2", PARTNER, octets_key=key))
    first, second = await store.claim_due(LATER, 10, 60)
    await store.settle(first.id, first.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    assert await store.unseal(key) == b"Dear resident"
    await store.settle(second.id, second.lease, became(Outcome.REFUSED, PARTNER), retry_at=None)
    with pytest.raises(BodyDamagedError):
        await store.unseal(key)


async def test_octets_of_dropped_deliveries_go(store):
    key = await store.seal(b"Dear resident")
    await store.record(record(), [prepared("D1", octets_key=key)])
    await store.drop_prepared("M1", became(Outcome.DEFERRED, RESIDENT, PARTNER))
    with pytest.raises(BodyDamagedError):
        await store.unseal(key)


async def test_a_report_comes_into_being_with_the_failure_it_reports(store):
    await take_custody(store, prepared("D1"))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    report = prepared("N1", "j.evans@council.example", kind=DeliveryKind.NOTICE, reverse_path=None)
    await store.settle("D1", claimed.lease, became(Outcome.REFUSED, RESIDENT), retry_at=None, follow_up=[report])
    (notice,) = await store.claim_due(LATER, 10, 60)
    assert (notice.id, notice.kind, notice.reverse_path) == ("N1", DeliveryKind.NOTICE, None)
    await store.settle("N1", notice.lease, became(Outcome.RELAYED, "j.evans@council.example"), retry_at=None)
    stored = await store.message_record("M1")
    assert {d.recipient for d in stored.dispositions} == {RESIDENT, PARTNER}


async def test_a_report_of_a_lost_lease_is_not_sent(store):
    await take_custody(store, prepared("D1"))
    await store.claim_due(LATER, 10, 60)
    report = prepared("N1", kind=DeliveryKind.NOTICE)
    await store.settle("D1", "lost", became(Outcome.REFUSED, RESIDENT), retry_at=None, follow_up=[report])
    assert await store.claim_due(LATER, 10, 60) == ()


async def test_a_retry_finds_the_attempt_that_is_ours_until_the_client_has_heard_250(store):
    await take_custody(store, prepared("H1", RESIDENT, kind=DeliveryKind.HOLD), prepared("D1", PARTNER))
    found = await store.unanswered_attempt("identity of M1", NOON - timedelta(hours=1))
    assert found is not None
    assert found[0] == "M1"
    assert {d.recipient for d in found[1]} == {RESIDENT, PARTNER}
    assert await store.unanswered_attempt("identity of M1", NOON + timedelta(seconds=1)) is None
    assert await store.unanswered_attempt("identity of M2", NOON - timedelta(hours=1)) is None
    store.mark_answered("M1")
    await store.flush()
    assert await store.unanswered_attempt("identity of M1", NOON - timedelta(hours=1)) is None
    assert (await store.message_record("M1")).answered is True


async def test_an_attempt_whose_delivery_is_done_already_is_still_found_by_a_retry(store):
    await take_custody(store, prepared("D1"))
    (claimed,) = await store.claim_due(LATER, 10, 60)
    await store.settle("D1", claimed.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    found = await store.unanswered_attempt("identity of M1", NOON - timedelta(hours=1))
    assert found is not None
    assert {d.recipient: d.outcome for d in found[1]}[RESIDENT] is Outcome.RELAYED


async def test_what_was_only_prepared_does_not_count_for_a_retry(store):
    await store.record(record(), [prepared("D1")])
    assert await store.unanswered_attempt("identity of M1", NOON - timedelta(hours=1)) is None


async def test_custody_stands_in_the_audit_chain(store):
    await take_custody(store, prepared("D1"))
    rows = await store.search_audit(AuditSearch(message_id="M1"))
    assert [row.verb for row in rows] == [Verb.MESSAGE_RECORDED, Verb.CUSTODY_TAKEN]
    assert (await store.message_record("M1")).state is MessageState.LIVE


async def test_rows_of_a_failed_make_live_stay_prepared(store):
    """Compare-and-set on the count: one row too few is none at all."""
    await store.record(record(), [prepared("D1"), prepared("D2", PARTNER)])
    from dlp_gateway.store.database import in_thread
    from dlp_gateway.store.models import Delivery

    in_thread(lambda: Delivery.objects.using(store._alias).filter(id="D2").update(state=DeliveryState.DROPPED))
    with pytest.raises(StoreUnavailableError):
        await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    assert await store.claim_due(LATER, 10, 60) == ()


def by_route(name: str, route: str) -> PreparedDelivery:
    whole = prepared(name)
    return replace(whole, delivery=replace(whole.delivery, route=route))


async def test_no_more_are_claimed_by_a_route_than_is_its_turn(store):
    await take_custody(store, *(by_route(f"A{n}", "a") for n in range(5)), *(by_route(f"B{n}", "b") for n in range(3)))
    turns = Turns(at_most={"a": 2})
    first = [d.id for d in await store.claim_due(LATER, 20, 60, turns)]
    assert len([name for name in first if name[0] == "A"]) == 2
    assert len([name for name in first if name[0] == "B"]) == 3
    assert await store.claim_due(LATER, 20, 60, Turns(at_most={"a": 0})) == ()
    assert len(await store.claim_due(LATER, 20, 60)) == 3


async def test_those_in_front_that_must_wait_do_not_stop_those_behind(store):
    await take_custody(store, *(by_route(f"A{n}", "a") for n in range(5)), by_route("B", "b"))
    (claimed,) = await store.claim_due(LATER, 3, 60, Turns(at_most={"a": 0}))
    assert claimed.id == "B"


async def test_while_a_route_rests_only_what_its_sender_must_hear_of_is_claimed(store):
    await take_custody(store, by_route("A", "a"), replace(by_route("N", "a"), kind=DeliveryKind.NOTICE))
    made = datetime.now(UTC)
    rest = Turns(resting=frozenset({"a"}), at_most={"a": 0})
    assert await store.claim_due(LATER, 20, 60, rest) == ()
    late = replace(rest, delayed_before=made + timedelta(hours=1))
    (claimed,) = await store.claim_due(LATER, 20, 60, late)
    assert (claimed.id, claimed.delay_told) == ("A", False)
    dispositions = became(Outcome.DEFERRED, RESIDENT)
    assert await store.settle("A", claimed.lease, dispositions, retry_at=NOON, delay_told=True)
    assert await store.claim_due(LATER, 20, 60, late) == ()
    over = await store.claim_due(LATER, 20, 60, replace(rest, give_up_before=made + timedelta(hours=1)))
    assert {d.id: d.delay_told for d in over} == {"A": True, "N": False}
