"""What a sender decided about held mail: once by one link, carried out once, never past somebody else's decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dlp_gateway.model import Outcome
from dlp_gateway.store import (
    AuditSearch,
    DecidedError,
    DeliveryKind,
    DeliveryState,
    LinkUsedError,
    SenderChoice,
    SenderRequest,
    SenderRequestState,
    Store,
)
from tests.support.store_values import AUTHOR, NOON, PARTNER, RESIDENT, became, prepared, record

LINK = "link-1"
PAIR = ("partner-category", "v7")


async def hold(store: Store, *, approvals: int = 1) -> None:
    key = await store.seal(b"the octets")
    one = prepared("H1", RESIDENT, kind=DeliveryKind.HOLD, octets_key=key, approvals=approvals)
    two = prepared("H2", PARTNER, kind=DeliveryKind.HOLD, octets_key=key)
    await store.record(record("M1"), (one, two))
    await store.make_live("M1", became(Outcome.HELD, RESIDENT, PARTNER))


async def decide(store: Store, kind: SenderChoice, link: str = LINK) -> SenderRequest:
    return await store.senders.decide(
        link, "M1", kind, by=AUTHOR, reason="They need it.", overrides=frozenset({PAIR}), now=NOON
    )


async def states(store: Store) -> list[DeliveryState]:
    return [held.state for held in await store.senders.held_of("M1")]


async def verbs(store: Store) -> list[str]:
    return [entry.verb for entry in await store.search_audit(AuditSearch(message_id="M1"))]


async def test_a_link_leads_to_one_decision(store: Store) -> None:
    await hold(store)
    request = await decide(store, SenderChoice.WITHDRAW)
    assert request.actor == f"sender:{AUTHOR}"
    with pytest.raises(LinkUsedError):
        await decide(store, SenderChoice.RELEASE)
    assert await store.senders.open_requests(10) == (request,)
    assert await store.senders.requests_of("M1") == (request,)
    assert await states(store) == [DeliveryState.HELD, DeliveryState.HELD], "written down, not carried out"


async def test_what_is_withdrawn_ends_for_all_and_its_octets_stay_until_retention_takes_them(store: Store) -> None:
    await hold(store)
    request = await decide(store, SenderChoice.WITHDRAW)
    notice = prepared("N1", AUTHOR, kind=DeliveryKind.NOTICE)
    await store.senders.withdraw(request, ("H1", "H2"), now=NOON, follow_up=(notice,))
    assert await states(store) == [DeliveryState.WITHDRAWN, DeliveryState.WITHDRAWN]
    stored = await store.message_record("M1")
    assert stored is not None
    assert {d.outcome for d in stored.dispositions} == {Outcome.WITHDRAWN}
    (held, _) = await store.senders.held_of("M1")
    assert (held.decided_by, held.decision_reason) == (f"sender:{AUTHOR}", "withdrawn by the sender")
    assert await store.unseal(held.octets_key) == b"the octets"
    await store.cleanup(NOON + timedelta(days=31))
    (held, _) = await store.senders.held_of("M1")
    assert held.octets_key == ""
    assert (await verbs(store)).count("held:withdrawn") == 2
    assert await store.verify_audit() == []


async def test_a_withdrawal_that_comes_too_late_changes_nothing(store: Store) -> None:
    await hold(store)
    request = await decide(store, SenderChoice.WITHDRAW)
    await store.reject("H2", by="reviewer", reason="no")
    with pytest.raises(DecidedError):
        await store.senders.withdraw(request, ("H1", "H2"), now=NOON, follow_up=())
    assert await states(store) == [DeliveryState.HELD, DeliveryState.REJECTED]
    (still,) = await store.senders.open_requests(10)
    assert still == request, "it is looked at again"
    await store.senders.too_late(request)
    assert await store.senders.open_requests(10) == ()
    (done,) = await store.senders.requests_of("M1")
    assert done.state is SenderRequestState.TOO_LATE
    assert (await verbs(store))[-1] == "sender:overtaken"


async def test_a_question_leaves_the_message_held(store: Store) -> None:
    await hold(store)
    request = await decide(store, SenderChoice.REVIEW)
    notice = prepared("N1", "lead@council.example", kind=DeliveryKind.NOTICE)
    await store.senders.ask_review(request, ("H1", "H2"), now=NOON, follow_up=(notice,))
    assert await states(store) == [DeliveryState.HELD, DeliveryState.HELD]
    (done,) = await store.senders.requests_of("M1")
    assert done.state is SenderRequestState.DONE
    assert (await verbs(store))[-1] == "held:review_asked"
    with pytest.raises(DecidedError):
        await store.senders.ask_review(request, ("H1", "H2"), now=NOON, follow_up=())


async def test_a_release_is_a_request_like_a_reviewers_under_the_senders_name(store: Store) -> None:
    await hold(store)
    request = await decide(store, SenderChoice.RELEASE)
    await store.senders.release(request, ("H1", "H2"), now=NOON, overrides=frozenset({PAIR}))
    assert await states(store) == [DeliveryState.RELEASE_REQUESTED, DeliveryState.RELEASE_REQUESTED]
    claimed = await store.claim_release_requests(10, 60)
    assert {(one.by, one.reason, one.overrides) for one in claimed} == {
        (f"sender:{AUTHOR}", "They need it.", frozenset({PAIR}))
    }
    assert (await verbs(store))[-3:] == ["held:release_requested", "held:release_requested", "held:overridden"]


async def test_a_sender_is_never_one_of_two_who_must_agree(store: Store) -> None:
    await hold(store, approvals=2)
    request = await decide(store, SenderChoice.RELEASE)
    before = await verbs(store)
    with pytest.raises(DecidedError):
        await store.senders.release(request, ("H1", "H2"), now=NOON, overrides=frozenset({PAIR}))
    assert await states(store) == [DeliveryState.HELD, DeliveryState.HELD]
    assert [len(held.approvals_given) for held in await store.senders.held_of("M1")] == [0, 0]
    assert await verbs(store) == before, "the record says nothing of what did not happen"


async def test_the_reason_stands_in_the_record(store: Store) -> None:
    await hold(store)
    await decide(store, SenderChoice.RELEASE)
    entry = (await store.search_audit(AuditSearch(message_id="M1")))[-1]
    assert (entry.verb, entry.actor) == ("sender:decided", f"sender:{AUTHOR}")
    assert "They need it." in entry.body
