"""One message that a mail server shows us, from MAIL to our answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .. import log, metrics
from ..client_watch import ClientWatch
from ..config_milter import MilterListener
from ..model import Message, Reply
from ..octets import Octets
from ..sealed_file import SPOOL_ABOVE_BYTES, Intake
from . import reply
from .edge import no_room_by, refusal_by, reply_for
from .message_id import new_message_id
from .milter_answer import MtaAnswer, packets_of, refusal
from .milter_client import Origin, origin_of
from .milter_codec import Connect, Macros, Mail, Packet, Rcpt
from .milter_message import MtaMessage, mail_of, rcpt_of
from .smtp_codec import CommandRefusedError
from .transaction import Transaction

if TYPE_CHECKING:
    from .milter import MilterServer

_log = logging.getLogger("dlp_gateway.receive")


@dataclass(slots=True)
class Told:
    """What the mail server says of its client and of itself. Names of macros are without braces."""

    connect: Connect | None = None
    helo: str = ""
    macros: dict[bytes, str] = field(default_factory=dict)


def macros_of(packet: Macros) -> dict[bytes, str]:
    """Macros by their name without braces."""
    return {name.strip(b"{}"): value.decode("utf-8", "replace") for name, value in packet.values}


class _Watch(ClientWatch):
    """Whether the mail server still waits for our answer, and how long its client will."""

    __slots__ = ("_loop", "_until", "left")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.left = False
        self._loop = loop
        self._until = loop.time() + seconds

    @property
    def gone(self) -> bool:
        return self.left

    @property
    def seconds_left(self) -> float:
        return self._until - self._loop.time()


class MilterTurn:
    """`mail` first, `rcpt` for each recipient, then the message, `end`, and, unless that refuses, `handle`."""

    def __init__(self, server: MilterServer, listener: MilterListener, told: Told, *, leading_space: bool) -> None:
        self._server = server
        self._listener = listener
        self._told = told
        self._leading_space = leading_space
        self._message = MtaMessage(server.message_limits, leading_space=leading_space)
        self._held_bytes = 0
        self._intake: Intake | None = None  # of a large message
        self._refused: Reply | None = None
        self._transaction: Transaction | None = None
        self._origin: Origin | None = None
        self._watch: _Watch | None = None

    @property
    def handling(self) -> bool:
        """The message is whole, our answer not yet given."""
        return self._watch is not None

    @property
    def given_up(self) -> bool:
        return self._watch is not None and self._watch.left

    def give_up(self) -> None:
        """The mail server wants no answer any more, or can't hear it. What is being handled goes on."""
        if self._watch is not None:
            self._watch.left = True
        else:
            self._message.discard()
            self._count()

    def take_macros(self, values: Mapping[bytes, str]) -> None:
        """What the mail server adds about this message."""
        self._told.macros.update(values)

    def mail(self, packet: Mail) -> Reply | None:
        """The refusal, if it is refused; so for the others."""
        self._refused = self._admitted() or self._open(packet)
        if self._refused is not None:
            self._message.discard()
        return self._refused

    def _open(self, packet: Mail) -> Reply | None:
        user = self._told.macros.get(b"auth_authen") or None
        self._origin = origin_of(self._told.connect, user, self._listener, self._server.clients)
        if self._origin is None:
            log.event(_log, "milter:not-a-client", level=logging.WARNING)
            return reply.NOT_A_CLIENT
        try:
            mail = mail_of(packet)
        except CommandRefusedError as error:
            return error.reply
        if mail.size_bytes is not None and mail.size_bytes > self._server.limits.message_bytes:
            return reply.DECLARED_TOO_LARGE
        client = self._origin.client
        own = client is None or self._server.clients.may_use(client, mail.reverse_path)
        if self._origin.user is None and not own:
            log.event(_log, "milter:reverse-path-refused", client=self._origin.name)
            return reply.REVERSE_PATH_NOT_THIS_HOSTS
        if not self._server.within("messages", client):
            return reply.TOO_MANY_MESSAGES_A_MINUTE
        self._transaction = Transaction(mail, vouched=self._origin.vouches)
        return None

    def _admitted(self) -> Reply | None:
        if self._server.draining:
            return reply.STOPPING
        if self._server.overloaded:
            return reply.OVERLOADED
        return refusal_by(self._server.admission)

    def rcpt(self, packet: Rcpt) -> Reply | None:
        transaction, origin = self._transaction, self._origin
        if transaction is None or origin is None:
            return self._refused
        try:
            rcpt = rcpt_of(packet, smtputf8=transaction.params.smtputf8)
        except CommandRefusedError as error:
            return error.reply
        if len(transaction) >= self._server.limits.recipients and rcpt.recipient not in transaction:
            return reply.TOO_MANY_RECIPIENTS
        if not self._server.within("recipients", origin.client):
            return reply.TOO_MANY_RECIPIENTS_A_MINUTE
        transaction.add(rcpt)
        return None

    def add_field(self, name: bytes, value: bytes) -> None:
        self._message.add_field(name, value)
        self._weigh()

    def add_body(self, octets: bytes) -> None:
        self._message.add_body(octets)
        self._weigh()

    def _weigh(self) -> None:
        self._count()
        if self._server.overloaded:  # by this one, then: what others have is theirs
            self._refused = self._refused or reply.OVERLOADED
            self._message.discard()
            self._count()

    def _count(self) -> None:
        self._server.bytes_in_flight += self._message.held_bytes - self._held_bytes
        self._held_bytes = self._message.held_bytes

    def _release(self) -> None:
        self._server.bytes_in_flight -= self._held_bytes
        self._held_bytes = 0

    @property
    def should_spool(self) -> bool:
        """Whether so much of the message is in memory that `spool` should be called before more comes."""
        return self._message.held_bytes > SPOOL_ABOVE_BYTES

    async def spool(self) -> None:
        """Put what has come of a large message onto the disk. Where that can't be, nothing more of it is kept."""
        self._refused = self._refused or no_room_by(self._server.admission)
        if self._refused is None:
            try:
                await self._write(self._message.cut())
            except Exception as error:  # noqa: BLE001 - the edge
                self._refused = reply_for(error)
        if self._refused is not None:
            self._message.discard()
        self._count()

    async def _write(self, block: bytes) -> None:
        if not block:
            return
        if self._intake is None:
            self._intake = Intake(self._server.config.store.spool)
            metrics.large_messages.inc()
        await asyncio.to_thread(self._intake.write, block)

    def end(self) -> Reply | None:
        """The message is whole."""
        self._message.end()
        refused = self._refused
        if refused is None and (self._transaction is None or not len(self._transaction)):
            refused = reply.NO_RECIPIENT
        if refused is None:
            self._watch = _Watch(self._server.loop, self._server.config.times.patience_seconds)
        else:
            self._release()
        return refused

    async def _octets(self) -> Octets:
        """The message. A large one leaves the memory. Raises MessageRefusedError, StoreUnavailableError."""
        if self.should_spool:
            await self._write(self._message.cut())
        if self._intake is None:
            return self._message.octets()
        await self._write(self._message.last())
        self._release()
        return self._intake.octets()

    async def handle(self) -> list[Packet]:
        """Our answer. After it whatever could be done by us is done and durable."""
        transaction, origin, watch = self._transaction, self._origin, self._watch
        assert transaction is not None
        assert origin is not None
        assert watch is not None
        started = self._server.loop.time()
        message_id = new_message_id()
        envelope = transaction.envelope(
            client_ip=origin.ip,
            client_name=origin.name,
            client_user=origin.user,
            helo=self._told.helo,
            tls=bool(self._told.macros.get(b"tls_version")),
        )
        try:
            octets = await self._octets()
            message = Message(
                id=message_id, envelope=envelope, octets=octets, received_at=datetime.now(UTC), from_mta=True
            )
            answer = await self._server.take_message(message, watch)
            packets = list(packets_of(answer, envelope.recipients, leading_space=self._leading_space))
        except Exception as error:  # noqa: BLE001 - the edge: whatever a bug of ours is, the mail server keeps its message
            answer = MtaAnswer(reply=reply_for(error, message_id))
            packets = [refusal(answer.reply)]
        finally:
            self._release()
        metrics.messages.labels(answer.reply.code).inc()
        if watch.left and answer.reply.code < 400:
            # It will show us the message again: whom we have it for may get it twice.
            metrics.possible_duplicates.inc()
        log.event(
            _log,
            "milter:answered",
            message_id=message_id,
            queue_id=_harmless(self._told.macros.get(b"i", "")),
            code=answer.reply.code,
            left=len(answer.left),
            removed=len(envelope.recipients) - len(answer.left),
            gone=watch.left,
            seconds=round(self._server.loop.time() - started, 3),
        )
        return packets


def _harmless(queue_id: str) -> str:
    return queue_id if queue_id.isalnum() and queue_id.isascii() and len(queue_id) < 40 else ""
