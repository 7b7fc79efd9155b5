"""Who somebody is after a log-in, and what whoever checks passwords must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...decide.addresses import AddressPatterns, parse_address
from ...errors import TemporaryError

USER = "{user}"
"""Stands for the user's name in a pattern of the configuration."""


class AccountsSilentError(TemporaryError):
    """Whoever checks the password gave no answer that means yes or no. The text holds no name and no address."""

    enhanced_code = "4.7.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a client gave us to be checked."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who has logged in. `patterns` says what it may write as reverse-path and author; None: anything, and
    then nothing that it writes is proof of who it is."""

    name: str
    patterns: AddressPatterns | None

    def may_use(self, reverse_path: str | None) -> bool:
        """Whether it may send with that reverse-path."""
        return self.patterns is None or self.owns(reverse_path)

    def owns(self, reverse_path: str | None) -> bool:
        """Whether that reverse-path is known to be its own: then it is proof of the sender."""
        if self.patterns is None or reverse_path is None:
            return False
        return self.patterns.matches(parse_address(reverse_path))


class Accounts(ABC):
    """What checks passwords. Never blocks the loop."""

    @property
    @abstractmethod
    def offered(self) -> bool:
        """Whether anybody could log in at all: then AUTH is announced under TLS."""

    @abstractmethod
    async def check(self, credentials: Credentials, ip: str) -> Account | None:
        """Whose the credentials are; None when they are wrong. `ip` is where the client is.

        Raises AccountsSilentError when that can't be found out now.
        """

    @abstractmethod
    def named(self, name: str) -> Account | None:
        """The account of that name without a password, for a host that is trusted to know; None when there is none."""

    async def look(self, *, at_once: bool = False) -> None:  # noqa: B027 - most have nothing to look at
        """Take up what was changed on disk; `at_once`: without waiting until a file is quiet."""

    async def close(self) -> None:  # noqa: B027 - most have nothing to close
        """Let go of threads and connections."""


def named_by_pattern(name: str, patterns: Iterable[str]) -> Account:
    """The account of a user of whom nothing but the name is known. In `patterns`, {user} is that name.

    A name is made by whoever runs the accounts: it must never become a pattern itself, so with "*" in it, or where
    it would stand for a whole domain, it owns nothing.
    """
    patterns = tuple(patterns)
    if not patterns:
        return Account(name=name, patterns=None)
    own = []
    for pattern in patterns:
        if USER not in pattern:
            own.append(pattern)
            continue
        address = pattern.replace(USER, name)
        if "@" in address and "*" not in name:
            own.append(address)
    try:
        return Account(name=name, patterns=AddressPatterns(own))
    except ValueError:  # such a name fits into no address
        return Account(name=name, patterns=AddressPatterns(()))
