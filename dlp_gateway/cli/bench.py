"""`bench`: throughput and added delay of this gateway on this machine, side by side with Postfix alone.

Like with like: the same sender program (smtp-source), the same sink behind (smtp-sink), the same 4 kB
message and the same disk, in turn A B A B, medians of the rounds. Postfix counts until its queue is
empty, since the gateway's 250 means "relayed". Needs Postfix's programs, and root to start a private
Postfix (its master runs as root only).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, Fault
from .bench_stand import SMTP_SOURCE, GatewayUnderTest, PostfixUnderTest, Sink, missing_programs
from .workers import show_progress

CONNECTIONS = 10
MESSAGE_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One kind of message. `name` says what the gateway does with it."""

    name: str
    sender: str
    recipient: str
    data: str  # a line that stands in the message


LOADS = (
    Load(name="record only", sender="cllr.example@members.council.example", recipient="a@supplier.example", data=""),
    Load(name="patterns", sender="officer@council.example", recipient="a@supplier.example", data=""),
    Load(
        name="patterns, names",
        sender="officer@council.example",
        recipient="ward@hospitals.nhs.example",
        data="Mrs Joan Archer, 12 Mill Lane, telephone 01632 960123, will visit on Tuesday with her son Peter Archer.",
    ),
)


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--messages", type=int, default=3000, help="messages of one round without inspection (default: 3000)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each case (default: 3)")
    parser.add_argument(
        "--folder", type=Path, help="folder for queue and store (default: a temporary one; not on tmpfs)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    missing = missing_programs()
    if missing:
        raise ConfigError([Fault(file="bench", text=f"needs {', '.join(missing)}; install the package postfix")])
    if os.geteuid() != 0:
        raise ConfigError([Fault(file="bench", text="must run as root: Postfix starts as root only")])
    folder = Path(tempfile.mkdtemp(prefix="dlp-bench-", dir=options.folder or "/var/tmp"))  # noqa: S108 - /tmp may be tmpfs, where fsync costs nothing
    try:
        asyncio.run(_bench(options, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def message(load: Load) -> bytes:
    """A plain message of 4 kB, CRLF line ends."""
    head = (
        f"From: <{load.sender}>\r\nTo: <{load.recipient}>\r\nSubject: Minutes of the works meeting\r\n"
        "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    line = "The working group went through the open points of the last meeting and agreed on the next steps.\r\n"
    body = f"{load.data}\r\n" if load.data else ""
    return (head + body + line * ((MESSAGE_BYTES - len(head) - len(body)) // len(line))).encode()


async def _bench(options: argparse.Namespace, folder: Path) -> None:
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {CONNECTIONS} connections, {MESSAGE_BYTES} octets,"
    )
    print(f"{options.rounds} rounds in turn, median (least - most); folder {folder.parent}")
    async with (
        Sink() as sink,
        PostfixUnderTest(folder, sink.port) as postfix,
        GatewayUnderTest(folder, sink.port) as gateway,
    ):
        for load in LOADS:
            file = folder / f"{load.name}.eml"
            file.write_bytes(message(load).replace(b"\r\n", b"\n"))  # smtp-source ends its lines itself
            count = options.messages if load is LOADS[0] else max(200, options.messages // 5)
            for reuse in (False, True):
                await _compare(load, file, count, reuse, options.rounds, postfix, gateway)
        await _delays(sink, gateway)
        print(f"memory of the gateway and its workers: {gateway.memory_mib():.0f} MiB (shared pages counted once)")


async def _compare(
    load: Load, file: Path, count: int, reuse: bool, rounds: int, postfix: PostfixUnderTest, gateway: GatewayUnderTest
) -> None:
    cases: list[tuple[str, int, Callable[[], Awaitable[None]], Callable[[], float]]] = [
        ("Postfix alone", postfix.port, postfix.until_empty, lambda: 0.0),
        (f"gateway, {load.name}", gateway.port, _nothing_waits, gateway.cpu_seconds),
    ]
    rates: dict[str, list[float]] = {name: [] for name, *_ in cases}
    cpu: dict[str, list[float]] = {name: [] for name, *_ in cases}
    for number in range(rounds + 1):
        for name, port, settle, cpu_seconds in cases:
            show_progress(f"{load.name}, {'reused' if reuse else 'new'} connections, round {number}, {name}")
            before, started = cpu_seconds(), time.perf_counter()
            await _send(load, file, count if number else max(50, count // 10), port, reuse)
            await settle()
            seconds = time.perf_counter() - started
            if number:  # round 0 warms up
                rates[name].append(count / seconds)
                cpu[name].append((cpu_seconds() - before) / count * 1000)
    show_progress("")
    kind = "reused connections" if reuse else "new connection each"
    for name, *_ in cases:
        spent = f", {statistics.median(cpu[name]):.2f} CPU ms a message" if any(cpu[name]) else ""
        values = rates[name]
        rate = f"{statistics.median(values):8.0f} messages/s ({min(values):.0f} - {max(values):.0f})"
        print(f"{kind:<20} {name:<26} {rate}{spent}")
    theirs, ours = (rates[name] for name, *_ in cases)
    ratio = statistics.median(b / a for a, b in zip(theirs, ours, strict=True))
    print(f"{kind:<20} {'ratio, pair by pair':<26} {ratio:8.2f}", flush=True)


async def _nothing_waits() -> None:
    """The gateway's 250 means relayed: nothing is left to wait for."""


async def _send(load: Load, file: Path, count: int, port: int, reuse: bool) -> None:
    arguments = ["-s", str(CONNECTIONS), "-m", str(count), "-f", load.sender, "-t", load.recipient, "-F", str(file)]
    if reuse:
        arguments.append("-d")
    process = await asyncio.create_subprocess_exec(SMTP_SOURCE, *arguments, f"127.0.0.1:{port}")
    if await process.wait() != 0:
        raise ConfigError([Fault(file="bench", text="smtp-source failed; see its message above")])


async def _delays(sink: Sink, gateway: GatewayUnderTest) -> None:
    """Delay of one message after another on one connection: what a single sender feels."""
    for load in LOADS:
        octets = message(load)
        direct = await _median_delay(sink.port, load, octets)
        through = await _median_delay(gateway.port, load, octets)
        print(
            f"one at a time         gateway, {load.name:<18} {through * 1000:6.2f} ms a message, "
            f"{direct * 1000:.2f} without it: {(through - direct) * 1000:.2f} ms added (median of 200)",
            flush=True,
        )


async def _median_delay(port: int, load: Load, octets: bytes, count: int = 200) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def reply() -> None:
        while (line := await reader.readline())[3:4] == b"-":
            pass
        if line[:1] not in (b"2", b"3"):
            raise ConfigError([Fault(file="bench", text=f"unexpected reply {line[:3].decode()} to a bench message")])

    async def say(command: bytes) -> None:
        writer.write(command)
        await reply()

    await reply()
    await say(b"EHLO bench.example\r\n")
    times = []
    for _ in range(count):
        started = time.perf_counter()
        await say(f"MAIL FROM:<{load.sender}>\r\n".encode())
        await say(f"RCPT TO:<{load.recipient}>\r\n".encode())
        await say(b"DATA\r\n")
        await say(octets + b".\r\n")
        times.append(time.perf_counter() - started)
    await say(b"QUIT\r\n")
    writer.close()
    return statistics.median(times)
