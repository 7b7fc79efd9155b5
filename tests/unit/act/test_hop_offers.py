from __future__ import annotations

import asyncio

import pytest

from dlp_gateway.act import hop_offers
from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.hop_offers import keep_asking
from dlp_gateway.act.relay import Relay
from dlp_gateway.config import Config
from dlp_gateway.config_ways import Route
from tests.support.fake_next_hop import FakeNextHop
from tests.support.waiting import wait_until_async


async def test_the_next_hop_is_asked_again_and_again_whatever_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Down at the start, as after a power cut: what it offers is known soon after it is up, and kept up to date."""
    monkeypatch.setattr(hop_offers, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(hop_offers, "REFRESH_SECONDS", 0.01)
    script = {"CONNECT": ["421 4.3.2 Not yet", "220 fake.example ESMTP"]}
    async with FakeNextHop(script, features=("SIZE 1000",)) as hop:
        config = Config(
            routes={
                "relay": Route(kind="relay", next_hop=f"127.0.0.1:{hop.port}", tls="none"),
                "secure": Route(kind="tls"),
            }
        )
        relay = Relay(config, set_up_direct(config))
        assert relay.features("relay") is None
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(keep_asking(relay, "relay"))
            for size in (1000, 2000):
                hop.features = (f"SIZE {size}",)
                await wait_until_async(
                    lambda size=size: (known := relay.features("relay")) is not None and known.size == size, "its offer"
                )
            asking.cancel()
        await relay.close()
