"""Compound files ([MS-CFB]): storages and streams, and the sectors that no stream uses.

A reader of our own, since a hostile or cut-off file must neither cost more than its length nor hide what is still
readable: every chain of sectors is bounded, no directory is walked by recursion, a sector that is missing ends
one stream and not the file, and what lies between the streams (text of versions saved before) is told as well.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ..budget import Meter

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA  # 2.1: numbers above it are marks, not sectors
_MINI_SECTOR = 64
_CUTOFF = 4096  # 2.2: shorter streams stand in the mini stream
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")  # 2.6.1
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_NOBODY = 0xFFFFFFFF  # 2.6.1: no sibling, no child
_T = TypeVar("_T")


class CompoundError(ValueError):
    """Not a compound file, or one without a readable directory."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One stream; its octets are read when asked for."""

    name: str
    size: int
    start: int
    file: CompoundFile = field(repr=False)

    def octets(self) -> bytes:
        """What is there of it: shorter than `size` where sectors are missing, which `file.damaged` then tells."""
        return self.file.stream(self.start, self.size)


@dataclass(slots=True, eq=False)
class Storage:
    """A folder of streams and storages, by name in upper case (2.6.4: names differ without regard to case). Of
    two of one name the second stands under its name and a number."""

    name: str
    class_id: bytes
    streams: dict[str, Stream] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name.upper() in self.streams

    def read(self, name: str) -> bytes:
        """The octets of a stream; none where there is no such stream."""
        stream = self.streams.get(name.upper())
        return stream.octets() if stream is not None else b""

    def folder(self, name: str) -> Storage | None:
        return self.storages.get(name.upper())


class CompoundFile:
    """A compound file in memory. Raises CompoundError where no directory can be read."""

    def __init__(self, octets: bytes, meter: Meter) -> None:
        if len(octets) < 512 or not octets.startswith(SIGNATURE):
            raise CompoundError("no compound file")
        self._octets = octets
        self._meter = meter
        shift = struct.unpack_from("<H", octets, 30)[0]
        if shift not in (9, 12):
            raise CompoundError("sectors of an unknown size")
        self._sector = 1 << shift
        first_directory, self.damaged = struct.unpack_from("<I", octets, 48)[0], False
        self._fat: list[int] = []
        self._count = (len(octets) - 1) // self._sector  # sectors after the header, the last perhaps not whole
        self._used = bytearray(self._count)
        self._load_table()
        directory = self._chain(first_directory, self._count * self._sector)
        self._mark(first_directory)
        first_mini = struct.unpack_from("<I", octets, 60)[0]
        mini_table = self._chain(first_mini, struct.unpack_from("<I", octets, 64)[0] * self._sector)
        self._mark(first_mini)
        self._mini_fat = struct.unpack(f"<{len(mini_table) // 4}I", mini_table[: len(mini_table) // 4 * 4])
        self._mini = b""
        self._mini_used = bytearray()
        self.root = self._directory(directory)

    def stream(self, start: int, size: int) -> bytes:
        """The octets of a stream by its first sector and size."""
        octets = self._mini_chain(start, size) if size < _CUTOFF else self._chain(start, size)
        self._meter.expand(len(octets))
        if len(octets) < size:
            self.damaged = True
        return octets

    def unused(self) -> Iterator[bytes]:
        """Runs of octets that no stream uses: what deleted and older versions left."""
        yield from _unmarked(self._octets, self._sector, self._used, self._sector)
        yield from _unmarked(self._mini, _MINI_SECTOR, self._mini_used, 0)

    # -- Tables of sectors --

    def _load_table(self) -> None:
        """The FAT (2.3), whose sectors the header names, and after 109 of them the DIFAT (2.5)."""
        sectors = list(struct.unpack_from("<109I", self._octets, 76))
        numbers = self._sector // 4
        following = struct.unpack_from("<I", self._octets, 68)[0]
        while following < self._count and not self._used[following]:
            self._used[following] = 1
            listed = self._numbers(following)
            sectors.extend(listed[: numbers - 1])
            following = listed[-1] if len(listed) == numbers else _FREE
        for sector in sectors:
            if sector > _LAST_SECTOR or len(self._fat) >= self._count:
                continue
            listed = self._numbers(sector) if sector < self._count else ()
            self._fat.extend(listed + (_FREE,) * (numbers - len(listed)))
            if sector < self._count:
                self._used[sector] = 1
        del self._fat[self._count :]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        octets = self._of(sector)
        return struct.unpack(f"<{len(octets) // 4}I", octets[: len(octets) // 4 * 4])

    def _of(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._octets[start : start + self._sector]

    def _chain(self, start: int, size: int) -> bytes:
        pieces = []
        sector, left = start, min(size, len(self._octets))
        while left > 0 and sector < self._count:
            pieces.append(self._of(sector)[:left])
            left -= self._sector
            sector = self._fat[sector] if sector < len(self._fat) else _FREE
        return b"".join(pieces)

    def _mini_chain(self, start: int, size: int) -> bytes:
        pieces = []
        sector, left = start, size
        while left > 0 and sector < len(self._mini_fat):
            pieces.append(self._mini[sector * _MINI_SECTOR : sector * _MINI_SECTOR + min(left, _MINI_SECTOR)])
            left -= _MINI_SECTOR
            sector = self._mini_fat[sector]
        return b"".join(pieces)

    def _mark(self, start: int, mini: bool = False) -> None:
        """Note a chain as used, as far as nobody has: so that chains which run into one another cost nothing."""
        used, table = (self._mini_used, self._mini_fat) if mini else (self._used, self._fat)
        while start < min(len(used), len(table)) and not used[start]:
            used[start] = 1
            start = table[start]

    # -- Directory --

    def _directory(self, octets: bytes) -> Storage:
        """The tree of storages (2.6): siblings form a binary tree, in whatever shape it is."""
        count = len(octets) // _ENTRY.size
        if not count:
            raise CompoundError("no directory")
        name, *_, start, size = _entry(octets, 0, self._sector)
        root = Storage(name=name, class_id=octets[80:96])
        self._mini = self._chain(start, size)
        self._mark(start)
        self._mini_used = bytearray(len(self._mini) // _MINI_SECTOR)
        seen = {0}
        storages = [root]
        pending = [(root, _ENTRY.unpack_from(octets, 0)[6])]
        while pending:
            parent, number = pending.pop()
            if number >= count or number in seen:
                self.damaged |= number != _NOBODY and number >= count
                continue
            seen.add(number)
            name, kind, left, right, child, start, size = _entry(octets, number, self._sector)
            if kind == _STREAM:
                _put(parent.streams, name, Stream(name=name, size=size, start=start, file=self))
                if size:
                    self._mark(start, mini=size < _CUTOFF)
            elif kind in (_STORAGE, _ROOT):
                at = number * _ENTRY.size
                storage = Storage(name=name, class_id=octets[at + 80 : at + 96])
                _put(parent.storages, name, storage)
                storages.append(storage)
                pending.append((storage, child))
            pending += [(parent, right), (parent, left)]
        for storage in storages:
            storage.streams = _in_order(storage.streams)
            storage.storages = _in_order(storage.storages)
        return root


def _entry(octets: bytes, number: int, sector: int) -> tuple[str, int, int, int, int, int, int]:
    """Name, kind, left, right and child entry, first sector and size of a directory entry."""
    fields = _ENTRY.unpack_from(octets, number * _ENTRY.size)
    name, length, kind, _, left, right, child, _, _, _, _, start, size = fields
    if sector == 512:
        size &= 0xFFFFFFFF  # 2.6.1: in version 3 the upper half may hold anything
    return name[: max(0, length - 2)].decode("utf-16-le", "replace"), kind, left, right, child, start, size


def _put(into: dict[str, _T], name: str, value: _T) -> None:
    key = name.upper()
    into[key if key not in into else f"{key}\0{len(into)}"] = value


def _in_order(entries: dict[str, _T]) -> dict[str, _T]:
    """2.6.4: shorter names come first."""
    return dict(sorted(entries.items(), key=lambda entry: (len(entry[0]), entry[0])))


def _unmarked(octets: bytes, sector: int, used: bytearray, skip: int) -> Iterator[bytes]:
    first = used.find(0)
    while first >= 0:
        last = used.find(1, first)
        last = len(used) if last < 0 else last
        yield octets[skip + first * sector : skip + last * sector]
        first = used.find(0, last)
