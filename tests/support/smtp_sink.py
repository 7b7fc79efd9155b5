"""The real smtp-sink(1) of Postfix as a next hop that can misbehave by its own options."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.ports import free_port, speaks_first
from tests.support.waiting import wait_until


@contextmanager
def smtp_sink(*options: str, user: str = "nobody") -> Iterator[int]:
    """The port on 127.0.0.1 where it listens. Must be started by root."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/sbin:/bin") or "smtp-sink"
    port = free_port()
    process = subprocess.Popen([program, "-u", user, *options, f"127.0.0.1:{port}", "256"])
    try:
        wait_until(lambda: speaks_first(port, b""), f"smtp-sink on port {port}")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)
