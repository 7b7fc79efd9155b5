"""How a freshly forked, single-threaded process gives up for good what it does not need. Nothing of this can be undone
by the process itself."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sysconfig
from pathlib import Path

from .errors import WeakSandboxError
from .landlock import landlock_version, restrict_files
from .system_calls import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    allow_reader_calls_only,
    control_process,
    refuse_worker_calls,
)

OUT_OF_MEMORY_EXIT = 77
"""How a process ends that could not have more memory: what is left of a library after that can't be trusted."""

_OPEN_FILES = 64
_NOBODY = 65534
_PACKAGE = str(Path(__file__).resolve().parents[1])


def lock_down(memory_bytes: int, keep: tuple[int, ...], *, weak: bool = False) -> None:
    """Be a worker: no new socket, program, process of others, mount; no file but Python's own, for reading.

    `memory_bytes` is the address space it may still grow by; `keep` are the descriptors that stay open (0 to 2
    become /dev/null). The process is killed when its parent dies. `weak`: do without Landlock where the kernel has
    none. Raises WeakSandboxError for such a kernel, OSError where the system refuses something: then there must be no
    worker.
    """
    _close_all_but(keep)
    end_with_parent()
    _limit(memory_bytes, keep)
    control_process(PR_SET_NO_NEW_PRIVS, 1)
    _restrict_files(_python_files(), weak=weak)
    refuse_worker_calls()


def lock_down_reader(memory_bytes: int, cpu_seconds: int, keep: int, *, weak: bool = False) -> None:
    """Be a reader: no file at all, no process, no call but those that compute. As `lock_down` otherwise; a reader
    of root's becomes nobody. `cpu_seconds` is the computing time after which the kernel ends it."""
    _close_all_but((keep,))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    end_with_parent()  # after the change of user, which takes it back
    _limit(memory_bytes, (keep,))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    control_process(PR_SET_NO_NEW_PRIVS, 1)
    _restrict_files((), weak=weak)
    allow_reader_calls_only()


def end_with_parent() -> None:
    """Be killed when the parent dies; and let nobody of the same user look into this process."""
    control_process(PR_SET_PDEATHSIG, signal.SIGKILL)
    control_process(PR_SET_DUMPABLE, 0)


def _restrict_files(readable: tuple[str, ...], *, weak: bool) -> None:
    if landlock_version() > 0:
        restrict_files(readable)
    elif not weak:
        raise WeakSandboxError("this kernel has no Landlock, or it is not switched on")


def _python_files() -> tuple[str, ...]:
    """Where modules, codecs and time zones come from that are loaded late. Not `sys.path` as it is: the folder that the
    gateway was started in stands there, and it may hold the store."""
    paths = sysconfig.get_paths()
    installed = (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"])
    return tuple(dict.fromkeys((*installed, _PACKAGE, "/usr/lib", "/usr/share/zoneinfo")))


def _close_all_but(keep: tuple[int, ...]) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor not in keep:
            with contextlib.suppress(OSError):  # the listing's own is closed already
                os.close(descriptor)


def _limit(memory_bytes: int, keep: tuple[int, ...]) -> None:
    with open("/proc/self/statm", "rb") as file:  # octets: no codec can be loaded any more
        used = int(file.read().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, used + memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, max(_OPEN_FILES, max(keep) + 1)),
    ):
        resource.setrlimit(limit, (value, value))
