"""A next hop that keeps a ledger of all it took, on a thread of its own, so that it outlives any gateway."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter, defaultdict
from types import TracebackType
from typing import Self

from tests.support.chaos import NONE, Chaos

UNNUMBERED = "unnumbered"

_NUMBER = re.compile(rb"^X-Ledger: (\S+)\r\n", re.MULTILINE)


class Ledger:
    """Takes every message, if `chaos` lets it; notes (number, recipient) and the octets *before* it answers the final
    dot."""

    def __init__(self, chaos: Chaos | None = None) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        # Each time that it was taken: (time.monotonic(), whether that was answered).
        self.takings: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
        self.octets: dict[str, bytes] = {}
        self.notices: list[bytes] = []  # messages without a number
        self.misdeeds: Counter[str] = Counter()
        self.port = 0
        self._chaos = chaos or Chaos(0, NONE)
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
        if self._does("refuse_connection"):
            writer.write(b"421 4.3.2 not now\r\n")
            await writer.drain()
            return
        writer.write(b"220 ledger\r\n")
        recipients: list[str] = []
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-ledger\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN\r\n")
            elif verb == b"RCPT":
                recipient = line.split(b"<", 1)[1].split(b">", 1)[0].decode()
                refusal = self._chaos.to_rcpt(recipient)
                if refusal is None:
                    recipients.append(recipient)
                self._reply(writer, refusal, b"250 2.1.5 ok")
            elif verb == b"DATA":
                if not recipients:
                    writer.write(b"554 5.5.1 no valid recipients\r\n")
                elif self._does("drop_at_data") or not await self._message(reader, writer, recipients):
                    return
                recipients = []
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                return
            else:
                recipients = [] if verb in (b"MAIL", b"RSET") else recipients
                writer.write(b"250 2.0.0 ok\r\n")
            await writer.drain()

    async def _message(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipients: list[str]) -> bool:
        """From the reply to DATA to that to the final dot; False where the connection ends here."""
        writer.write(b"354 go\r\n")
        await writer.drain()
        if self._does("drop_in_body"):
            await reader.readexactly(1)
            return False
        octets = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        if seconds := self._chaos.delay():
            self.misdeeds["delay"] += 1
            await asyncio.sleep(seconds)
        match = _NUMBER.search(octets)
        number = match[1].decode() if match else UNNUMBERED
        refusal = self._chaos.to_dot(recipients)
        if refusal is not None:
            self._reply(writer, refusal, b"")
            return True
        silent = self._does("take_and_drop")
        self._note(number, octets, recipients, answered=not silent)
        if silent:
            return False
        writer.write(b"250 2.0.0 taken\r\n")
        if self._does("closing"):
            writer.write(b"421 4.3.2 closing\r\n")
            await writer.drain()
            return False
        return True

    def _does(self, what: str) -> bool:
        if not self._chaos.happens(what):
            return False
        self.misdeeds[what] += 1
        return True

    def _reply(self, writer: asyncio.StreamWriter, refusal: bytes | None, otherwise: bytes) -> None:
        if refusal is not None:
            self.misdeeds[refusal[:3].decode()] += 1
        writer.write((refusal or otherwise) + b"\r\n")

    def _note(self, number: str, octets: bytes, recipients: list[str], *, answered: bool) -> None:
        if number == UNNUMBERED:
            self.notices.append(octets)
        for recipient in recipients:
            self.taken[number, recipient] += 1
            self.takings[number, recipient].append((time.monotonic(), answered))
        self.octets[number] = octets
