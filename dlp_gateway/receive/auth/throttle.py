"""What guessing passwords costs, so that it is slow for strangers and harmless to those they guess for. No clock of
its own.

Three things are counted, each a level that rises by one with a failure and leaks away. Where an *address*, or one
address's tries at *one name*, rise too high, the next tries from there are refused unheard, for a time that doubles:
that hurts nobody elsewhere. A *name* is guessed at from many addresses at once, too; to refuse it would let
any stranger lock anybody out, so its answers, right or wrong, only come later and later. Who has logged in from
an address before is not slowed down there by what others do, neither at that address nor with that name.

An attempt counts as a failure when it begins, and is taken back when it succeeds: many at once gain nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from ..networks import address_of

FREE_PER_NAME_AND_ADDRESS = 5
FREE_PER_ADDRESS = 20  # many people may stand behind one
FREE_PER_NAME = 10
LEAK_SECONDS = 300.0  # for one failure to be forgotten
MAX_REFUSED_SECONDS = 300.0
MAX_DELAY_SECONDS = 8.0  # clients give up a log-in after some 30 s or later
MAX_BEYOND = 20  # levels; after the longest attack, all is forgotten within three hours
MAX_REMEMBERED = 10_000  # entries of each table, some 3 MB in all


@dataclass(slots=True)
class _Count:
    level: float = 0.0
    at: float = 0.0
    refused_until: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How an attempt is to be taken: not at all, or with its answer after so many seconds."""

    refused: bool = False
    delay_seconds: float = 0.0


class _Table:
    """Counts by key; the ones unused longest are forgotten."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()

    def refuses(self, key: bytes, now: float) -> bool:
        count = self._counts.get(key)
        return count is not None and now < count.refused_until

    def add(self, key: bytes, now: float) -> float:
        """Count one failure; how far it is beyond what is free."""
        count = self._counts.pop(key, None) or _Count(at=now)
        self._counts[key] = count
        while len(self._counts) > MAX_REMEMBERED:
            self._counts.popitem(last=False)
        level = max(0.0, count.level - (now - count.at) / LEAK_SECONDS) + 1
        count.level = min(level, self._free + MAX_BEYOND)
        count.at = now
        beyond = count.level - self._free
        if beyond > 0:
            count.refused_until = now + min(2.0**beyond, MAX_REFUSED_SECONDS)
        return beyond

    def take_back(self, key: bytes) -> None:
        count = self._counts.get(key)
        if count is not None:
            count.level = max(0.0, count.level - 1)
            count.refused_until = 0.0

    def forget(self, key: bytes) -> None:
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)


class Throttle:
    """Failures of all sessions. `now` is any clock that only goes forward, in seconds."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)  # names are kept as keyed hashes: they may be long, and are somebody's
        self._addresses = _Table(FREE_PER_ADDRESS)
        self._names = _Table(FREE_PER_NAME)
        self._pairs = _Table(FREE_PER_NAME_AND_ADDRESS)
        self._known: OrderedDict[bytes, None] = OrderedDict()  # pairs that have logged in

    def begin(self, name: str, ip: str, now: float) -> Pace:
        """An attempt begins."""
        address, person, pair = self._keys(name, ip)
        known = pair in self._known
        if self._pairs.refuses(pair, now) or (not known and self._addresses.refuses(address, now)):
            return Pace(refused=True)
        self._pairs.add(pair, now)
        self._addresses.add(address, now)
        beyond = self._names.add(person, now)
        if known or beyond <= 0:
            return Pace()
        return Pace(delay_seconds=min(beyond / 2, MAX_DELAY_SECONDS))

    def right(self, name: str, ip: str) -> None:
        """The attempt was right."""
        self.undecided(name, ip)
        pair = self._keys(name, ip)[2]
        self._pairs.forget(pair)
        self._known[pair] = None
        self._known.move_to_end(pair)
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)

    def undecided(self, name: str, ip: str) -> None:
        """Nobody could say whether the attempt was right: it never was."""
        for table, key in zip((self._addresses, self._names, self._pairs), self._keys(name, ip), strict=True):
            table.take_back(key)

    def _keys(self, name: str, ip: str) -> tuple[bytes, bytes, bytes]:
        address = network_of(ip).encode()
        person = self._hash(name.encode("utf-8", "surrogatepass"))
        return address, person, person + address

    def _hash(self, octets: bytes) -> bytes:
        return hashlib.blake2b(octets, digest_size=16, key=self._secret).digest()


def network_of(ip: str) -> str:
    """The address as whoever is there is told apart: of IPv6 the /64, since that is what one subscriber has."""
    address = address_of(ip)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return ip if address is None else str(address)
