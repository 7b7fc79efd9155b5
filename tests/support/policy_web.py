"""A web server that publishes MTA-STS policies over HTTPS, on port 443 of an address of loopback."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADDRESS = "127.0.7.1"
PORT = 443


class _Web(ThreadingHTTPServer):
    daemon_threads = True
    answers: Mapping[str, bytes]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not like our certificate is no trouble."""


class _Handler(BaseHTTPRequestHandler):
    server: _Web

    def do_GET(self) -> None:
        answer = self.server.answers.get(self.headers.get("Host", "")) if self.path.endswith("/mta-sts.txt") else None
        self.wfile.write(answer or b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


def policy_answer(text: str, *, kind: str = "text/plain") -> bytes:
    """An HTTP answer with this policy."""
    body = text.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def policy_web(answers: Mapping[str, bytes], contexts: Mapping[str, ssl.SSLContext]) -> Iterator[None]:
    """Answers by host name ("mta-sts.DOMAIN"), each under the certificate of its own context."""
    listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        if name not in contexts:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = contexts[name]
        return None

    listening.sni_callback = choose  # type: ignore[assignment]
    server = _Web((ADDRESS, PORT), _Handler)
    server.answers = answers
    server.socket = listening.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
