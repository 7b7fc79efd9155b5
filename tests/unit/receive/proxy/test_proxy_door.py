"""The door behind a load balancer waits neither long nor for many."""

from __future__ import annotations

import asyncio

import pytest

from dlp_gateway.config_access import Client
from dlp_gateway.receive import proxy_door
from dlp_gateway.receive.smtp import SmtpServer
from tests.support.receive import Inbox, Talk, make_config, running

HEADER = b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 25\r\n"
CONFIG = make_config(
    proxy_networks=("127.0.0.0/8",), clients=(Client(name="council", networks=("192.0.2.0/24",), max_connections=1),)
)


async def heard_after(server: SmtpServer, octets: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*server.addresses[0])
    writer.write(octets)
    async with asyncio.timeout(10):
        heard = await reader.read(100)
    writer.close()
    return heard


async def test_a_header_may_come_octet_by_octet() -> None:
    async with running(CONFIG, Inbox()) as server, Talk.to(server) as talk:
        for octet in HEADER:
            talk.says(bytes([octet]))
            await asyncio.sleep(0)
        assert (await talk.hears()).startswith("220 ")


@pytest.mark.parametrize("octets", [b"", HEADER[:20]], ids=["nothing", "half a header"])
async def test_a_header_that_does_not_come_is_not_awaited_for_long(
    monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    monkeypatch.setattr(proxy_door, "HEADER_SECONDS", 0.05)
    async with running(CONFIG, Inbox()) as server:
        assert await heard_after(server, octets) == b""


async def test_only_so_many_wait_for_their_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """And they are no sessions: those who have come through the door are not in their way."""
    monkeypatch.setattr(proxy_door, "MAX_WAITING", 1)
    async with running(CONFIG, Inbox()) as server, Talk.to(server) as waiting:
        assert await heard_after(server, HEADER) == b""
        waiting.says(HEADER)
        assert (await waiting.hears()).startswith("220 ")


async def test_limits_are_those_of_the_real_client() -> None:
    """The load balancer has all connections of the world; each client behind it has its own share."""
    async with running(CONFIG, Inbox()) as server, Talk.to(server) as first, Talk.to(server) as other:
        first.says(HEADER)
        assert (await first.hears()).startswith("220 ")
        assert (await heard_after(server, HEADER)).startswith(b"421 4.7.0 ")
        other.says(HEADER.replace(b"192.0.2.7", b"198.51.100.9"))
        assert (await other.hears()).startswith("220 ")


async def test_the_end_of_the_service_ends_those_who_wait() -> None:
    async with running(CONFIG, Inbox()) as server, Talk.to(server) as waiting:
        waiting.says(HEADER[:5])
        await asyncio.sleep(0)
        await server.drain(0)
        assert await waiting.hears() == ""
