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

from tests.support.gateway_process import GatewayProcess, running_gateway
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
    with running_gateway(folder, ways, listeners=listeners, clients=[client], **sections) as gateway:
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


def flood_beyond_limits(stand: Stand, connections: int, limit: int) -> tuple[int, float]:
    """More connections than the gateway takes, all kept open. Those beyond hear 421 at once, and who is in still gets
    through. Answers how many were turned away, and the seconds that a mail took meanwhile."""
    found: list[float] = []

    async def story(_hop: CountingHop) -> None:
        inside = await Client.to(stand.port)
        await inside.hears()
        flood = [await Client.to(stand.port) for _ in range(connections)]
        greetings = Counter([(await client.hears())[:9] for client in flood])
        assert greetings == {b"220 gatew": limit - 1, b"421 4.7.0": connections - limit + 1}
        started = time.monotonic()
        assert (await inside.asks(b"EHLO a.b", b"MAIL FROM:<%s>" % COUNCILLOR, b"RCPT TO:<a@supplier.example>"))[
            :3
        ] == b"250"
        assert (await inside.asks(b"DATA"))[:3] == b"354"
        assert (await inside.asks(b"".join(message(3, 4000)) + b"."))[:3] == b"250"
        found.append(time.monotonic() - started)
        for client in (inside, *flood):
            client.drop()
        await stand.until_empty()
        assert await send(stand.port, 4, 4000) == [b"250 2.0.0"]

    before = stand.metric('dlp_gateway_turned_away_total{what="connection"}') if connections < limit else 0.0
    hop = stand.run(story)
    assert set(hop.taken) == {(3, digest_of(3, 4000)), (4, digest_of(4, 4000))}
    return int(stand.metric('dlp_gateway_turned_away_total{what="connection"}') - before), found[0]


def drained(stand: Stand) -> tuple[float, dict[str, bytes]]:
    """SIGTERM while sessions stand in each state. Answers how long it took, and what each of them heard last."""
    heard: dict[str, bytes] = {}

    async def story(_hop: CountingHop) -> None:
        idle = await Client.to(stand.port)
        await idle.hears()
        in_mail = await Client.to(stand.port)
        await in_mail.hears()
        await in_mail.asks(b"EHLO a.b", b"MAIL FROM:<%s>" % COUNCILLOR)
        in_data = await Client.to(stand.port)
        assert (await in_data.opens())[:3] == b"354"
        in_large = await Client.to(stand.port)
        assert (await in_large.opens())[:3] == b"354"
        blocks = list(message(6, 3 * MIB))
        for block in blocks[:-1]:
            in_large.writer.write(block)
            await in_large.writer.drain()
        assert stand.gateway.process is not None
        stand.gateway.process.terminate()
        heard["idle"] = await idle.hears()  # so it is draining now
        heard["in DATA"] = await in_data.asks(b"".join(message(5, 4000)) + b".")
        heard["in a large DATA"] = await in_large.asks(blocks[-1] + b".")
        heard["in MAIL"] = await in_mail.asks(b"RCPT TO:<a@supplier.example>", b"RSET", b"NOOP")

    started = time.monotonic()
    hop = stand.run(story)
    assert stand.gateway.process is not None
    assert stand.gateway.process.wait(timeout=60) == 0
    seconds = time.monotonic() - started
    assert hop.taken == Counter([(5, digest_of(5, 4000)), (6, digest_of(6, 3 * MIB))])
    return seconds, heard


def slow_clients(stand: Stand, clients: int) -> tuple[dict[str, bytes], float]:
    """Clients that dribble a command, a header and a message, or read no reply, more slowly than they may. Each is
    ended in time, and mail passes meanwhile. Answers what they heard, and the seconds that a mail took at most."""
    heard: dict[str, bytes] = {}
    took: list[float] = []

    async def dribble(name: str, client: Client, octets: bytes) -> None:
        hearing = asyncio.ensure_future(client.hears())
        for at in range(len(octets)):
            if hearing.done():
                break
            client.writer.write(octets[at : at + 1])
            await asyncio.wait([hearing], timeout=0.1)
        heard[name] = await hearing

    async def never_reads() -> None:
        client = await Client.to(stand.port)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined] # a transport of sockets has it
        try:
            for _ in range(5000):
                client.writer.write(b"NOOP\r\n" * 100)
                await asyncio.wait_for(client.writer.drain(), 10)
        except (ConnectionError, TimeoutError):
            heard["reads nothing"] = b"ended"
        client.drop()

    async def story(_hop: CountingHop) -> None:
        slow: list[Awaitable[None]] = [never_reads()]
        for n in range(clients):
            client = await Client.to(stand.port)
            await client.hears()
            slow.append(dribble(f"command {n}", client, b"EHLO " + b"a" * 200))
            client = await Client.to(stand.port)
            await client.opens()
            slow.append(dribble(f"header {n}", client, b"Subject: " + b"a" * 200))
            client = await Client.to(stand.port)
            await client.opens()
            client.writer.write(next(message(9, 0)))
            slow.append(dribble(f"message {n}", client, b"a" * 200))
        running = asyncio.gather(*slow)
        for number in range(20, 30):
            started = time.monotonic()
            assert await send(stand.port, number, 4000) == [b"250 2.0.0"]
            took.append(time.monotonic() - started)
        await running
        await stand.until_empty()

    hop = stand.run(story)
    assert {number for number, _ in hop.taken} == set(range(20, 30))
    return heard, max(took)
