"""What figures are made of."""

from __future__ import annotations

import pytest

from dlp_gateway.model import Outcome
from dlp_gateway.store import AS_IT_IS, DeliveryKind, HoldEnd, ReleaseManner, Store
from tests.support.store_values import NOON, RESIDENT, became, prepared, record


async def release(store: Store, manner: ReleaseManner, outcome: Outcome | None) -> None:
    await store.request_release("H1", by="user:lead", reason="agreed", manner=manner)
    (request,) = await store.claim_release_requests(5, 60)
    sent = became(outcome, RESIDENT) if outcome is not None else ()
    assert await store.settle_release(request.id, request.lease, sent)


@pytest.mark.parametrize(
    ("manner", "end"),
    [
        (AS_IT_IS, HoldEnd.RELEASED),
        (ReleaseManner(encrypted=True), HoldEnd.CHANGED),
        (ReleaseManner(without=("2",)), HoldEnd.CHANGED),
    ],
)
async def test_what_was_let_go_as_it_was_is_told_from_what_was_not(store, manner, end):
    await store.record(record(), [prepared("H1", RESIDENT, kind=DeliveryKind.HOLD)])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT))
    await release(store, ReleaseManner(without=("3",)), None)  # came back, so it says nothing
    await release(store, manner, Outcome.RELAYED)
    (fact,) = await store.insight.holds(NOON)
    assert (fact.end, fact.rules) == (end, ("partner-category",))
