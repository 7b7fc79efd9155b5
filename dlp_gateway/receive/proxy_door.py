"""A listener behind a load balancer: each connection begins with a PROXY header, and only then is it a session.

The header is read from the bare socket, octet for octet where its length is not known, so that nothing is taken of what
follows it, which may be a TLS handshake. Whoever is no load balancer of ours, or sends a wrong header, hears nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence

from .. import log
from .networks import is_within
from .proxy_header import BadProxyHeaderError, octets_wanted, read_header

HEADER_SECONDS = 5.0  # 2: a sender sends it at once, in one piece; three seconds would let TCP send it a second time
MAX_WAITING = 500  # connections whose header has not come yet
_NO_MORE_FILES_SECONDS = 1.0

_log = logging.getLogger("dlp_gateway.receive")

HandOn = Callable[[socket.socket, str], Awaitable[None]]


class ProxyDoor:
    """Takes in connections of load balancers at `networks` and hands each on with its client's address, which is ""
    where the header names none: then nobody is known by it."""

    def __init__(self, listening: socket.socket, networks: Sequence[str], hand_on: HandOn) -> None:
        """`listening` is bound and listens already."""
        listening.setblocking(False)
        self.sockets = (listening,)
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self._hand_on = hand_on
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._loop.add_reader(listening, self._accept)

    def close(self) -> None:
        """Take nothing more in, and drop what has not come through the door."""
        listening = self.sockets[0]
        if listening.fileno() < 0:
            return
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(listening)
        listening.close()
        for task in self._waiting:
            task.cancel()

    def _accept(self) -> None:
        try:
            connection, peer = self.sockets[0].accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:  # no file descriptor left: to ask again at once would ask without end
            log.event(_log, "listener:paused", level=logging.ERROR, error=error.strerror)
            self._loop.remove_reader(self.sockets[0])
            self._pause = self._loop.call_later(
                _NO_MORE_FILES_SECONDS, self._loop.add_reader, self.sockets[0], self._accept
            )
            return
        connection.setblocking(False)
        if not is_within(peer[0], self._networks):
            self._drop(connection, "it comes from no load balancer of the configuration")
        elif len(self._waiting) >= MAX_WAITING:
            self._drop(connection, "too many connections wait for their header")
        else:
            task = self._loop.create_task(self._let_in(connection, peer[0]))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _let_in(self, connection: socket.socket, peer: str) -> None:
        header = bytearray()
        try:
            async with asyncio.timeout(HEADER_SECONDS):
                while wanted := octets_wanted(header):
                    octets = await self._loop.sock_recv(connection, wanted)
                    if not octets:
                        connection.close()  # a check of whether we listen, or somebody who thought better of it
                        return
                    header += octets
            said = read_header(bytes(header))
        except BadProxyHeaderError as error:
            self._drop(connection, str(error))
        except TimeoutError:
            self._drop(connection, "no PROXY header came in time")
        except OSError:
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
        else:
            await self._hand_on(connection, peer if said.local else said.address or "")

    def _drop(self, connection: socket.socket, why: str) -> None:
        connection.close()
        log.event(_log, "session:no-proxy-header", level=logging.WARNING, why=why)
