"""The console beside the gateway: that it is started, started again, and ended."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dlp_gateway import metrics
from dlp_gateway.console_process import ConsoleProcess

CONFIG = Path("/etc/dlp-gateway/config.yaml")
WELL = (
    "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(' '.join([str(os.getpid()), *sys.argv[2:]]))"
)
SERVING = f"{WELL}; print('ready', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SERVING}"
ONCE = f"import pathlib, sys; again = pathlib.Path(sys.argv[1]).exists(); {WELL}; again or sys.exit(3); {SERVING}"


def process(program: str, told: Path) -> ConsoleProcess:
    return ConsoleProcess(CONFIG, command=(sys.executable, "-c", program, str(told)), first_seconds=0.01)


@asynccontextmanager
async def running(console: ConsoleProcess) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(console.run())
        try:
            yield
        finally:
            task.cancel()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def ready(console: ConsoleProcess) -> None:
    async with asyncio.timeout(20):
        await console.ready.wait()


def ended_so_far() -> float:
    return metrics.registry.get_sample_value("dlp_gateway_console_ended_total") or 0


async def test_it_is_told_of_our_configuration_and_of_us_and_ends_with_us(tmp_path: Path) -> None:
    console = process(SERVING, tmp_path / "told")
    async with running(console):
        await ready(console)
        pid, *arguments = (tmp_path / "told").read_text().split()
        assert arguments == ["--config", str(CONFIG), "--beside", str(os.getpid())]
    assert not is_alive(int(pid))
    assert not console.ready.is_set()


async def test_one_that_does_not_hear_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp_gateway.console_process.STOP_SECONDS", 0.1)
    console = process(DEAF, tmp_path / "told")
    async with running(console):
        await ready(console)
    assert not is_alive(int((tmp_path / "told").read_text().split()[0]))


async def test_one_that_ends_by_itself_is_counted_and_started_again(tmp_path: Path) -> None:
    before = ended_so_far()
    console = process(ONCE, tmp_path / "told")
    async with running(console):
        await ready(console)
    assert ended_so_far() == before + 1


async def test_one_that_can_not_be_started_is_tried_again(tmp_path: Path) -> None:
    before = ended_so_far()
    program = tmp_path / "console"
    console = ConsoleProcess(CONFIG, command=(str(program), str(tmp_path / "told")), first_seconds=0.01)
    async with running(console):
        await asyncio.sleep(0.1)
        assert ended_so_far() > before
        (tmp_path / "made").write_text(f"#!{sys.executable}\n{SERVING}\n")
        (tmp_path / "made").chmod(0o700)
        (tmp_path / "made").rename(program)
        await ready(console)
