"""Many clients at one time, a next hop that counts what reaches it, and what a process costs meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

COUNCILLOR = b"cllr.example@members.council.example"  # whose mail is not inspected
OFFICER = b"officer@council.example"

LINE = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"
HEADER = (
    b"From: %s\r\nTo: a@supplier.example\r\nMessage-ID: <%d.load@council.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
_BLOCK = LINE * 3000
_NUMBER = re.compile(rb"Message-ID: <(\d+)\.load@")


def message(number: int, size_bytes: int, sender: bytes = COUNCILLOR) -> Iterator[bytes]:
    """A mail with one attachment, in blocks."""
    yield HEADER % (sender, number) + hashlib.sha256(b"%d" % number).hexdigest().encode() + b"\r\n"
    for _ in range(size_bytes // len(_BLOCK)):
        yield _BLOCK
    yield LINE * (size_bytes % len(_BLOCK) // len(LINE))


def digest_of(number: int, size_bytes: int, sender: bytes = COUNCILLOR) -> str:
    digest = hashlib.sha256()
    for block in message(number, size_bytes, sender):
        digest.update(block)
    return digest.hexdigest()


@dataclass
class CountingHop:
    """A next hop that takes all mail and keeps the number and digest of each."""

    taken: Counter[tuple[int, str]] = field(default_factory=Counter)
    bytes_taken: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 hop ESMTP\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250-hop\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await self._take(reader)
                    writer.write(b"250 2.0.0 taken\r\n")
                else:
                    writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        """No line of a test's mail begins with a dot."""
        held = b""
        digest: hashlib._Hash | None = None
        number = -1
        while True:
            held += await reader.readexactly(1) if not held else await _some(reader)
            if digest is None:
                start = held.find(b"\r\nFrom: ") + 2
                if start < 2 or held.find(b"\r\n\r\n", start) < 0:
                    continue
                held = held[start:]
                found = _NUMBER.search(held)
                assert found is not None
                number, digest = int(found[1]), hashlib.sha256()
            if held.endswith(b"\r\n.\r\n"):
                digest.update(held[:-3])
                self.taken[number, digest.hexdigest()] += 1
                return
            digest.update(held[:-5])
            self.bytes_taken += max(len(held) - 5, 0)
            held = held[-5:]


async def _some(reader: asyncio.StreamReader) -> bytes:
    block = await reader.read(1 << 18)
    if not block:
        raise asyncio.IncompleteReadError(b"", None)
    return block


@asynccontextmanager
async def counting_hop(port: int) -> AsyncIterator[CountingHop]:
    hop = CountingHop()
    server = await asyncio.start_server(hop.serve, "127.0.0.1", port, limit=1 << 18)
    try:
        yield hop
    finally:
        server.close()


class Client:
    """One connection to the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def hears(self) -> bytes:
        """One reply, all its lines; b"" where the other end closed."""
        lines = b""
        while line := await self.reader.readline():
            lines += line
            if line[3:4] != b"-":
                break
        return lines

    async def asks(self, *commands: bytes) -> bytes:
        """The last reply."""
        answer = b""
        for command in commands:
            self.writer.write(command + b"\r\n")
            answer = await self.hears()
        return answer

    async def opens(self, sender: bytes = COUNCILLOR) -> bytes:
        """To the 354 of DATA, or what was said instead."""
        answer = await self.hears()
        for command in (b"EHLO load.test", b"MAIL FROM:<%s>" % sender, b"RCPT TO:<a@supplier.example>", b"DATA"):
            if answer[:1] not in (b"2", b"3"):
                return answer
            answer = await self.asks(command)
        return answer

    def drop(self) -> None:
        self.writer.transport.abort()


async def send(
    port: int, number: int, size_bytes: int, ready: asyncio.Barrier | None = None, sender: bytes = COUNCILLOR
) -> list[bytes]:
    """Send one mail as a mail server does: until it is taken. The replies it heard; the last one is a 250. `ready`:
    wait with the final dot until all others wait with theirs."""
    heard: list[bytes] = []
    while True:
        client = await Client.to(port)
        answer = await client.opens(sender)
        if answer.startswith(b"354"):
            for block in message(number, size_bytes, sender):
                client.writer.write(block)
                await client.writer.drain()
            if ready is not None:
                await ready.wait()
                ready = None
            answer = await client.asks(b".")
        heard.append(answer[:9])
        client.drop()
        if answer.startswith(b"250"):
            return heard
        assert answer[:1] in (b"4", b""), answer
        assert len(heard) < 500, Counter(heard)
        await asyncio.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process uses."""

    rss_bytes: int
    peak_bytes: int
    descriptors: int
    cpu_seconds: float


def cost_of(pid: int) -> Cost:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Cost(
        rss_bytes=int(status["VmRSS"].split()[0]) * 1024,
        peak_bytes=int(status["VmHWM"].split()[0]) * 1024,
        descriptors=len(os.listdir(f"/proc/{pid}/fd")),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    )


def forget_peak(pid: int) -> None:
    """Let VmHWM begin anew (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
