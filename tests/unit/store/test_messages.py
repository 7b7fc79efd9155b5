"""The record of a message."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.model import Envelope, Facts, Outcome
from dlp_gateway.store import MessageState
from dlp_gateway.store.database import in_thread
from dlp_gateway.store.messages import Search
from dlp_gateway.store.models import Message
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record


async def test_a_record_comes_back_as_it_was_written(store):
    await store.record(record())
    stored = await store.message_record("M1")
    assert stored.record == record()
    assert (stored.state, stored.answered, stored.dispositions) == (MessageState.OPEN, None, ())


async def test_an_out_of_scope_record_has_no_inspection(store):
    await store.record(record(scope="out-of-scope", inspection=None))
    assert (await store.message_record("M1")).record == record(scope="out-of-scope", inspection=None)


async def test_a_message_nobody_recorded_is_none(store):
    assert await store.message_record("M9") is None


async def test_a_note_closes_the_record(store):
    await store.record(record())
    store.note("M1", became(Outcome.RELAYED, RESIDENT, PARTNER, detail="250 2.0.0 ok"), answered=True)
    await store.flush()
    stored = await store.message_record("M1")
    assert (stored.state, stored.answered) == (MessageState.CLOSED, True)
    assert stored.dispositions == became(Outcome.RELAYED, RESIDENT, PARTNER, detail="250 2.0.0 ok")


async def test_the_same_id_twice_is_refused_and_the_first_record_stands(store):
    await store.record(record())
    with pytest.raises(StoreUnavailableError):
        await store.record(record(size_bytes=1), [prepared("D1")])
    assert (await store.message_record("M1")).record.size_bytes == 12345
    assert await store.claim_due(NOON + timedelta(days=1), 10, 60) == ()


async def test_one_bad_record_of_a_group_fails_alone(store):
    await store.record(record("M5"))
    answers = await asyncio.gather(*(store.record(record(f"M{n}")) for n in range(10)), return_exceptions=True)
    assert [n for n, answer in enumerate(answers) if answer is not None] == [5]
    assert isinstance(answers[5], StoreUnavailableError)
    assert len(await store.search_messages(Search())) == 10


async def test_a_record_that_is_not_text_is_refused_without_quoting_it(store):
    broken = record(envelope=Envelope(reverse_path="secret\udcff@council.example", recipients=(RESIDENT,)))
    with pytest.raises(StoreUnavailableError) as caught:
        await store.record(broken)
    assert "secret" not in str(caught.value)


async def test_odd_but_legal_characters_are_recorded(store):
    odd = Envelope(reverse_path='"a\\\x00b"@council.example', recipients=("jürgen@post.example", "100%@post.example"))
    await store.record(record(envelope=odd, author="nul\x00@council.example"))
    stored = await store.message_record("M1")
    assert stored.record.envelope == odd
    assert stored.record.author == "nul\ufffd@council.example"


async def test_search_finds_by_time_author_recipient_and_header(store):
    await store.record(record("M1", RESIDENT))
    await store.record(record("M2", PARTNER, received_at=NOON + timedelta(hours=1), author="a.b@council.example"))

    async def found(**wanted: object) -> list[str]:
        return [m.record.message_id for m in await store.search_messages(Search(**wanted))]  # type: ignore[arg-type]

    assert await found() == ["M2", "M1"]
    assert await found(since=NOON + timedelta(minutes=1)) == ["M2"]
    assert await found(until=NOON + timedelta(minutes=1)) == ["M1"]
    assert await found(author="A.B@council.example") == ["M2"]
    assert await found(recipient=RESIDENT.upper()) == ["M1"]
    assert await found(recipient="%") == []
    assert await found(message_id_header="<M1@council.example>") == ["M1"]
    assert await found(limit=1) == ["M2"]


async def test_a_damaged_record_is_reported_without_quoting_it(store):
    await store.record(record())
    rows = Message.objects.using(store._alias)
    in_thread(lambda: rows.update(envelope='{"reverse_path": ["secret"]}'))
    with pytest.raises(StoreUnavailableError) as caught:
        await store.message_record("M1")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_facts_come_back_and_inspected_messages_in_the_order_in_which_they_came(store):
    facts = Facts(now=NOON, vouched=True, never_written_to=frozenset({RESIDENT}), history_days=40)
    for n in range(5):
        await store.record(record(f"M{n}", received_at=NOON + timedelta(minutes=n // 2), facts=facts))
    await store.record(record("M8", facts=facts, inspection=None))
    await store.record(record("M9"))  # without facts, as records were before there were any
    first = await store.inspected_since(NOON, limit=2)
    rest = await store.inspected_since(NOON, (first[-1].record.received_at, first[-1].record.message_id))
    assert [m.record.message_id for m in (*first, *rest)] == ["M0", "M1", "M2", "M3", "M4"]
    assert all(m.record.facts == facts for m in first)
    assert [m.record.message_id for m in await store.inspected_since(NOON + timedelta(minutes=2))] == ["M4"]
