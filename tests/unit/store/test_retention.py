from __future__ import annotations

from datetime import timedelta

from dlp_gateway.model import Outcome
from dlp_gateway.store import DeliveryKind
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record

AFTER = NOON + timedelta(days=91)


async def test_old_inspections_go_and_the_record_still_verifies(store):
    await store.record(record("M1"))
    await store.record(record("M2", received_at=NOON + timedelta(days=2)))
    for message_id in ("M1", "M2"):
        store.note(message_id, became(Outcome.RELAYED, RESIDENT, PARTNER), answered=True)
    await store.flush()
    await store.cleanup(AFTER)
    assert (await store.message_record("M1")).record.inspection is None
    assert (await store.message_record("M2")).record.inspection is not None
    assert await store.verify_audit() == []


async def test_the_inspection_of_a_message_still_held_stays(store):
    await store.record(record(), [prepared("H1", kind=DeliveryKind.HOLD)])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT, PARTNER))
    await store.cleanup(AFTER)
    assert (await store.message_record("M1")).record.inspection is not None


async def test_crash_counts_are_forgotten(place):
    store = place.open()
    await store.record(record())
    store.close()
    store = place.open()
    assert store.crashes("identity of M1") == 1
    await store.cleanup(NOON + timedelta(days=3650))
    await store.renew_lease()
    assert store.crashes("identity of M1") == 0
