"""What all SMTP sessions share: listeners, limits, who may send, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from .. import log, metrics
from ..config import Config
from ..config_access import SmtpListener
from ..model import MailParams, Reply
from ..sealed_file import SPOOL_ABOVE_BYTES
from . import reply
from .auth import AskNextHop, open_accounts
from .auth.throttle import Throttle
from .clients import Clients
from .edge import TakeMessage, no_room_by
from .message_octets import MessageLimits
from .offers import OWN, Offers
from .proxy_door import ProxyDoor
from .rates import Rates
from .tls.listener_tls import ListenerTls

MAX_BYTES_IN_FLIGHT = 2**27  # of messages in memory, of all sessions together: beyond it there is no room
CROWDED_BYTES = 2**25  # in memory: beyond it messages go to the disk sooner
CROWDED_SPOOL_ABOVE_BYTES = 64 * 1024
BACKLOG = 1024  # connections that we have not come to

_log = logging.getLogger("dlp_gateway.receive")

AskRecipient = Callable[[str | None, str, MailParams], Awaitable[str]]
"""Reverse-path, recipient, parameters of MAIL: the reply of the next hop, as one line. Raises NextHopError."""
Admission = Callable[[], Reply | None]


class Session(Protocol):
    """What the service needs of a session."""

    @property
    def idle(self) -> bool:
        """Waiting for a command outside a transaction."""

    handling: bool  # a message is in our hands, its reply not yet given

    def end(self, last: Reply | None = None) -> None:
        """End the session, after a last reply if there is one."""


class Service(ABC):
    """All SMTP listeners of the configuration, and what their sessions share."""

    def __init__(
        self,
        config: Config,
        take_message: TakeMessage,
        admission: Admission,
        ask_next_hop: AskNextHop | None = None,
        next_hop: Callable[[], Offers | None] = lambda: None,
        ask_recipient: AskRecipient | None = None,
    ) -> None:
        """Make the service; nothing listens yet. `take_message` answers for a message after its final dot;
        `admission` is asked at MAIL and at DATA, and its reply, if any, refuses; `ask_next_hop` tries a log-in there;
        `next_hop` is what is known now of what the next hop of ordinary mail takes; `ask_recipient` asks it about one.

        Raises ConfigError for a bad certificate or account.
        """
        self.config = config
        self.limits = config.limits
        self.take_message = take_message
        self.admission = admission
        self._next_hop = next_hop
        self.ask_recipient = ask_recipient
        self.message_limits = MessageLimits.of(config.limits)
        self.clients = Clients(config.clients, config.limits.connections)
        self.accounts = open_accounts(config, ask_next_hop)
        self.throttle = Throttle()
        self.rates = Rates()
        self.greeting = reply.greeting(config.hostname)
        self.sessions: set[Session] = set()
        self.bytes_in_flight = 0
        self.draining = False
        self.loop: asyncio.AbstractEventLoop
        self._tls = [
            None if listener.tls is None else ListenerTls(listener, ask=self.clients.ask_for_certificates)
            for listener in config.listeners.smtp
        ]
        self._listening: list[asyncio.Server | ProxyDoor] = []
        self._empty = asyncio.Event()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where we listen, with the ports that were really taken."""
        names = [sock.getsockname() for server in self._listening for sock in server.sockets]
        return [(name[0], name[1]) for name in names]

    async def start(self) -> None:
        """Listen. Raises OSError when an address can't be had; then nothing listens."""
        self.loop = asyncio.get_running_loop()
        metrics.connections.set_function(lambda: len(self.sessions))
        metrics.message_bytes.set_function(lambda: self.bytes_in_flight)
        try:
            for listener, tls in zip(self.config.listeners.smtp, self._tls, strict=True):
                self._listening.append(await self._listen(listener, tls))
        except OSError:
            for server in self._listening:
                server.close()
            raise

    async def _listen(self, listener: SmtpListener, tls: ListenerTls | None) -> asyncio.Server | ProxyDoor:
        if listener.proxy_networks:
            return self._listen_behind_balancers(listener, tls)

        def protocol() -> asyncio.BaseProtocol:
            return self.new_session(listener, tls)

        return await self.loop.create_server(protocol, listener.host, listener.port, backlog=BACKLOG)

    def _listen_behind_balancers(self, listener: SmtpListener, tls: ListenerTls | None) -> ProxyDoor:
        async def hand_on(connection: socket.socket, client_ip: str) -> None:
            try:
                await self.loop.connect_accepted_socket(lambda: self.new_session(listener, tls, client_ip), connection)
            except OSError:  # it left before it heard us
                connection.close()

        family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
        listening = socket.create_server((listener.host, listener.port), family=family, backlog=BACKLOG)
        return ProxyDoor(listening, listener.proxy_networks, hand_on)

    @abstractmethod
    def new_session(
        self, listener: SmtpListener, listener_tls: ListenerTls | None, client_ip: str | None = None
    ) -> asyncio.BaseProtocol:
        """The protocol object of a new connection. `client_ip`: whose it is, where another passes it on; "" where that
        is not known."""

    async def look(self, *, at_once: bool = False) -> None:
        """Take up files that were changed; `at_once`: without waiting until they are quiet."""
        try:
            await self.accounts.look(at_once=at_once)
            for tls in filter(None, self._tls):
                await tls.look(at_once=at_once)
            broken = sum(tls.broken for tls in filter(None, self._tls))
            metrics.access_files_passed_over.labels("certificates").set(broken)
        except Exception as error:  # noqa: BLE001 - a bug here must not end the gateway
            log.fault(_log, "access:look_failed", error)

    async def drain(self, seconds: float) -> None:
        """Accept nothing more, tell idle clients to go, let running transactions finish for so long, then close.

        A message that is still being handled then loses its client, never its handler.
        """
        self.draining = True
        for server in self._listening:
            server.close()
        for session in list(self.sessions):
            if session.idle:
                session.end(reply.STOPPING)
        await self._wait_until_empty(seconds)
        for session in list(self.sessions):
            session.end(None if session.handling else reply.STOPPING)
        await self._wait_until_empty(1)
        await self.accounts.close()

    async def _wait_until_empty(self, seconds: float) -> None:
        self._empty.clear()
        if self.sessions:
            try:
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
            except TimeoutError:
                log.event(_log, "sessions:left", sessions=len(self.sessions))

    def forget(self, session: Session) -> None:
        """Note that a session has ended."""
        self.sessions.discard(session)
        if not self.sessions:
            self._empty.set()

    @property
    def spool_above_bytes(self) -> int:
        """How much of one message may lie in memory now."""
        return SPOOL_ABOVE_BYTES if self.bytes_in_flight < CROWDED_BYTES else CROWDED_SPOOL_ABOVE_BYTES

    def no_room(self) -> Reply | None:
        """Why a message that is on its way can't be kept any more; None where it can."""
        if self.bytes_in_flight > MAX_BYTES_IN_FLIGHT:
            return reply.OVERLOADED
        return no_room_by(self.admission)

    def offers(self, listener: SmtpListener) -> Offers:
        """What a client of that listener may count on now."""
        return (self._next_hop() if listener.offers == "next-hop" else None) or OWN

    def hello(self, listener: SmtpListener, more: Sequence[str], *, starttls: bool, tls: bool) -> bytes:
        """The reply to EHLO, in one piece: some clients break on several (aiosmtpd issue 389). `more`: keywords for
        this client alone."""
        keywords = self.offers(listener).keywords(self.limits.message_bytes, tls=tls)
        if starttls:
            keywords.append("STARTTLS")
        if tls and self.accounts.offered:
            keywords.append("AUTH PLAIN LOGIN")
        return reply.hello(self.config.hostname, (*keywords, *more))
