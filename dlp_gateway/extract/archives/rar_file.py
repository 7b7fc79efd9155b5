"""What a RAR archive says of itself: names, passwords, volumes, comments and hidden streams. It unpacks nothing.

libarchive tells neither a file with a password nor a missing volume of RAR 5 from a broken one, and passes comments
over. After the notes on the formats that RARLAB publishes ("RAR 5.0 archive format", and technote.txt of version 4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

RAR4_MARK, RAR5_MARK = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_MAIN, _FILE, _OLD_COMMENT, _SERVICE, _END = 0x73, 0x74, 0x75, 0x7A, 0x7B  # RAR 4, block types
_HAS_MORE, _VOLUME, _MASKED = 0x8000, 0x0001, 0x0080
_SPLIT, _PASSWORD, _WIDE_SIZES, _FOLDER_MASK = 0x0003, 0x0004, 0x0100, 0x00E0
_STORED_4 = 0x30
_UNIX, _LINK_TYPE = 3, 0xA
_MAIN_5, _FILE_5, _SERVICE_5, _CRYPT_5, _END_5 = 1, 2, 3, 4, 5  # RAR 5, header types
_EXTRA_5, _DATA_5, _SPLIT_5 = 0x01, 0x02, 0x18
_CRYPT_RECORD, _LINK_RECORD = 1, 5
_MAX_BLOCKS = 200_000


@dataclass(slots=True)
class RarContents:
    """What the headers say. `whole` is whether they could be followed to the end."""

    masked: bool = False  # the headers themselves need the password
    volume: bool = False  # one of several
    encrypted: set[bytes] = field(default_factory=set)  # names of files with a password
    files: int = 0  # folders and links left out
    comments: list[bytes] = field(default_factory=list)
    streams: list[bytes] = field(default_factory=list)  # content of streams that Windows hides behind files
    unread: bool = False  # a comment or a hidden stream is compressed
    end: int = 0  # where the archive ends
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One header with its data, of either version."""

    kind: int
    name: bytes
    is_file: bool  # neither a folder nor a link
    encrypted: bool
    split: bool
    stored: bool  # not compressed
    data: bytes


def read_rar_headers(octets: bytes, start: int = 0) -> RarContents:
    """The headers of the archive that has one of the two marks at `start`. Never raises."""
    contents = RarContents()
    old = octets.startswith(RAR4_MARK, start)
    try:
        for block in _blocks_4(octets, start, contents) if old else _blocks_5(octets, start, contents):
            _note(block, contents)
    except (struct.error, IndexError, ValueError):
        contents.whole = False
    return contents


def _note(block: _Block, contents: RarContents) -> None:
    contents.volume = contents.volume or block.split
    if block.kind in (_FILE, _FILE_5):
        contents.files += block.is_file
        if block.encrypted:
            contents.encrypted.add(block.name)
    elif block.name in (b"CMT", b"STM"):
        if not block.stored or block.encrypted:
            contents.unread = True
        else:
            (contents.comments if block.name == b"CMT" else contents.streams).append(block.data)


def _blocks_4(octets: bytes, start: int, contents: RarContents) -> Iterator[_Block]:
    at = start + len(RAR4_MARK)
    for _ in range(_MAX_BLOCKS):
        if at + 7 > len(octets):
            contents.end, contents.whole = at, at == len(octets)  # old versions wrote no end
            return
        _, kind, flags, size = struct.unpack_from("<HBHH", octets, at)
        if size < 7 or kind < 0x72 or kind > 0x7B:
            return
        more = struct.unpack_from("<I", octets, at + 7)[0] if flags & _HAS_MORE or kind in (_FILE, _SERVICE) else 0
        if kind == _MAIN:
            contents.volume = bool(flags & _VOLUME)
            contents.masked = bool(flags & _MASKED)
        if contents.masked:
            return
        if kind in (_FILE, _SERVICE):
            if flags & _WIDE_SIZES:
                more += struct.unpack_from("<I", octets, at + 32)[0] << 32
            yield _file_4(octets, at, size, more)
        elif kind == _OLD_COMMENT:
            stored = octets[at + 10] == _STORED_4
            contents.unread = contents.unread or not stored
            contents.comments += [octets[at + 13 : at + size]] if stored else []
        at += size + more
        if kind == _END:
            contents.volume = contents.volume or bool(flags & 1)
            contents.end, contents.whole = at, at <= len(octets)
            return


def _file_4(octets: bytes, at: int, size: int, data_size: int) -> _Block:
    kind, flags = struct.unpack_from("<BH", octets, at + 2)
    system, method, name_size, attributes = struct.unpack_from("<B9xBHI", octets, at + 15)
    name_at = at + (40 if flags & _WIDE_SIZES else 32)
    return _Block(
        kind=kind,
        name=octets[name_at : name_at + name_size].split(b"\0", 1)[0],
        is_file=flags & _FOLDER_MASK != _FOLDER_MASK and not (system == _UNIX and attributes >> 12 == _LINK_TYPE),
        encrypted=bool(flags & _PASSWORD),
        split=bool(flags & _SPLIT) and kind == _FILE,
        stored=method == _STORED_4,
        data=octets[at + size : at + size + data_size] if kind == _SERVICE else b"",
    )


def _blocks_5(octets: bytes, start: int, contents: RarContents) -> Iterator[_Block]:
    at = start + len(RAR5_MARK)
    for _ in range(_MAX_BLOCKS):
        size, begin = _vint(octets, at + 4)
        kind, head = _vint(octets, begin)
        flags, head = _vint(octets, head)
        extra_size, head = _vint(octets, head) if flags & _EXTRA_5 else (0, head)
        data_size, head = _vint(octets, head) if flags & _DATA_5 else (0, head)
        if size == 0 or begin + size > len(octets) or extra_size > size:
            return
        data_at = begin + size
        if kind == _CRYPT_5:
            contents.masked = True
            return
        if kind == _MAIN_5:
            contents.volume = bool(_vint(octets, head)[0] & 1)
        elif kind in (_FILE_5, _SERVICE_5):
            data = octets[data_at : data_at + data_size] if kind == _SERVICE_5 else b""
            yield _file_5(octets, head, kind, flags, octets[data_at - extra_size : data_at], data)
        at = data_at + data_size
        if kind == _END_5:
            contents.volume = contents.volume or bool(_vint(octets, head)[0] & 1)
            contents.end, contents.whole = at, at <= len(octets)
            return


def _file_5(octets: bytes, at: int, kind: int, flags: int, extra: bytes, data: bytes) -> _Block:
    file_flags, at = _vint(octets, at)
    _, at = _vint(octets, at)  # size
    _, at = _vint(octets, at)  # attributes
    at += 4 * bool(file_flags & 2) + 4 * bool(file_flags & 4)  # time, checksum
    compression, at = _vint(octets, at)
    _, at = _vint(octets, at)  # system
    name_size, at = _vint(octets, at)
    return _Block(
        kind=kind,
        name=octets[at : at + name_size],
        is_file=not file_flags & 1 and not _has_record(extra, _LINK_RECORD),
        encrypted=_has_record(extra, _CRYPT_RECORD),
        split=bool(flags & _SPLIT_5) and kind == _FILE_5,
        stored=(compression >> 7) & 7 == 0,
        data=data.rstrip(b"\0"),
    )


def _has_record(extra: bytes, wanted: int) -> bool:
    at = 0
    while at < len(extra):
        size, start = _vint(extra, at)
        if _vint(extra, start)[0] == wanted:
            return True
        at = start + max(1, size)
    return False


def _vint(octets: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits an octet, least significant first, and where it ends. Raises IndexError, ValueError."""
    value = 0
    for shift in range(0, 70, 7):
        octet = octets[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            return value, at
    raise ValueError("a number too long")
