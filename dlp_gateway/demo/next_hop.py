"""A next hop for the demonstration: takes every mail by SMTP and puts it into a Maildir for each recipient.

Just enough of RFC 5321 for our own client, over loopback: no queue, no limits, no forwarding.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

LINE_LIMIT = 2**20
EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "SIZE 104857600")

_PATH = re.compile(rb"(?:FROM|TO):\s*<([^>]*)>", re.IGNORECASE)


def maildir_of(folder: Path, recipient: str) -> Path:
    """The Maildir of one recipient below `folder`; any address makes one harmless folder name."""
    name = quote(recipient.lower(), safe="@+")
    return folder / (name if not name.startswith(".") else "%2E" + name[1:])


@dataclass(slots=True, kw_only=True)
class _Transaction:
    reverse_path: str | None = None
    recipients: list[str] = field(default_factory=list)


class MaildirNextHop:
    """Listens on 127.0.0.1. With `tls`, STARTTLS is offered (RFC 3207)."""

    def __init__(
        self, folder: Path, *, hostname: str = "next-hop.example", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.folder = folder
        self._hostname = hostname
        self._port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._numbers = itertools.count(1)

    @property
    def port(self) -> int:
        """The port that was bound; 0 before the start."""
        if self._server is None:
            return 0
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=LINE_LIMIT)

    async def stop(self) -> None:
        """Stop listening and drop the connections that are left."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client left in the middle, which is its right
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transaction = _Transaction()
        helo = ""
        secured = False

        def say(*lines: str) -> None:
            *first, last = lines
            text = [f"{line[:3]}-{line[4:]}" for line in first] + [last]
            writer.write("".join(f"{line}\r\n" for line in text).encode())

        say(f"220 {self._hostname} ESMTP demonstration")
        while line := await reader.readuntil(b"\r\n"):
            verb, _, argument = line.strip().partition(b" ")
            match verb.upper():
                case b"EHLO" | b"HELO":
                    transaction, helo = _Transaction(), argument.decode("ascii", "replace")
                    offered = [*EXTENSIONS, "STARTTLS"] if self._tls and not secured else EXTENSIONS
                    extensions = [f"250 {name}" for name in offered] if verb.upper() == b"EHLO" else []
                    say(f"250 {self._hostname}", *extensions)
                case b"STARTTLS" if self._tls and not secured:
                    say("220 2.0.0 Ready to start TLS")
                    await writer.start_tls(self._tls)
                    transaction, secured = _Transaction(), True
                case b"MAIL" if path := _PATH.match(argument):
                    transaction = _Transaction(reverse_path=path[1].decode("utf-8", "surrogateescape"))
                    say("250 2.1.0 Ok")
                case b"RCPT" if (path := _PATH.match(argument)) and transaction.reverse_path is not None:
                    transaction.recipients.append(path[1].decode("utf-8", "surrogateescape"))
                    say("250 2.1.5 Ok")
                case b"DATA" if transaction.recipients:
                    say("354 End data with <CR><LF>.<CR><LF>")
                    await writer.drain()
                    octets = await _read_data(reader)
                    self._store(transaction, octets, f"from {helo} by {self._hostname} with ESMTP{'S' * secured}")
                    transaction = _Transaction()
                    say("250 2.0.0 Ok: stored")
                case b"RSET":
                    transaction = _Transaction()
                    say("250 2.0.0 Ok")
                case b"NOOP":
                    say("250 2.0.0 Ok")
                case b"QUIT":
                    say("221 2.0.0 Bye")
                    await writer.drain()
                    return
                case b"MAIL" | b"RCPT" | b"DATA":
                    say("503 5.5.1 Not now")
                case _:
                    say("502 5.5.2 Not known here")
            await writer.drain()

    def _store(self, transaction: _Transaction, octets: bytes, trace: str) -> None:
        received = f"Received: {trace}; {format_datetime(datetime.now(UTC))}\r\n"
        for recipient in transaction.recipients:
            # RFC 5321, 4.4: the delivering system keeps the reverse-path on top.
            top = f"Return-Path: <{transaction.reverse_path}>\r\nX-Original-To: {recipient}\r\n{received}"
            folder = maildir_of(self.folder, recipient)
            for state in ("tmp", "new", "cur"):
                (folder / state).mkdir(mode=0o700, parents=True, exist_ok=True)
            name = f"{next(self._numbers):06}.{self._hostname}"
            (folder / "tmp" / name).write_bytes(top.encode("utf-8", "surrogateescape") + octets)
            (folder / "tmp" / name).rename(folder / "new" / name)


async def _read_data(reader: asyncio.StreamReader) -> bytes:
    """The message after DATA, dots unstuffed (RFC 5321, 4.5.2)."""
    lines = []
    while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)
