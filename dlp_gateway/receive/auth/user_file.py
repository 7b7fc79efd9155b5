"""A file of users, a line each: `name:hash`, or `name:hash:pattern, pattern` with what it may write as sender.

Hashes are those of `dlp-gateway users hash` or Argon2id (RFC 9106, as `argon2 -e` and `doveadm pw -s ARGON2ID` print).
A changed file is taken up by itself; a broken one is told of, and the users known before stay.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from ... import log, metrics
from ...errors import ConfigError, Fault
from ...file_watch import FileWatch
from ..password import hash_fault
from .hashed import Entry, HashedAccounts, make_entry

MAX_FILE_BYTES = 16 * 2**20

_log = logging.getLogger("dlp_gateway.receive")


class FileAccounts(HashedAccounts):
    """The users of a file. Raises ConfigError where it can't be used at the start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._watch = FileWatch((path,))
        super().__init__(read_users(path))

    @property
    def offered(self) -> bool:
        return True  # somebody may be added at any time

    async def look(self, *, at_once: bool = False) -> None:
        if not await asyncio.to_thread(self._watch.changed, at_once=at_once):
            return
        try:
            self.entries = await asyncio.to_thread(read_users, self._path)
        except ConfigError as error:
            metrics.access_files_passed_over.labels("users").set(1)
            log.fault(_log, "users:file_passed_over", error, faults=[str(one) for one in error.faults])
            return
        metrics.access_files_passed_over.labels("users").set(0)
        log.event(_log, "users:taken_up", users=len(self.entries))


def read_users(path: Path) -> dict[str, Entry]:
    """The users of the file by name. Raises ConfigError with every line that can't be used; never quotes a hash."""
    try:
        octets = path.read_bytes()
        text = octets.decode("utf-8") if len(octets) <= MAX_FILE_BYTES else ""
    except OSError as error:
        raise ConfigError([Fault(file=str(path), text=f"file of users can't be read ({error.strerror})")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(file=str(path), text="file of users is not UTF-8 text")]) from None
    if len(octets) > MAX_FILE_BYTES:
        raise ConfigError([Fault(file=str(path), text=f"file of users is larger than {MAX_FILE_BYTES // 2**20} MiB")])
    entries: dict[str, Entry] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, entry = _entry(line)
            if name in entries:
                raise ValueError("this user stands in the file twice; keep one of the lines")
            entries[name] = entry
        except ValueError as error:
            faults.append(Fault(file=str(path), line=number, text=str(error)))
    if faults:
        raise ConfigError(faults)
    return entries


def _entry(line: str) -> tuple[str, Entry]:
    """Raises ValueError in words for whoever wrote the line."""
    name, colon, rest = line.partition(":")
    name = name.strip()
    if not colon or not name:
        raise ValueError("is not name:hash or name:hash:pattern, pattern")
    # Dovecot names the scheme before a hash; Argon2id's own form names it, too.
    password_hash, _, patterns = rest.partition(":")
    password_hash = password_hash.strip().removeprefix("{ARGON2ID}")
    if (wrong := hash_fault(password_hash)) is not None:
        raise ValueError(f"the hash {wrong}")
    addresses = [pattern.strip() for pattern in patterns.split(",") if pattern.strip()]
    return name, make_entry(name, password_hash, addresses)
