"""Plain HTTP for machines: /healthz (the process runs), /readyz (it takes mail), /metrics (Prometheus).

Unauthenticated, so on loopback by default, and it says nothing about any message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from . import metrics
from .config import HealthListener

REQUEST_SECONDS = 5.0
REQUEST_BYTES = 8192


class HealthServer:
    """Answers GET on three paths. `not_ready` says why mail is not taken, None when it is."""

    def __init__(
        self,
        settings: HealthListener,
        not_ready: Callable[[], str | None],
        *,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._settings = settings
        self._request_seconds = request_seconds
        self._not_ready = not_ready
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        if self._settings.enabled:
            self._server = await asyncio.start_server(
                self._answer, self._settings.host, self._settings.port, limit=REQUEST_BYTES
            )

    @property
    def address(self) -> tuple[str, int] | None:
        """Where it listens; None when it does not."""
        if self._server is None:
            return None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._request_seconds):
                head = await reader.readuntil(b"\r\n\r\n")
                request = head.split(b"\r\n", 1)[0].split(b" ")
                status, kind, body = self._page(request)
                sent = b"" if request[0] == b"HEAD" else body  # RFC 9110, 9.3.2: HEAD is answered without content
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Allow: GET, HEAD\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n".encode("ascii")
                    + sent
                )
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asks for our health and goes away does not need an answer
        finally:
            writer.close()

    def _page(self, request: list[bytes]) -> tuple[str, str, bytes]:
        plain = "text/plain; charset=utf-8"
        if len(request) != 3 or request[0] not in (b"GET", b"HEAD"):
            return "405 Method Not Allowed", plain, b"GET only\n"
        if request[1] == b"/healthz":
            return "200 OK", plain, b"ok\n"
        if request[1] == b"/readyz":
            reason = self._not_ready()
            return (
                ("200 OK", plain, b"ready\n")
                if reason is None
                else ("503 Service Unavailable", plain, f"{reason}\n".encode())
            )
        if request[1] == b"/metrics":
            return "200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics.exposition()
        return "404 Not Found", plain, b"/healthz, /readyz or /metrics\n"
