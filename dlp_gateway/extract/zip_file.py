"""ZIP, read strictly: every octet belongs to an entry or the directory, and both say the same.

Unpackers disagree about files where they do not (an entry that only the directory or only the body of the
file names, two directories, a wrong size), so such a file is ambiguous: a recipient may see what we do not.
APPNOTE.TXT 6.3.10 by section.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .budget import BudgetSpentError, Meter

_END = struct.Struct("<4sHHHHIIH")  # 4.3.16
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")  # 4.3.12
_LOCAL = struct.Struct("<4sHHHHHIIIHH")  # 4.3.7
_ZIP64_END = struct.Struct("<4sQHHIIQQQQ")  # 4.3.14
_ENCRYPTED_FLAGS = 0x2041  # traditional, strong, and a masked directory (4.4.4)
_DESCRIPTOR_FLAG = 0x0008
_AES_METHOD = 99
_STORED, _DEFLATED = 0, 8
READABLE_METHODS = (_STORED, _DEFLATED)
_NONE_32 = 0xFFFFFFFF


class ZipAmbiguousError(Exception):
    """Two unpackers could see different files; the text is ours and fixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One file of the archive; folders are left out. `start` and `stored_size` delimit its stored octets."""

    name: str
    encrypted: bool
    method: int
    crc: int
    start: int
    stored_size: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipFile:
    """The entries in the directory's order; comments of the archive and its entries; what follows the
    end record (not padding)."""

    entries: tuple[ZipEntry, ...]
    comments: tuple[bytes, ...]
    trailing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    start: int
    size: int
    count: int
    comment: bytes
    end_of_file: int


def entry_names(octets: bytes) -> tuple[str, ...]:
    """The names in the directory, unchecked; () where there is no directory."""
    try:
        directory = _directory(octets)
        return tuple(name.decode("utf-8", "replace") for name, _, _ in _central(octets, directory))
    except (ZipAmbiguousError, struct.error):
        return ()


def read_zip(octets: bytes) -> ZipFile:
    """The archive's entries. Raises ZipAmbiguousError, or struct.error where it is cut off."""
    directory = _directory(octets)
    records = list(_central(octets, directory))
    names = [name.lower().replace(b"\\", b"/") for name, _, _ in records]
    if len(set(names)) != len(names):
        raise ZipAmbiguousError("an archive with the same name twice")
    position = 0
    checked: dict[int, ZipEntry] = {}
    for offset, index in sorted((record[1][-1], index) for index, record in enumerate(records)):
        if offset != position:
            raise ZipAmbiguousError("an archive with gaps or overlaps between its files")
        name, fields, _ = records[index]
        checked[index], position = _entry(octets, name, fields)
    if position != directory.start:
        raise ZipAmbiguousError("an archive with octets that belong to no file")
    entries = tuple(checked[index] for index in range(len(records)))
    folders = [entry for entry in entries if entry.name.endswith("/") and entry.stored_size]
    if folders:
        raise ZipAmbiguousError("an archive with a folder that has content")
    trailing = octets[directory.end_of_file :]
    return ZipFile(
        entries=tuple(entry for entry in entries if not entry.name.endswith("/")),
        comments=tuple(filter(None, (directory.comment, *(comment for _, _, comment in records)))),
        trailing=trailing if trailing.strip(b"\0\r\n ") else b"",
    )


def unpack(octets: bytes, entry: ZipEntry, meter: Meter) -> bytes:
    """The content of one entry. Raises BudgetSpentError, ZipAmbiguousError where size or checksum are wrong,
    zlib.error. `entry.method` must be one of READABLE_METHODS."""
    room = meter.room()
    if entry.size > room:
        meter.expand(room)
        raise BudgetSpentError("a file that expands to more than is read")
    stored = memoryview(octets)[entry.start : entry.start + entry.stored_size]
    if entry.method == _STORED:
        content = bytes(stored)
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflater.decompress(stored, entry.size + 1)
        if not inflater.eof or inflater.unused_data:
            raise ZipAmbiguousError("an archive whose sizes are wrong")
    meter.expand(len(content))
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise ZipAmbiguousError("an archive whose sizes or checksums are wrong")
    return content


def _directory(octets: bytes) -> _Directory:
    """The one directory, found from the end record."""
    at = octets.rfind(b"PK\x05\x06", max(0, len(octets) - 66_000))
    if at < 0:
        raise ZipAmbiguousError("an archive without a directory")
    if octets.find(b"PK\x05\x06") != at and _is_end(octets, octets.find(b"PK\x05\x06")):
        raise ZipAmbiguousError("an archive with two directories")
    _, disk, start_disk, here, count, size, start, comment = _END.unpack_from(octets, at)
    if disk or start_disk or here != count:
        raise ZipAmbiguousError("an archive in several volumes")
    directory_end = at
    if octets[at - 20 : at - 16] == b"PK\x06\x07":
        directory_end = struct.unpack_from("<Q", octets, at - 12)[0]
        record = _ZIP64_END.unpack_from(octets, directory_end)
        if record[0] != b"PK\x06\x06" or directory_end + 12 + record[1] != at - 20:
            raise ZipAmbiguousError("an archive whose directory is broken")
        if count not in (record[7], 0xFFFF) or size not in (record[8], _NONE_32) or start not in (record[9], _NONE_32):
            raise ZipAmbiguousError("an archive with two directories")
        count, size, start = record[7:10]
    if start + size != directory_end:
        raise ZipAmbiguousError("an archive with octets that belong to no file")
    end = at + _END.size
    text = octets[end : end + comment]
    return _Directory(start=start, size=size, count=count, comment=text, end_of_file=end + comment)


def _is_end(octets: bytes, at: int) -> bool:
    """Whether an end record really stands there: its signature also occurs by chance in stored files."""
    if at + _END.size > len(octets):
        return False
    _, _, _, _, count, size, start, _ = _END.unpack_from(octets, at)
    return start + size == at and (count == 0 or octets[start : start + 4] == b"PK\x01\x02")


def _central(octets: bytes, directory: _Directory) -> Iterator[tuple[bytes, tuple[int, ...], bytes]]:
    """(name, (flags, method, crc, stored size, size, local offset), comment) of each entry."""
    at, end = directory.start, directory.start + directory.size
    for _ in range(directory.count):
        if octets[at : at + 4] != b"PK\x01\x02" or at + _CENTRAL.size > end:
            raise ZipAmbiguousError("an archive whose directory is broken")
        record = _CENTRAL.unpack_from(octets, at)
        flags, method, crc, stored, size = record[3], record[4], record[7], record[8], record[9]
        name_size, extra_size, comment_size, offset = record[10], record[11], record[12], record[16]
        name_start = at + _CENTRAL.size
        name = octets[name_start : name_start + name_size]
        extra = octets[name_start + name_size : name_start + name_size + extra_size]
        size, stored, offset = _wide(extra, (size, stored, offset))
        at = name_start + name_size + extra_size + comment_size
        yield name, (flags, method, crc, stored, size, offset), octets[at - comment_size : at]
    if at != end:
        raise ZipAmbiguousError("an archive whose directory is broken")


def _wide(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Values of 32 bits, replaced from the ZIP64 extra field where they say so (4.5.3)."""
    if _NONE_32 not in values:
        return values
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{size // 8}Q", extra, at + 4))
            first, second, third = (next(wide, value) if value == _NONE_32 else value for value in values)
            return first, second, third
        at += 4 + size
    raise ZipAmbiguousError("an archive whose directory is broken")


def _entry(octets: bytes, name: bytes, fields: tuple[int, ...]) -> tuple[ZipEntry, int]:
    """The entry, checked against its local header, and where its octets end."""
    flags, method, crc, stored, size, offset = fields
    local = _LOCAL.unpack_from(octets, offset)
    start = offset + _LOCAL.size + local[9] + local[10]
    if local[0] != b"PK\x03\x04":
        raise ZipAmbiguousError("an archive whose directory is broken")
    same_name = octets[offset + _LOCAL.size : offset + _LOCAL.size + local[9]] == name
    if not same_name or local[3] != method or (local[2] ^ flags) & (_ENCRYPTED_FLAGS | _DESCRIPTOR_FLAG):
        raise ZipAmbiguousError("an archive whose directory and files disagree")
    end = start + stored
    if local[2] & _DESCRIPTOR_FLAG:
        end = _after_descriptor(octets, end, crc, stored)
    elif local[6] != crc or (_NONE_32 not in (local[7], local[8]) and (local[7], local[8]) != (stored, size)):
        raise ZipAmbiguousError("an archive whose directory and files disagree")
    if method == _STORED and stored != size and not flags & 1:
        raise ZipAmbiguousError("an archive whose sizes are wrong")
    entry = ZipEntry(
        name=name.decode("utf-8" if flags & 0x800 else "cp437", "replace"),
        encrypted=bool(flags & _ENCRYPTED_FLAGS) or method == _AES_METHOD,
        method=method,
        crc=crc,
        start=start,
        stored_size=stored,
        size=size,
    )
    return entry, end


def _after_descriptor(octets: bytes, at: int, crc: int, stored: int) -> int:
    """The end of a data descriptor (4.3.9): with or without signature, sizes of 4 or 8 octets."""
    for signature in (b"PK\x07\x08", b""):
        for width in (4, 8):
            head = signature + struct.pack("<I", crc) + stored.to_bytes(width, "little")
            end = at + len(head) + width
            if octets[at : at + len(head)] == head and octets[end : end + 2] == b"PK":
                return end
    raise ZipAmbiguousError("an archive whose directory and files disagree")
