"""Every test of `act` that needs a loop runs on both that the gateway may have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import uvloop

from tests.support.certificates import Authority, make_authority
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_stand import GatewayStand


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[GatewayStand]:
    """A gateway's services before a next hop that takes everything."""
    async with FakeNextHop() as hop:
        made = GatewayStand(tmp_path, hop)
        yield made
        await made.close()
