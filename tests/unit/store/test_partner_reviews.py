"""That people are told of partners once, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from dlp_gateway.model import Action, Delivery, Envelope
from dlp_gateway.store import AuditSearch, DeliveryKind, MessageRecord, PreparedDelivery, Store, Subject, Verb

DUE = ("acme", date(2027, 3, 31), "due_7")
EXPIRED = ("zeta", date(2026, 3, 31), "expired")
OWNER = "jo@council.example"


def record(name: str) -> MessageRecord:
    return MessageRecord(
        message_id=name,
        received_at=datetime.now(UTC),
        envelope=Envelope(reverse_path=None, recipients=(OWNER,)),
        size_bytes=0,
        identity=name,
        scope="out-of-scope",
    )


async def mails(store: Store, name: str) -> tuple[PreparedDelivery, ...]:
    key = await store.seal(b"Subject: Partners to review\r\n\r\n")
    delivery = Delivery(recipients=(OWNER,), action=Action.RELAY, route="relay")
    return (
        PreparedDelivery(
            id=f"{name}-1", kind=DeliveryKind.NOTICE, delivery=delivery, reverse_path=None, octets_key=key
        ),
    )


async def test_what_is_told_is_remembered_with_the_mails_that_tell_it(store: Store) -> None:
    assert await store.reviews.told() == frozenset()
    assert await store.reviews.tell([DUE, EXPIRED], record("first"), await mails(store, "first"))
    assert await store.reviews.told() == {DUE, EXPIRED}
    (queued,) = await store.claim_due(datetime.now(UTC), 10, 60)
    assert (queued.delivery.recipients, queued.reverse_path) == ((OWNER,), None)


async def test_who_comes_later_tells_nothing_of_it(store: Store) -> None:
    assert await store.reviews.tell([DUE], record("first"), await mails(store, "first"))
    assert not await store.reviews.tell([DUE, EXPIRED], record("second"), await mails(store, "second"))
    assert await store.reviews.told() == {DUE}
    assert len(await store.claim_due(datetime.now(UTC), 10, 60)) == 1


async def test_an_expiry_stands_in_the_record_also_where_nobody_can_be_told(store: Store) -> None:
    assert await store.reviews.tell([DUE, EXPIRED], record("first"), [])
    (due,) = await store.search_audit(AuditSearch(verb=Verb.PARTNERS_DUE))
    (expired,) = await store.search_audit(AuditSearch(verb=Verb.PARTNERS_EXPIRED))
    assert json.loads(due.body) == {"id": "acme", "review_by": "2027-03-31", "standing": "due_7"}
    assert json.loads(expired.body)["id"] == "zeta"
    assert await store.verify_audit() == []


async def test_keys_that_end_are_remembered_beside_partners_under_verbs_of_their_own(store: Store) -> None:
    due, over = ("key:1", date(2027, 3, 31), "due_7"), ("key:2", date(2026, 3, 31), "expired")
    assert await store.reviews.tell([DUE], record("first"), [])
    assert await store.reviews.tell([due, over], record("second"), await mails(store, "second"), Subject.KEYS)
    assert await store.reviews.told() == {DUE, due, over}
    (told,) = await store.search_audit(AuditSearch(verb=Verb.KEYS_DUE))
    assert json.loads(told.body) == {"id": "key:1", "last_day": "2027-03-31", "standing": "due_7"}
    assert len(await store.search_audit(AuditSearch(verb=Verb.KEYS_EXPIRED))) == 1
    assert len(await store.search_audit(AuditSearch(verb=Verb.PARTNERS_DUE))) == 1
