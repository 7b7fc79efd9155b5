"""Which messages a gateway has in hand before there is a record of them: a file that outlives the process.

The record comes after the inspection, so a message that makes the gateway die while it is read, say by all the memory
it takes, would be counted by nobody and sent again for ever. The file is not fsynced: a process that dies leaves what
it wrote, and a machine that lost its power says nothing about any message.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

_PREFIX = ".in-hand-"
_MAX_BYTES = 2**20  # then it is written anew


class InHand:
    """The file of one boot: `+identity` when a message is taken in hand, `-identity` when that is over.

    Identities are hashes (`change.header.identity`). A full disk stops the counting, never the mail.
    """

    def __init__(self, folder: Path, boot_id: str) -> None:
        self._path = folder / f"{_PREFIX}{boot_id}"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._now: set[str] = set()
        self._bytes = 0

    def begin(self, identity: str) -> None:
        """From now on a death of this process counts against it."""
        self._now.add(identity)
        self._write(f"+{identity}\n")

    def end(self, identity: str) -> None:
        """It is through, whatever became of it."""
        self._now.discard(identity)
        self._write(f"-{identity}\n")

    def close(self) -> None:
        """The end of this boot. What is still in hand then counts."""
        os.close(self._file)
        if not self._now:
            self._path.unlink(missing_ok=True)

    def _write(self, line: str) -> None:
        octets = line.encode()
        if self._bytes > _MAX_BYTES:
            octets = "".join(f"+{identity}\n" for identity in sorted(self._now)).encode()
            self._bytes = 0
        with contextlib.suppress(OSError):
            if not self._bytes:
                os.ftruncate(self._file, 0)
            self._bytes += os.write(self._file, octets)


def left_behind(folder: Path) -> dict[str, frozenset[str]]:
    """What each boot that has a file had in hand when it last wrote. A line cut short counts for nothing."""
    found = {}
    for path in folder.glob(f"{_PREFIX}*"):
        now: set[str] = set()
        with contextlib.suppress(OSError):
            for line in path.read_text(encoding="ascii", errors="replace").splitlines(keepends=True):
                if line.endswith("\n"):
                    (now.add if line[0] == "+" else now.discard)(line[1:-1])
        found[path.name.removeprefix(_PREFIX)] = frozenset(now)
    return found


def forget(folder: Path, left: Mapping[str, frozenset[str]], living: Collection[str]) -> None:
    """Remove the files of boots whose messages are counted."""
    for boot in left:
        if boot not in living:
            (folder / f"{_PREFIX}{boot}").unlink(missing_ok=True)
