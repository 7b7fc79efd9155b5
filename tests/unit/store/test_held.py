"""Held messages: one decision counts, by those who may, and nobody is lost on the way out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dlp_gateway.model import Action, Delivery, Outcome, RecipientClass, Verdict
from dlp_gateway.store import (
    AuditSearch,
    BodyDamagedError,
    DecidedError,
    DeliveryKind,
    DeliveryState,
    PreparedDelivery,
    ReleaseManner,
    Store,
    Verb,
)
from dlp_gateway.store.retention import Retention
from tests.support.store_values import AUTHOR, NOON, PARTNER, RESIDENT, became, prepared, record

LATER = NOON + timedelta(days=1)
FAR = NOON + timedelta(days=3650)
SHOWN = frozenset({("partner-category", "v7")})


async def hold(store: Store, **more: object) -> None:
    await store.record(record(), [prepared("H1", RESIDENT, PARTNER, kind=DeliveryKind.HOLD, **more)])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT, PARTNER))


async def ask(store: Store, by: str = "reviewer.a", **more: object):
    return await store.request_release("H1", by=by, reason="agreed by telephone", **more)


async def test_a_held_message_shows_all_that_a_release_needs(store):
    key = await store.seal(b"From: ...")
    await hold(store, octets_key=key, hold_until=LATER, approvals=2)
    held = await store.held("H1")
    assert held.delivery.recipients == (RESIDENT, PARTNER)
    assert (held.state, held.hold_until, held.approvals) == (DeliveryState.HELD, LATER, 2)
    assert (held.rules, held.reviewers) == ((("partner-category", "v7"),), "information-governance")
    assert (held.envelope, held.author, held.received_at) == (record().envelope, AUTHOR, NOON)
    assert await store.unseal(held.octets_key) == b"From: ..."
    assert await store.held_list(reviewers="communications") == ()
    assert await store.held_list(reviewers="information-governance") == (held,)
    assert await store.held_count() == 1


async def test_a_prepared_hold_is_not_shown(store):
    await store.record(record(), [prepared("H1", kind=DeliveryKind.HOLD)])
    assert await store.held("H1") is None
    assert await store.held_list() == ()


async def test_of_many_release_requests_one_counts(place):
    stores = [place.open("gateway-1"), place.open("gateway-1", role="console")]
    await hold(stores[0])
    answers = await asyncio.gather(*(ask(stores[n % 2], by=f"reviewer.{n}") for n in range(10)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, DecidedError)]
    assert len(refused) == 9
    assert len(await stores[0].claim_release_requests(10, 60)) == 1


async def test_a_release_goes_from_request_to_done(store):
    await hold(store)
    request = await ask(store, overrides=SHOWN)
    assert (request.recipients, request.overrides, request.approvals_left) == ((RESIDENT, PARTNER), SHOWN, 0)
    assert (await store.held("H1")).state is DeliveryState.RELEASE_REQUESTED
    (claimed,) = await store.claim_release_requests(10, 60)
    assert (claimed.id, claimed.overrides, claimed.message_id) == (request.id, SHOWN, "M1")
    assert (await store.held("H1")).state is DeliveryState.RELEASING
    assert await store.claim_release_requests(10, 60) == ()
    relayed = became(Outcome.RELAYED, RESIDENT, PARTNER, detail="250 ok")
    assert await store.settle_release(claimed.id, claimed.lease, relayed)
    assert not await store.settle_release(claimed.id, claimed.lease, relayed)
    held = await store.held("H1")
    assert (held.state, held.decided_by) == (DeliveryState.DONE, "reviewer.a")
    assert (await store.message_record("M1")).dispositions == relayed
    verbs = [row.verb for row in await store.search_audit(AuditSearch(message_id="M1"))]
    assert verbs[-2:] == [Verb.HELD_RELEASE_REQUESTED, Verb.HELD_RELEASED]


async def test_recipients_not_released_stay_held(store):
    await hold(store)
    await ask(store, recipients=(PARTNER,))
    (claimed,) = await store.claim_release_requests(10, 60)
    assert claimed.recipients == (PARTNER,)
    await store.settle_release(claimed.id, claimed.lease, became(Outcome.RELAYED, PARTNER))
    held = await store.held("H1")
    assert (held.state, held.delivery.recipients) == (DeliveryState.HELD, (RESIDENT,))
    with pytest.raises(DecidedError):
        await ask(store, recipients=(PARTNER,))
    await ask(store, recipients=(RESIDENT,))


async def test_a_deferred_release_goes_to_the_outbox_in_the_same_step(store):
    key = await store.seal(b"From: ...")
    await hold(store, octets_key=key)
    await ask(store)
    (claimed,) = await store.claim_release_requests(10, 60)
    results = (*became(Outcome.RELAYED, RESIDENT), *became(Outcome.DEFERRED, PARTNER, detail="450 later"))
    secure = Delivery(recipients=(PARTNER,), action=Action.ENCRYPT, route="secure", changes=("disclaimer",))
    later = PreparedDelivery(
        id="Q1", kind=DeliveryKind.QUEUE, delivery=secure, reverse_path=AUTHOR, octets_key=key, due_at=LATER
    )
    assert await store.settle_release(claimed.id, claimed.lease, results, queued=[later])
    assert (await store.held("H1")).state is DeliveryState.DONE
    assert await store.claim_due(NOON, 10, 60) == ()
    (queued,) = await store.claim_due(LATER, 10, 60)
    assert queued.delivery == secure
    assert (queued.reverse_path, queued.octets_key) == (AUTHOR, key)


async def test_a_deferred_release_without_a_way_to_queue_it_stays_held(store):
    await hold(store)
    await ask(store)
    (claimed,) = await store.claim_release_requests(10, 60)
    await store.settle_release(claimed.id, claimed.lease, became(Outcome.DEFERRED, RESIDENT, PARTNER))
    held = await store.held("H1")
    assert (held.state, held.delivery.recipients) == (DeliveryState.HELD, (RESIDENT, PARTNER))


async def test_a_release_that_new_rules_hold_returns_with_those_rules(store):
    await hold(store, hold_until=NOON)
    await ask(store)
    (claimed,) = await store.claim_release_requests(10, 60)
    verdict = Verdict(
        recipient=RESIDENT,
        recipient_class=RecipientClass.WEBMAIL,
        action=Action.HOLD,
        route="relay",
        rules=("protected-person",),
        reasons=("This concerns a protected person.",),
        reviewers="safeguarding",
        approvals=2,
    )
    assert await store.settle_release(
        claimed.id, claimed.lease, (), back_to_queue=True, verdicts=(verdict,), policy_version="v8"
    )
    held = await store.held("H1")
    assert (held.state, held.hold_until, held.approvals) == (DeliveryState.HELD, None, 2)
    assert (held.rules, held.reviewers) == ((("protected-person", "v8"),), "safeguarding")
    assert await store.embargoes_due(FAR) == ()


async def test_a_claimed_release_is_claimed_again_when_its_lease_ran_out(store):
    await hold(store)
    await ask(store)
    (slow,) = await store.claim_release_requests(10, 60)
    assert await store.claim_release_requests(10, 60) == ()
    (quick,) = await store.claim_release_requests(10, 60, now=FAR)
    assert not await store.settle_release(slow.id, slow.lease, became(Outcome.RELAYED, RESIDENT, PARTNER))
    assert await store.settle_release(quick.id, quick.lease, became(Outcome.RELAYED, RESIDENT, PARTNER))


async def test_a_release_that_died_with_its_gateway_is_claimed_by_the_next(place):
    first = place.open()
    await hold(first)
    await ask(first)
    (claimed,) = await first.claim_release_requests(10, 3600)
    first.close()
    second = place.open()
    assert second.recovery.returned == 1
    (again,) = await second.claim_release_requests(10, 60)
    assert again.id == claimed.id
    assert again.lease != claimed.lease


async def test_two_approvals_need_two_reviewers(store):
    await hold(store, approvals=2)
    first = await ask(store, by="reviewer.a", overrides=SHOWN)
    assert first.approvals_left == 1
    assert (await store.held("H1")).state is DeliveryState.HELD
    assert [a.by for a in (await store.held("H1")).approvals_given] == ["reviewer.a"]
    with pytest.raises(DecidedError, match="somebody else"):
        await ask(store, by="reviewer.a")
    assert await store.claim_release_requests(10, 60) == ()
    second = await ask(store, by="reviewer.b", overrides=SHOWN)
    assert second.approvals_left == 0
    assert len(await store.claim_release_requests(10, 60)) == 1


async def test_one_person_in_the_console_and_on_the_command_line_is_one(store):
    await hold(store, approvals=2)
    await ask(store, by="user:jo", overrides=SHOWN)
    with pytest.raises(DecidedError, match="somebody else"):
        await ask(store, by="system:jo")
    assert (await ask(store, by="system:joan", overrides=SHOWN)).approvals_left == 0


async def test_only_what_both_reviewers_agreed_to_is_released_and_overridden(store):
    await hold(store, approvals=2)
    await ask(store, by="reviewer.a", recipients=(RESIDENT,), overrides=SHOWN)
    both = await ask(store, by="reviewer.b", overrides=SHOWN | {("bulk", "v7")})
    assert (both.recipients, both.overrides) == ((RESIDENT,), SHOWN)


async def test_what_one_of_two_reviewers_demands_of_a_release_holds_for_both(store):
    """The stricter of each: encrypted where one wants that, without all that any of them takes away."""
    await hold(store, approvals=2)
    await ask(store, by="reviewer.a", overrides=SHOWN, manner=ReleaseManner(encrypted=True, without=("2",)))
    (given,) = (await store.held("H1")).approvals_given
    assert given.manner == ReleaseManner(encrypted=True, without=("2",))
    both = await ask(store, by="reviewer.b", overrides=SHOWN, manner=ReleaseManner(without=("3", "2")))
    assert both.manner == ReleaseManner(encrypted=True, without=("3", "2"))
    (claimed,) = await store.claim_release_requests(10, 60)
    assert claimed.manner == both.manner


async def test_the_end_of_an_embargo_needs_no_reviewer(store):
    await hold(store, approvals=2, hold_until=LATER)
    assert await store.embargoes_due(NOON) == ()
    (due,) = await store.embargoes_due(LATER)
    request = await store.request_release(due.id, by="gateway", reason="the embargo has ended", automatic=True)
    assert request.approvals_left == 0
    assert await store.embargoes_due(LATER) == ()


async def test_a_rejection_ends_the_hold_and_tells_the_sender_in_the_same_step(store):
    await hold(store)
    notice = prepared("N1", AUTHOR, kind=DeliveryKind.NOTICE, reverse_path=None)
    await store.reject("H1", by="reviewer.a", reason="not theirs to have", follow_up=[notice])
    held = await store.held("H1")
    assert (held.state, held.decision_reason) == (DeliveryState.REJECTED, "not theirs to have")
    assert (await store.message_record("M1")).dispositions == became(Outcome.REJECTED, RESIDENT, PARTNER)
    assert [d.id for d in await store.claim_due(LATER, 10, 60)] == ["N1"]
    for late in (ask(store), store.reject("H1", by="reviewer.b", reason="me too")):
        with pytest.raises(DecidedError):
            await late


async def test_what_is_being_released_can_not_be_rejected(store):
    await hold(store)
    await ask(store)
    with pytest.raises(DecidedError):
        await store.reject("H1", by="reviewer.b", reason="stop")


async def test_a_hold_expires_when_due_and_not_when_extended(store):
    await hold(store)
    due = NOON + timedelta(days=14)
    assert await store.expire_due(due - timedelta(seconds=1)) == ()
    assert [h.id for h in await store.expire_due(due)] == ["H1"]
    await store.extend("H1", by="reviewer.a", reason="waiting for an answer", until=due + timedelta(days=7))
    assert await store.expire_due(due) == ()
    with pytest.raises(DecidedError):  # decided between the look and the act
        await store.expire("H1", now=due)
    await store.expire("H1", [prepared("N1", kind=DeliveryKind.NOTICE)], now=due + timedelta(days=7))
    assert (await store.held("H1")).state is DeliveryState.EXPIRED
    assert (await store.message_record("M1")).dispositions == became(Outcome.EXPIRED, RESIDENT, PARTNER)
    assert [d.id for d in await store.claim_due(LATER, 10, 60)] == ["N1"]


async def test_held_octets_stay_after_the_decision_until_retention_takes_them(store):
    key = await store.seal(b"From: ...")
    await hold(store, octets_key=key)
    await store.reject("H1", by="reviewer.a", reason="not theirs to have")
    decided = (await store.held("H1")).decided_at
    await store.cleanup(decided + timedelta(days=29), Retention())
    assert await store.unseal(key) == b"From: ..."
    await store.cleanup(decided + timedelta(days=31), Retention())
    with pytest.raises(BodyDamagedError):
        await store.unseal(key)
    assert (await store.held("H1")).octets_key == ""
