"""A next hop that does what a script says: refuses, drops, dawdles or talks nonsense at any stage.

Real sockets on loopback. A stage is named by its verb in capitals (CONNECT, EHLO, STARTTLS, HANDSHAKE, AUTH,
MAIL, RCPT, DATA, BODY, DOT); "RCPT a@b.example" is one recipient's. Without a script it is an ordinary
server; `test_fake_next_hop.py` compares it with real ones.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self


class Act(Enum):
    """What a stage may do instead of answering."""

    DROP = "close the connection"
    RESET = "close the connection with RST"
    TAKE_AND_DROP = "at DOT: take the message, then close without a reply"
    SILENCE = "never answer"


Answer = str | bytes | Act
"""A str is sent as lines (CRLF is put after each); bytes are sent as they are."""

ORDINARY = ("PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")

_REPLIES = {
    "CONNECT": "220 fake.example ESMTP",
    "HELO": "250 fake.example",
    "STARTTLS": "220 2.0.0 Ready",
    "AUTH": "235 2.7.0 Welcome",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "DOT": "250 2.0.0 Ok: queued",
    "RSET": "250 2.0.0 Ok",
    "NOOP": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass(slots=True, kw_only=True)
class Taken:
    """One message that was taken: command lines without CRLF, octets without dot-stuffing."""

    mail: bytes
    rcpts: list[bytes]
    octets: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Session:
    """What one connection saw."""

    commands: list[bytes] = field(default_factory=list)  # lines without CRLF, in order
    clear_commands: list[bytes] = field(default_factory=list)  # those before TLS
    largest_batch: int = 0  # commands that came in one read
    body_octets: int = 0  # of messages, on the wire
    tls: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def verbs(self) -> list[str]:
        return [command.split(b" ")[0].split(b":")[0].decode("latin-1").upper() for command in self.commands]


class FakeNextHop:
    """`async with FakeNextHop(...) as hop`: listens on `hop.port` of `host`; port 0 takes any free one.

    `script` maps a stage to an answer, or to a list of answers for its first, second ... time, of which the
    last one stays.
    """

    def __init__(
        self,
        script: Mapping[str, Answer | Sequence[Answer]] | None = None,
        *,
        features: Sequence[str] = ORDINARY,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.taken: list[Taken] = []
        self.sessions: list[Session] = []
        self.host, self.port = host, port
        self._script = {
            stage: [answer] if isinstance(answer, str | bytes | Act) else list(answer)
            for stage, answer in (script or {}).items()
        }
        self.features = tuple(features)
        self.tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def body_octets(self) -> int:
        """Octets of message bodies seen on all connections."""
        return sum(session.body_octets for session in self.sessions)

    def verbs(self) -> list[str]:
        """Verbs of all commands on all connections."""
        return [verb for session in self.sessions for verb in session.verbs()]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()

    async def hang_up(self) -> None:
        """Close every connection, as a server does that is stopped, and wait until it is over."""
        for task in list(self._tasks):
            task.cancel()  # asyncio's start_tls does not end by itself when the client leaves in the handshake
        for session in self.sessions:
            await session.ended.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session()
        self.sessions.append(session)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await _Conversation(self, session, reader, writer).run()
        except (_EndError, OSError, asyncio.CancelledError):
            pass  # the story is over, one way or the other
        finally:
            writer.transport.abort()
            self._tasks.discard(task)
            session.ended.set()

    def answer(self, *stages: str) -> Answer | None:
        """What the script says for the first of these stages that it knows."""
        for stage in stages:
            answers = self._script.get(stage)
            if answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return None


class _EndError(Exception):
    """The connection is over."""


class _Conversation:
    def __init__(
        self, hop: FakeNextHop, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._hop = hop
        self._session = session
        self._reader = reader
        self._writer = writer
        self._mail: bytes | None = None
        self._rcpts: list[bytes] = []
        self._buffer = bytearray()

    async def run(self) -> None:
        verbs = {
            "EHLO": self._on_ehlo,
            "STARTTLS": self._on_starttls,
            "AUTH": self._on_auth,
            "MAIL": self._on_mail,
            "RCPT": self._on_rcpt,
            "DATA": self._on_data,
            "RSET": self._on_rset,
            "QUIT": self._on_quit,
        }
        await self._reply("CONNECT")
        while True:
            line = await self._line()
            self._session.commands.append(line)
            if not self._session.tls:
                self._session.clear_commands.append(line)
            verb = line.split(b" ")[0].decode("latin-1").upper()
            if verb in verbs:
                await verbs[verb](line)
            else:
                await self._reply(verb, otherwise=_REPLIES.get(verb, "500 5.5.2 Unknown command"))

    async def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            await self._read()
            self._session.largest_batch = max(self._session.largest_batch, self._buffer.count(b"\r\n"))
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def _read(self) -> None:
        octets = await self._reader.read(65536)
        if not octets:
            raise _EndError
        self._buffer += octets

    async def _reply(self, *stages: str, otherwise: str | None = None) -> int:
        """Answer as the script says for the first of these stages that it knows, or else as is
        ordinary; answers the code sent."""
        answer = self._hop.answer(*stages)
        if answer is None:
            answer = otherwise or _REPLIES[stages[-1]]
        return await self._send(answer)

    async def _send(self, answer: Answer) -> int:
        if isinstance(answer, Act):
            await self._act(answer)
        octets = answer if isinstance(answer, bytes) else str(answer).replace("\n", "\r\n").encode() + b"\r\n"
        self._writer.write(octets)
        await self._writer.drain()
        code = int(octets[:3]) if octets[:3].isdigit() else 0
        if code == 421:
            await self._act(Act.DROP)
        return code

    async def _act(self, act: Act) -> None:
        if act is Act.SILENCE:
            while True:
                await self._read()
        if act is Act.RESET:
            connection = self._writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if act is Act.DROP:
            self._writer.close()
            await self._writer.wait_closed()
        raise _EndError

    async def _on_ehlo(self, _line: bytes) -> None:
        features = list(self._hop.features)
        if self._hop.tls is not None and not self._session.tls:
            features.append("STARTTLS")
        lines = ["fake.example", *features]
        ordinary = "\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{text}" for n, text in enumerate(lines))
        await self._reply("EHLO", otherwise=ordinary)

    async def _on_starttls(self, _line: bytes) -> None:
        offered = self._hop.tls is not None and not self._session.tls
        if await self._reply("STARTTLS", otherwise=None if offered else "502 5.5.1 Not offered") != 220:
            return
        answer = self._hop.answer("HANDSHAKE")
        if answer is not None:
            await self._read()  # the client's first words
            await self._send(answer)
            raise _EndError
        assert self._hop.tls is not None
        try:
            await self._writer.start_tls(self._hop.tls)
        except ssl.SSLError:
            raise _EndError from None  # the client did not like our certificate
        self._session.tls = True
        self._mail, self._rcpts = None, []

    async def _on_auth(self, line: bytes) -> None:
        if line.upper() == b"AUTH LOGIN":
            for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"):
                await self._send(prompt)
                self._session.commands.append(await self._line())
        await self._reply("AUTH")

    async def _on_mail(self, line: bytes) -> None:
        if await self._reply("MAIL") // 100 == 2:
            self._mail, self._rcpts = line, []

    async def _on_rcpt(self, line: bytes) -> None:
        address = line.partition(b"<")[2].partition(b">")[0].decode()
        if self._mail is None:
            await self._send("503 5.5.1 MAIL first")
        elif await self._reply(f"RCPT {address}", "RCPT") // 100 == 2:
            self._rcpts.append(line)

    async def _on_data(self, _line: bytes) -> None:
        ready = self._mail is not None and bool(self._rcpts)
        refusal = "554 5.5.1 No valid recipients" if self._mail is not None else "503 5.5.1 MAIL first"
        if await self._reply("DATA", otherwise=None if ready else refusal) == 354:
            await self._body()

    async def _on_rset(self, _line: bytes) -> None:
        self._mail, self._rcpts = None, []
        await self._reply("RSET")

    async def _on_quit(self, _line: bytes) -> None:
        await self._reply("QUIT")
        await self._act(Act.DROP)

    async def _body(self) -> None:
        body = bytearray(b"\r\n")
        searched = 0
        while True:
            body += self._buffer
            self._session.body_octets += len(self._buffer)
            self._buffer.clear()
            if (end := body.find(b"\r\n.\r\n", searched)) >= 0:
                break
            searched = max(0, len(body) - 4)
            if len(body) > 2 and (answer := self._hop.answer("BODY")) is not None:
                await self._send(answer)
                await self._act(Act.DROP)
            await self._read()
        self._buffer += body[end + 5 :]
        self._session.body_octets -= len(body) - (end + 2)
        octets = bytes(body[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]
        taken = Taken(mail=self._mail or b"", rcpts=self._rcpts, octets=octets)
        self._mail, self._rcpts = None, []
        answer = self._hop.answer("DOT") or _REPLIES["DOT"]
        if answer is Act.TAKE_AND_DROP or (not isinstance(answer, Act) and answer[:1] in ("2", b"2")):
            self._hop.taken.append(taken)
        await self._send(answer)
