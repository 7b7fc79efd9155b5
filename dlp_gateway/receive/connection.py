"""One connection: octets in and out, and time. Knows no command.

Input is a buffer of our own instead of asyncio's reader, so that a message is taken in blocks, what came
too early can be seen, and the end of the client wakes us without cancelling anything.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from .. import log, metrics
from ..config_access import Client
from ..errors import TemporaryError
from ..model import Reply
from ..sealed_file import Intake
from . import reply
from .edge import reply_for
from .message_octets import MessageReader
from .service import MAX_BYTES_IN_FLIGHT, Service
from .tls.peer import PeerCertificate, peer_certificate

MAX_WAITING_OCTETS = 256 * 1024  # input that we have not come to; then the client must wait
MAX_REPLIES_AT_ONCE = 50  # then other sessions have their turn
MAX_UNREAD_OCTETS = 64 * 1024  # replies that the client has not read; then we wait

_GOODBYE = re.compile(rb"QUIT *\r\n", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

_log = logging.getLogger("dlp_gateway.receive")


class ClientGoneError(Exception):
    """There is nobody to talk to any more, or we have ended the session."""


class Connection(asyncio.StreamReaderProtocol):
    """The wire of a session: input, replies that wait for one write, the deadline, whether the client
    has gone. smtp.py joins it with aiosmtpd."""

    transport: Any
    _original_transport: Any  # the one below TLS; None before STARTTLS

    def __init__(self, service: Service, client_ip: str | None = None) -> None:
        self.loop = service.loop
        # Not the next class in line, see `_Session`.
        asyncio.StreamReaderProtocol.__init__(
            self, asyncio.StreamReader(loop=self.loop), self._streams_made, loop=self.loop
        )
        self.service = service
        self.transport = None
        self._original_transport = None
        self.ip = client_ip or ""
        self._ip_is_told = client_ip is not None
        self.client: Client | None = None
        self.certificate: PeerCertificate | None = None
        self.tls = False
        self.tls_text = ""
        self.client_gone = False  # it says nothing more
        self._reads_on = False  # but still waits for what we say
        self.handling = False
        self._input = bytearray()
        self._out: list[bytes] = []
        self._errors = 0
        self._entered = False
        self._ending = False
        self._paused = False
        self._rest_of_line_is_bad = False
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._deadline: float | None = None
        self._message: MessageReader | None = None
        self._in_flight = 0
        self._no_room: Reply | None = None  # why the message that comes can't be kept
        self._intake: Intake | None = None  # of a large message

    def _streams_made(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    # What the loop calls -------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        if self._original_transport is None:
            if not self._ip_is_told:
                peer = transport.get_extra_info("peername")
                self.ip = peer[0] if peer else ""
            self.client = self.service.clients.find(self.ip)
            self._entered = self.service.clients.enter(self.ip, self.client)
        else:
            self.tls = True
            self._input.clear()  # nothing that came in clear text counts after the handshake
            tls_object = transport.get_extra_info("ssl_object")
            self.tls_text = f"{tls_object.version()}, {tls_object.cipher()[0]}"
            self._look_at_certificate(tls_object)
        super().connection_made(transport)

    def _look_at_certificate(self, tls_object: object) -> None:
        """Be whom the certificate makes known."""
        self.certificate = peer_certificate(tls_object)
        if self.certificate is not None and self.speaks_for_itself:
            found = self.service.clients.find(self.ip, self.certificate)
            if found is not self.client:
                self.become(self.ip, found)

    @property
    def speaks_for_itself(self) -> bool:
        """Whether whoever is at the other end of the wire is the client."""
        return True

    def become(self, ip: str, client: Client | None) -> bool:
        """Be this client at that address, with its limits; False where it has no connection left."""
        self.service.clients.leave(self.ip, self.client)
        self.ip, self.client = ip, client
        self._entered = self.service.clients.enter(ip, client)
        return self._entered

    def data_received(self, data: bytes) -> None:
        if self._message is not None:
            self._feed_message(self._message, data)
            return
        self._input += data
        if len(self._input) > MAX_WAITING_OCTETS:
            self._pause()
        self._wake()

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        self.client_gone = True
        # Exim closes its half behind the final dot and QUIT, and waits for both replies.
        self._reads_on = self._message is None and _GOODBYE.fullmatch(self._input) is not None
        self._wake()
        return not self.tls or self._reads_on  # our half stays open: what was asked before is still answered

    @property
    def nobody_waits(self) -> bool:
        """Whether no reply of ours will be heard, as far as can be known."""
        return self.client_gone and (self._ending or not self._reads_on)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - a lost client is no fault
        self.client_gone = self._ending = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._entered:
            self._entered = False
            self.service.clients.leave(self.ip, self.client)
        if self._original_transport is not None:
            self._original_transport.close()
        # Not the next class in line: SMTP.connection_lost cancels our task, at whatever point it is.
        asyncio.StreamReaderProtocol.connection_lost(self, None)
        self._wake()

    # In ------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        """Send what we have to say, then wait for input. Raises ClientGoneError when there will be none."""
        self._write()
        if self.transport.get_write_buffer_size() > MAX_UNREAD_OCTETS:
            await self._writer.drain()
        if self.client_gone or self._ending:
            raise ClientGoneError
        if self._paused and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def _read_line(self, most: int, too_long: Reply = reply.LINE_TOO_LONG) -> bytes | None:
        """One command without its CR LF; None when it was refused.

        A bare LF is refused at once: a client that ends lines so would wait for us forever. It ends
        no command, so what follows it up to CR LF is not obeyed.
        """
        buffer = self._input
        end = buffer.find(b"\n")
        if end < 0:
            self._allow(self.service.limits.command_seconds)
            while end < 0:
                if len(buffer) > most:
                    await self._skip_line(too_long)
                    return None
                start = len(buffer)
                await self._wait()
                end = buffer.find(b"\n", start)
            self._deadline = None
        line = bytes(buffer[: end + 1])
        del buffer[: end + 1]
        bad, self._rest_of_line_is_bad = self._rest_of_line_is_bad, not line.endswith(b"\r\n")
        if bad and not self._rest_of_line_is_bad:
            return None
        if len(line) > most:
            self._refuse(too_long)
        elif self._rest_of_line_is_bad or _CONTROL.search(line, 0, len(line) - 2):
            self._refuse(reply.BAD_LINE)
        else:
            return line[:-2]
        return None

    async def _skip_line(self, too_long: Reply) -> None:
        """Read on to the end of a line that is too long, keeping nothing of it."""
        buffer = self._input
        while (end := buffer.find(b"\r\n")) < 0:
            del buffer[:-1]
            await self._wait()
        del buffer[: end + 2]
        self._deadline = None
        self._rest_of_line_is_bad = False
        self._refuse(too_long)

    async def _read_message(self) -> MessageReader:
        """Read to the end of DATA, in which not a line is looked at."""
        reader = self._message = MessageReader(self.service.message_limits)
        self._no_room = self._intake = None
        self._allow(self.service.limits.data_seconds)
        try:
            while not reader.ended:
                await self._wait()
                if reader.held_bytes > self.service.spool_above_bytes:
                    await self._spool(reader.cut())
                    self._weigh(reader)
        finally:
            self._message = None
        self._deadline = None
        return reader

    def _feed_message(self, reader: MessageReader, data: bytes) -> None:
        rest = reader.feed(data)
        self._weigh(reader)
        if rest is None and reader.held_bytes > self.service.spool_above_bytes:
            self._pause()
            self._wake()
        if rest is not None:
            self._message = None
            self._input += rest
            self._wake()

    def _weigh(self, reader: MessageReader) -> None:
        service = self.service
        service.bytes_in_flight += reader.held_bytes - self._in_flight
        self._in_flight = reader.held_bytes
        if service.bytes_in_flight > MAX_BYTES_IN_FLIGHT and self._no_room is None:
            self._no_room = reply.OVERLOADED
        if self._no_room is not None:
            reader.discard()

    async def _spool(self, block: bytes) -> None:
        """Put a part of a large message onto the disk. Where that can't be, nothing more of it is kept."""
        if not block or self._no_room is not None:
            return
        self._no_room = self.service.no_room()
        if self._no_room is None:
            try:
                if self._intake is None:
                    self._intake = Intake(self.service.config.store.spool)
                    metrics.large_messages.inc()
                await asyncio.to_thread(self._intake.write, block)
            except TemporaryError as error:
                self._no_room = reply_for(error)

    # Out -----------------------------------------------------------------------------------------

    def _say(self, what: Reply) -> None:
        """Answer; goes out with all other answers as soon as we wait for the client."""
        self._out.append(reply.encode(what))

    def _write(self) -> None:
        if self._out:
            in_handshake = self._original_transport is not None and not self.tls  # no word of ours in clear text then
            if not in_handshake and not self.transport.is_closing():
                self.transport.write(b"".join(self._out))
            self._out.clear()

    async def _breathe(self) -> None:
        """Send what we have said and let other sessions in: one client may pipeline thousands of commands."""
        self._write()
        self._allow(self.service.limits.command_seconds)
        if self.transport.get_write_buffer_size() > MAX_UNREAD_OCTETS:
            await self._writer.drain()
        else:
            await asyncio.sleep(0)
        self._deadline = None

    def _refuse(self, why: Reply) -> None:
        """Say no, and end the session at the last straw."""
        self._say(why)
        self._errors += 1
        if self._errors >= self.service.limits.errors:
            log.event(_log, "session:too-many-errors", client=self._name)
            self.end(reply.TOO_MANY_ERRORS)

    def end(self, last: Reply | None = None) -> None:
        """End the session, after a last reply if there is one."""
        if last is not None:
            self._say(last)
        self._ending = self.client_gone = True
        if self.transport.get_write_buffer_size() > MAX_UNREAD_OCTETS:
            self.transport.abort()  # it reads nothing; a polite close would wait for it
        else:
            self._write()
            self.transport.close()
        self._wake()

    @property
    def _name(self) -> str:
        return self.client.name if self.client is not None else ""

    # Time: one timer a session, moved only when it has run out -----------------------------------

    def _allow(self, seconds: float) -> None:
        """Give the client that many seconds from now, whatever it sends meanwhile."""
        self._deadline = self.loop.time() + seconds
        if self._timer is None or self._deadline < self._timer_at:
            self._set_timer(self._deadline)

    def _set_timer(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self.loop.call_at(at, self._time_is_up)

    def _time_is_up(self) -> None:
        now = self.loop.time()
        if self._ending:
            self.transport.abort()  # closed long ago, and the client has still not read our last words
        elif self._deadline is None:  # we are at work: our time is not the client's
            self._set_timer(now + self.service.limits.command_seconds)
        elif now < self._deadline:
            self._set_timer(self._deadline)
        else:
            log.event(_log, "session:timed-out", client=self._name)
            self.end(reply.TIMED_OUT)
