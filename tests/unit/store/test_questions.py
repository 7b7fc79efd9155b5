"""Questions to senders: asked once at a time, answered once, kept sealed and no longer than the message."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.model import Outcome
from dlp_gateway.store import (
    AuditSearch,
    DecidedError,
    DeliveryKind,
    QuestionState,
    Store,
    Verb,
    new_answer,
    new_question,
    words_of,
)
from dlp_gateway.store.queue_values import QueueFilter
from tests.support.store_values import AUTHOR, RESIDENT, became, prepared, record

NOW = datetime.now(UTC)
KEY = b"c" * 32
ASKED, ANSWERED = "Does Mrs Okafor know\nthat you send this?", "She asked for it by telephone."


async def hold(store: Store) -> None:
    await store.record(record(), [prepared("H1", RESIDENT, kind=DeliveryKind.HOLD, reviewers="leads")])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT))


async def ask(store: Store, text: str = ASKED):
    return await store.questions.ask(new_question(KEY, "H1", text, by="user:lead", now=NOW))


async def answer(store: Store, question_id: str) -> None:
    await store.questions.answer(new_answer(KEY, question_id, ANSWERED, author=AUTHOR, now=NOW))


async def standing(store: Store) -> str | None:
    """As the message itself and the queue tell it."""
    told = (await store.held("H1")).question
    for wanted in ("waiting", "answered"):
        page = await store.desk.page(QueueFilter(question=wanted))
        assert [row.question for row in page.rows] == ([wanted] if told == wanted else [])
    return told


async def test_a_question_is_asked_once_at_a_time_and_answered_once(store):
    await hold(store)
    assert await standing(store) is None
    asked = await ask(store)
    assert await standing(store) == "waiting"
    with pytest.raises(DecidedError, match="has not answered yet"):
        await ask(store, "Another question?")
    await store.questions.tell(asked, QuestionState.SENT)
    await answer(store, asked.id)
    assert await standing(store) == "answered"
    with pytest.raises(DecidedError):
        await answer(store, asked.id)
    (kept,) = await store.questions.of("M1")
    assert words_of(KEY, kept) == type(words_of(KEY, kept))(question=ASKED, answer=ANSWERED)
    assert words_of(b"d" * 32, kept).question is None
    await ask(store, "And who is it for?")
    assert await standing(store) == "waiting"


async def test_the_record_tells_who_asked_and_answered_and_a_hash_and_no_word_of_it(store):
    await hold(store)
    asked = await ask(store)
    await answer(store, asked.id)
    (kept,) = await store.questions.of("M1")
    entries = await store.search_audit(AuditSearch(message_id="M1"))
    mine = [(one.verb, one.actor, json.loads(one.body)) for one in entries if "question" in one.verb]
    assert [(verb, actor) for verb, actor, _ in mine] == [
        (Verb.HELD_QUESTION_ASKED, "user:lead"),
        (Verb.HELD_QUESTION_ANSWERED, f"sender:{AUTHOR}"),
    ]
    assert [body["sealed"] for *_, body in mine] == [
        hashlib.sha256(sealed).hexdigest() for sealed in (kept.sealed, kept.answer)
    ]
    every = "".join(one.body for one in entries)
    assert "Okafor know" not in every
    assert "telephone" not in every
    assert b"Okafor" not in kept.sealed


async def test_nothing_is_asked_or_answered_once_somebody_has_decided(store):
    await hold(store)
    asked = await ask(store)
    await store.reject("H1", by="user:deputy", reason="too much in it")
    with pytest.raises(DecidedError):
        await answer(store, asked.id)
    with pytest.raises(DecidedError):
        await ask(store)


async def test_a_question_that_reached_nobody_does_not_wait(store):
    await hold(store)
    asked = await ask(store)
    await store.questions.tell(asked, QuestionState.NOT_SENT)
    assert await standing(store) is None
    with pytest.raises(DecidedError):
        await store.questions.tell(asked, QuestionState.SENT)
    first = await ask(store)
    await answer(store, first.id)
    (answered,) = await store.questions.to_tell(10)
    await store.questions.tell(answered, QuestionState.DONE)
    await store.questions.tell(await ask(store), QuestionState.NOT_SENT)
    assert await standing(store) == "answered", "an earlier one has its answer"
    assert await store.questions.to_tell(10) == ()
    assert Verb.HELD_QUESTION_NOT_SENT in [one.verb for one in await store.search_audit(AuditSearch(message_id="M1"))]


async def test_words_go_with_the_message(store):
    await hold(store)
    asked = await ask(store)
    await answer(store, asked.id)
    await store.reject("H1", by="user:lead", reason="too much in it")
    await store.cleanup(datetime.now(UTC) + timedelta(days=31))
    (kept,) = await store.questions.of("M1")
    assert (kept.sealed, kept.answer) == (b"", b"")
    assert words_of(KEY, kept).question is None
