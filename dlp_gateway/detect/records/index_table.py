"""A keyed index of the council's own records: how it is laid out, and how a value is looked up in it.

    octets 0 to 7    DLPINDX1
    8 to 11          length of the head, unsigned, little-endian like every number here
    12 to 43         HMAC-SHA256 of the head
    44 on            the head: JSON, with the HMAC-SHA256 of all that follows it
    head.start on    entries, sorted, 14 octets each: key (10), record (4, big-endian so that octets sort)
    then             2^fan_bits + 1 numbers of 4 octets: where the entries begin whose keys begin with those bits

Besides the keys of whole combinations there is one of each part of them (`part_label`).

A key is the HMAC-SHA256, cut to 80 bits, of the names and normal forms of the fields that it is made of. Nothing of a
value can be read from it without the installation's key. The record is a number, the same for all keys of one person.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, overload

MAGIC = b"DLPINDX1"
KEY_BYTES = 10
ENTRY_BYTES = KEY_BYTES + 4
HEAD_AT = 44
MOST_FAN_BITS = 24
_MOST_RECORDS = 64  # of one key: more say nothing new
_BLOCK_BYTES = 64  # of SHA-256
_RANGE = struct.Struct("<II")


def part_label(field: str) -> str:
    """Under what the parts of combinations are kept, each by itself: so that what is part of none is asked for once
    and not with every date near it. The record of such an entry is 0."""
    return f"part {field}"


class Octets(Protocol):
    """What a table is read from: bytes, or a mapped file."""

    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> bytes: ...


class KeyMaker:
    """Makes keys and checksums under a key derived from the installation's fingerprint key."""

    def __init__(self, fingerprint_key: bytes) -> None:
        self._key = hmac.digest(fingerprint_key, b"index of records", hashlib.sha256)
        padded = self._key.ljust(_BLOCK_BYTES, b"\0")
        # RFC 2104, 4: the first block of each hash is the same for every message, so it is computed once.
        self._inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in padded))
        self._outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in padded))

    @property
    def key_id(self) -> str:
        """Tells keys apart without telling them."""
        return hmac.digest(self._key, b"which key", hashlib.sha256).hex()[:16]

    def key(self, kinds: str, values: Sequence[str]) -> bytes:
        """The key of values (in normal form) of those kinds ("name+date_of_birth")."""
        inner = self._inner.copy()
        inner.update("\0".join((kinds, *values)).encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()[:KEY_BYTES]

    def checksum(self) -> hmac.HMAC:
        """An empty keyed checksum, to be fed."""
        return hmac.new(self._key, digestmod=hashlib.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One registered document: what is known of it besides its fingerprints."""

    id: str
    kind: str
    name: str  # as whoever registered it calls it
    partner: str | None = None  # whose content it is
    words: int
    fingerprints: int
    added_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTable:
    """One open index. `kinds` are the fields of its keys: ("name", "date_of_birth") is one kind of key."""

    name: str
    version: str  # changes with every build
    kinds: frozenset[tuple[str, ...]]
    records: int
    entries: int
    built_at: str  # ISO 8601, UTC
    documents: tuple[Document, ...] = ()
    octets: Octets = field(repr=False)
    start: int
    fan_bits: int

    def find(self, key: bytes) -> tuple[int, ...]:
        """The numbers of the records under a key; none for nearly all."""
        bucket = int.from_bytes(key[:3], "big") >> (MOST_FAN_BITS - self.fan_bits)
        at = self.start + self.entries * ENTRY_BYTES + 4 * bucket
        first, last = _RANGE.unpack(self.octets[at : at + _RANGE.size])
        if first == last:
            return ()
        block = self.octets[self.start + first * ENTRY_BYTES : self.start + last * ENTRY_BYTES]
        found: list[int] = []
        at = block.find(key)
        while at >= 0 and len(found) < _MOST_RECORDS:
            if at % ENTRY_BYTES == 0:
                found.append(int.from_bytes(block[at + KEY_BYTES : at + ENTRY_BYTES], "big"))
            at = block.find(key, at + 1)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilRecords:
    """All that the council has registered, open for looking up: indexes of people by name, and documents."""

    maker: KeyMaker | None = None  # None: nothing is registered
    indexes: Mapping[str, IndexTable] = field(default_factory=dict)
    documents: IndexTable | None = None


NOTHING_REGISTERED = CouncilRecords()
