"""Whether files were changed since they were last read: asked now and then, so that no restart is needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Stamps = tuple[tuple[int, int, int] | None, ...]


def stamps(paths: Iterable[Path]) -> Stamps:
    """Changes when one of the files is written anew or replaced."""
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class FileWatch:
    """Make it before the files are read for the first time: what comes between is then seen by the first look."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._known = self._seen = stamps(self._paths)

    def changed(self, *, at_once: bool = False) -> bool:
        """Whether they have to be read again; True once for each change.

        Only when two looks have found them alike, or a certificate would be taken up whose key is still being
        written; `at_once` does without.
        """
        found = stamps(self._paths)
        quiet = found == self._seen or at_once
        self._seen = found
        if found == self._known or not quiet:
            return False
        self._known = found
        return True
