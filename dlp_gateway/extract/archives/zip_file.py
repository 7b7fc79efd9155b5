"""ZIP, read strictly: every octet belongs to an entry or the directory, and both say the same.

Unpackers disagree about files where they do not (an entry that only the directory or only the body of the
file names, two directories, a wrong size), so such a file is ambiguous: a recipient may see what we do not.
`zip_salvage` reads what can be read of such files. APPNOTE.TXT 6.3.10 by section.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ...model import GapReason
from ..budget import Expansion, Meter
from .members import printable_runs

_END = struct.Struct("<4sHHHHIIH")  # 4.3.16
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")  # 4.3.12
_LOCAL = struct.Struct("<4sHHHHHIIIHH")  # 4.3.7
_ZIP64_END = struct.Struct("<4sQHHIIQQQQ")  # 4.3.14
_ENCRYPTED_FLAGS = 0x2041  # traditional, strong, and a masked directory (4.4.4)
_MASKED_FLAG = 0x2000
_DESCRIPTOR_FLAG = 0x0008
_UTF8_FLAG = 0x0800
_AES_METHOD = 99
_STORED, _DEFLATED = 0, 8
READABLE_METHODS = (_STORED, _DEFLATED)
_NONE_16, _NONE_32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_EXTRA, _NAME_EXTRA, _COMMENT_EXTRA = 0x0001, 0x7075, 0x6375  # 4.5.3, 4.6.9, 4.6.8
# A comment is up to 65,535 octets; unpackers that forgive more after it look about as far.
_TAIL_BYTES = 2 * 65536
_MOST_ENTRIES = 10_000
_VOLUME_MARKS = (b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04")  # 8.5.3, 8.5.4: written although one volume did


class ZipAmbiguousError(Exception):
    """Two unpackers could see different files, or there is no directory to go by; the text is ours and fixed.
    `reason` is that of the gap."""

    def __init__(self, detail: str, reason: GapReason = GapReason.AMBIGUOUS) -> None:
        super().__init__(detail)
        self.reason = reason


class ZipContentError(ZipAmbiguousError):
    """One entry's size or checksum is wrong; `content` is what came out nevertheless."""

    def __init__(self, detail: str, content: bytes) -> None:
        super().__init__(detail)
        self.content = content


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One file of the archive. `start` and `stored_size` delimit its stored octets; `other_names` are what
    programs that decode names differently would show."""

    name: str
    other_names: tuple[str, ...] = ()
    encrypted: bool
    flags: int = 0
    method: int
    crc: int
    start: int
    stored_size: int
    size: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipFile:
    """The entries in the directory's order, but folders without content, of which only the names are kept;
    comments of the archive and its entries; printable text in extra fields; what follows the end record (not padding).
    """

    entries: tuple[ZipEntry, ...]
    folders: tuple[str, ...] = ()
    comments: tuple[bytes, ...]
    extras: str = ""
    trailing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    start: int
    size: int
    count: int
    comment: bytes
    end_of_file: int
    base: int  # what must be added to all offsets: octets stand before the archive that they do not count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What the directory says of one entry (4.3.12)."""

    name: bytes
    extra: bytes
    comment: bytes
    flags: int
    method: int
    crc: int
    stored_size: int
    size: int
    offset: int


def entry_names(octets: bytes) -> tuple[str, ...]:
    """The names in the directory, unchecked; () where there is no directory."""
    try:
        directory = _directory(octets, prefixed=False)
        return tuple(record.name.decode("utf-8", "replace") for record in _central(octets, directory))
    except (ZipAmbiguousError, struct.error):
        return ()


def has_directory(octets: bytes, *, at_end: bool = False) -> bool:
    """Whether the octets end as an archive does, whatever they begin as: unpackers find it from the end. `at_end`: and
    nothing follows it."""
    try:
        directory = _directory(octets, prefixed=True)
    except (ZipAmbiguousError, struct.error):
        return False
    return directory.count > 0 and not (at_end and directory.end_of_file != len(octets))


def read_zip(octets: bytes, *, prefixed: bool = False) -> ZipFile:
    """The archive's entries. `prefixed`: other octets may stand before the first entry, as in a self-extracting
    program. Raises ZipAmbiguousError."""
    try:
        return _read(octets, prefixed)
    except struct.error:
        raise ZipAmbiguousError("an archive that is cut off", GapReason.CORRUPT) from None


def _read(octets: bytes, prefixed: bool) -> ZipFile:
    directory = _directory(octets, prefixed=prefixed)
    records = list(_central(octets, directory))
    names = [record.name.replace(b"\\", b"/").lstrip(b"/") for record in records]
    if len(set(names)) != len(names):
        raise ZipAmbiguousError("an archive with the same name twice")
    order = sorted(range(len(records)), key=lambda index: records[index].offset)
    position = _first(octets, records[order[0]].offset + directory.base if order else 0, prefixed)
    checked: dict[int, ZipEntry] = {}
    extras = [octets for record in records for octets in _extras(record.extra)]
    for index in order:
        record = records[index]
        if record.offset + directory.base != position:
            raise ZipAmbiguousError("an archive with gaps or overlaps between its files")
        checked[index], extra, position = _entry(octets, record, position)
        extras += _extras(extra)
    if position != directory.start:
        raise ZipAmbiguousError("an archive with octets that belong to no file")
    entries = tuple(checked[index] for index in range(len(records)))
    trailing = octets[directory.end_of_file :]
    comments = (directory.comment, *(text for record in records for text in _comments(record)))
    return ZipFile(
        entries=tuple(entry for entry in entries if not _is_empty_folder(entry)),
        folders=tuple(entry.name for entry in entries if _is_empty_folder(entry)),
        comments=tuple(dict.fromkeys(filter(None, comments))),
        extras=printable_runs(extras),
        trailing=trailing if trailing.strip(b"\0\r\n ") else b"",
    )


def _first(octets: bytes, offset: int, prefixed: bool) -> int:
    """Where the first entry must stand."""
    if prefixed:
        return offset
    return 4 if octets.startswith(_VOLUME_MARKS) else 0


def _is_empty_folder(entry: ZipEntry) -> bool:
    # Java deflates the nothing of a folder to two octets.
    return entry.is_folder and entry.size == 0 and entry.stored_size <= 2


def unpack(octets: bytes, entry: ZipEntry, meter: Meter) -> bytes:
    """The content of one entry. Raises BudgetSpentError, ZipContentError where size or checksum are wrong.
    `entry.method` must be one of READABLE_METHODS."""
    expansion = Expansion(meter, entry.stored_size)
    expansion.expect(entry.size)
    stored = memoryview(octets)[entry.start : entry.start + entry.stored_size]
    content, whole = (bytes(stored), True) if entry.method == _STORED else inflate(stored, entry.size)
    expansion.add(len(content))
    return checked_content(entry, content, whole=whole)


def checked_content(entry: ZipEntry, content: bytes, *, whole: bool = True) -> bytes:
    """The same content. Raises ZipContentError where it is not what the entry says."""
    if not whole or len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise ZipContentError("an archive whose sizes or checksums are wrong", content)
    return content


def inflate(stored: memoryview, limit: int) -> tuple[bytes, bool]:
    """What a raw deflate stream holds, up to `limit` and one more octet, and whether all that is stored
    was one whole stream."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    content = bytearray()
    try:
        # In blocks, so that what came before a fault is kept.
        for start in range(0, len(stored), 65536):
            content += inflater.decompress(stored[start : start + 65536], max(1, limit + 1 - len(content)))
            if len(content) > limit or inflater.eof:
                return bytes(content), inflater.eof and not inflater.unused_data and start + 65536 >= len(stored)
    except zlib.error:
        return bytes(content), False
    # Nothing at all is no deflated stream, but some programs store an empty file so.
    return bytes(content), inflater.eof or not stored


def _directory(octets: bytes, *, prefixed: bool) -> _Directory:
    """The one directory, found from the end record."""
    tail = max(0, len(octets) - _TAIL_BYTES)
    at = octets.rfind(b"PK\x05\x06", tail)
    if at < 0:
        raise ZipAmbiguousError("an archive without a directory, perhaps cut off", GapReason.CORRUPT)
    found: list[_Directory] = []  # from the last one back
    fault: ZipAmbiguousError | None = None
    while at >= 0:
        try:
            found.append(_directory_before(octets, at))
        except ZipAmbiguousError as error:
            fault = fault or error
        except struct.error:
            pass
        at = octets.rfind(b"PK\x05\x06", tail, at + 3)
    if not found:
        # The signature also occurs by chance.
        raise fault or ZipAmbiguousError("an archive whose directory is broken")
    # Of archives that are stored in this one, the directories count from elsewhere and stand before its own.
    if any(directory.base == 0 for directory in found[1:]):
        raise ZipAmbiguousError("an archive with two directories")
    if found[0].base and not prefixed:
        raise ZipAmbiguousError("an archive with octets that belong to no file")
    return found[0]


def _directory_before(octets: bytes, at: int) -> _Directory:
    """The directory that the end record at `at` points to."""
    _, disk, start_disk, here, count, size, start, comment = _END.unpack_from(octets, at)
    end_of_file = at + _END.size + comment
    if end_of_file > len(octets):
        raise ZipAmbiguousError("an archive that is cut off", GapReason.CORRUPT)
    end = at
    if octets[at - 20 : at - 16] == b"PK\x06\x07" and at >= 20:
        end, counts = _zip64_end(octets, at)
        if any(low not in (high, none) for low, high, none in zip((count, size, start), counts, _NONES, strict=True)):
            raise ZipAmbiguousError("an archive with two directories")
        count, size, start = counts
    elif disk not in (0, _NONE_16) or disk != start_disk or here != count:
        raise ZipAmbiguousError("an archive in several volumes", GapReason.UNSUPPORTED)
    base = end - size - start
    if base < 0:
        raise ZipAmbiguousError("an archive with octets that belong to no file")
    if size and octets[start + base : start + base + 4] != b"PK\x01\x02":
        raise ZipAmbiguousError("an archive whose directory is broken")
    comment_text = octets[at + _END.size : end_of_file]
    return _Directory(
        start=start + base, size=size, count=count, comment=comment_text, end_of_file=end_of_file, base=base
    )


_NONES = (_NONE_16, _NONE_32, _NONE_32)


def _zip64_end(octets: bytes, at: int) -> tuple[int, tuple[int, int, int]]:
    """Where the directory must end, and (count, size, start) of the ZIP64 end record (4.3.14) of the end record
    at `at`, whose locator (4.3.15) stands between them."""
    end = struct.unpack_from("<Q", octets, at - 12)[0]
    if octets[end : end + 4] != b"PK\x06\x06":  # octets before the archive move it; without its variable part
        end = at - 20 - _ZIP64_END.size
    record = _ZIP64_END.unpack_from(octets, end)
    if record[0] != b"PK\x06\x06" or end + 12 + record[1] != at - 20:
        raise ZipAmbiguousError("an archive whose directory is broken")
    if record[1] >= 72 and record[3] >= 62:  # version 2 of the record: the directory itself is encrypted (7.3.4)
        raise ZipAmbiguousError("an archive with a password", GapReason.ENCRYPTED)
    if record[4] or record[5] or record[6] != record[7]:
        raise ZipAmbiguousError("an archive in several volumes", GapReason.UNSUPPORTED)
    return end, record[7:10]


def _central(octets: bytes, directory: _Directory) -> Iterator[_Record]:
    """The record of each entry, in order."""
    at, end = directory.start, directory.start + directory.size
    count = 0
    while at < end:
        if octets[at : at + 4] != b"PK\x01\x02" or at + _CENTRAL.size > end:
            raise ZipAmbiguousError("an archive whose directory is broken")
        record = _CENTRAL.unpack_from(octets, at)
        name_size, extra_size, comment_size = record[10:13]
        extra_at = at + _CENTRAL.size + name_size
        comment_at = extra_at + extra_size
        extra = octets[extra_at:comment_at]
        size, stored, offset = _wide(extra, (record[9], record[8], record[16]))
        yield _Record(
            name=octets[at + _CENTRAL.size : extra_at],
            extra=extra,
            comment=octets[comment_at : comment_at + comment_size],
            flags=record[3],
            method=record[4],
            crc=record[7],
            stored_size=stored,
            size=size,
            offset=offset,
        )
        at = comment_at + comment_size
        count += 1
        if count > _MOST_ENTRIES:
            raise ZipAmbiguousError("an archive of more files than are read", GapReason.TOO_LARGE)
    if at != end or count != directory.count:
        raise ZipAmbiguousError("an archive whose directory is broken")


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """(id, octets) of the extra fields (4.5.1), as far as they can be told apart."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _wide(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """(size, stored size, offset) of 32 bits, replaced from the ZIP64 extra field where they say so (4.5.3)."""
    if _NONE_32 not in values:
        return values
    for kind, octets in _fields(extra):
        if kind == _ZIP64_EXTRA:
            wide = iter(struct.unpack_from(f"<{len(octets) // 8}Q", octets))
            size, stored, offset = (next(wide, value) if value == _NONE_32 else value for value in values)
            return size, stored, offset
    raise ZipAmbiguousError("an archive whose directory is broken")


def _extras(extra: bytes) -> Iterator[bytes]:
    """Extra fields that unpackers pass over: a place for notes. Names and comments are read as such."""
    return (octets for kind, octets in _fields(extra) if kind not in (_NAME_EXTRA, _COMMENT_EXTRA))


def _comments(record: _Record) -> Iterator[bytes]:
    yield record.comment
    yield from (octets[5:] for kind, octets in _fields(record.extra) if kind == _COMMENT_EXTRA)


def names_of(name: bytes, flags: int, extra: bytes) -> tuple[str, ...]:
    """The entry's name, then what other programs would show for it (4.4.17, appendix D)."""
    readings: list[str] = []
    try:
        readings.append(name.decode("utf-8"))
    except UnicodeDecodeError:
        # Without the flag it is code page 437 by the book, that of Windows by habit.
        readings += [name.decode("cp437"), name.decode("cp1252", "replace")]
        if flags & _UTF8_FLAG:
            readings.insert(0, name.decode("utf-8", "replace"))
    readings += [octets[5:].decode("utf-8", "replace") for kind, octets in _fields(extra) if kind == _NAME_EXTRA]
    return tuple(dict.fromkeys(filter(None, readings))) or ("",)


def _true_name(name: bytes, extra: bytes) -> bytes:
    """The name in UTF-8 that stands beside one in an older charset, if it belongs to that (4.6.9)."""
    for kind, octets in _fields(extra):
        if kind == _NAME_EXTRA and octets[:5] == b"\x01" + struct.pack("<I", zlib.crc32(name)):
            return octets[5:]
    return name


def _entry(octets: bytes, record: _Record, offset: int) -> tuple[ZipEntry, bytes, int]:
    """The entry, checked against its local header; the extra field of that; where its octets end."""
    local = _LOCAL.unpack_from(octets, offset)
    name_at = offset + _LOCAL.size
    start = name_at + local[9] + local[10]
    if local[0] != b"PK\x03\x04":
        raise ZipAmbiguousError("an archive whose directory is broken")
    extra = octets[name_at + local[9] : start]
    flags, method, crc, stored, size = record.flags, record.method, record.crc, record.stored_size, record.size
    name = octets[name_at : name_at + local[9]]
    same_name = name == record.name or _true_name(name, extra) == _true_name(record.name, record.extra)
    if not (same_name or flags & _MASKED_FLAG) or local[3] != method or (local[2] ^ flags) & _ENCRYPTED_FLAGS:
        raise ZipAmbiguousError("an archive whose directory and files disagree")
    end = start + stored
    if local[2] & _DESCRIPTOR_FLAG:
        end = _after_descriptor(octets, end, crc, stored)
    elif not flags & _MASKED_FLAG:
        local_size, local_stored, _ = _wide(extra, (local[8], local[7], 0))
        if (local[6], local_stored, local_size) != (crc, stored, size):
            raise ZipAmbiguousError("an archive whose directory and files disagree")
    if method == _STORED and stored != size and not flags & 1:
        raise ZipAmbiguousError("an archive whose sizes are wrong")
    names = names_of(record.name, flags, record.extra + extra)
    entry = ZipEntry(
        name=names[0],
        other_names=names[1:],
        encrypted=bool(flags & _ENCRYPTED_FLAGS) or method == _AES_METHOD,
        flags=flags,
        method=method,
        crc=crc,
        start=start,
        stored_size=stored,
        size=size,
    )
    return entry, extra, end


def _after_descriptor(octets: bytes, at: int, crc: int, stored: int) -> int:
    """The end of a data descriptor (4.3.9): with or without signature, sizes of 4 or 8 octets."""
    for signature in (b"PK\x07\x08", b""):
        for width in (4, 8):
            if stored >> (8 * width):
                continue
            head = signature + struct.pack("<I", crc) + stored.to_bytes(width, "little")
            end = at + len(head) + width
            if octets[at : at + len(head)] == head and octets[end : end + 2] == b"PK":
                return end
    raise ZipAmbiguousError("an archive whose directory and files disagree")
