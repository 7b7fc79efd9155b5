"""Messages a second of one session of Postfix that asks a milter which does nothing, by each kind of socket, and by TCP
without what the milter does against delayed acknowledgements.

    python -m bench.milter_acknowledgements
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from dlp_gateway.receive.milter_session import MilterSession
from tests.support.chain import letter
from tests.support.milter_desk import Desk, milter
from tests.support.ports import free_port
from tests.support.postfix import asking, send_with_smtp_source

COUNT = 100
_plain = MilterSession.connection_made


def _without(session: MilterSession, transport: Any) -> None:
    _plain(session, transport)
    if session._tcp is not None:  # noqa: SLF001 - what is measured
        session._tcp.close()  # noqa: SLF001 - as above
        session._tcp = None  # noqa: SLF001 - as above


def rate(place: str) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".eml") as message:
        message.write(letter())
        message.flush()
        with asking(place, reinjection_port=free_port(), transport_maps="static:discard:") as postfix:
            started = time.perf_counter()
            options = ("-s", "1", "-m", str(COUNT), "-F", message.name, "-f", "officer@council.example")
            send_with_smtp_source(postfix.port, *options, "-t", "a@left.example")
            return COUNT / (time.perf_counter() - started)


async def main() -> None:
    cases = (("Unix socket", False, _plain), ("TCP", True, _plain), ("TCP, acknowledged late", True, _without))
    for name, tcp, made in cases:
        MilterSession.connection_made = made  # type: ignore[method-assign]
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)  # Postfix works as another user
            async with milter(Path(folder), Desk(), tcp=tcp, mode="0666") as server:
                found = await asyncio.to_thread(rate, server.places[0])
                print(f"{name:<24} {found:6.0f} messages/s", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
