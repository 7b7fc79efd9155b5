"""Whether the walls hold on this machine: a reader that locked itself down tries to get out. A gateway that can't
answer this question with "all of them" does not start."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
from collections.abc import Callable

from .lock import lock_down_reader

_MEMORY_BYTES = 64 * 2**20
_CPU_SECONDS = 5
_TOO_MUCH = 16 * _MEMORY_BYTES
_TRACE_ME = 0


def escapes(*, weak: bool = False) -> list[str]:
    """The attempts that succeeded, in plain words; empty where the sandbox holds. `weak` as in `lock_down_reader`.

    Call it in a process with one thread. Raises OSError (WeakSandboxError) where a wall can't be put up.
    """
    parent_end, child_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            lock_down_reader(_MEMORY_BYTES, _CPU_SECONDS, child_end, weak=weak)
            os.write(child_end, "\n".join(_attempt_all()).encode() + b"\0")
        finally:
            os._exit(0)
    os.close(child_end)
    with os.fdopen(parent_end, "rb") as answers:
        said = answers.read()
    os.waitpid(pid, 0)
    if not said.endswith(b"\0"):
        raise OSError("a reader could not lock itself down")
    return [line for line in said[:-1].decode().split("\n") if line]


def _attempt_all() -> list[str]:
    attempts: dict[str, Callable[[], object]] = {
        "read a file": lambda: os.open("/etc/hostname", os.O_RDONLY),
        "read the folder /": lambda: os.listdir("/"),
        "write a file": lambda: os.open("/tmp/dlp-gateway-escape", os.O_WRONLY | os.O_CREAT),  # noqa: S108
        "open a TCP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a UDP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "open a UNIX socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "start a process": _fork,
        "start a program": lambda: os.execv("/bin/true", ["true"]),
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "take memory beyond its limit": lambda: bytearray(_TOO_MUCH),
        "raise its own limits": lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)),
        "be traced": _trace,  # the last: from then on a signal would stop it for ever
    }
    return [name for name, attempt in attempts.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        return False
    return True


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)


def _trace() -> None:
    if ctypes.CDLL(None, use_errno=True).ptrace(_TRACE_ME, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")
