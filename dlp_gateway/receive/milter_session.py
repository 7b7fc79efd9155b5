"""One connection of a mail server to the milter: its clients and messages, one after another.

All packets but the end of a message are answered at once, or not at all. What a mail server does while a message is
being handled (leave, or give the message up) never cancels anything: it is noted, and the way of the message looks at
it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import log
from ..config_milter import MilterListener
from ..model import Reply
from .milter_answer import NEEDED, refusal
from .milter_codec import (
    OLDEST_VERSION,
    VERSION,
    BadPacketError,
    Body,
    Connect,
    EndOfMessage,
    Header,
    Helo,
    Macros,
    Mail,
    Negotiate,
    Packet,
    PacketReader,
    Plain,
    Rcpt,
    Steps,
    Unknown,
    encode,
)
from .milter_turn import MilterTurn, Told, macros_of
from .networks import Network
from .smtp_codec import CommandRefusedError, parse_hello

if TYPE_CHECKING:
    from .milter import MilterServer

IDLE_SECONDS = 7210.0  # libmilter's own patience (smfi_settimeout): the client may be slow, and each command waits anew
PROGRESS_SECONDS = 1.0  # the least that a mail server may be told to wait for us

WANTED = (
    Steps.NO_UNKNOWN
    | Steps.NO_DATA
    | Steps.NO_END_OF_HEADER
    | Steps.CONNECT_UNANSWERED
    | Steps.HELO_UNANSWERED
    | Steps.HEADER_UNANSWERED
    | Steps.BODY_UNANSWERED
    | Steps.LEADING_SPACE
)
"""MAIL and RCPT are answered: there we refuse strangers and wrong addresses, and say early that it is too much."""

_UNANSWERED: dict[type, Steps] = {
    Connect: Steps.CONNECT_UNANSWERED,
    Helo: Steps.HELO_UNANSWERED,
    Header: Steps.HEADER_UNANSWERED,
    Body: Steps.BODY_UNANSWERED,
}
_LEAVING = frozenset({Plain.ABORT, Plain.QUIT, Plain.QUIT_NEW_CONNECTION})

_log = logging.getLogger("dlp_gateway.receive")


class MilterSession(asyncio.Protocol):
    """Speaks to one mail server, about one client of it after another."""

    def __init__(self, server: MilterServer, listener: MilterListener, networks: Sequence[Network]) -> None:
        self._server = server
        self._listener = listener
        self._networks = networks
        self._reader = PacketReader()
        self._transport: Any = None
        self._tcp: socket.socket | None = None
        self._entered = False
        self._steps: Steps | None = None  # as agreed; None before that
        self._told = Told()
        self._mail_macros: dict[bytes, str] = {}  # of the next MAIL
        self._turn: MilterTurn | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0

    @property
    def idle(self) -> bool:
        """Neither within a message nor handling one."""
        return self._turn is None

    # What the loop calls -------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        by_tcp = self._listener.path is None
        peer = transport.get_extra_info("peername")[0] if by_tcp else None
        self._entered = self._server.enter(self, self._listener, peer, self._networks)
        if not self._entered:
            transport.abort()
            return
        if by_tcp:  # our own handle: that of the loop may not let options be set
            self._tcp = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        self._allow(self._server.limits.command_seconds)

    def data_received(self, data: bytes) -> None:
        if self._tcp is not None:
            # What we don't answer the system would acknowledge after 40 ms only, and the mail server waits for that
            # before its next small packet (Nagle): 21 messages a second. The option lasts for one acknowledgement.
            self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        try:
            for packet in self._reader.feed(data):
                if self._transport.is_closing():
                    return
                self._take(packet)
        except BadPacketError as error:
            log.event(_log, "milter:malformed", level=logging.WARNING, why=str(error))
            self._transport.abort()
        except Exception as error:  # noqa: BLE001 - the edge: a fault of ours ends this session, not the server
            log.fault(_log, "milter:failed", error)
            self._transport.abort()
        else:
            self._allow(self._server.limits.command_seconds if self._reader.within_packet else IDLE_SECONDS)
            turn = self._turn
            if turn is not None and turn.should_spool and not turn.handling and not self._transport.is_closing():
                self._transport.pause_reading()
                self._server.run(self._spool(turn))

    async def _spool(self, turn: MilterTurn) -> None:
        """Nothing more is read until what came of a large message lies on the disk."""
        await turn.spool()
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - a lost mail server is no fault
        self._give_up()
        if self._timer is not None:
            self._timer.cancel()
        if self._tcp is not None:
            self._tcp.close()
            self._tcp = None
        if self._entered:
            self._server.leave(self)

    def close(self) -> None:
        """End the connection once what was written is sent."""
        self._transport.close()

    # Time ----------------------------------------------------------------------------------------

    def _allow(self, seconds: float) -> None:
        self._deadline = self._server.loop.time() + seconds
        if self._timer is not None and self._timer.when() <= self._deadline:
            return  # it looks again then: a timer for each packet would cost more than the packet
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._server.loop.call_later(seconds, self._look_at_clock)

    def _look_at_clock(self) -> None:
        left = self._deadline - self._server.loop.time()
        if left > 0:
            self._timer = self._server.loop.call_later(left, self._look_at_clock)
            return
        log.event(_log, "milter:timed-out", level=logging.WARNING)
        self._transport.abort()

    # Packets -------------------------------------------------------------------------------------

    def _write(self, *packets: Packet) -> None:
        self._transport.write(b"".join(map(encode, packets)))

    def _take(self, packet: Packet) -> None:
        if self._steps is None:
            self._negotiate(packet)
        elif packet in _LEAVING:
            self._leave(packet)
        elif self._turn is not None and self._turn.handling:
            raise BadPacketError("a packet before our answer to the message")
        elif isinstance(packet, Mail):
            self._give_up()
            leading_space = Steps.LEADING_SPACE in self._steps
            told = Told(self._told.connect, self._told.helo, self._told.macros | self._mail_macros)
            self._mail_macros = {}
            self._turn = MilterTurn(self._server, self._listener, told, leading_space=leading_space)
            self._answer(self._turn.mail(packet))
        elif isinstance(packet, Rcpt):
            self._answer(self._within_message().rcpt(packet))
        elif isinstance(packet, EndOfMessage):
            self._end_of_message(packet)
        elif isinstance(packet, Macros):
            self._take_macros(packet)
        else:
            self._note(packet)
            unanswered = _UNANSWERED.get(type(packet))
            if unanswered is None or unanswered not in self._steps:
                self._write(Plain.CONTINUE)

    def _take_macros(self, packet: Macros) -> None:
        """They come before their command. None may outlive what it is of: that user was another message's."""
        values = macros_of(packet)
        if packet.command == b"C":
            self._told.macros = values
        elif packet.command == b"H":
            self._told.macros |= values
        elif packet.command == b"M":
            self._mail_macros = values
        elif self._turn is not None:
            self._turn.take_macros(values)

    def _note(self, packet: Packet) -> None:
        match packet:
            case Header():
                self._within_message().add_field(packet.name, packet.value)
            case Body():
                self._within_message().add_body(packet.octets)
            case Connect():
                self._give_up()
                self._told = Told(connect=packet, macros=self._told.macros)
            case Helo():
                self._told.helo = _hello(packet.name)
            case Plain.DATA | Plain.END_OF_HEADER | Unknown():
                pass  # only from a mail server that can't leave them out
            case _:
                raise BadPacketError("not for a filter")

    def _within_message(self) -> MilterTurn:
        if self._turn is None:
            raise BadPacketError("a packet of a message before MAIL")
        return self._turn

    def _answer(self, refused: Reply | None) -> None:
        self._write(Plain.CONTINUE if refused is None else refusal(refused))

    def _negotiate(self, packet: Packet) -> None:
        if not isinstance(packet, Negotiate):
            raise BadPacketError("a packet before the negotiation")
        lacks = [action.name for action in NEEDED if not action & packet.actions]
        if packet.version < OLDEST_VERSION or lacks:
            # To work with less would be to leave a recipient in who must not get the message, or a disclaimer out.
            log.event(
                _log, "milter:mail-server-can-too-little", level=logging.ERROR, version=packet.version, lacks=lacks
            )
            self._transport.abort()
            return
        self._steps = WANTED & Steps(packet.steps)
        self._write(Negotiate(min(packet.version, VERSION), NEEDED, self._steps))

    def _leave(self, packet: Packet) -> None:
        self._give_up()
        if packet is Plain.QUIT:
            self.close()
        elif packet is Plain.QUIT_NEW_CONNECTION:
            self._told = Told()

    def _give_up(self) -> None:
        """The message there may be is given up; what the mail server said of its client stays."""
        if self._turn is not None:
            self._turn.give_up()
            self._turn = None

    def _end_of_message(self, packet: EndOfMessage) -> None:
        turn = self._within_message()
        if packet.octets:
            turn.add_body(packet.octets)
        refused = turn.end()
        if refused is None:
            self._server.run(self._handle(turn))
        else:
            self._turn = None
            self._answer(refused)

    async def _handle(self, turn: MilterTurn) -> None:
        """While the message is being handled the mail server hears every second that it is."""
        timer: asyncio.TimerHandle | None = None

        def progress() -> None:
            nonlocal timer
            if not turn.given_up:
                self._write(Plain.PROGRESS)
                timer = self._server.loop.call_later(PROGRESS_SECONDS, progress)

        timer = self._server.loop.call_later(PROGRESS_SECONDS, progress)
        try:
            packets = await turn.handle()
        finally:
            timer.cancel()
        if turn.given_up:
            return
        self._turn = None
        self._write(*packets)
        if self._server.draining:
            self.close()


def _hello(name: bytes) -> str:
    try:
        return parse_hello(name)
    except CommandRefusedError:
        return ""  # the mail server took it; it would only stand in a Received field of ours
