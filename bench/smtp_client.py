"""Messages per second and CPU of our SMTP client alone against smtp-sink: `python bench/smtp_client.py` as root."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from dlp_gateway.act.smtp_client import NextHop, SmtpClient
from dlp_gateway.model import MailParams
from tests.support.smtp_sink import smtp_sink

OCTETS = b"Subject: rota\r\n\r\n" + (b"y" * 70 + b"\r\n") * 56
TASKS = 10


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def measure(port: int, count: int, *, reuse: bool) -> str:
    hop = NextHop(host="127.0.0.1", port=port, helo="bench.example", max_messages=1000 if reuse else 1)
    client = SmtpClient(hop)
    left = iter(range(count))

    async def send() -> None:
        for _ in left:
            prepared = await client.prepare("a@x.example", ("b@y.example",), MailParams(), (), OCTETS, 30)
            reply = await prepared.commit(30)
            assert reply.taken

    start, cpu = time.perf_counter(), cpu_seconds()
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(send())
    seconds = time.perf_counter() - start
    await client.close()
    words = "reused" if reuse else "fresh"
    return f"{words}: {count / seconds:.0f} msg/s, {(cpu_seconds() - cpu) / count * 1000:.3f} CPU s per 1000"


def main() -> None:
    with smtp_sink() as port:
        for name, run in (("uvloop", uvloop.run), ("asyncio", asyncio.run)):
            for count, reuse in ((20_000, True), (3_000, False)):
                print(f"{name}, {len(OCTETS)} octets, {TASKS} tasks,", run(measure(port, count, reuse=reuse)))


if __name__ == "__main__":
    main()
