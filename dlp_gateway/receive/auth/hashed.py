"""Accounts whose passwords we know as hashes: those of the configuration, and what a file of users shares with them."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from ...config_access import User
from ...decide.addresses import AddressPatterns
from ...errors import ConfigError, Fault
from ..password import hash_fault, impossible_hash, verify_password
from .account import Account, Accounts, AccountsSilentError, Credentials

MAX_WAITING_CHECKS = 50  # at some 200 ms each on two threads, the last waits 5 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One account as somebody wrote it down."""

    password_hash: str = field(repr=False)
    account: Account


class HashedAccounts(Accounts):
    """Checks in threads, and as slowly for a name that does not exist. `entries` by name."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries
        # Two threads: a flood of guesses may slow down logging in, never the mail.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
        self._secret = secrets.token_bytes(16)
        self._waiting = 0

    @property
    def offered(self) -> bool:
        return bool(self.entries)

    async def check(self, credentials: Credentials, ip: str) -> Account | None:  # noqa: ARG002 - we judge by hash alone
        if self._waiting >= MAX_WAITING_CHECKS:
            raise AccountsSilentError("too many passwords wait to be checked")
        entry = self.entries.get(credentials.name)
        password_hash = self._nobodys(credentials.name) if entry is None else entry.password_hash
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            right = await loop.run_in_executor(self._threads, verify_password, credentials.password, password_hash)
        finally:
            self._waiting -= 1
        return entry.account if right and entry is not None else None

    def _nobodys(self, name: str) -> str:
        """A hash for a name that is unknown. It must cost what a known one costs, and always the same for the same
        name, or the time tells which names exist: so it is made like one of the known."""
        if not self.entries:
            return impossible_hash()
        chosen = int.from_bytes(hashlib.blake2b(name.encode(), key=self._secret).digest()) % len(self.entries)
        return impossible_hash(next(islice(self.entries.values(), chosen, None)).password_hash)

    def named(self, name: str) -> Account | None:
        entry = self.entries.get(name)
        return None if entry is None else entry.account

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def make_entry(name: str, password_hash: str, addresses: Sequence[str]) -> Entry:
    """One entry; with no addresses the account may write any. Raises ValueError for a bad pattern."""
    patterns = AddressPatterns(addresses) if addresses else None
    return Entry(password_hash=password_hash, account=Account(name=name, patterns=patterns))


def own_users(users: Sequence[User]) -> dict[str, Entry]:
    """The accounts of the configuration. Raises ConfigError for every hash that can't be used and every bad pattern."""
    faults = []
    entries: dict[str, Entry] = {}
    for user in users:
        if (wrong := hash_fault(user.password_hash)) is not None:
            faults.append(Fault(file="users", text=f"user {user.name}: password_hash {wrong}"))
        if user.name in entries:
            faults.append(Fault(file="users", text=f"user {user.name} stands twice; keep one of them"))
        try:
            entries[user.name] = make_entry(user.name, user.password_hash, user.addresses)
        except ValueError as error:
            faults.append(Fault(file="users", text=f"user {user.name}: {error}"))
    if faults:
        raise ConfigError(faults)
    return entries
