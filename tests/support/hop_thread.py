"""A fake next hop on a thread of its own, for tests that block."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.support.fake_next_hop import ORDINARY, Answer, FakeNextHop, Taken
from tests.support.waiting import wait_until

_LOOPS: dict[int, asyncio.AbstractEventLoop] = {}


@contextmanager
def running_hop(
    script: Mapping[str, Answer | Sequence[Answer]] | None = None,
    *,
    features: Sequence[str] = ORDINARY,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[FakeNextHop]:
    """It runs meanwhile; what it took may be read and its `tls` be changed at any time."""
    hop = FakeNextHop(script, features=features, tls=tls, host=host, port=port)
    loop = _LOOPS[id(hop)] = asyncio.new_event_loop()
    ended = asyncio.Event()
    started = threading.Event()

    async def serve() -> None:
        async with hop:
            started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="next hop")
    thread.start()
    started.wait()
    try:
        yield hop
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
        del _LOOPS[id(hop)]


def hang_up(hop: FakeNextHop) -> None:
    """Close every connection of a hop that runs on its thread."""
    asyncio.run_coroutine_threadsafe(hop.hang_up(), _LOOPS[id(hop)]).result(timeout=30)


def taken_for(hop: FakeNextHop, recipient: str) -> list[Taken]:
    """What the hop took for that recipient."""
    wanted = f"<{recipient}>".encode()
    return [taken for taken in hop.taken if any(wanted in line for line in taken.rcpts)]


def wait_for(hop: FakeNextHop, recipient: str, count: int = 1, *, seconds: float = 30) -> list[Taken]:
    """Wait until the hop took so many messages for that recipient, and answer them."""
    wait_until(lambda: len(taken_for(hop, recipient)) >= count, f"{count} messages for {recipient}", seconds=seconds)
    return taken_for(hop, recipient)
