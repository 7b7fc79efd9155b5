"""Writes an index: any number of entries in bounded memory, and the new file in place of the old one at once."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from array import array
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from ..detect.records.index_table import ENTRY_BYTES, HEAD_AT, KEY_BYTES, MAGIC, MOST_FAN_BITS, Document, KeyMaker
from ..detect.records.normal_forms import NORMAL_FORMS

_BUCKETS = 256  # keys are as good as random: each holds as many
_BUFFER_BYTES = 1 << 16  # of one bucket
_PER_FAN = 8  # entries behind one number of the table, at the most
_HEAD_BYTES = 4096  # room for the head, more where it names many documents
_MOST_OF_ONE_KEY = 64


class IndexWriter(AbstractContextManager["IndexWriter"]):
    """Takes entries in any order, then `finish`. What is on the disk meanwhile holds keys only, like the index.

    Entries are dealt out to files by the first octet of their keys, and each of these is sorted by itself: 100 million
    entries are some 400,000 in each. Leaving the block without `finish` leaves the old file as it was.
    """

    def __init__(self, path: Path, maker: KeyMaker) -> None:
        self._path = path
        self._maker = maker
        self._folder = path.parent / f".building-{path.name}-{secrets.token_hex(4)}"
        self._buffers = [bytearray() for _ in range(_BUCKETS)]
        self._added = 0

    def __enter__(self) -> Self:
        make_folder(self._path.parent)
        self._folder.mkdir(mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, key: bytes, record: int) -> None:
        """One entry; the same one twice is one."""
        buffer = self._buffers[key[0]]
        buffer += key
        buffer += record.to_bytes(ENTRY_BYTES - KEY_BYTES, "big")
        self._added += 1
        if len(buffer) >= _BUFFER_BYTES:
            self._spill(key[0])

    def _spill(self, bucket: int) -> None:
        with (self._folder / f"{bucket:02x}").open("ab", buffering=0) as file:
            file.write(self._buffers[bucket])
        self._buffers[bucket].clear()

    def finish(self, *, kinds: Sequence[tuple[str, ...]], records: int, documents: Sequence[Document] = ()) -> int:
        """Sort, write, make durable, and put in place of the old file. Answers how many entries there are."""
        fan_bits = min(MOST_FAN_BITS, max(8, (self._added // _PER_FAN).bit_length()))
        head = {
            "normal_forms": NORMAL_FORMS,
            "key_id": self._maker.key_id,
            "kinds": sorted(kinds),
            "records": records,
            "entries": 0,
            "fan_bits": fan_bits,
            "start": 0,
            "checksum": "0" * 64,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "documents": [asdict(document) for document in documents],
        }
        # Numbers grow by some digits at most.
        room = HEAD_AT + len(json.dumps(head).encode()) + 64
        head["start"] = start = -(-room // _HEAD_BYTES) * _HEAD_BYTES
        new = self._folder / "new"
        with new.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.seek(start)
            checksum = self._maker.checksum()
            starts = array("I", [0]) * (2**fan_bits + 1)
            entries = 0
            for block, count in self._sorted(fan_bits, starts):
                file.write(block)
                checksum.update(block)
                entries += count
            table = _cumulated(starts)
            file.write(table)
            checksum.update(table)
            head |= {"entries": entries, "checksum": checksum.hexdigest()}
            _write_head(file, json.dumps(head).encode(), self._maker)
            file.flush()
            os.fsync(file.fileno())
        _give_to_owner_of(self._path.parent, new)
        new.replace(self._path)
        _sync_folder(self._path.parent)
        return entries

    def _sorted(self, fan_bits: int, counts: array[int]) -> Iterator[tuple[bytes, int]]:
        """Each bucket's entries in order, as one block with their number; `counts` gets how many begin with which
        bits, one place further on."""
        shift = MOST_FAN_BITS - fan_bits
        for bucket in range(_BUCKETS):
            self._spill(bucket)
            path = self._folder / f"{bucket:02x}"
            octets = path.read_bytes()
            path.unlink()
            entries = sorted({octets[at : at + ENTRY_BYTES] for at in range(0, len(octets), ENTRY_BYTES)})
            kept, key, same = [], b"", 0
            for entry in entries:
                same = same + 1 if entry[:KEY_BYTES] == key else 1
                key = entry[:KEY_BYTES]
                if same <= _MOST_OF_ONE_KEY:
                    kept.append(entry)
                    counts[(int.from_bytes(key[:3], "big") >> shift) + 1] += 1
            yield b"".join(kept), len(kept)


def _cumulated(counts: array[int]) -> bytes:
    total = 0
    for at, count in enumerate(counts):
        total += count
        counts[at] = total
    if array("I", [1]).tobytes()[0] != 1:
        counts.byteswap()
    return counts.tobytes()


def _write_head(file: IO[bytes], text: bytes, maker: KeyMaker) -> None:
    checksum = maker.checksum()
    checksum.update(text)
    file.seek(0)
    file.write(MAGIC + len(text).to_bytes(4, "little") + checksum.digest() + text)


def make_folder(folder: Path) -> None:
    """Make the folder of indexes where there is none."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        _give_to_owner_of(folder.parent, folder)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """What root makes belongs to whom the folder belongs: the gateway must be able to read it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
