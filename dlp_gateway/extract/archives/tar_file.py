"""tar in all its forms, every block accounted for: v7, ustar, GNU and pax, several one after the other.

Programs differ in what they do with a broken block, with a size that is said twice, and after the end marker, so
none of these ends the reading. POSIX.1-2017, "pax"; GNU tar manual, "Basic Tar Format" and "Sparse Formats".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import GapReason
from .. import mail
from ..budget import Expansion, FileTooLargeError
from ..source import Inner, Item, Source, Tools
from .members import AFTER_END, CUT_OFF, SEVERAL_VOLUMES, folders_of, member_part, once, printable_runs

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_PADDING = b"\0\r\n "
_LINKS, _FOLDERS = frozenset("12"), frozenset("5")
_NO_CONTENT = frozenset("123456")  # links, devices, folders, pipes: their size counts no octets that follow
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = "L", "K", "xX", "g"
_MULTI_VOLUME, _SPARSE, _LISTING = "M", "S", "D"
_HEADER_ROOM = 1 << 20  # of one long name or extended header
_MAX_REGIONS = 100_000


@dataclass(slots=True)
class _Header:
    """One header block, with what extended headers before it said instead."""

    name: bytes
    kind: str
    size: int
    link: bytes
    owners: tuple[bytes, ...]
    octets: bytes = field(repr=False)
    sparse: list[tuple[int, int]] = field(default_factory=list)  # (offset, size) of what is stored of a sparse file
    real_size: int | None = None


def is_tar(octets: bytes) -> bool:
    """Whether the octets begin with a tar header: by its checksum, since old ones have no signature."""
    if len(octets) < _BLOCK or not (octets[:1] != b"\0" or octets[257:262] == b"ustar"):
        return False
    return _has_checksum(octets[:_BLOCK])


def read_tar(source: Source, tools: Tools) -> Iterator[Item]:
    """The files, names of folders and links, notes in extended headers, and whatever else there is."""
    return once(_Walker(source, tools).items())


class _Walker:
    def __init__(self, source: Source, tools: Tools) -> None:
        self.source = source
        self.tools = tools
        self.octets = source.octets
        self.at = 0
        self.extended: dict[bytes, bytes] = {}
        self.everywhere: dict[bytes, bytes] = {}
        self.owners: dict[bytes, None] = {}
        self.notes: dict[bytes, None] = {}
        self.slack: list[bytes] = []
        self.folders: set[str] = set()

    def items(self) -> Iterator[Item]:
        while self.at + _BLOCK <= len(self.octets):
            block = self.octets[self.at : self.at + _BLOCK]
            if block == _ZEROS:
                self._skip_zeros()
            elif _has_checksum(block):
                yield from self._entry(block)
            else:
                yield from self._unclear()
        rest = self.octets[self.at :]
        if rest.strip(_PADDING):
            yield Inner(name=AFTER_END, octets=rest, hidden=True)
        yield from self._margins()

    def _unclear(self) -> Iterator[Item]:
        """Octets up to the next header: after the end marker, or in place of a header."""
        ended = self.octets[max(0, self.at - 2 * _BLOCK) : self.at] == 2 * _ZEROS
        start = self.at
        while self.at + _BLOCK <= len(self.octets) and not self._is_ustar():
            self.at += _BLOCK
        if self.at + _BLOCK > len(self.octets):
            self.at = len(self.octets)
        content = self.octets[start : self.at]
        if not content.strip(_PADDING):
            return
        if not ended:
            yield self.source.gap(GapReason.CORRUPT, "an archive with a broken place, after which nothing is clear")
        yield Inner(name=AFTER_END if ended else "(a broken place)", octets=content, hidden=True)

    def _is_ustar(self) -> bool:
        if self.octets[self.at + 257 : self.at + 262] != b"ustar":
            return False
        return _has_checksum(self.octets[self.at : self.at + _BLOCK])

    def _skip_zeros(self) -> None:
        """To the next block that is not empty: a lone empty block hides what follows from some programs only."""
        rest = self.octets[self.at : self.at + (1 << 16)]
        while rest and not rest.strip(b"\0"):
            self.at += len(rest)
            rest = self.octets[self.at : self.at + (1 << 16)]
        self.at += (len(rest) - len(rest.lstrip(b"\0"))) // _BLOCK * _BLOCK

    def _entry(self, block: bytes) -> Iterator[Item]:
        self.tools.meter.file()
        header = _parse(block)
        self.at += _BLOCK
        if header.kind in _PAX or header.kind == _PAX_GLOBAL:
            yield from self._pax(header)
        elif header.kind in (_LONG_NAME, _LONG_LINK):
            key = b"path" if header.kind == _LONG_NAME else b"linkpath"
            self.extended[key] = self._take(header)
        else:
            yield from self._member(header)
            self.extended = {}

    def _pax(self, header: _Header) -> Iterator[Item]:
        records, whole = _pax_records(self._take(header))
        if not whole or header.size > _HEADER_ROOM:
            yield self.source.gap(GapReason.AMBIGUOUS, "an archive with an extended header that can't be read")
        (self.everywhere if header.kind == _PAX_GLOBAL else self.extended).update(records)
        for key, value in records:
            if not key.startswith(_TECHNICAL) and key not in _KNOWN:
                self.notes[key + b"=" + value] = None

    def _take(self, header: _Header) -> bytes:
        """What follows a header about the next one."""
        start = self.at
        self._move_to(start + max(0, header.size))
        return self.octets[start : start + min(max(0, header.size), _HEADER_ROOM)].rstrip(b"\0")

    def _member(self, header: _Header) -> Iterator[Item]:
        declared = header.size
        self._apply(header)
        if header.size != declared and declared and header.kind not in _NO_CONTENT:
            yield self.source.gap(GapReason.AMBIGUOUS, "an archive that says two sizes of one file")
        name = self.tools.readings(header.name, None)[0]
        for owner in header.owners:
            self.owners[owner] = None
        if header.kind in _NO_CONTENT:
            yield from self._without_content(header, name)
            return
        if header.kind == _MULTI_VOLUME:
            yield self.source.gap(GapReason.UNSUPPORTED, SEVERAL_VOLUMES)
        if header.kind == _SPARSE:
            self._read_sparse_map(header)
        start = self.at
        if header.size < 0 or start + header.size > len(self.octets):
            yield self.source.gap(GapReason.CORRUPT, CUT_OFF)
        self._move_to(start + max(0, header.size))
        if header.kind == _LISTING:
            text = self.octets[start : start + header.size].replace(b"\0", b"\n")
            yield self.source.passage(self.tools.readings(text, None)[0], "list of a folder")
        else:
            yield from self._file(header, name, start)

    def _without_content(self, header: _Header, name: str) -> Iterator[Item]:
        shown = name.strip("/")
        if header.kind not in _FOLDERS or shown not in self.folders:
            yield from mail.name_passages(member_part(self.source, name), (name,))
        if header.kind in _FOLDERS:
            self.folders.update(folders_of(f"{name}/"))
        if header.kind in _LINKS and header.link:
            text = self.tools.readings(header.link, None)[0]
            yield self.source.passage(text, "target of a link")
        # The size of a folder may mean room, that of a link the file's it leads to; but programs that believe it
        # skip as much, and pax lets a hard link carry content.
        if header.size > 0 and not self._is_header_next():
            start = self.at
            self._move_to(start + header.size)
            yield self.source.gap(GapReason.AMBIGUOUS, "an archive with a folder or link that has content")
            yield Inner(name=name, octets=self.octets[start : start + header.size])

    def _is_header_next(self) -> bool:
        block = self.octets[self.at : self.at + _BLOCK]
        return len(block) < _BLOCK or block == _ZEROS or _has_checksum(block)

    def _file(self, header: _Header, name: str, start: int) -> Iterator[Item]:
        self.folders.update(folders_of(name))
        stored = memoryview(self.octets)[start : start + max(0, header.size)]
        try:
            yield Inner(name=name, octets=self._content(header, stored))
        except FileTooLargeError as error:
            yield self.source.gap(error.reason, error.detail)
            yield from mail.name_passages(member_part(self.source, name), (name,))

    def _content(self, header: _Header, stored: memoryview) -> bytes:
        """The content with the holes of a sparse file filled."""
        expansion = Expansion(self.tools.meter, len(stored))
        if header.real_size is None:
            expansion.add(len(stored))
            return bytes(stored)
        stored, regions = self._sparse_regions(header, stored)
        expansion.expect(header.real_size)
        expansion.add(header.real_size)
        content = bytearray(header.real_size)
        at = 0
        for offset, size in regions:
            piece = stored[at : at + size]
            if offset + len(piece) > len(content):
                break
            content[offset : offset + len(piece)] = piece
            at += size
        return bytes(content) + bytes(stored[at:])

    def _sparse_regions(self, header: _Header, stored: memoryview) -> tuple[memoryview, list[tuple[int, int]]]:
        """What is stored, and where it belongs. Version 1.0 writes the map before the content, as lines of numbers in
        whole blocks."""
        if header.sparse or self._pax_value(b"GNU.sparse.major") != b"1":
            return stored, header.sparse
        lines = bytes(stored[:_HEADER_ROOM]).split(b"\n", 2 * _MAX_REGIONS + 2)
        count = min(_number(lines[0]), _MAX_REGIONS)
        numbers = [_number(line) for line in lines[1 : 1 + 2 * count]]
        used = sum(len(line) + 1 for line in lines[: 1 + 2 * count])
        return stored[-(-used // _BLOCK) * _BLOCK :], list(zip(numbers[::2], numbers[1::2], strict=False))

    def _read_sparse_map(self, header: _Header) -> None:
        """The old GNU form: a map in the header, and in blocks after it while each says that one more follows."""
        header.real_size = _octal(header.octets[483:495])
        regions, more = _sparse_map(header.octets[386:482], 4), header.octets[482]
        while more and self.at + _BLOCK <= len(self.octets) and len(regions) < _MAX_REGIONS:
            block = self.octets[self.at : self.at + _BLOCK]
            regions += _sparse_map(block, 21)
            more = block[504]
            self.at += _BLOCK
        header.sparse = regions

    def _apply(self, header: _Header) -> None:
        """What extended headers say counts before the header itself."""
        header.name = self._pax_value(b"GNU.sparse.name") or self._pax_value(b"path") or header.name
        header.link = self._pax_value(b"linkpath") or header.link
        if (size := self._pax_value(b"size")) is not None:
            header.size = _number(size)
        owners = (self._pax_value(b"uname"), self._pax_value(b"gname"))
        header.owners = tuple(filter(None, (*owners, *header.owners)))
        real = self._pax_value(b"GNU.sparse.realsize") or self._pax_value(b"GNU.sparse.size")
        if real is not None:
            header.real_size = _number(real)
            numbers = [_number(each) for each in (self._pax_value(b"GNU.sparse.map") or b"").split(b",") if each]
            header.sparse = list(zip(numbers[::2], numbers[1::2], strict=False))

    def _pax_value(self, key: bytes) -> bytes | None:
        return self.extended.get(key, self.everywhere.get(key))

    def _move_to(self, end: int) -> None:
        """To the block after `end`; what stands before it in the last block is no content, but may be text."""
        self.at = min(len(self.octets), -(-end // _BLOCK) * _BLOCK)
        slack = self.octets[end : self.at].strip(b"\0")
        if slack:
            self.slack.append(slack)

    def _margins(self) -> Iterator[Item]:
        for texts, place in ((self.notes, "archive notes"), (self.owners, "owners of files")):
            text = "\n".join(self.tools.readings(each, None)[0] for each in texts)
            yield self.source.passage(text, place, hidden=True)
        yield self.source.passage(printable_runs(self.slack), "between files of the archive", hidden=True)


# Keys of pax headers that are read above, and those of programs' own bookkeeping.
_KNOWN = frozenset(
    b"path linkpath size uname gname uid gid mtime atime ctime charset hdrcharset GNU.sparse.name".split()
)
_TECHNICAL = (b"GNU.sparse.", b"SCHILY.dev", b"SCHILY.ino", b"SCHILY.nlink", b"LIBARCHIVE.creationtime")


def _has_checksum(block: bytes) -> bool:
    """Whether the sum of the header's octets, its own eight as blanks, is what it says; old programs summed
    signed octets."""
    said = _octal(block[148:156])
    if said <= 0:
        return False
    rest = block[:148] + block[156:]
    unsigned = sum(rest) + 8 * ord(" ")
    return said == unsigned or said == unsigned - 256 * sum(octet > 127 for octet in rest)


def _octal(octets: bytes) -> int:
    """A number field: octal digits, or where the first bit is set the number itself (GNU)."""
    if octets[0] & 0x80:
        return int.from_bytes(bytes([octets[0] & 0x7F]) + octets[1:], "big") if octets[0] != 0xFF else -1
    digits = octets.split(b"\0", 1)[0].strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        return -1


def _number(octets: bytes) -> int:
    """A decimal number of an extended header; 0 where it is none."""
    digits = octets.strip()
    return int(digits) if digits.isdigit() and len(digits) < 20 else 0


def _parse(block: bytes) -> _Header:
    def text(start: int, size: int) -> bytes:
        return block[start : start + size].split(b"\0", 1)[0]

    name = text(0, 100)
    ustar = block[257:262] == b"ustar"
    if ustar and block[262:263] == b"\0" and block[345]:  # POSIX's own only: GNU keeps other things there
        name = text(345, 155) + b"/" + name
    kind = chr(block[156])
    if kind in "\x000" and name.endswith(b"/"):  # v7 marks folders so
        kind = "5"
    return _Header(
        name=name,
        kind=kind,
        size=_octal(block[124:136]),
        link=text(157, 100),
        owners=(text(265, 32), text(297, 32)) if ustar else (),
        octets=block,
    )


def _pax_records(octets: bytes) -> tuple[list[tuple[bytes, bytes]], bool]:
    """The "size key=value\\n" records, and whether there was nothing else."""
    records: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(octets) and octets[at : at + 1] != b"\0":
        size, _, _ = octets[at : at + 20].partition(b" ")
        length = _number(size)
        record = octets[at + len(size) + 1 : at + length]
        key, equals, value = record.partition(b"=")
        fits = len(size) < length <= len(octets) - at
        if not size.isdigit() or not fits or not equals or not value.endswith(b"\n"):
            return records, False
        records.append((key, value[:-1]))
        at += length
    return records, True


def _sparse_map(octets: bytes, count: int) -> list[tuple[int, int]]:
    pairs = [struct.unpack_from("12s12s", octets, 24 * index) for index in range(count)]
    regions = [(_octal(offset), _octal(size)) for offset, size in pairs if offset[0]]
    return [(offset, size) for offset, size in regions if offset >= 0 and size >= 0]
