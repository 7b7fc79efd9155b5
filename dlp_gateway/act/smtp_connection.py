"""One connection to a next hop: greeting, EHLO, TLS, log-in, and replies matched to commands.

Never downgrades: where the next hop must have TLS, not one octet of MAIL is written in the clear.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ..errors import InDoubtError, NextHopError, TlsError
from ..octets import Piece
from ..sealed_file import flowing
from .smtp_wire import Features, RawReply, ReplyError, ReplyParser, Stuffer, read_features

_VERIFICATION = {10: "certificate-expired", 62: "certificate-host-mismatch"}
"""OpenSSL's codes (X509_V_ERR_...) in the words of RFC 8460, 4.3."""

SLICE_BYTES = 128 * 1024  # of a large message at one time, so that the loop stays responsive


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHop:
    """Where a client connects to, and on which terms."""

    host: str
    port: int
    helo: str  # our name in EHLO
    tls: ssl.SSLContext | None = None  # None: never STARTTLS
    tls_required: bool = False  # without TLS by `tls` nothing is sent
    tls_name: str = ""  # name that the certificate must carry; "": the host
    tls_check: Callable[[Any], str | None] | None = None  # asked of the ssl.SSLObject: what is wrong, or None
    address: str = ""  # to connect to; "": what the system's resolver says of the host
    require_tls: bool = False  # MAIL with REQUIRETLS (RFC 8689); one that does not offer it gets nothing
    tell_origin: bool = False  # XFORWARD where it is offered: what our clients said of theirs is not for everybody
    user: str | None = None  # AUTH, only ever under TLS
    password: str = field(default="", repr=False)
    max_connections: int = 20
    max_messages: int = 100  # on one connection
    max_age_seconds: float = 300.0  # of a connection; Postfix: smtp_connection_reuse_time_limit
    idle_seconds: float = 30.0  # well below any next hop's own patience
    eight_bit_as_is: bool = True  # 8-bit messages go to a next hop without 8BITMIME as they are

    @property
    def name(self) -> str:
        return f"next hop {self.host}:{self.port}"


class Connection(asyncio.Protocol):
    """The protocol object, and the conversation on it. Only one task uses it at a time."""

    def __init__(self, next_hop: NextHop, now: float) -> None:
        self.name = next_hop.name
        self.features = Features()
        self.answered = False  # whether this transaction has had any reply but 421
        self.tls_words = "no TLS"
        self.verified = False  # TLS, and it is proven who is at its other end
        self._next_hop = next_hop
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = ReplyParser()
        self._replies: deque[RawReply] = deque()
        self._expected = 1  # the greeting
        self._in_body = False  # it waits for the rest of a message
        self._trouble = ""  # why nothing more will come
        self._leaving = False  # it said 421
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._born = now
        self._rested = now
        self._messages = 0

    # ---- called by the loop ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in deed, not in descent

    def data_received(self, data: bytes) -> None:
        if self._trouble:
            return
        try:
            replies = self._parser.feed(data)
        except ReplyError as fault:
            self._fail(f"spoke no SMTP: {fault}")
            return
        for reply in replies:
            self._replies.append(reply)
            if reply[0] == 421:
                self._leaving = True
            else:
                self.answered = True
        # One more than asked for: a 421 at any time, or a refusal while the body is still being sent.
        if len(self._replies) > self._expected + 1:
            self._fail("sent replies that nobody asked for")
        elif replies:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._trouble = self._trouble or ("closed the connection" if exc is None else "broke the connection")
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)  # a refusal before the end of the body: stop writing

    def _fail(self, trouble: str) -> None:
        self._trouble = self._trouble or trouble
        self.abort()
        self._wake()

    # ---- the conversation ------------------------------------------------------------------------

    def begin(self) -> None:
        """A new transaction starts."""
        self.answered = False
        self._messages += 1

    def rest(self) -> None:
        """The transaction is over and the connection waits for the next."""
        self._rested = self._loop.time()

    def fit(self) -> bool:
        """Whether another transaction may use it: alive, silent, not too old, not too often used."""
        now = self._loop.time()
        return (
            not self._trouble
            and not self._leaving
            and not self._replies
            and not self._parser.partial
            and self._transport is not None
            and not self._transport.is_closing()
            and self._messages < self._next_hop.max_messages
            and now - self._born < self._next_hop.max_age_seconds
            and now - self._rested < self._next_hop.idle_seconds
        )

    def write(self, octets: bytes | memoryview) -> None:
        assert self._transport is not None
        self._transport.write(octets)

    async def exchange(self, commands: bytes, count: int) -> list[RawReply]:
        """Write and wait for that many replies. Raises NextHopError when one of them is 421, or fewer come."""
        if self._replies or self._parser.partial:
            raise NextHopError(f"{self.name} sent a reply that nobody asked for")
        if self._trouble:
            raise NextHopError(f"{self.name} {self._trouble}")
        self._expected = count
        self.write(commands)
        return await self._take(count)

    async def _take(self, count: int) -> list[RawReply]:
        await self._wait(count)
        self._expected = 0
        if len(self._replies) < count or any(self._replies[i][0] == 421 for i in range(count)):
            raise NextHopError(f"{self.name} {self._trouble or 'is closing (421)'}")
        return [self._replies.popleft() for _ in range(count)]

    async def _wait(self, count: int) -> None:
        while len(self._replies) < count and not self._trouble and not self._leaving:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    async def write_body(self, chunks: Sequence[Piece]) -> RawReply | None:
        """Write the message, at the next hop's pace. Answers a refusal that came before its end; raises
        NextHopError as `early_reply` does."""
        assert self._transport is not None
        self._in_body = True
        in_memory = [chunk for chunk in chunks if isinstance(chunk, bytes)]
        if len(in_memory) == len(chunks) and sum(map(len, in_memory)) <= SLICE_BYTES:
            self._transport.writelines(in_memory)
            await self._drain()
            return self.early_reply()
        for chunk in chunks:
            async for block in _stuffed(chunk):
                view = memoryview(block)
                for start in range(0, len(view), SLICE_BYTES):
                    early = self.early_reply()
                    if early is not None:
                        return early
                    self.write(view[start : start + SLICE_BYTES])
                    await self._drain()
        return self.early_reply()

    async def _drain(self) -> None:
        if self._drained is not None and not self._trouble:
            await self._drained

    def early_reply(self) -> RawReply | None:
        """A refusal that came although the final dot was not sent; None when all is well. Raises
        NextHopError when the connection is lost, closing, or out of step."""
        if self._replies and self._replies[0][0] >= 400 and self._replies[0][0] != 421:
            return self._replies[0]
        if self._leaving:
            raise NextHopError(f"{self.name} is closing (421)")
        if self._replies or self._parser.partial:
            raise NextHopError(f"{self.name} sent a reply before the final dot")
        if self._trouble or self._transport is None or self._transport.is_closing():
            raise NextHopError(f"{self.name} {self._trouble or 'closed the connection'} before the final dot")
        return None

    async def reply_after_dot(self) -> RawReply:
        """The reply to the final dot. Raises InDoubtError when none comes, or one that means nothing."""
        self._expected = 1
        await self._wait(1)
        self._expected = 0
        if not self._replies:
            raise InDoubtError(f"{self.name} {self._trouble} after the final dot")
        self._in_body = False
        reply = self._replies.popleft()
        if 300 <= reply[0] < 400:
            raise InDoubtError(f"{self.name} answered {reply[0]} to the final dot")
        return reply

    def quit(self) -> None:
        """Say goodbye where that is still possible, and close."""
        if self._trouble or self._leaving or self._expected or self._in_body:
            self.abort()
        elif self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    def abort(self) -> None:
        """Close at once; what is not yet written never will be."""
        self._trouble = self._trouble or "was cut off by us"
        if self._transport is not None:
            self._transport.abort()

    # ---- opening ---------------------------------------------------------------------------------

    async def greet(self) -> None:
        """Greeting, EHLO, STARTTLS and log-in, as the next hop's terms ask. Raises NextHopError."""
        greeting = (await self._take(1))[0]
        if greeting[0] != 220:
            raise NextHopError(f"{self.name} greeted with {greeting[0]}")
        await self._hello()
        if self._next_hop.tls is not None and self.features.starttls:
            await self._start_tls(self._next_hop.tls)
        elif self._next_hop.tls_required:
            raise TlsError(f"{self.name} does not offer STARTTLS, which its route requires", "starttls-not-supported")
        if not self.verified:
            self.features = replace(self.features, require_tls=False)  # RFC 8689, 4.2.1: whoever else may say so
        if self._next_hop.require_tls and not self.features.require_tls:
            raise NextHopError(f"{self.name} does not offer REQUIRETLS, which its route requires")
        if self._next_hop.user is not None:
            code = await self.log_in(self._next_hop.user, self._next_hop.password)
            if code != 235:
                raise NextHopError(f"{self.name} answered {code} to our log-in")

    async def _hello(self) -> None:
        self.features = Features()
        name = self._next_hop.helo.encode("ascii")
        reply = (await self.exchange(b"EHLO " + name + b"\r\n", 1))[0]
        if reply[0] == 250:
            self.features = read_features(reply)
            return
        # RFC 5321, 3.2: a server of old knows only HELO, and offers nothing.
        hello = (await self.exchange(b"HELO " + name + b"\r\n", 1))[0] if reply[0] in (500, 502) else reply
        if hello[0] != 250:
            raise NextHopError(f"{self.name} answered {hello[0]} to our greeting")

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        reply = (await self.exchange(b"STARTTLS\r\n", 1))[0]
        if reply[0] != 220:
            if self._next_hop.tls_required:
                text = f"{self.name} answered {reply[0]} to STARTTLS, which its route requires"
                raise TlsError(text, "starttls-not-supported")
            return
        if self._replies or self._parser.partial:  # CVE-2021-38371: cleartext that would be read as if under TLS
            raise NextHopError(f"{self.name} sent clear text after its reply to STARTTLS")
        assert self._transport is not None
        plain = self._transport
        try:
            secured = await self._loop.start_tls(
                plain, self, context, server_hostname=self._next_hop.tls_name or self._next_hop.host
            )
        except ssl.SSLCertVerificationError as error:
            self._fail("failed in TLS")
            text = f"{self.name}: its certificate does not verify: {error.verify_message}"
            raise TlsError(text, _VERIFICATION.get(error.verify_code, "certificate-not-trusted")) from None
        except (OSError, asyncio.IncompleteReadError) as error:  # ssl.SSLError is an OSError
            self._fail("failed in TLS")
            text = f"{self.name}: the TLS handshake failed ({type(error).__name__})"
            raise TlsError(text, "validation-failure") from None
        if secured is None:  # asyncio says so when the connection was lost during the handshake
            raise TlsError(f"{self.name}: the TLS handshake failed", "validation-failure")
        self._transport = secured
        if self._replies or self._parser.partial:
            raise NextHopError(f"{self.name} sent clear text after its reply to STARTTLS")
        tls = secured.get_extra_info("ssl_object")
        if self._next_hop.tls_check is not None and (fault := self._next_hop.tls_check(tls)) is not None:
            self._fail("failed in TLS")
            raise TlsError(f"{self.name}: {fault}", "validation-failure")
        proven = context.verify_mode == ssl.CERT_REQUIRED or self._next_hop.tls_check is not None
        self.verified = proven
        verified = "verified" if proven else "not verified"
        self.tls_words = f"{tls.version()} with {tls.cipher()[0]}, certificate {verified}"
        await self._hello()  # RFC 3207, 4.2: what was learned before TLS is forgotten

    async def log_in(self, user: str, password: str) -> int:
        """The code of its reply to AUTH. Raises NextHopError, also without TLS."""
        if self._transport is None or self._transport.get_extra_info("ssl_object") is None:
            raise NextHopError(f"{self.name}: we never log in without TLS")
        if "PLAIN" in self.features.auth:  # RFC 4616
            token = base64.b64encode(f"\0{user}\0{password}".encode())
            reply = (await self.exchange(b"AUTH PLAIN " + token + b"\r\n", 1))[0]
        elif "LOGIN" in self.features.auth:
            reply = (await self.exchange(b"AUTH LOGIN\r\n", 1))[0]
            for word in (user, password):
                if reply[0] == 334:
                    reply = (await self.exchange(base64.b64encode(word.encode()) + b"\r\n", 1))[0]
        else:
            raise NextHopError(f"{self.name} offers neither AUTH PLAIN nor AUTH LOGIN")
        return reply[0]


async def _stuffed(chunk: Piece) -> AsyncIterator[bytes]:
    """What is in memory is stuffed already."""
    if isinstance(chunk, bytes):
        yield chunk
        return
    stuffer = Stuffer()
    async for block in flowing(chunk):
        yield stuffer.feed(block)
    yield stuffer.end()


async def open_connection(next_hop: NextHop) -> Connection:
    """A new connection, greeted, secured and logged in. Raises NextHopError."""
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_connection(
            lambda: Connection(next_hop, loop.time()), next_hop.address or next_hop.host, next_hop.port
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NextHopError(f"{next_hop.name} can't be reached ({reason})") from None
    try:
        await connection.greet()
    except BaseException:
        connection.abort()
        raise
    return connection
