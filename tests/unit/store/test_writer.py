"""Group commit: together when all is well, apart when it is not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import connections

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.model import Outcome
from dlp_gateway.store import AuditSearch, Store, Verb
from dlp_gateway.store.database import in_thread
from dlp_gateway.store.models import Crash, Message
from dlp_gateway.store.prepared import new_rows
from dlp_gateway.store.writer import MAX_WAITING, Transaction, Work
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record
from tests.support.waiting import wait_until_async


class OurBugError(Exception):
    pass


def _add(tx: Transaction, names: Sequence[str]) -> list[int]:
    for name in names:
        Crash.objects.using(tx.alias).create(identity=name, count=1, last_at=NOON)
        tx.audit(Verb.BODY_READ, "test", name, {})
        if name.startswith("bad"):
            raise OurBugError
    return [len(names)] * len(names)


def _orphan(tx: Transaction, names: Sequence[str]) -> list[None]:
    """A delivery of no message: the foreign key is checked at the commit."""
    for row in new_rows(tx, "no such message", [prepared(name) for name in names]):
        row.save(using=tx.alias, force_insert=True)
    return [None] * len(names)


ADD: Work[str, int] = Work(_add)
ADD_ALONE: Work[str, int] = Work(_add, together=False)
ORPHAN: Work[str, None] = Work(_orphan, together=False)


def block(store: Store) -> threading.Event:
    """Hold the writer in a transaction, so that all that comes now makes one group."""
    go = threading.Event()
    started = threading.Event()

    def wait(_tx: Transaction, arguments: Sequence[None]) -> list[None]:
        started.set()
        go.wait(30)
        return list(arguments)

    store._writer.post(Work(wait), None)
    assert started.wait(30)
    return go


async def in_one_group(store: Store, *work: tuple[Work, str]) -> list[object]:
    go = block(store)
    together = asyncio.gather(*(store._writer.submit(w, argument) for w, argument in work), return_exceptions=True)
    await asyncio.sleep(0)
    go.set()
    return await together


async def names(store: Store) -> set[str]:
    return set(await store._read(lambda alias: list(Crash.objects.using(alias).values_list("identity", flat=True))))


async def test_a_group_is_done_together(store):
    assert await in_one_group(store, *((ADD, f"n{n}") for n in range(5))) == [5] * 5


async def test_a_faulty_item_fails_alone_and_leaves_nothing(store):
    work = ((ADD, "a"), (ADD, "bad"), (ADD, "c"), (ADD_ALONE, "bad alone"), (ADD_ALONE, "e"))
    answers = await in_one_group(store, *work)
    assert [type(answer) for answer in answers] == [int, OurBugError, int, OurBugError, int]
    assert await names(store) == {"a", "c", "e"}
    audited = {row.message_id for row in await store.search_audit(AuditSearch(actor="test"))}
    assert audited == {"a", "c", "e"}
    assert await store.verify_audit() == []


async def test_a_failed_commit_fails_all_and_leaves_nothing(store):
    answers = await in_one_group(store, (ADD, "a"), (ORPHAN, "D1"), (ADD, "c"))
    assert [type(answer) for answer in answers] == [StoreUnavailableError] * 3
    assert "D1" not in str(answers[1])
    assert await names(store) == set()
    assert await store._writer.submit(ADD, "after") == 1
    assert await store.verify_audit() == []


async def test_a_transaction_lost_under_us_fails_all(store):
    """SQLite ends the transaction by itself when the disk is full, PostgreSQL when the connection breaks."""

    def lose(tx: Transaction, arguments: Sequence[str]) -> list[str]:
        connections[tx.alias].connection.rollback()
        return list(arguments)

    answers = await in_one_group(store, (ADD, "a"), (Work(lose), "x"), (ADD, "c"))
    assert [type(answer) for answer in answers] == [StoreUnavailableError] * 3
    assert await names(store) == set()
    assert await store._writer.submit(ADD, "after") == 1


async def test_the_database_is_reached_again_after_a_lost_connection(store):
    def cut(tx: Transaction, arguments: Sequence[str]) -> list[str]:
        connections[tx.alias].connection.close()
        return list(arguments)

    with pytest.raises(StoreUnavailableError):
        await store._writer.submit(Work(cut), "x")
    await store.record(record())
    assert await store.verify_audit() == []


async def test_whoever_stops_waiting_does_not_stop_the_work(store):
    go = block(store)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(store._writer.submit(ADD, "a"))
        await asyncio.sleep(0)
        task.cancel()
    go.set()
    await store.flush()
    assert await names(store) == {"a"}


async def test_too_much_waiting_is_refused(store, monkeypatch):
    monkeypatch.setattr("dlp_gateway.store.writer.MAX_WAITING", 3)
    answers = await in_one_group(store, *((ADD, f"n{n}") for n in range(4)))
    assert [type(answer) for answer in answers] == [int, int, int, StoreUnavailableError]
    assert MAX_WAITING >= 1000


async def test_posted_work_that_fails_is_logged_by_type_only(store, caplog):
    store._writer.post(ADD_ALONE, "bad secret")
    await store.flush()
    (logged,) = caplog.records
    assert logged.getMessage() == "store:work_failed"
    assert logged.fields["error"].startswith("OurBugError at test_writer.py:")
    assert "secret" not in str(logged.fields)


async def test_posted_work_is_committed_without_anybody_waiting(store):
    await store.record(record())
    store.note("M1", became(Outcome.RELAYED, RESIDENT, PARTNER), answered=True)

    def answered() -> bool:
        return in_thread(Message.objects.using(store._alias).filter(id="M1", answered=True).exists)

    await wait_until_async(answered, "the note to be committed")


async def test_closing_commits_what_was_posted(place):
    store = place.open()
    await store.record(record())
    store.note("M1", became(Outcome.RELAYED, RESIDENT, PARTNER), answered=True)
    store.close()
    again = place.open()
    assert (await again.message_record("M1")).answered is True
    with pytest.raises(StoreUnavailableError):
        await store.record(record("M2"))


def test_a_store_can_be_opened_and_used_without_a_loop(place):
    store = place.open()
    assert store.import_rules({"policy.yaml": "rules: []"}, reason="first start") == ["policy.yaml"]
    assert store.current_rules() == {"policy.yaml": "rules: []"}


async def test_a_store_can_be_closed_while_a_loop_runs(place):
    store = place.open()
    await store.message_record("M1")
    store.close()
    store.close()


async def test_posted_work_outlives_a_failed_commit(store):
    """A note that was lost would leave its message in doubt, although all is well with it."""
    await store.record(record())
    go = block(store)
    store.note("M1", became(Outcome.RELAYED, RESIDENT, PARTNER), answered=True)
    failing = asyncio.gather(store._writer.submit(ORPHAN, "D1"), return_exceptions=True)
    await asyncio.sleep(0)
    go.set()
    assert [type(answer) for answer in await failing] == [StoreUnavailableError]
    await store.flush()
    assert (await store.message_record("M1")).answered is True
