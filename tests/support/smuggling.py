"""Octets that some server takes for the end of a message, or for one inside it, and a server that takes all of them.

The sequences are those of SEC Consult's “SMTP Smuggling” (December 2023), of hannob's smtpsmug, and of the reports that
followed on single servers.
"""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from typing import Self

ENDS = (
    b"\n.\n",
    b"\n.\r\n",
    b"\n.\r",
    b"\r.\r",
    b"\r.\n",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\r\n.\n",
    b"\r\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n\r.\r\n",
    b"\n\n.\r\n",
    b"\n\n.\n",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\0\r\n.\0\r\n",
    b"\r\n.\r\0\n",
    b"\r\0\n.\r\n",
    b"\r\n.\n\n",
    b"\r\n .\r\n",
    b"\r\n. \r\n",
    b"\r\n.\t\r\n",
    b"\r\n\x0b.\r\n",
    b"\r\n..\r\n",
    b"\xc2\x85.\xc2\x85",
    b"\xe2\x80\xa8.\xe2\x80\xa8",
)
"""What is said between the first message and the smuggled one; a true end, CR LF . CR LF, is in none of them."""

_LINE_END = rb"(?:\r\n|\n|\r)"
_ANY_END = re.compile(_LINE_END + rb"\0*\.\0*" + _LINE_END)


class CredulousNextHop:
    """Takes whatever looks like the end of a message for one, and what follows it for commands.

    `async with CredulousNextHop() as hop`: listens on `hop.port`; `hop.recipients` are those of all its messages.
    """

    def __init__(self) -> None:
        self.port = 0
        self.recipients: list[bytes] = []
        self._talks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None):
        self._server.close()
        await asyncio.gather(*self._talks)  # each ends with its client
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.append(talk)
        buffer, in_message, named = b"", False, []
        writer.write(b"220 credulous.example ESMTP\r\n")
        while octets := await reader.read(65536):
            buffer += octets
            while match := (_ANY_END.search(b"\r\n" + buffer) if in_message else re.search(_LINE_END, buffer)):
                line, buffer = buffer[: match.start()], (b"\r\n" + buffer if in_message else buffer)[match.end() :]
                if in_message:
                    in_message = False
                    self.recipients += named
                    writer.write(b"250 2.0.0 Ok\r\n")
                    continue
                verb = line[:4].upper()
                named = [*named, line] if verb == b"RCPT" else [] if verb == b"MAIL" else named
                in_message = verb == b"DATA"
                writer.write(b"354 Go on\r\n" if in_message else b"250 Ok\r\n")
        writer.close()
        await writer.wait_closed()
