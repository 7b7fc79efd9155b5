"""The later life of a held message: an embargo that ends, an expiry, a release that fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.act.hold import EMBARGO, HoldKeeper
from dlp_gateway.errors import NextHopError
from dlp_gateway.model import Action, Delivery, Disposition, Envelope, Outcome
from dlp_gateway.store import DeliveryKind, DeliveryState, HeldMessage, MessageRecord, PreparedDelivery, ReleaseRequest
from tests.support.gateway_stand import GatewayStand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
READER = "reader@newspaper.example"
OFFICER = "press.officer@council.example"


class Keeper:
    """A hold keeper over a real store, with a clock that tests set and a list of what was to be released."""

    def __init__(self, stand: GatewayStand) -> None:
        self.stand = stand
        self.now = NOW
        self.released: list[ReleaseRequest] = []
        self.error: Exception | None = None
        self.keeper = HoldKeeper(
            store=stand.store, preparer=stand.preparer, release=self._release, clock=lambda: self.now
        )

    async def _release(self, request: ReleaseRequest, _held: HeldMessage) -> None:
        self.released.append(request)
        if self.error is not None:
            raise self.error

    async def hold(self, name: str, *, until: datetime | None = None, expires: timedelta = timedelta(days=14)) -> None:
        envelope = Envelope(reverse_path=OFFICER, recipients=(READER,), vouches_for_sender=True)
        record = MessageRecord(
            message_id=name, received_at=NOW, envelope=envelope, size_bytes=1, identity=name, author=OFFICER
        )
        prepared = PreparedDelivery(
            id=name,
            kind=DeliveryKind.HOLD,
            delivery=Delivery(recipients=(READER,), action=Action.HOLD, route="relay"),
            reverse_path=OFFICER,
            octets_key=await self.stand.store.seal(b"From: x\r\n\r\nx\r\n"),
            hold_until=until,
            expires_at=NOW + expires,
        )
        await self.stand.store.record(record, (prepared,))
        await self.stand.store.make_live(name, (Disposition(recipient=READER, outcome=Outcome.HELD),))

    async def state(self, name: str) -> DeliveryState:
        held = await self.stand.store.held(name)
        assert held is not None
        return held.state


@pytest.fixture
async def keeper(stand: GatewayStand) -> Keeper:
    return Keeper(stand)


async def test_an_embargo_that_has_ended_asks_for_the_release_and_lifts_nothing(keeper: Keeper) -> None:
    await keeper.hold("embargoed", until=NOW + timedelta(hours=1))
    assert await keeper.keeper.end_embargoes() == 0
    keeper.now = NOW + timedelta(hours=1)
    assert await keeper.keeper.end_embargoes() == 1
    assert await keeper.keeper.carry_out_requests() == 1
    (request,) = keeper.released
    assert (request.by, request.overrides) == (EMBARGO, frozenset())
    assert await keeper.keeper.end_embargoes() == 0, "asked for once"


async def test_a_message_that_nobody_decided_expires_with_a_notice_and_is_never_sent(keeper: Keeper) -> None:
    await keeper.hold("forgotten", expires=timedelta(days=14))
    assert await keeper.keeper.expire_overdue() == 0
    keeper.now = NOW + timedelta(days=14)
    assert await keeper.keeper.expire_overdue() == 1
    assert await keeper.state("forgotten") is DeliveryState.EXPIRED
    assert await keeper.stand.outbox() == [(DeliveryKind.NOTICE, (OFFICER,))]
    assert keeper.released == []


@pytest.mark.parametrize("error", [NextHopError("down"), ValueError("a bug of ours")])
async def test_a_release_that_fails_keeps_no_other_from_being_tried(keeper: Keeper, error: Exception) -> None:
    for name in ("first", "second"):
        await keeper.hold(name)
        await keeper.stand.store.request_release(name, by="reviewer", reason="looked at it")
    keeper.error = error
    assert await keeper.keeper.carry_out_requests() == 2
    assert sorted(request.held_id for request in keeper.released) == ["first", "second"]
    assert await keeper.state("first") is DeliveryState.RELEASING, "its lease runs out and it is tried again"
