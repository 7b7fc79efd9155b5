"""Loads upon a real gateway, each with what must hold under it: short in tests/system, in full in tests/proof."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.gateway_process import PRODUCT, GatewayProcess, running_gateway
from tests.support.load import (
    COUNCILLOR,
    OFFICER,
    Client,
    Cost,
    CountingHop,
    cost_of,
    counting_hop,
    digest_of,
    forget_peak,
    message,
    send,
)
from tests.support.ports import free_port

MIB = 2**20


@dataclass
class Stand:
    gateway: GatewayProcess
    hop_port: int
    health_port: int

    @property
    def port(self) -> int:
        return self.gateway.port

    @property
    def pid(self) -> int:
        assert self.gateway.process is not None
        return self.gateway.process.pid

    def cost(self) -> Cost:
        return cost_of(self.pid)

    def metric(self, name: str) -> float:
        with socket.create_connection(("127.0.0.1", self.health_port), timeout=10) as connection:
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name + " "))

    def run(self, story: Callable[[CountingHop], Awaitable[None]]) -> CountingHop:
        async def with_hop() -> CountingHop:
            async with counting_hop(self.hop_port) as hop:
                await story(hop)
            return hop

        return asyncio.run(with_hop())

    async def until_empty(self) -> None:
        """Until no connection is open any more."""
        deadline = time.monotonic() + 60
        while await asyncio.to_thread(self.metric, "dlp_gateway_connections") > 0:
            assert time.monotonic() < deadline, "connections stay open"
            await asyncio.sleep(0.05)


@contextmanager
def load_stand(folder: Path, **sections: Any) -> Iterator[Stand]:
    hop_port, health_port = free_port(), free_port()
    way = {"next_hop": f"127.0.0.1:{hop_port}", "tls": "none", "max_connections": 20}
    port = free_port()
    listeners = {
        "smtp": [{"host": "127.0.0.1", "port": port}],
        "health": {"enabled": True, "host": "127.0.0.1", "port": health_port},
    }
    ways = {"relay": {"kind": "relay", **way}, "secure": {"kind": "gateway", **way}}
    client = {"name": "test", "networks": ["127.0.0.0/8"], "vouches_for_sender": True, "max_connections": 5000}
    sections |= {"listeners": listeners, "clients": [client]}
    with running_gateway(folder, ways, as_command=PRODUCT, **sections) as gateway:
        gateway.port = port
        yield Stand(gateway, hop_port, health_port)


def large_at_one_time(stand: Stand, sessions: int, size_bytes: int, inspected: int = 1) -> tuple[Cost, Cost]:
    """So many sessions, each with all but the final dot of a large mail, some of which are to be inspected. Every mail
    is relayed whole or held, once. Answers the gateway's cost before and after."""
    senders = [OFFICER if number < inspected else COUNCILLOR for number in range(sessions)]
    costs: list[Cost] = []

    async def story(_hop: CountingHop) -> None:
        await send(stand.port, sessions, 4000)  # whatever is loaded late is loaded now
        costs.append(stand.cost())
        forget_peak(stand.pid)
        ready = asyncio.Barrier(sessions)
        await asyncio.gather(
            *(send(stand.port, number, size_bytes, ready, sender) for number, sender in enumerate(senders))
        )
        costs.append(stand.cost())

    hop = stand.run(story)
    wanted = {(n, digest_of(n, size_bytes, sender)) for n, sender in enumerate(senders)}
    assert set(hop.taken) - {(sessions, digest_of(sessions, 4000))} <= wanted
    assert set(hop.taken.values()) == {1}
    assert {number for number, _ in wanted} - {number for number, _ in hop.taken} <= set(range(inspected))
    assert len(hop.taken) + len(stand.gateway.held()) == sessions + 1
    return costs[0], costs[1]


async def _dropped(port: int, point: int) -> None:
    """A connection that ends at one of the points of a session."""
    try:
        client = await Client.to(port)
        if point == 1:
            await client.hears()
        elif point == 2:
            await client.hears()
            client.writer.write(b"EHLO half.a.com")
        elif point == 3:
            await client.opens()
            client.writer.write(next(message(1, 100)))
        elif point == 4:
            await client.opens()
            client.writer.write(b"".join(message(1, 100))[:-1] + b"\n.\r")
        elif point == 5:
            client.writer.write(b"QUIT\r\n")
        client.drop()
    except ConnectionError:
        pass


def opened_and_dropped(stand: Stand, connections: int, at_once: int = 100) -> tuple[Cost, Cost]:
    """So many connections that are dropped at all points; then mail is still taken. Answers the cost when a tenth of
    them had gone, and in the end."""
    costs: list[Cost] = []

    async def drop(numbers: range) -> None:
        for start in range(numbers.start, numbers.stop, at_once):
            await asyncio.gather(*(_dropped(stand.port, n % 6) for n in range(start, start + at_once)))
        await stand.until_empty()
        costs.append(stand.cost())

    async def story(_hop: CountingHop) -> None:
        await drop(range(connections // 10))
        await drop(range(connections // 10, connections))
        assert (await send(stand.port, 7, 4000)) == [b"250 2.0.0"]

    hop = stand.run(story)
    assert hop.taken == Counter({(7, digest_of(7, 4000)): 1})
    return costs[0], costs[1]


def idle_sessions(stand: Stand, sessions: int, seconds: float) -> tuple[float, float]:
    """So many sessions that have greeted and wait; mail passes meanwhile. Answers KiB of memory for each, and the share
    of a CPU that the gateway uses at rest."""
    found: list[float] = []

    async def story(_hop: CountingHop) -> None:
        await send(stand.port, 1, 4000)
        before = stand.cost()
        clients = [await Client.to(stand.port) for _ in range(sessions)]
        for client in clients:
            await client.hears()
            await client.asks(b"EHLO load.test")
        there = stand.cost()
        await asyncio.sleep(seconds)
        rested = stand.cost()
        assert await send(stand.port, 2, 4000) == [b"250 2.0.0"]
        assert all([(await client.asks(b"NOOP")).startswith(b"250") for client in clients])
        for client in clients:
            client.drop()
        await stand.until_empty()
        found.extend(
            [(there.rss_bytes - before.rss_bytes) / 1024 / sessions, (rested.cpu_seconds - there.cpu_seconds) / seconds]
        )

    stand.run(story)
    return found[0], found[1]


def active_sessions(stand: Stand, sessions: int, each: int) -> tuple[Counter[bytes], float]:
    """So many sessions that send mail after mail at the same time. Each mail reaches the next hop once. Answers what
    clients heard, and the mails a second."""
    heard: Counter[bytes] = Counter()
    seconds: list[float] = []

    async def client(first: int) -> None:
        for number in range(first, first + each):
            heard.update(await send(stand.port, number, 4000))

    async def story(_hop: CountingHop) -> None:
        started = time.monotonic()
        await asyncio.gather(*(client(n * each) for n in range(sessions)))
        seconds.append(time.monotonic() - started)

    hop = stand.run(story)
    assert hop.taken == Counter((n, digest_of(n, 4000)) for n in range(sessions * each))
    return heard, sessions * each / seconds[0]
