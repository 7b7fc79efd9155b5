"""The register of documents in the store, and what is asked about it, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.store import (
    AuditSearch,
    DecidedError,
    DocumentAnswer,
    DocumentAsk,
    DocumentFault,
    DocumentState,
    FoundDocument,
    Given,
    RegisteredDocument,
    Store,
    given_of,
    new_wish,
)
from dlp_gateway.store.documents import LATEST, MOST_OPEN

KEY = b"k" * 32
GIVEN = Given(file_name="bulletin.docx", octets=b"PK\x00 Quillfeather")


def document(identity: str, name: str = "Staff news", **more: object) -> RegisteredDocument:
    made = RegisteredDocument(
        id=identity,
        kind="internal",
        name=name,
        partner=None,
        words=60,
        fingerprints=2,
        added_at=datetime.now(UTC).replace(microsecond=0),
        added_by="user:admin",
        reason="sent to staff",
        made_with="key:1",
        keys=b"0123456789abcdefghij",
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def bodies(store: Store, verb: str) -> list[dict[str, object]]:
    return [json.loads(one.body) for one in await store.search_audit(AuditSearch()) if one.verb == verb]


async def test_documents_are_registered_numbered_and_taken_off_for_good(store):
    head = await store.documents.head()
    await store.documents.add([document("aaaa"), document("bbbb", "Report", kind="partner", partner="trust")])
    await store.documents.add([document("cccc")])
    assert await store.documents.head() != head
    first, report, second = await store.documents.all(with_keys=True)
    assert (first, report.partner) == (document("aaaa", added_at=first.added_at), "trust")
    assert (first.version, report.version, second.version) == (1, 1, 2), "a later one of a name does not replace it"
    head = await store.documents.head()
    assert [one.id for one in await store.documents.remove(["aaaa"], by="user:admin", reason="out of date")] == ["aaaa"]
    assert await store.documents.head() != head
    kept = await store.documents.all(with_keys=True)
    assert (kept[0].id, kept[0].is_removed, kept[0].keys) == ("aaaa", True, b"")
    with pytest.raises(DecidedError, match="aaaa"):
        await store.documents.remove(["bbbb", "aaaa"], by="user:admin", reason="all")
    assert sum(one.is_removed for one in await store.documents.all()) == 1, "none where one is not there"
    await store.documents.take_in([document("aaaa"), document("dddd", added_by="file")])
    kept = await store.documents.all()
    assert [(one.id, one.is_removed) for one in kept[:1]] == [("aaaa", True)], "it stays off"
    assert len(kept) == 4
    registered = await bodies(store, "document:registered")
    assert (registered[1]["partner"], registered[2]["version"], registered[0]["reason"]) == (
        "trust",
        2,
        "sent to staff",
    )
    assert await bodies(store, "document:removed") == [
        {"document": "aaaa", "name": "Staff news", "kind": "internal", "reason": "out of date"}
    ]


async def test_what_is_to_be_read_is_sealed_for_one_wish_and_gone_with_the_answer(store):
    wish = new_wish(KEY, DocumentAsk.REGISTER, GIVEN, by="user:admin", name="Staff news", kind="internal", reason="x")
    assert b"Quillfeather" not in wish.sealed
    assert given_of(KEY, wish) == GIVEN
    assert given_of(b"o" * 32, wish) is None
    assert given_of(KEY, replace(wish, id="another")) is None
    await store.documents.ask(wish)
    (request,) = await store.documents.open_requests(5)
    assert (request.wish, request.state) == (wish, DocumentState.OPEN)
    await store.documents.settle(request, DocumentState.DONE, DocumentAnswer(document="aaaa"), document("aaaa"))
    assert await store.documents.open_requests(5) == ()
    answered = await store.documents.request(wish.id)
    assert (answered.state, answered.answer.document, answered.wish.sealed) == (DocumentState.DONE, "aaaa", b"")
    assert [one.id for one in await store.documents.all()] == ["aaaa"]
    with pytest.raises(DecidedError):
        await store.documents.settle(request, DocumentState.DONE, DocumentAnswer(document="b"), document("bbbb"))
    assert [one.id for one in await store.documents.all()] == ["aaaa"], "registered once, whichever gateway reads it"


async def test_what_was_tried_and_what_was_refused_is_on_record_without_a_word_of_it(store):
    tried = new_wish(KEY, DocumentAsk.TRY, Given(file_name="", octets=b"Quillfeather"), by="user:admin")
    refused = new_wish(KEY, DocumentAsk.REGISTER, GIVEN, by="user:admin", name="Plan", kind="internal")
    for wish in (tried, refused):
        await store.documents.ask(wish)
    first, second = await store.documents.open_requests(5)
    found = FoundDocument(id="aaaa", name="Staff news", kind="internal", partner=None, words=40)
    await store.documents.settle(first, DocumentState.DONE, DocumentAnswer(found=(found,)))
    answer = DocumentAnswer(fault=DocumentFault.UNREADABLE, gap="encrypted")
    await store.documents.settle(second, DocumentState.REFUSED, answer)
    assert (await store.documents.request(tried.id)).answer.found == (found,)
    assert (await store.documents.request(refused.id)).answer == answer
    assert await bodies(store, "document:tried") == [{"documents": ["aaaa"]}]
    assert await bodies(store, "document:refused") == [{"name": "Plan", "kind": "internal", "why": "unreadable"}]


async def test_what_nobody_reads_in_time_is_forgotten_and_few_may_wait(store):
    for _ in range(MOST_OPEN):
        await store.documents.ask(new_wish(KEY, DocumentAsk.TRY, GIVEN, by="user:admin"))
    wish = new_wish(KEY, DocumentAsk.TRY, GIVEN, by="user:admin")
    with pytest.raises(DecidedError):
        await store.documents.ask(wish)
    (first, *_) = await store.documents.open_requests(MOST_OPEN)
    await store.documents.forget(datetime.now(UTC) + LATEST - timedelta(minutes=1))
    assert len(await store.documents.open_requests(MOST_OPEN)) == MOST_OPEN
    await store.documents.forget(datetime.now(UTC) + LATEST)
    assert await store.documents.open_requests(MOST_OPEN) == ()
    assert (await store.documents.request(first.wish.id)).state is DocumentState.TOO_LATE
    await store.documents.forget(datetime.now(UTC) + timedelta(days=1, minutes=1))
    assert await store.documents.request(first.wish.id) is None
