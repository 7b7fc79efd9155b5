"""A next hop that keeps a ledger of all it took, on a thread of its own, so that it outlives any gateway."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from types import TracebackType
from typing import Self

UNNUMBERED = "unnumbered"

_NUMBER = re.compile(rb"^X-Ledger: (\S+)\r\n", re.MULTILINE)


class Ledger:
    """Takes every message; notes (number, recipient) and the octets *before* it answers the final dot."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self.octets: dict[str, bytes] = {}
        self.port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._sessions: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**26)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ended.wait()
        server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            await self._session(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the gateway was killed: what it sent without a final dot never happened
        finally:
            self._sessions.discard(task)
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ledger\r\n")
        recipients: list[str] = []
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-ledger\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN\r\n")
            elif verb == b"RCPT":
                recipients.append(line.split(b"<", 1)[1].split(b">", 1)[0].decode())
                writer.write(b"250 2.1.5 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go\r\n")
                await writer.drain()
                octets = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                self._note(octets, recipients)
                writer.write(b"250 2.0.0 taken\r\n")
                recipients = []
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                return
            else:
                recipients = [] if verb in (b"MAIL", b"RSET") else recipients
                writer.write(b"250 2.0.0 ok\r\n")
            await writer.drain()

    def _note(self, octets: bytes, recipients: list[str]) -> None:
        match = _NUMBER.search(octets)
        number = match[1].decode() if match else UNNUMBERED
        for recipient in recipients:
            self.taken[number, recipient] += 1
        self.octets[number] = octets
