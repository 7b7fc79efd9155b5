"""Landlock: which files a process may still open. Unlike a system-call filter it knows paths, so a worker can go on
reading Python's own files and nothing else (Linux, Documentation/userspace-api/landlock.rst)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# Rights over files that each version of the interface knows; a right that is not named stays granted.
_FILE_RIGHTS = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15}
_NEWEST_FILE_RIGHTS = 1 << 16
_TCP_BIND_AND_CONNECT = 3  # from version 4
_SIGNALS_AND_ABSTRACT_SOCKETS = 3  # from version 6
_LIBRARY = ctypes.CDLL(None, use_errno=True)
_LIBRARY.syscall.restype = ctypes.c_long


def landlock_version() -> int:
    """The interface's version in this kernel; 0 where Landlock is not built in, or not switched on."""
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))


def restrict_files(readable: Iterable[str] = ()) -> None:
    """From here on this process opens files and folders at or below `readable` for reading and nothing else.

    Paths that do not exist are passed over. The caller has set PR_SET_NO_NEW_PRIVS. Raises OSError where the kernel
    has no Landlock.
    """
    version = landlock_version()
    if version < 1:
        raise OSError("this kernel has no Landlock, or it is not switched on")
    files = _FILE_RIGHTS.get(version, _NEWEST_FILE_RIGHTS) - 1
    fields = [files, *([_TCP_BIND_AND_CONNECT] if version >= 4 else ())]
    fields += [_SIGNALS_AND_ABSTRACT_SOCKETS] if version >= 6 else []
    attribute = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _checked(_CREATE_RULESET, attribute, ctypes.c_size_t(len(attribute)), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        _checked(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_FOLDER if os.path.isdir(path) else 0)
        rule = struct.pack("=Qi", rights, folder)
        _checked(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(folder)


def _checked(number: int, *arguments: object) -> int:
    answer = _call(number, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"Landlock call {number} refused")
    return answer


def _call(number: int, *arguments: object) -> int:
    answer: int = _LIBRARY.syscall(ctypes.c_long(number), *arguments)
    return answer
