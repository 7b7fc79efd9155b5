"""Sets Django up for the console, then serves: before that nothing may be imported that sets it up without pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..config import Config
from ..errors import ConfigError, Fault
from ..keys import load_console_key
from ..store.django_setup import set_up
from .settings import console_settings


def run_console(config: Config, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; calls `ready` once pages are answered. Raises ConfigError before that."""
    if config.console.url is None:
        text = "is not set: links must know it; write the address under which people reach the console"
        raise ConfigError([Fault(file="console.url", text=text)])
    key = load_console_key(config.keys.folder)
    set_up(config.store.url, console_settings(config, key))
    _silence()
    from .serving import serve  # noqa: PLC0415 - see above

    serve(config, key, ready)


def _silence() -> None:
    """Django and waitress log addresses of pages, in which links stand, and texts of errors."""
    for name in ("django", "waitress"):
        theirs = logging.getLogger(name)
        theirs.handlers[:] = [logging.NullHandler()]
        theirs.propagate = False
