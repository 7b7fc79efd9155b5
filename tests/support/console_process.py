"""The console as a process of its own, beside a gateway whose folder and configuration it shares."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.support.gateway_process import START_SECONDS, GatewayProcess


@contextmanager
def running_console(gateway: GatewayProcess, environ: Mapping[str, str] | None = None) -> Iterator[int]:
    """A console that answers meanwhile, its process id; `environ` may override the configuration.

    Raises RuntimeError with its log when it does not start.
    """
    path = gateway.folder / "console.log"
    with path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dlp_gateway", "console", "--config", str(gateway.config)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | dict(environ or {}),
        )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            process.wait()
            raise RuntimeError(f"the console did not start:\n{path.read_text()[-2000:]}")
        yield process.pid
    finally:
        process.terminate()
        code = process.wait(timeout=START_SECONDS)
        process.stdout.close()
    assert code == 0, f"a console that is asked to stop stops well, not with {code}:\n{path.read_text()[-2000:]}"
