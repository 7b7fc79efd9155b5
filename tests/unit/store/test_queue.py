"""The queue by pages, filters and counts, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.management import call_command

from dlp_gateway.model import Outcome
from dlp_gateway.store import DeliveryKind, Store
from dlp_gateway.store.database import in_thread
from dlp_gateway.store.queue_values import QueueFilter
from tests.support.store_values import PARTNER, RESIDENT, became, prepared, record

LEADS, PRESS = "information-governance", "communications"


async def hold(store: Store, number: int, **more: object) -> None:
    one = prepared(f"H{number}", RESIDENT, kind=DeliveryKind.HOLD, **({"reviewers": LEADS, "main_rule": "bulk"} | more))
    await store.record(record(f"M{number}", RESIDENT, PARTNER), [one])
    await store.make_live(f"M{number}", became(Outcome.HELD, RESIDENT))


async def ids(store: Store, **wanted: object) -> list[str]:
    return [row.id for row in (await store.desk.page(QueueFilter(**wanted))).rows]  # type: ignore[arg-type]


async def test_pages_follow_one_another_without_a_gap_or_a_repetition(store):
    for number in range(7):
        await hold(store, number, reviewers=(LEADS, PRESS, None)[number % 3])
    seen: list[str] = []
    wanted = QueueFilter(groups=(LEADS, PRESS), limit=3)
    while True:
        page = await store.desk.page(wanted)
        seen += [row.id for row in page.rows]
        if not page.more:
            break
        wanted = QueueFilter(groups=(LEADS, PRESS), limit=3, after=(page.rows[-1].held_at, page.rows[-1].id))
    assert seen == [f"H{number}" for number in range(7)]


async def test_filters_find_what_they_say(store):
    await hold(store, 1)
    await hold(store, 2, reviewers=PRESS, main_rule="press-statement")
    await hold(store, 3, reviewers=None)
    assert await ids(store) == ["H1", "H2", "H3"]
    assert await ids(store, groups=(LEADS,)) == ["H1", "H3"]
    assert await ids(store, groups=(LEADS,), unassigned=False) == ["H1"]
    assert await ids(store, groups=(), unassigned=False) == []
    assert await ids(store, rules=("press-statement",)) == ["H2"]
    assert await ids(store, held_before=datetime.now(UTC) - timedelta(hours=1)) == []
    assert await store.desk.counts(None) == {"bulk": 2, "press-statement": 1}
    assert await store.desk.counts((PRESS,), unassigned=False) == {"press-statement": 1}


async def test_it_is_searched_in_addresses_ids_and_masked_findings(store):
    await hold(store, 1)
    for text in ("OKAFOR@post", "m1", "h1", "j.evans", "### ### ##19", "<M1@council"):
        assert await ids(store, text=text) == ["H1"], text
    for text in ("943 476", "%", "_", "nobody"):
        assert await ids(store, text=text) == [], text


async def test_what_was_decided_waits_no_more(store):
    await hold(store, 1)
    await store.reject("H1", by="a", reason="too much")
    assert await ids(store) == []
    assert await store.desk.counts(None) == {}


async def test_holds_of_an_earlier_version_are_counted_and_found(place):
    """On PostgreSQL rows are filled and indexes made in one transaction."""
    store = place.open()
    await hold(store, 1, rules=(("external", "v1"), ("bulk", "v1")))
    store.close()
    in_thread(lambda: call_command("migrate", "store", "0012", database=store._alias, verbosity=0))
    again = place.open()
    assert await again.desk.counts(None) == {"bulk": 1}
    assert await ids(again, text="okafor@post") == ["H1"]
