"""A gateway as a process of its own, forked from one that has loaded its code and the shipped rules.

It is the product's own process in all but how it began; so are its nurseries, which are forked from a process that has
never seen a key or a message, as a clean interpreter would not have.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NoReturn

from dlp_gateway import pool, pool_worker
from dlp_gateway.cli import main
from dlp_gateway.pool_processes import Process, nursery_environment
from tests.support import shipped_rules
from tests.support.forks import become, pipe, start_process


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkedService:
    """What is asked of a `subprocess.Popen`."""

    process: ForkServerProcess
    stdout: TextIOWrapper = field(repr=False)

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start_service(words: Sequence[str], log: Path) -> ForkedService:
    """`dlp-gateway` with these words, its standard error added to `log`. Not the console: it can't be set up where the
    gateway's code was."""
    here, there = pipe()
    process = start_process(_serve, tuple(words), dict(os.environ), os.getcwd(), there, log)
    there.close()
    stdout = os.fdopen(os.dup(here.fileno()), encoding="utf-8")
    here.close()
    return ForkedService(process=process, stdout=stdout)


def _serve(words: Sequence[str], environ: Mapping[str, str], folder: str, out: Connection, log: Path) -> None:
    become(environ, folder, os.dup(out.fileno()), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644))
    out.close()
    _fork_nurseries_apart()
    sys.exit(main(list(words)))


def _fork_nurseries_apart() -> None:
    """From now on this process's nurseries come from another, which is forked here and now."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            ours.close()
            _breed(theirs)
        finally:
            os._exit(1)
    theirs.close()

    async def start_nursery(_command: Sequence[str], control: socket.socket) -> Process:
        socket.send_fds(ours, [b"+"], [control.fileno()])
        _, handles, _, _ = socket.recv_fds(ours, 1, 1)
        return _Nursery(handle=handles[0])

    pool.start_nursery = start_nursery


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nursery:
    handle: int  # pidfd, readable when the process has ended

    @property
    def returncode(self) -> int | None:
        return 0 if select.select([self.handle], [], [], 0)[0] else None

    async def wait(self) -> int:
        await asyncio.to_thread(select.select, [self.handle], [], [])
        return 0


def _breed(requests: socket.socket) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        said, descriptors, _, _ = socket.recv_fds(requests, 1, 1)
        if not said:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            try:
                requests.close()
                _be_nursery(descriptors[0])
            finally:
                os._exit(1)
        os.close(descriptors[0])
        handle = os.pidfd_open(pid)
        socket.send_fds(requests, [b"+"], [handle])
        os.close(handle)


def _be_nursery(control: int) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    os.environ.clear()
    os.environ.update(nursery_environment())
    sys.argv[1:] = [str(control)]
    with shipped_rules.loaded_once():
        pool_worker.main(pool_worker._make_inspector)
