"""What a worker may still do once it has locked itself down. Linux only; the one door to system-call filters and
resource limits.

A worker keeps one socket, may read files and use memory up to its limit. It can't make a socket, start
a program, trace or enter another process, mount, or write a file. Nothing of this can be undone by the worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct

# Linux, include/uapi/linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_OPEN_FILES = 64

# Calls that are refused, numbered as in x86_64 and in the generic table that aarch64 uses.
# io_uring stands here because it opens sockets without the call `socket`.
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
    "io_uring_setup": (425, 425),
    "pidfd_getfd": (438, 438),
}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000  # x86_64 runs a second ABI with this bit in the call's number
_EPERM_ANSWER, _ALLOW_ANSWER, _KILL_ANSWER = 0x00050001, 0x7FFF0000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def lock_down(memory_bytes: int, keep: int) -> None:
    """Give up for good what a worker does not need; called in a freshly forked, single-threaded process.

    `memory_bytes` is the address space it may still grow by; `keep` the one descriptor that stays
    open (0 to 2 become /dev/null). The process is killed when its parent dies. Raises OSError where the system refuses:
    then there must be no worker.
    """
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor != keep:
            with contextlib.suppress(OSError):  # the listing's own is closed already
                os.close(descriptor)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for limit, value in (
        (resource.RLIMIT_AS, used + memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, max(_OPEN_FILES, keep + 1)),
    ):
        resource.setrlimit(limit, (value, value))
    _prctl(_PR_SET_DUMPABLE, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _refuse_calls()


def _prctl(option: int, value: int, pointer: ctypes.Structure | None = None) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    third = ctypes.byref(pointer) if pointer is not None else ctypes.c_ulong(0)
    if library.prctl(ctypes.c_int(option), ctypes.c_ulong(value), third, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} refused")


def _refuse_calls() -> None:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(f"no system-call filter is known for {machine}; x86_64 and aarch64 are")
    numbers = [pair[machine == "aarch64"] for pair in _REFUSED.values()]
    # struct seccomp_data: number at 0, architecture at 4. A call of another architecture has other numbers: killed.
    code = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]), (_RETURN, 0, 0, _KILL_ANSWER)]
    code += [(_LOAD, 0, 0, 0), (_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_ANSWER)]
    for number in numbers:
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM_ANSWER)]
    code += [(_RETURN, 0, 0, _ALLOW_ANSWER)]
    octets = b"".join(struct.pack("=HBBI", *line) for line in code)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _Program(len(code), octets))
