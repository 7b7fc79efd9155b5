"""System-call filters (seccomp) and process controls (prctl), called without a library: classic BPF, made from the
tables below.

A worker runs under a list of calls that are refused, since its libraries need many; a reader under a list of calls that
are allowed, since it only computes.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Iterable
from functools import cache

# Linux, include/uapi/linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, _PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2

# Calls by their numbers in x86_64 and in the generic table that aarch64 uses.
# Refused to a worker. io_uring stands here because it opens sockets without the call `socket`.
_REFUSED: dict[str, tuple[int, int]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "execve": (59, 221),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "mount": (165, 40),
    "umount2": (166, 39),
    "init_module": (175, 105),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "accept4": (288, 242),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "sendmmsg": (307, 269),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "finit_module": (313, 273),
    "memfd_create": (319, 279),
    "bpf": (321, 280),
    "execveat": (322, 281),
    "userfaultfd": (323, 282),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "pidfd_getfd": (438, 438),
}
# Refused to a program of another maker, which has to be started and may start others inside its namespaces.
_REFUSED_TO_PROGRAMS = {
    name: numbers
    for name, numbers in _REFUSED.items()
    if name not in {"execve", "kill", "tkill", "tgkill", "socketpair", "memfd_create"}
}
# All that a reader needs: memory, time, randomness, and reading and writing what is open already.
_ALLOWED: dict[str, tuple[int, int]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "uname": (63, 160),
    "gettimeofday": (96, 169),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000  # x86_64 runs a second ABI with this bit in the call's number
_EPERM_ANSWER, _ALLOW_ANSWER, _KILL_ANSWER = 0x00050001, 0x7FFF0000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
_LIBRARY = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def refuse_worker_calls() -> None:
    """From here on this process makes no socket, process or mount, and signals nobody. Raises OSError."""
    _load(_worker_filter())


def allow_reader_calls_only() -> None:
    """From here on this process computes, and reads and writes what it has open. Raises OSError."""
    _load(_reader_filter())


def prepare_filters() -> None:
    """Make the filters now, once, rather than in each process that is forked hereafter."""
    _worker_filter()
    _reader_filter()


@cache
def _worker_filter() -> bytes:
    return _filter(_REFUSED.values(), listed=_EPERM_ANSWER, others=_ALLOW_ANSWER)


@cache
def _reader_filter() -> bytes:
    return _filter(_ALLOWED.values(), listed=_ALLOW_ANSWER, others=_EPERM_ANSWER)


def program_filter() -> bytes:
    """The filter of a program of another maker, in the form that bubblewrap reads from a file."""
    return _filter(_REFUSED_TO_PROGRAMS.values(), listed=_EPERM_ANSWER, others=_ALLOW_ANSWER)


def control_process(option: int, value: int) -> None:
    """The system call prctl(2). Raises OSError."""
    _prctl(option, value)


def _filter(calls: Iterable[tuple[int, int]], *, listed: int, others: int) -> bytes:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(f"no system-call filter is known for {machine}; x86_64 and aarch64 are")
    numbers = [pair[machine == "aarch64"] for pair in calls]
    # struct seccomp_data: number at 0, architecture at 4. A call of another architecture has other numbers: killed.
    code = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]), (_RETURN, 0, 0, _KILL_ANSWER)]
    code += [(_LOAD, 0, 0, 0), (_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_ANSWER)]
    for number in numbers:
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, listed)]
    code += [(_RETURN, 0, 0, others)]
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def _load(code: bytes) -> None:
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _Program(len(code) // 8, code))


def _prctl(option: int, value: int, pointer: ctypes.Structure | None = None) -> None:
    third = ctypes.byref(pointer) if pointer is not None else ctypes.c_ulong(0)
    if _LIBRARY.prctl(ctypes.c_int(option), ctypes.c_ulong(value), third, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} refused")
