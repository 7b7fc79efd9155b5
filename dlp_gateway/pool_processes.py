"""The gateway's end of the pool's processes: how a job reaches a worker and its answer comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .frames import LENGTH
from .octets import Octets, pieces
from .one_thread import ONE_THREAD
from .sealed_file import BLOCK_BYTES, SPOOL_ABOVE_BYTES, Intake, flowing

_REPLY_BYTES = 256 * 2**20


class DiedError(Exception):
    """The other end closed, or sent what is no answer."""


class Process(Protocol):
    """What is asked of a process of asyncio's."""

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...


@dataclass(slots=True, kw_only=True, eq=False)
class Nursery:
    process: Process
    control: socket.socket
    version: str = ""

    def close(self) -> None:
        """Let it end, and with it the workers it still has."""
        self.control.close()


@dataclass(slots=True, kw_only=True, eq=False)
class Worker:
    nursery: Nursery
    handle: int  # pidfd: names this process for ever, a pid only until it is reaped
    sock: socket.socket
    jobs: int = 0
    busy: bool = False  # has a message; whoever gave it waits for the answer and retires it on failure
    slow: bool = False  # has had it for long: another worker stands in for it
    dead: bool = False

    async def ask(
        self, job: dict[str, Any], octets: Octets, spool: Path | None = None
    ) -> tuple[dict[str, Any], Octets]:
        """Send a job, wait for its answer. A large one is kept in the folder `spool`, where one is named. Raises
        DiedError."""
        try:
            await send(self.sock, json.dumps(job).encode())
            await send(self.sock, octets)
            head = json.loads(await receive(self.sock))
            body = await receive_octets(self.sock, spool)
        except (OSError, ValueError) as error:
            raise DiedError from error
        if not isinstance(head, dict):
            raise DiedError
        return head, body

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)


async def start_nursery(command: Sequence[str], control: socket.socket) -> Process:
    """Start an interpreter that becomes a nursery on that end of its control socket, by these words and its
    descriptor. Raises OSError."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        str(control.fileno()),
        pass_fds=(control.fileno(),),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env=nursery_environment(),
    )


def nursery_environment() -> dict[str, str]:
    """The nursery's environment: only what an interpreter needs, none of the gateway's secrets."""
    package_parent = str(Path(__file__).resolve().parent.parent)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH"}}
    # A library's thread pool would not survive the fork, and the workers are as many as the cores.
    return {**kept, **ONE_THREAD, "PYTHONPATH": package_parent, "PYTHONDONTWRITEBYTECODE": "1"}


async def send(sock: socket.socket, octets: Octets) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, LENGTH.pack(len(octets)))
    if isinstance(octets, bytes):
        if octets:
            await loop.sock_sendall(sock, octets)
        return
    for piece in pieces(octets):
        async for block in flowing(piece):
            await loop.sock_sendall(sock, block)


async def receive(sock: socket.socket) -> bytes:
    return await _exactly(sock, await _length(sock))


async def receive_octets(sock: socket.socket, spool: Path | None) -> Octets:
    """A message, on the disk where it is large and there is a folder for it. Raises DiedError, StoreUnavailableError
    where the disk refuses."""
    length = await _length(sock)
    if spool is None or length <= SPOOL_ABOVE_BYTES:
        return await _exactly(sock, length)
    intake = await asyncio.to_thread(Intake, spool)
    while length:
        block = await _exactly(sock, min(BLOCK_BYTES, length))
        await asyncio.to_thread(intake.write, block)
        length -= len(block)
    return intake.octets()


async def _length(sock: socket.socket) -> int:
    length: int = LENGTH.unpack(await _exactly(sock, LENGTH.size))[0]
    if length > _REPLY_BYTES:
        raise DiedError
    return length


async def _exactly(sock: socket.socket, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    octets = bytearray()
    while len(octets) < count:
        block = await loop.sock_recv(sock, min(1 << 20, count - len(octets)))
        if not block:
            raise DiedError
        octets += block
    return bytes(octets)


async def readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sock.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sock.fileno())
