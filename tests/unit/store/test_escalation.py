"""Held messages that go to a second group, once, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from dlp_gateway.model import Outcome
from dlp_gateway.store import AuditSearch, DeliveryKind, Store, Subject, Waiting
from dlp_gateway.store.queue_values import QueueFilter
from dlp_gateway.store.writer import Work
from tests.support.store_values import RESIDENT, became, prepared, record

LEADS, DUTY = "information-governance", "duty-team"


async def hold(store: Store, number: int, **more: object) -> None:
    one = prepared(f"H{number}", RESIDENT, kind=DeliveryKind.HOLD, **({"reviewers": LEADS, "main_rule": "bulk"} | more))
    await store.record(record(f"M{number}", RESIDENT), [one])
    await store.make_live(f"M{number}", became(Outcome.HELD, RESIDENT))


async def escalate(store: Store, *held: str, reviewers: str = LEADS) -> bool:
    now = datetime.now(UTC)
    seen = [
        Waiting(id=one, rule="bulk", reviewers=reviewers, held_at=now, since=now, expires_at=None, escalated_to=None)
        for one in held
    ]
    name = "-".join([reviewers[:1], *held]) if reviewers != LEADS else "-".join(held)
    mails = [prepared(f"N{name}", f"{DUTY}@council.example", kind=DeliveryKind.NOTICE)]
    return await store.reviews.escalate(seen, DUTY, record(f"told-{name}"), mails, at=now)


async def test_each_goes_to_the_second_group_once_with_its_mail_and_its_entry(store):
    for number in range(3):
        await hold(store, number)
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert [one.id for one in await store.reviews.running(now)] == ["H0", "H1", "H2"]
    assert await store.reviews.running(now - timedelta(hours=1)) == ()
    assert await escalate(store, "H0", "H1")
    assert [one.id for one in await store.reviews.running(now)] == ["H2"]
    assert not await escalate(store, "H1", "H2"), "nothing of it is done where any of it was"
    assert await store.message_record("told-H1-H2") is None
    page = await store.desk.page(QueueFilter(escalated_to=(DUTY, "others")))
    assert [(row.id, row.escalated_to, row.urgent) for row in page.rows] == [("H0", DUTY, False), ("H1", DUTY, False)]
    entries = await store.search_audit(AuditSearch(message_id="M0"))
    assert [one.verb for one in entries].count("held:escalated") == 1


async def test_it_begins_anew_for_a_group_that_it_is_handed_to(store):
    await hold(store, 0)
    assert await escalate(store, "H0")
    began = datetime.now(UTC)
    await store.desk.hand_over("H0", to="press", by="user:lead", reason="a statement")
    (row,) = (await store.desk.page(QueueFilter(groups=("press",)))).rows
    assert row.clock_since >= began > row.held_at
    assert row.escalated_to is None
    (waiting,) = await store.reviews.running(datetime.now(UTC) + timedelta(seconds=1))
    assert (waiting.reviewers, waiting.since, waiting.held_at) == ("press", row.clock_since, row.held_at)
    assert not await escalate(store, "H0"), "who saw it before it was handed over has seen another clock"
    assert await escalate(store, "H0", reviewers="press")


async def test_where_someone_is_at_risk_who_was_called_keeps_it_when_it_is_handed_over(store):
    await hold(store, 0)
    from dlp_gateway.store.escalation import bring_before

    at_risk: Work[None, None] = Work(lambda tx, _: [bring_before(tx, "H0", DUTY, datetime.now(UTC))], together=False)
    await store._writer.submit(at_risk, None)
    await store.desk.hand_over("H0", to="press", by="user:lead", reason="a statement")
    (row,) = (await store.desk.page(QueueFilter(escalated_to=(DUTY,)))).rows
    assert (row.reviewers, row.urgent) == ("press", True)
    assert await escalate(store, "H0", reviewers="press"), "its clock is a new one all the same"
    await store.desk.hand_over("H0", to=DUTY, by="user:press", reason="yours")
    assert (await store.desk.page(QueueFilter(escalated_to=(DUTY,)))).rows == ()


async def test_what_waits_for_a_group_is_its_own_and_what_was_escalated_to_it(store):
    await hold(store, 0)
    await hold(store, 1, reviewers=DUTY)
    await hold(store, 2, reviewers=None)
    assert await escalate(store, "H0")
    waiting = [one.id for one in await store.reviews.waiting(DUTY, unassigned=False)]
    assert waiting == ["H0", "H1"]
    assert [one.id for one in await store.reviews.waiting(LEADS, unassigned=True)] == ["H0", "H2"]
    await store.reject("H0", by="a", reason="too much")
    assert [one.id for one in await store.reviews.waiting(DUTY, unassigned=False)] == ["H1"]
    assert not await escalate(store, "H0")


async def test_digests_are_told_apart_from_all_else_and_forgotten_after_a_week(store):
    today = datetime.now(UTC).date()
    old, new = ("digest:leads", date(2026, 1, 5), "09:00"), ("digest:leads", today, "09:00")
    for key in (old, new):
        assert await store.reviews.tell([key], record(f"told {key[1]}"), [], about=Subject.DIGEST)
    assert not await store.reviews.tell([new], record("again"), [], about=Subject.DIGEST)
    assert await store.reviews.told_digests() == {new}
    assert await store.reviews.told() == frozenset()
