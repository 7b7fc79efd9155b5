"""The record proves that it was not altered: every kind of tampering is found once the triggers are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connections

from dlp_gateway.model import Facts, Outcome
from dlp_gateway.store import AuditSearch, Store, Verb
from dlp_gateway.store.chain import genesis, link_hash
from dlp_gateway.store.database import in_thread
from dlp_gateway.store.models import Audit, Boot, Message
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record


async def write_some(store: Store) -> None:
    for n in range(5):
        await store.record(record(f"M{n}"))
        store.note(f"M{n}", became(Outcome.RELAYED, RESIDENT, PARTNER, detail="250 ok"), answered=True)
    await store.flush()


def statement(store: Store, *statements: str) -> None:
    def run() -> None:
        with connections[store._alias].cursor() as cursor:
            for text in statements:
                cursor.execute(text)

    in_thread(run)


async def tampered(store: Store, *changes: Callable[[], object]) -> list[str]:
    """What the record shows after somebody with the database's own password changed it."""

    def run() -> None:
        connection = connections[store._alias]
        sqlite = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
        with connection.cursor() as cursor:
            for text in sqlite if connection.vendor == "sqlite" else ("SET session_replication_role = replica",):
                cursor.execute(text)
        for change in changes:
            change()

    in_thread(run)
    return await store.verify_audit()


async def test_an_untouched_record_verifies(store):
    await write_some(store)
    assert await store.verify_audit() == []
    assert await store.verify_audit(store.audit_writer) == []


@pytest.mark.parametrize(
    "text", ["UPDATE store_audit SET body = 'x'", "DELETE FROM store_audit", "DELETE FROM store_audit WHERE n = 2"]
)
async def test_the_database_refuses_to_change_the_chain(store, text):
    await write_some(store)
    with pytest.raises(DatabaseError, match="append-only"):
        statement(store, text)


async def test_an_edited_entry_is_found(store):
    await write_some(store)
    rows = Audit.objects.using(store._alias)
    body = '{"outcomes":{},"answered":true}'
    problems = await tampered(store, lambda: rows.filter(message_id="M2", verb="message:closed").update(body=body))
    assert len(problems) == 1
    assert "altered" in problems[0]


@pytest.mark.parametrize(("column", "value"), [("verb", "held:released"), ("actor", "x"), ("message_id", "M0")])
async def test_every_column_is_covered(store, column, value):
    await write_some(store)
    rows = Audit.objects.using(store._alias).filter(message_id="M2")
    assert await tampered(store, lambda: rows.update(**{column: value}))


async def test_a_deleted_entry_is_found(store):
    await write_some(store)
    rows = Audit.objects.using(store._alias)
    (problem,) = await tampered(store, lambda: rows.filter(message_id="M2").delete())
    assert "is missing" in problem


async def test_swapped_entries_are_found(store):
    await write_some(store)
    rows = Audit.objects.using(store._alias).filter(writer=store.audit_writer)

    def swap() -> None:
        rows.filter(n=4).update(n=1000)
        rows.filter(n=5).update(n=4)
        rows.filter(n=1000).update(n=5)

    assert await tampered(store, swap)


async def test_a_cut_tail_is_found_with_a_head_kept_elsewhere(store):
    await write_some(store)
    known = await store.audit_heads()
    rows = Audit.objects.using(store._alias).filter(n__gt=4)
    records = Message.objects.using(store._alias)
    await tampered(store, rows.delete, records.all().delete)
    assert any("cut off" in problem for problem in await store.verify_audit(known=known))


async def test_a_cut_tail_of_an_earlier_run_is_found_by_itself(place):
    """The next run's first entries name the last hash of every chain before it."""
    first = place.open()
    await write_some(first)
    first.close()
    second = place.open()
    rows = Audit.objects.using(second._alias).filter(writer=first.audit_writer, n__gt=8)
    (problem,) = await tampered(second, rows.delete)
    assert "cut off" in problem


async def test_a_vanished_chain_of_an_earlier_run_is_found(place):
    first = place.open()
    await write_some(first)
    first.close()
    second = place.open()

    def vanish() -> None:
        Audit.objects.using(second._alias).filter(writer=first.audit_writer).delete()
        Boot.objects.using(second._alias).filter(id=first.boot_id).delete()
        Message.objects.using(second._alias).all().delete()

    (problem,) = await tampered(second, vanish)
    assert first.audit_writer in problem


async def test_a_chain_made_again_after_an_edit_is_found_with_a_head_kept_elsewhere(store):
    await write_some(store)
    known = await store.audit_heads()

    def make_again() -> None:
        head = genesis(store.audit_writer)
        for row in Audit.objects.using(store._alias).filter(writer=store.audit_writer).order_by("n"):
            body = row.body.replace("relayed", "rejected")
            previous, head = head, link_hash(head, row.writer, row.n, row.at, row.verb, row.actor, row.message_id, body)
            Audit.objects.using(store._alias).filter(id=row.id).update(body=body, previous=previous, hash=head)

    assert await tampered(store, make_again) == []
    (problem,) = await store.verify_audit(known=known)
    assert "made again" in problem


@pytest.mark.parametrize("column", ["verdicts", "envelope", "inspection", "policy_version"])
async def test_an_edited_message_record_is_found(store, column):
    await write_some(store)
    rows = Message.objects.using(store._alias).filter(id="M3")
    in_thread(lambda: rows.update(**{column: "{}"}))
    (problem,) = await store.verify_audit()
    assert "M3" in problem


async def test_a_removed_message_record_is_found(store):
    await write_some(store)
    in_thread(Message.objects.using(store._alias).filter(id="M3").delete)
    (problem,) = await store.verify_audit()
    assert "M3 is missing" in problem


async def test_two_processes_never_share_a_chain(place):
    stores = [place.open("gateway-1"), place.open("gateway-1", role="console"), place.open("gateway-2")]
    for n, store in enumerate(stores):
        await store.audit_event(Verb.BODY_READ, actor="reviewer.a", message_id=f"M{n}", body={"reason": "case 12"})
    assert len({store.audit_writer for store in stores}) == 3
    assert await stores[0].verify_audit() == []


async def test_search_finds_by_message_actor_and_verb(store):
    await write_some(store)
    await store.audit_event(Verb.BODY_READ, actor="reviewer.a", message_id="M1", body={"reason": "case 12"})
    assert len(await store.search_audit(AuditSearch(message_id="M1"))) == 3
    (read,) = await store.search_audit(AuditSearch(actor="reviewer.a"))
    assert (read.verb, read.message_id) == (Verb.BODY_READ, "M1")
    assert len(await store.search_audit(AuditSearch(verb=Verb.MESSAGE_RECORDED, limit=4))) == 4


async def test_entries_hold_no_words_of_another_server_and_no_finding(store):
    await store.record(record(), [prepared("D1")])
    await store.drop_prepared("M1", became(Outcome.REFUSED, RESIDENT, detail="550 no such Okafor"))
    text = " ".join(row.body for row in await store.search_audit(AuditSearch()))
    assert "Okafor" not in text
    assert "###" not in text
    assert "5a5a" not in text


async def test_a_failed_transaction_leaves_no_gap_in_the_chain(store):
    await store.record(record("M1"))
    for _ in range(3):
        with pytest.raises(Exception, match="refused"):
            await store.record(record("M1"))
    await store.record(record("M2"))
    assert await store.verify_audit() == []


async def test_facts_that_were_altered_are_told(store):
    await store.record(record(facts=Facts(now=NOON)))
    assert await store.verify_audit() == []
    in_thread(lambda: Message.objects.using(store._alias).update(facts=None))
    assert [p for p in await store.verify_audit() if "was altered" in p]
