"""Recovery: what a dead gateway leaves is cleared up, what a living one owns is not touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.errors import ConfigError, StoreUnavailableError
from dlp_gateway.model import Outcome
from dlp_gateway.store import AuditSearch, BodyDamagedError, MessageState, Store, Verb
from dlp_gateway.store.database import in_thread
from dlp_gateway.store.models import Boot
from tests.support.store_values import NOON, PARTNER, RESIDENT, became, prepared, record

LATER = NOON + timedelta(minutes=5)


def let_lease_lapse(store: Store) -> None:
    """As if the process had hung, or its machine had gone."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    in_thread(lambda: Boot.objects.using(store._alias).filter(id=store.boot_id).update(lease_until=past))


async def test_a_first_start_has_nothing_to_recover(store):
    assert (store.recovery.dropped, store.recovery.returned, store.recovery.in_doubt) == (0, 0, 0)
    assert store.recovery.boots == ()


async def test_what_a_dead_boot_prepared_is_dropped_with_its_octets(place):
    first = place.open()
    key = await first.seal(b"Dear resident")
    await first.record(record(), [prepared("D1", octets_key=key)])
    first.close()
    second = place.open()
    assert (second.recovery.boots, second.recovery.dropped) == ((first.boot_id,), 1)
    assert second.recovery.swept == 1
    assert await second.claim_due(LATER, 10, 60) == ()
    with pytest.raises(BodyDamagedError):
        await second.unseal(key)
    (dropped,) = await second.search_audit(AuditSearch(verb=Verb.CUSTODY_DROPPED))
    assert dropped.message_id == "M1"


async def test_what_a_dead_boot_was_sending_is_sent_again(place):
    first = place.open()
    await first.record(record(), [prepared("D1")])
    await first.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    (claimed,) = await first.claim_due(LATER, 10, 3600)
    first.close()
    second = place.open()
    assert second.recovery.returned == 1
    assert not await second.settle("D1", claimed.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    assert [d.id for d in await second.claim_due(datetime.now(UTC), 10, 60)] == ["D1"]


async def test_custody_outlives_the_process(place):
    first = place.open()
    key = await first.seal(b"Dear resident")
    await first.record(record(), [prepared("D1", octets_key=key)])
    await first.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    first.close()
    second = place.open()
    (claimed,) = await second.claim_due(LATER, 10, 60)
    assert await second.unseal(claimed.octets_key) == b"Dear resident"


async def test_a_message_left_open_is_in_doubt_and_counts_against_its_identity(place):
    for crashes in range(3):
        store = place.open()
        assert store.crashes("identity of poison") == crashes
        await store.record(record(f"M{crashes}", identity="identity of poison"))
        await store.record(record(f"W{crashes}"))
        store.note(f"W{crashes}", became(Outcome.RELAYED, RESIDENT, PARTNER), answered=True)
        store.close()
    last = place.open()
    assert last.crashes("identity of poison") == 3
    assert last.crashes("identity of W0") == 0
    assert last.recovery.in_doubt == 1
    assert (await last.message_record("M0")).state is MessageState.IN_DOUBT


async def test_a_message_in_hand_counts_against_its_identity_before_there_is_a_record(place):
    """What makes the gateway die while it is read would come again for ever."""
    for crashes in range(3):
        store = place.open()
        assert store.crashes("poison") == crashes
        for identity in ("poison", "harmless"):
            store.in_hand.begin(identity)
        store.in_hand.end("harmless")
        store.close()
    last = place.open()
    assert (last.crashes("poison"), last.crashes("harmless")) == (3, 0)
    last.close()
    assert place.open().crashes("poison") == 3, "each death counts once"


async def test_a_message_in_hand_with_a_record_counts_once(place):
    store = place.open()
    store.in_hand.begin("poison")
    await store.record(record(identity="poison"))
    store.close()
    assert place.open().crashes("poison") == 1


async def test_what_another_living_gateway_has_in_hand_does_not_count(place):
    other = place.open("gateway-2")
    other.in_hand.begin("slow")
    assert place.open("gateway-1").crashes("slow") == 0
    other.in_hand.end("slow")
    other.close()
    assert place.open("gateway-3").crashes("slow") == 0


async def test_rows_of_another_living_gateway_are_not_touched(place):
    other = place.open("gateway-2")
    key = await other.seal(b"Dear resident")
    await other.record(record(), [prepared("D1", octets_key=key)])
    first = place.open("gateway-1")
    assert first.recovery.boots == ()
    assert (await first.renew_lease()).boots == ()
    assert await other.unseal(key) == b"Dear resident"
    await other.make_live("M1", became(Outcome.DEFERRED, RESIDENT))


@pytest.mark.parametrize("by", ["start", "renewal"])
async def test_another_gateway_is_fenced_once_its_lease_ran_out(place, by):
    watcher = place.open("gateway-3")
    other = place.open("gateway-2")
    await other.record(record("M1"), [prepared("D1")])
    await other.record(record("M2"), [prepared("D2")])
    await other.make_live("M2", became(Outcome.DEFERRED, RESIDENT))
    (claimed,) = await other.claim_due(LATER, 10, 3600)
    let_lease_lapse(other)
    recovery = place.open("gateway-1").recovery if by == "start" else await watcher.renew_lease()
    assert (recovery.boots, recovery.dropped, recovery.returned) == ((other.boot_id,), 1, 1)

    assert not await other.settle("D2", claimed.lease, became(Outcome.RELAYED, RESIDENT), retry_at=None)
    with pytest.raises(StoreUnavailableError):
        await other.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    with pytest.raises(StoreUnavailableError):  # what it prepares from now on could be dropped by nobody
        await other.record(record("M3"), [prepared("D3")])
    with pytest.raises(StoreUnavailableError):
        await other.claim_due(LATER, 10, 60)
    with pytest.raises(StoreUnavailableError):
        await other.renew_lease()


async def test_a_renewed_lease_is_not_fenced(place):
    other = place.open("gateway-2")
    let_lease_lapse(other)
    await other.renew_lease()
    assert place.open("gateway-1").recovery.boots == ()


async def test_another_gateways_crash_counts_are_heard_with_the_next_renewal(place):
    mine, other = place.open("gateway-1"), place.open("gateway-2")
    await other.record(record(identity="identity of poison"))
    let_lease_lapse(other)
    assert mine.crashes("identity of poison") == 0
    await mine.renew_lease()
    assert mine.crashes("identity of poison") == 1


async def test_one_gateway_id_runs_once(place):
    first = place.open("gateway-1")
    with pytest.raises(ConfigError, match="runs already"):
        place.open("gateway-1")
    first.close()
    place.open("gateway-1")


async def test_the_console_recovers_nothing_and_needs_no_lock(place):
    gateway = place.open("gateway-1")
    await gateway.record(record(), [prepared("D1")])
    console = place.open("gateway-1", role="console")
    assert console.recovery.boots == ()
    await gateway.make_live("M1", became(Outcome.DEFERRED, RESIDENT))


async def test_the_sweep_leaves_what_a_living_process_may_be_about_to_record(place):
    console = place.open("gateway-1", role="console")
    unrecorded = await console.seal(b"a notice")
    place.open("gateway-1")
    assert await console.unseal(unrecorded) == b"a notice"


async def test_a_console_that_fell_silent_is_over_but_renewing_keeps_it(place):
    silent, heard = place.open(role="console"), place.open(role="console")
    for store in (silent, heard):
        long_ago = datetime.now(UTC) - timedelta(days=1)
        rows = Boot.objects.using(store._alias).filter(id=store.boot_id)
        in_thread(lambda rows=rows, at=long_ago: rows.update(lease_until=at))
    lost, kept = await silent.seal(b"a notice"), await heard.seal(b"a notice")
    await heard.renew_lease()
    gateway = place.open()
    assert gateway.recovery.swept == 1
    assert await gateway.unseal(kept) == b"a notice"
    with pytest.raises(BodyDamagedError):
        await gateway.unseal(lost)
