"""The SMTP server: our manners on aiosmtpd, of which this file is the only door.

Taken from aiosmtpd: the life of a connection. Corrected, each for a reason measured in practice:
addresses verbatim, strict CR LF, DATA in blocks, replies in one write, limits on everything, no handler cancelled
because its client left, 451 and never 500 for a fault of ours, and no line of a message in a log.
"""

# ruff: noqa: N802 - aiosmtpd names a command's method after the command

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import ALLOWED_BEFORE_STARTTLS, SMTP

from .. import log, metrics
from ..client_watch import ClientWatch
from ..config_access import SmtpListener
from ..errors import NextHopError
from ..model import Message, Reply
from ..octets import Octets
from . import reply
from .connection import MAX_REPLIES_AT_ONCE, ClientGoneError
from .edge import answer, refusal_by, reply_for
from .message_id import new_message_id
from .message_octets import MessageReader
from .rights import Rights
from .service import Service
from .smtp_codec import CommandRefusedError, parse_hello, parse_mail, parse_rcpt
from .tls.listener_tls import ListenerTls
from .tls.upgrade import put_tls, why_no_handshake
from .transaction import Transaction

_log = logging.getLogger("dlp_gateway.receive")

for _name in ("mail.log", "mail.debug"):
    logging.getLogger(_name).disabled = True  # aiosmtpd logs commands and lines of messages there

MAX_COMMAND_OCTETS = 4096  # RFC 5321, 4.5.3.1.4: 512 and what each extension adds; DSN adds most (RFC 3461, 5.4)
MAX_IDLE_COMMANDS = 100  # NOOP, RSET, HELP and VRFY between two messages

_ALLOWED_BEFORE_TLS = frozenset(verb.encode() for verb in ALLOWED_BEFORE_STARTTLS)
_OTHER_PROTOCOLS = frozenset({b"GET", b"POST", b"PUT", b"HEAD", b"CONNECT", b"OPTIONS"})
_NOT_IMPLEMENTED = frozenset({b"ETRN", b"TURN", b"ATRN", b"SEND", b"SAML", b"SOML"})
_NO_HOOKS: dict[str, Callable[..., Any]] = {}


class _Watch(ClientWatch):
    """Whether the client of this session is still there, and how long it will wait for our reply."""

    __slots__ = ("_session", "_until")

    def __init__(self, session: _Session, until: float) -> None:
        self._session = session
        self._until = until

    @property
    def gone(self) -> bool:
        return self._session.nobody_waits

    @property
    def seconds_left(self) -> float:
        return self._until - self._session.loop.time()


class _Session(Rights, SMTP):
    """One session. Runs as one task, which nothing on the network ever cancels."""

    def __init__(
        self,
        service: Service,
        listener: SmtpListener,
        listener_tls: ListenerTls | None,
        client_ip: str | None,
    ) -> None:
        # Never SMTP.__init__: it looks through all members of two objects for every connection (11 % of our
        # time at 4 kB) and clears a table of limits that all sessions share.
        Rights.__init__(self, service, client_ip, listener_tls)
        self.session = None
        self._handle_hooks = _NO_HOOKS
        self._tls_protocol: Any = None
        self._handshake: asyncio.Future[None] | None = None
        self._handler_coroutine: asyncio.Task[None] | None = None
        self._listener = listener
        self._idle_commands = 0

    def _set_rset_state(self) -> None:
        """Begin anew: a new connection, or TLS (RFC 3207, 4.2). aiosmtpd calls this for both."""
        self.forget_greeting()
        self.service.sessions.add(self)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Do nothing: the clock is `Connection`'s."""

    @property
    def idle(self) -> bool:
        """Waiting for a command outside a transaction."""
        return self._waiter is not None and self._transaction is None and self._message is None

    async def _handle_client(self) -> None:
        try:
            if not self._entered:
                log.event(_log, "session:refused", level=logging.WARNING, client=self._name)
                metrics.turned_away.labels("connection").inc()
                self.end(None if self._listener.implicit_tls else reply.TOO_MANY_CONNECTIONS)
            else:
                if self._handshake is not None:
                    await self._secured(self._handshake)
                self._out.append(self.service.greeting)
            while not self._ending:
                await self._next_command()
                if len(self._out) > MAX_REPLIES_AT_ONCE:
                    await self._breathe()
        except (ClientGoneError, ConnectionError):
            log.event(_log, "session:left", level=logging.DEBUG, client=self._name)
        except Exception as error:  # noqa: BLE001 - the edge: a fault of ours ends this session, not the server
            self._say(reply_for(error))
        finally:
            self._leave()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self._listener.implicit_tls and self._entered and not self.tls:
            assert self._listener_tls is not None, "the configuration sees to that"
            self._handshake = self._begin_tls(self._listener_tls)  # before the first octet can come

    def _begin_tls(self, listener_tls: ListenerTls) -> asyncio.Future[None]:
        return put_tls(self.loop, self, listener_tls.context, self.service.limits.command_seconds)

    def goes_under_tls(self, tls: Any, below: Any) -> None:
        """What aiosmtpd wants to know of it."""
        self._tls_protocol, self._original_transport = tls, below

    async def _secured(self, handshake: asyncio.Future[None]) -> None:
        """Wait until TLS stands. Raises ClientGoneError when it does not."""
        try:
            await handshake
        except OSError as error:  # ssl.SSLError is one, and so is running out of time
            log.event(_log, "session:handshake-failed", client=self._name, why=why_no_handshake(error))
            raise ClientGoneError from None
        if not self.tls:  # it left during the handshake
            raise ClientGoneError
        if not self._entered:  # its certificate makes it known as one that has no connection left
            self.end(reply.TOO_MANY_CONNECTIONS)

    def _leave(self) -> None:
        self.service.forget(self)
        if self._original_transport is not None and not self.tls:
            self.connection_lost(None)  # a handshake that failed: nobody else will say so
        else:
            self._write()
            self.transport.close()

    async def _next_command(self) -> None:
        line = await self._read_line(MAX_COMMAND_OCTETS)
        if line is None:
            return
        verb, _, argument = line.partition(b" ")
        verb = verb.upper()
        method = _METHODS.get(verb)
        if self.service.draining and self._transaction is None:
            self.end(reply.STOPPING)
        elif method is None:
            self._unknown(verb)
        elif self._listener.require_tls and not self.tls and verb not in _ALLOWED_BEFORE_TLS:
            self._refuse(reply.STARTTLS_FIRST)
        else:
            try:
                await method(self, argument.strip(b" "))
            except CommandRefusedError as error:
                self._refuse(error.reply)

    def _unknown(self, verb: bytes) -> None:
        if verb == b"BDAT":  # its message may be on its way behind it, and must not be obeyed as commands
            self.end(reply.NO_CHUNKING)
        elif verb in _OTHER_PROTOCOLS:  # a browser made to talk to us: its next lines could be commands
            self.end(reply.NOT_SMTP)
        else:
            self._refuse(reply.NOT_IMPLEMENTED if verb in _NOT_IMPLEMENTED else reply.UNKNOWN_COMMAND)

    # A transaction -------------------------------------------------------------------------------

    async def smtp_HELO(self, argument: bytes) -> None:
        self.greet(parse_hello(argument))
        self._out.append(reply.hello(self.service.config.hostname, ()))

    async def smtp_EHLO(self, argument: bytes) -> None:
        self.greet(parse_hello(argument))
        if self._input:
            self.end(reply.NO_SYNCHRONISATION)  # RFC 2920, 3.1: EHLO is the last of its group
        else:
            starttls = self._listener_tls is not None and not self.tls
            words = self.words_for_tellers()
            self._out.append(self.service.hello(self._listener, words, starttls=starttls, tls=self.tls))

    async def smtp_MAIL(self, argument: bytes) -> None:
        if not self._helo:
            self._refuse(reply.HELLO_FIRST)
        elif self.client is None and self._account is None:
            self._refuse(self.why_stranger())
        elif self._transaction is not None:
            self._refuse(reply.NESTED_MAIL)
        else:
            self._open_transaction(argument)

    def _open_transaction(self, argument: bytes) -> None:
        mail = parse_mail(argument)
        offers = self.service.offers(self._listener)
        if mail.size_bytes is not None and mail.size_bytes > offers.most_bytes(self.service.limits.message_bytes):
            self._say(reply.DECLARED_TOO_LARGE)
            return
        if mail.params.require_tls and not (self.tls and offers.require_tls):
            self._refuse(reply.REQUIRETLS_NOT_KEPT if self.tls else reply.REQUIRETLS_NEEDS_TLS)
            return
        if (refusal := self.why_not(mail.reverse_path)) is not None:
            self._refuse(refusal)
        elif self._admitted():
            self._idle_commands = 0
            self._transaction = Transaction(self.as_told(mail), vouched=self.vouches_for(mail.reverse_path))
            self._say(reply.REVERSE_PATH_OK)

    def _admitted(self) -> bool:
        """Whether the service as a whole takes mail now; says so when not."""
        refusal = refusal_by(self.service.admission)
        if refusal is None:
            return True
        metrics.turned_away.labels("transaction").inc()
        if refusal.code == 421:
            self.end(refusal)
        else:
            self._say(refusal)
        return False

    async def smtp_RCPT(self, argument: bytes) -> None:
        transaction = self._transaction
        if transaction is None:
            self._refuse(reply.MAIL_FIRST)
            return
        rcpt = parse_rcpt(argument, smtputf8=transaction.params.smtputf8)
        if len(transaction) >= self.service.limits.recipients and rcpt.recipient not in transaction:
            self._say(reply.TOO_MANY_RECIPIENTS)  # no error of the client's: RFC 5321, 4.5.3.1.10
        elif not self.may_name_another():
            self._say(reply.TOO_MANY_RECIPIENTS_A_MINUTE)  # nor this: those before it have their mail meanwhile
        elif (refusal := await self._asked(transaction, rcpt.recipient)) is not None:
            self._say(refusal)  # no error of the client's either: a list may hold many who have left
        else:
            transaction.add(rcpt)
            self._say(reply.RECIPIENT_OK)

    async def _asked(self, transaction: Transaction, recipient: str) -> Reply | None:
        """The next hop's refusal of that recipient, where it is to be asked; None where it would take it."""
        ask, manner = self.service.ask_recipient, self._listener.verify_recipients
        if ask is None or manner == "never" or recipient in transaction:
            return None
        try:
            line = await ask(transaction.reverse_path, recipient, transaction.params)
        except NextHopError as error:
            log.event(_log, "recipient:not-asked", level=logging.WARNING, client=self._name, error=log.place_of(error))
            return reply.RECIPIENT_NOT_ASKED if manner == "defer" else None
        answer = reply.reply_about_recipient(line)
        return answer if answer.code >= 400 else None

    async def smtp_DATA(self, argument: bytes) -> None:
        transaction = self._transaction
        if self._input:
            self.end(reply.NO_SYNCHRONISATION)  # a message, or commands, that took our 354 for granted
        elif argument:
            self._refuse(reply.NO_ARGUMENT)
        elif transaction is None:
            self._refuse(reply.MAIL_FIRST)
        elif not len(transaction):
            self._refuse(reply.NO_RECIPIENT)
        else:
            self._transaction = None
            if self._admitted():
                await self._receive_message(transaction)

    async def _receive_message(self, transaction: Transaction) -> None:
        self._say(reply.SEND_MESSAGE)
        try:
            reader = await self._read_message()
            self.handling = True
            self._say(await self._take(transaction, reader))
        finally:
            self.handling = False
            self.service.bytes_in_flight -= self._in_flight
            self._in_flight = 0
            self._intake = None

    async def _take(self, transaction: Transaction, reader: MessageReader) -> Reply:
        """The reply to the final dot. Our id is made here, so that every reply names it."""
        received_at = datetime.now(UTC)
        watch = _Watch(self, self.loop.time() + self.service.config.times.patience_seconds)
        message_id = new_message_id()
        try:
            octets = await self._octets(reader)
            if self._no_room is not None:
                metrics.turned_away.labels("message").inc()
                return self._no_room
        except Exception as error:  # noqa: BLE001 - the edge
            return reply_for(error, message_id)
        envelope = transaction.envelope(
            client_ip=self.ip,
            client_name=self._name,
            client_user=None if self._account is None else self._account.name,
            helo=self._helo,
            tls=self.tls,
            tls_text=self.tls_text,
        )
        message = Message(id=message_id, envelope=envelope, octets=octets, received_at=received_at)
        return await answer(self.service.take_message, message, watch)

    async def _octets(self, reader: MessageReader) -> Octets:
        """The message that has come; raises MessageRefusedError. Of no use where there is no room for it."""
        if self._no_room is not None:
            return b""
        if self._intake is None:
            return reader.octets()
        await self._spool(reader.last())
        self._weigh(reader)
        return self._intake.octets()

    # Small commands ------------------------------------------------------------------------------

    def _idle_command(self, said: Reply) -> None:
        self._idle_commands += 1
        if self._idle_commands > MAX_IDLE_COMMANDS:
            self._refuse(said)
        else:
            self._say(said)

    async def smtp_RSET(self, argument: bytes) -> None:
        if argument:
            self._refuse(reply.NO_ARGUMENT)
        else:
            self._transaction = None
            self._idle_command(reply.OK)

    async def smtp_NOOP(self, _argument: bytes) -> None:
        self._idle_command(reply.OK)

    async def smtp_HELP(self, _argument: bytes) -> None:
        self._idle_command(reply.HELP)

    async def smtp_VRFY(self, _argument: bytes) -> None:
        self._idle_command(reply.CANNOT_VERIFY)

    async def smtp_EXPN(self, _argument: str | bytes) -> None:
        self._refuse(reply.NOT_IMPLEMENTED)

    async def smtp_QUIT(self, _argument: bytes) -> None:
        self.end(reply.BYE)

    # TLS -------------------------------------------------------------------------------------

    async def smtp_STARTTLS(self, argument: bytes) -> None:
        if self._input:
            self.end(reply.NO_SYNCHRONISATION)  # commands sent in clear text to be obeyed under TLS
        elif argument:
            self._refuse(reply.NO_ARGUMENT)
        elif self._listener_tls is None:
            self._refuse(reply.TLS_NOT_AVAILABLE)
        elif self.tls:
            self._refuse(reply.TLS_ACTIVE)
        else:
            self._say(reply.READY_FOR_TLS)
            self._write()
            await self._secured(self._begin_tls(self._listener_tls))


_METHODS: dict[bytes, Callable[[_Session, bytes], Awaitable[None]]] = {
    name.removeprefix("smtp_").encode(): getattr(_Session, name) for name in dir(_Session) if name.startswith("smtp_")
}


class SmtpServer(Service):
    """The SMTP front door: `start`, then `addresses`, in the end `drain`."""

    def new_session(
        self, listener: SmtpListener, listener_tls: ListenerTls | None, client_ip: str | None = None
    ) -> asyncio.BaseProtocol:
        return _Session(self, listener, listener_tls, client_ip)
