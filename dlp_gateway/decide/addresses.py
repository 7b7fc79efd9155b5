"""Addresses and the patterns that rules write for them.

A pattern is an exact address, a domain (itself only), `*.domain` (its sub-domains only), or a local
part with `*` before `@domain`. Everything compares in lower case and by A-label (RFC 5890, 2.3.2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import idna
from pydantic import AfterValidator

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address in comparable form. `domain` is empty when there is none."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=4096)
def a_label(domain: str) -> str:
    """The domain in lower case with every international label as A-label, without a final dot.

    What is no valid international name stays as it is: it then matches no pattern, which makes its
    recipient unapproved.
    """
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain


def parse_address(text: str) -> Address:
    """An address as it came in the envelope or header, without angle brackets."""
    local, _, domain = text.rpartition("@")
    return Address(local=local.lower(), domain=a_label(domain))


def is_host(domain: str) -> bool:
    """Whether the A-label form is a host name that a pattern may hold."""
    return len(domain) <= 253 and bool(_HOST.match(domain))


def checked_pattern(text: str) -> str:
    """The pattern in comparable form. Raises ValueError when it is none of the four forms."""
    local, at, domain = text.strip().rpartition("@")
    if not at and domain.startswith("*."):
        domain = a_label(domain[2:])
        normal = f"*.{domain}"
    else:
        domain = a_label(domain)
        normal = f"{local.lower()}@{domain}" if at else domain
    if not is_host(domain) or (at and not local):
        raise ValueError(f"“{text}” is not an address pattern; write name@domain, domain, *.domain or name*@domain")
    return normal


Pattern = Annotated[str, AfterValidator(checked_pattern)]


class AddressPatterns:
    """A set of patterns, asked in time that does not grow with their number (but for local parts with `*`)."""

    __slots__ = ("_addresses", "_domains", "_locals", "_parents", "patterns")

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(checked_pattern(p) for p in patterns)
        self._addresses: set[str] = set()
        self._domains: set[str] = set()
        self._parents: set[str] = set()
        self._locals: dict[str, list[tuple[str, ...]]] = {}
        for pattern in self.patterns:
            local, at, domain = pattern.rpartition("@")
            if at and "*" in local:
                self._locals.setdefault(domain, []).append(tuple(local.split("*")))
            elif at:
                self._addresses.add(pattern)
            elif domain.startswith("*."):
                self._parents.add(domain[2:])
            else:
                self._domains.add(domain)

    def matches(self, address: Address) -> bool:
        if address.domain in self._domains or str(address) in self._addresses:
            return True
        if self._parents and any(parent in self._parents for parent in parents_of(address.domain)):
            return True
        return any(_fits(pieces, address.local) for pieces in self._locals.get(address.domain, ()))

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains named, with or without their sub-domains, each once, in no particular order."""
        return tuple(self._domains | self._parents)


def parents_of(domain: str) -> Iterable[str]:
    """The domains above, nearest first."""
    _, dot, parent = domain.partition(".")
    while dot:
        yield parent
        _, dot, parent = parent.partition(".")


def _fits(pieces: tuple[str, ...], text: str) -> bool:
    """Whether text is the pieces with anything between them. No regular expression: stays linear."""
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
