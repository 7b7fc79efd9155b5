"""Writes a compound file ([MS-CFB]): a document found inside another becomes a file of its own, to be read as one."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .compound import SIGNATURE, Storage

Tree: TypeAlias = Mapping[str, "bytes | Tree"]
_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MINI_SECTOR, _CUTOFF, _ENTRY_BYTES = 64, 4096, 128
_LARGE_BYTES = 6 * 2**20  # beyond it the larger sectors are used, so that 109 sectors of FAT always do


def tree_of(storage: Storage) -> Tree:
    """All streams and storages of a storage. Reads every stream; no deeper than the file that holds it is long."""
    made: dict[str, bytes | Tree] = {}
    pending = [(storage, made)]
    while pending:
        source, target = pending.pop()
        for stream in source.streams.values():
            target[stream.name] = stream.octets()
        for inner in source.storages.values():
            folder: dict[str, bytes | Tree] = {}
            target[inner.name] = folder
            pending.append((inner, folder))
    return made


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    octets: bytes = b""
    left: int = _FREE
    right: int = _FREE
    child: int = _FREE
    start: int = _END


def write_compound(tree: Tree) -> bytes:
    """The octets of a compound file with these streams (octets) and storages (trees)."""
    entries = _entries(tree)
    mini = bytearray()
    mini_fat: list[int] = []
    for entry in entries:
        if entry.kind == 2 and 0 < len(entry.octets) < _CUTOFF:
            entry.start = _allocate(mini_fat, len(entry.octets), _MINI_SECTOR)
            mini += entry.octets + bytes(-len(entry.octets) % _MINI_SECTOR)
    large = [entry for entry in entries if entry.kind == 2 and len(entry.octets) >= _CUTOFF]
    total = sum(len(entry.octets) for entry in large) + len(mini) + len(entries) * _ENTRY_BYTES
    size = 4096 if total > _LARGE_BYTES else 512
    root = entries[0]
    root.octets = bytes(mini)
    fat: list[int] = []
    body: list[bytes] = []
    for entry in [root, *large]:
        if entry.octets:
            entry.start = _allocate(fat, len(entry.octets), size)
            body += [entry.octets, bytes(-len(entry.octets) % size)]
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    table += b"\xff" * (-len(table) % size)
    first_table = _allocate(fat, len(table), size) if table else _END
    directory = b"".join(map(_packed, entries))
    directory += _packed(_Entry("", 0)) * (-len(directory) % size // _ENTRY_BYTES)
    first_directory = _allocate(fat, len(directory), size)
    first_fat, count = len(fat), 0
    while count * (size // 4) < len(fat) + count:
        count += 1
    fat += [_FAT_SECTOR] * count
    fat += [_FREE] * (count * (size // 4) - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        SIGNATURE,
        *(0x3E, 3 if size == 512 else 4, 0xFFFE, 9 if size == 512 else 12, 6),
        *(len(directory) // size if size == 4096 else 0, count, first_directory, 0, _CUTOFF),
        *(first_table, len(table) // size, _END, 0),
    )
    header += struct.pack("<109I", *range(first_fat, first_fat + count), *[_FREE] * (109 - count))
    octets = [header.ljust(size, b"\0"), *body, table, directory, struct.pack(f"<{len(fat)}I", *fat)]
    return b"".join(octets)


def _allocate(table: list[int], count_bytes: int, sector: int) -> int:
    """Append a chain for so many octets; its first sector."""
    start, sectors = len(table), -(-count_bytes // sector)
    table += [*range(start + 1, start + sectors), _END]
    return start


def _entries(tree: Tree) -> list[_Entry]:
    entries = [_Entry("Root Entry", 5)]
    pending = [(0, tree)]
    while pending:
        parent, folder = pending.pop()
        numbers = []
        # 2.6.4: shorter names come first, then by upper case.
        for name in sorted(folder, key=lambda name: (len(name), name.upper())):
            value = folder[name]
            numbers.append(len(entries))
            if isinstance(value, bytes):
                entries.append(_Entry(name, 2, value))
            else:
                pending.append((len(entries), value))
                entries.append(_Entry(name, 1))
        entries[parent].child = _balance(entries, numbers)
    return entries


def _balance(entries: list[_Entry], numbers: list[int]) -> int:
    """Link sorted siblings as a balanced tree; the number of its top."""
    if not numbers:
        return _FREE
    top = numbers[len(numbers) // 2]
    pending = [(0, len(numbers))]
    while pending:
        first, last = pending.pop()
        middle = (first + last) // 2
        entry = entries[numbers[middle]]
        if first < middle:
            entry.left = numbers[(first + middle) // 2]
            pending.append((first, middle))
        if middle + 1 < last:
            entry.right = numbers[(middle + 1 + last) // 2]
            pending.append((middle + 1, last))
    return top


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le", "surrogatepass")[:62]
    length = len(name) + 2 if entry.kind else 0
    return struct.pack(
        "<64sHBBIII16x20xIQ",
        name,
        *(length, entry.kind, 1, entry.left, entry.right, entry.child),
        *(entry.start if entry.kind != 1 else 0, len(entry.octets)),
    )
