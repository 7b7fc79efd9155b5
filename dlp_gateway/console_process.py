"""The console as a process beside the gateway: started, started again when it ends by itself, ended with the gateway.

Mail comes first: a console that can't start, or ends again and again, is logged, counted and tried anew, and never
stops the gateway. It is a process of its own because it speaks to people's browsers (docs/decisions/0016).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import metrics
from .log import event, fault

_log = logging.getLogger("dlp_gateway.console")

_COMMAND = (sys.executable, "-m", "dlp_gateway", "console")
FIRST_SECONDS, MOST_SECONDS = 1.0, 60.0
"""Wait before it is started again: doubles each time, begins anew after it ran for longer than the longest wait."""

STOP_SECONDS = 10.0


class ConsoleProcess:
    """`run` until cancelled. `command` is the console's, to which the configuration and our process id are added."""

    def __init__(
        self, config_file: Path, *, command: Sequence[str] = _COMMAND, first_seconds: float = FIRST_SECONDS
    ) -> None:
        self._command = (*command, "--config", str(config_file), "--beside", str(os.getpid()))
        self._first_seconds = first_seconds
        self.ready = asyncio.Event()
        """Whether pages are answered."""

    async def run(self) -> None:
        """Keep it running. When this is cancelled the console has ended before it returns."""
        wait = self._first_seconds
        loop = asyncio.get_running_loop()
        while True:
            started_at = loop.time()
            code = await self._run_once()
            if loop.time() - started_at > MOST_SECONDS:
                wait = self._first_seconds
            metrics.console_ended.inc()
            event(_log, "console:ended", level=logging.ERROR, exit_code=code, again_in_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, MOST_SECONDS)

    async def _run_once(self) -> int | None:
        """Its exit code, as the system tells it; None where no process could be made."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us: we end it
                env=os.environ | {"PYTHONPATH": _python_path()},
            )
        except OSError as error:
            fault(_log, "console:not_started", error)
            return None
        try:
            assert process.stdout is not None
            if (await process.stdout.readline()).strip() == b"ready":
                self.ready.set()
            return await process.wait()
        finally:
            self.ready.clear()
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    for stop in (process.terminate, process.kill):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, TimeoutError):
                stop()
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()


def _python_path() -> str:
    """The package that runs here comes first, wherever we were started."""
    before = os.environ.get("PYTHONPATH")
    ours = str(Path(__file__).resolve().parent.parent)
    return f"{ours}{os.pathsep}{before}" if before else ours
