"""The milter front door: a mail server keeps its mail and asks us, message by message, what to do with it."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence

from .. import log, metrics
from ..client_watch import ClientWatch
from ..config import Config
from ..config_access import Client
from ..config_milter import MilterListener
from ..model import Message, Reply
from .clients import Clients
from .message_octets import MessageLimits
from .milter_answer import MtaAnswer
from .milter_session import MilterSession
from .milter_socket import forget_socket, listening_socket
from .networks import Network, is_within
from .rates import Rates

MAX_BYTES_IN_FLIGHT = 2**27  # of messages in memory, of all mail servers together: beyond it there is no room

TakeFromMta = Callable[[Message, ClientWatch], Awaitable[MtaAnswer]]

_log = logging.getLogger("dlp_gateway.receive")


class MilterServer:
    """All milter listeners of the configuration, and what their sessions share."""

    def __init__(self, config: Config, take_message: TakeFromMta, admission: Callable[[], Reply | None]) -> None:
        """Nothing listens yet. `take_message` answers for a message at its end; `admission` is asked at MAIL, and
        its reply, if any, refuses."""
        self.config = config
        self.limits = config.limits
        self.take_message = take_message
        self.admission = admission
        self.message_limits = MessageLimits.of(config.limits)
        self.rates = Rates()
        self.clients = Clients(config.clients, config.limits.connections)
        self.draining = False
        self.bytes_in_flight = 0
        self.loop: asyncio.AbstractEventLoop
        self._sessions: dict[MilterSession, MilterListener] = {}
        self._listening: list[tuple[socket.socket, asyncio.Server]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()

    @property
    def places(self) -> list[str]:
        """Where we listen, as Postfix writes it, with the ports that were really taken."""
        return [_place_of(listening) for listening, _ in self._listening]

    @property
    def overloaded(self) -> bool:
        """Whether messages that are being received or handled hold as much memory as they may."""
        return self.bytes_in_flight > MAX_BYTES_IN_FLIGHT

    async def start(self) -> None:
        """Listen. Raises ConfigError when a place can't be had; then nothing listens."""
        self.loop = asyncio.get_running_loop()
        try:
            for listener in self.config.listeners.milter:
                await self._listen(listener)
        except BaseException:
            self._close_listeners()
            raise

    async def _listen(self, listener: MilterListener) -> None:
        networks: list[Network] = [ipaddress.ip_network(network) for network in listener.networks]

        def protocol() -> MilterSession:
            return MilterSession(self, listener, networks)

        listening = listening_socket(listener)
        if listener.path is None:
            server = await self.loop.create_server(protocol, sock=listening)
        else:
            server = await self.loop.create_unix_server(protocol, sock=listening)
        self._listening.append((listening, server))

    def enter(
        self, session: MilterSession, listener: MilterListener, peer: str | None, networks: Sequence[Network]
    ) -> bool:
        """Count a session in; False, and nothing counted, where its peer is no mail server of ours or one too many.
        `peer`: its address, None for a Unix socket."""
        if peer is not None and not is_within(peer, networks):
            log.event(_log, "milter:not-a-mail-server", level=logging.WARNING)
            return False
        if sum(one is listener for one in self._sessions.values()) >= listener.max_connections:
            log.event(_log, "milter:too-many-connections", level=logging.WARNING, most=listener.max_connections)
            return False
        self._sessions[session] = listener
        metrics.milter_connections.inc()
        return True

    def leave(self, session: MilterSession) -> None:
        """Count a session out, if it was counted in."""
        if self._sessions.pop(session, None) is not None:
            metrics.milter_connections.dec()
        self._look_whether_empty()

    def within(self, what: str, client: Client | None) -> bool:
        """Whether the client may begin one more of the "messages" or "recipients" that it has a minute."""
        most = None if client is None else getattr(client, f"{what}_per_minute")
        if client is None or most is None:
            return True
        if self.rates.take([(f"{what} {client.name}", most)], self.loop.time()):
            return True
        metrics.rates_exceeded.labels(what).inc()
        log.event(_log, "milter:too-fast", level=logging.WARNING, client=client.name, what=what)
        return False

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Handle a message in a task that outlives its session: nothing on the network ever cancels it."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._look_whether_empty()

    def _look_whether_empty(self) -> None:
        if not self._sessions and not self._tasks:
            self._empty.set()

    async def drain(self, seconds: float) -> None:
        """Accept nothing more, let go of connections without a message, let what runs finish for so long, then close.
        A message that is still being handled then loses its mail server, never its handler."""
        self.draining = True
        self._close_listeners()
        for session in list(self._sessions):
            if session.idle:
                session.close()
        await self._wait_until_empty(seconds)
        for session in list(self._sessions):
            session.close()
        await self._wait_until_empty(1)

    async def _wait_until_empty(self, seconds: float) -> None:
        self._empty.clear()
        if self._sessions or self._tasks:
            try:
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
            except TimeoutError:
                log.event(_log, "milter:sessions-left", sessions=len(self._sessions))

    def _close_listeners(self) -> None:
        for listening, server in self._listening:
            forget_socket(listening)
            server.close()
        self._listening = []


def _place_of(listening: socket.socket) -> str:
    name = listening.getsockname()
    if listening.family == socket.AF_UNIX:
        return f"unix:{name}"
    return f"inet:[{name[0]}]:{name[1]}" if ":" in name[0] else f"inet:{name[0]}:{name[1]}"
