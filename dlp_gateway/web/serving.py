"""Django behind waitress, which speaks plain HTTP to a web server with TLS."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

import waitress
from django.core.handlers.wsgi import WSGIHandler

from ..config import Config
from ..errors import ConfigError, Fault
from ..keys import Keys
from ..log import event, fault
from ..store import Store
from .running import Console, console, start_console
from .settings import BODY_BYTES, HEADER_BYTES

_log = logging.getLogger("dlp_gateway.web")

THREADS = 8
CONNECTIONS = 100
IDLE_SECONDS = 60


def serve(config: Config, key: bytes, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. Django must be set up. Raises ConfigError when the address is taken."""
    assert config.console.url is not None
    listener = config.listeners.console
    # No key of sealed mail: whoever takes the console over can't open what is held.
    keys = Keys(seal={}, seal_id="", fingerprint=b"", mark=b"")
    store = Store.open(config.store, keys, gateway_id=config.hostname, role="console")
    start_console(Console(config=config, store=store, key=key))
    try:
        server = waitress.create_server(
            _guarded(WSGIHandler()),
            host=listener.host,
            port=listener.port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_body_size=BODY_BYTES,
            inbuf_overflow=BODY_BYTES + 1,  # in memory: waitress would put the rest into a file
            max_request_header_size=HEADER_BYTES,
            url_scheme="https" if config.console.url.startswith("https:") else "http",
            ident="",
            expose_tracebacks=False,
        )
    except OSError as error:
        console().stop()
        text = f"can't listen there ({error.strerror}); stop what uses the address, or name another"
        raise ConfigError([Fault(file="listeners.console", text=text)]) from None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    event(_log, "console:ready", port=int(server.effective_port))
    ready()
    try:
        server.run()  # returns when `_end` has raised
    finally:
        console().stop()
        event(_log, "console:stopped")


def _guarded(django: WSGIHandler) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """What even Django's page of status 500 fails with is logged as type and place; waitress answers 500."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return django(environ, start_response)
        except Exception as error:
            fault(_log, "console:no_page", error)
            raise

    return answer


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
