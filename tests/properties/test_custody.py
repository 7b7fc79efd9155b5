"""Whatever next hops and reviewers answer, every recipient ends exactly once or is still ours."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway import config
from dlp_gateway.keys import Keys
from dlp_gateway.model import Disposition, Outcome
from dlp_gateway.store import DeliveryKind, DeliveryState, Store
from dlp_gateway.store.custody import FINAL
from tests.support.migrated import put_migrated_database
from tests.support.store_values import NOON, became, prepared, record
from tests.support.untraced import untraced

KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")
RECIPIENTS = tuple(f"r{n}@post.example" for n in range(5))
LATER = NOON + timedelta(days=3650)

answers = st.dictionaries(
    st.sampled_from(RECIPIENTS),
    st.sampled_from([Outcome.RELAYED, Outcome.REFUSED, Outcome.DEFERRED, Outcome.IN_DOUBT, Outcome.EXPIRED]),
)
numbers = itertools.count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("custody")
    put_migrated_database(folder)
    settings = config.Store(url=f"sqlite:///{folder / 'gateway.db'}", spool=folder / "spool")
    with untraced():  # its threads, too
        store = Store.open(settings, KEYS, gateway_id="g")
    yield store
    store.close()


def dispositions(answer: dict[str, Outcome]) -> tuple[Disposition, ...]:
    return tuple(Disposition(recipient=recipient, outcome=outcome) for recipient, outcome in answer.items())


async def take_custody(store: Store, kind: DeliveryKind) -> str:
    name = f"M{next(numbers)}"
    await store.record(record(name, *RECIPIENTS), [prepared(f"{name}.1", *RECIPIENTS, kind=kind)])
    await store.make_live(name, became(Outcome.DEFERRED, *RECIPIENTS))
    return name


@given(rounds=st.lists(answers, max_size=5), retry=st.booleans())
def test_no_recipient_of_a_queued_delivery_is_lost_or_tried_after_its_end(store, rounds, retry):
    async def run() -> None:
        name = await take_custody(store, DeliveryKind.QUEUE)
        left = list(RECIPIENTS)
        for answer in rounds:
            claimed = {d.id: d for d in await store.claim_due(LATER, 100, 60)}.get(f"{name}.1")
            assert (claimed is not None) == bool(left)
            if claimed is None:
                return
            assert list(claimed.delivery.recipients) == left
            retry_at = NOON if retry else None
            assert await store.settle(claimed.id, claimed.lease, dispositions(answer), retry_at=retry_at)
            left = [recipient for recipient in left if answer.get(recipient) not in FINAL]
        stored = await store.message_record(name)
        assert {d.recipient for d in stored.dispositions} == set(RECIPIENTS)
        assert {d.recipient for d in stored.dispositions if d.outcome in FINAL} == set(RECIPIENTS) - set(left)

    asyncio.run(run())


@given(rounds=st.lists(st.tuples(st.sets(st.sampled_from(RECIPIENTS)), answers, st.booleans()), max_size=5))
def test_no_recipient_of_a_held_message_is_lost_by_releases(store, rounds):
    async def run() -> None:
        name = await take_custody(store, DeliveryKind.HOLD)
        left = list(RECIPIENTS)
        for n, (wanted, answer, back) in enumerate(rounds):
            asked = [recipient for recipient in left if recipient in wanted]
            if not asked:
                continue
            await store.request_release(f"{name}.1", by=f"reviewer.{n}", reason="x", recipients=tuple(wanted))
            (claimed,) = await store.claim_release_requests(10, 60)
            assert list(claimed.recipients) == asked
            results = dispositions({r: o for r, o in answer.items() if r in asked})
            assert await store.settle_release(claimed.id, claimed.lease, results, back_to_queue=back)
            left = [r for r in left if r not in asked or answer.get(r) not in FINAL]
            held = await store.held(f"{name}.1")
            assert held.state is (DeliveryState.HELD if left else DeliveryState.DONE)
            assert not left or list(held.delivery.recipients) == left
            stored = await store.message_record(name)
            assert {d.recipient for d in stored.dispositions if d.outcome in FINAL} == set(RECIPIENTS) - set(left)

    asyncio.run(run())
