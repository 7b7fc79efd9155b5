"""A web key directory on loopback: real HTTPS, and whatever answer a test wants."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


def answer(content: bytes, status: str = "200 OK", *fields: str, length: int | None = None) -> bytes:
    """An answer of HTTP; `length` claims another than it has."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(content) if length is None else length}", *fields, "", ""]
    return "\r\n".join(head).encode() + content


def until_it_closes(content: bytes) -> bytes:
    """One whose end is that of the connection."""
    return b"HTTP/1.0 200 OK\r\n\r\n" + content


@dataclass
class KeyDirectory:
    """Use it as a context. `contexts`: of each host that it is. What `answers` says of a path is sent; `cut` leaves
    without a word of TLS; None says nothing until the client leaves."""

    contexts: dict[str, ssl.SSLContext]
    answers: Callable[[str, str], bytes | None] = lambda _host, _path: None
    cut: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join()

    def look_up(self, host: str, _port: int) -> list[str]:
        """The name service of a test: the hosts that have a certificate, and no others."""
        if host not in self.contexts:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return ["127.0.0.1"]

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(plain)
            with contextlib.suppress(OSError):
                self._talk(plain)

    def _talk(self, plain: socket.socket) -> None:
        context = next(iter(self.contexts.values()))

        def choose(secure: ssl.SSLSocket, host: str, _context: ssl.SSLContext) -> None:
            secure.context = self.contexts[host]

        context.sni_callback = choose  # type: ignore[assignment]
        secure = context.wrap_socket(plain, server_side=True)
        self._open.append(secure)
        request = b""
        while b"\r\n\r\n" not in request:
            request += secure.recv(4096)
        lines = request.decode("ascii").split("\r\n")
        host = next(line.partition(": ")[2] for line in lines if line.startswith("Host: "))
        path = lines[0].split(" ")[1]
        self.asked.append((host, path))
        octets = self.answers(host, path)
        if octets is None:
            secure.recv(1)
            return
        secure.sendall(octets)
        if self.cut:
            secure.shutdown(socket.SHUT_RDWR)
            return
        secure.unwrap()
        secure.close()
