"""Archives within files of another kind: self-extracting programs, and pictures with an archive at their end.

Unpackers look for the mark of RAR and 7z anywhere, and for the directory of a ZIP at the end, whatever the file
begins with.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ...model import GapReason
from ..source import Inner, Item, Reader, Source, Tools
from .archive import read_zip_within
from .rar_file import RAR4_MARK, RAR5_MARK, read_rar_headers
from .zip_file import has_directory

_SEVEN_ZIP_MARK, _CABINET_MARK = b"7z\xbc\xaf\x27\x1c\x00", b"MSCF\x00\x00\x00\x00"
_MOST_ARCHIVES = 16
_MOST_MARKS = 100


def has_archive_within(octets: bytes) -> bool:
    """Whether an unpacker would find an archive in the file."""
    return has_directory(octets) or next(_marked(octets), None) is not None


def read_archives_within(source: Source, tools: Tools) -> Iterator[Item]:
    """The archives that stand in a file of another kind."""
    for number, (start, end) in enumerate(_marked(source.octets), 1):
        if number > _MOST_ARCHIVES:
            yield source.gap(GapReason.TOO_LARGE, "a file with more archives in it than are read")
            return
        yield Inner(name=f"(archive within {number})", octets=source.octets[start:end])
    if has_directory(source.octets):
        yield from read_zip_within(source, tools)


def and_archives_within(reader: Reader) -> Reader:
    """The same reader, which also reads archives that stand in the file."""

    def read(source: Source, tools: Tools) -> Iterator[Item]:
        yield from reader(source, tools)
        yield from read_archives_within(source, tools)

    return read


def and_archive_at_end(reader: Reader) -> Reader:
    """The same reader for a format that is a container itself, whose own files may be archives in pieces: it also reads
    an archive that ends where the file ends."""

    def read(source: Source, tools: Tools) -> Iterator[Item]:
        yield from reader(source, tools)
        for start, end in _marked(source.octets):
            if end == len(source.octets):
                yield Inner(name="(archive at the end)", octets=source.octets[start:])
        if has_directory(source.octets, at_end=True):
            yield from read_zip_within(source, tools)

    return read


def read_program(source: Source, tools: Tools) -> Iterator[Item]:
    """A program: what it is can't be told, but a self-extracting archive in it can be read."""
    yield source.gap(GapReason.UNSUPPORTED, "a program")
    yield from read_archives_within(source, tools)


def read_mixed(source: Source, tools: Tools) -> Iterator[Item]:
    """Text with an archive in it: a reader of text sees one thing, an unpacker another."""
    yield source.gap(GapReason.AMBIGUOUS, "a file that is text and an archive at the same time")
    for text in tools.readings(source.octets, source.charset):
        yield source.passage(text)
    yield from read_archives_within(source, tools)


def _marked(octets: bytes) -> Iterator[tuple[int, int]]:
    """Where archives with a mark of their own begin and end, in order; the first octet is for `kind_of` to judge."""
    found: list[tuple[int, int]] = []
    for mark in (RAR4_MARK, RAR5_MARK, _SEVEN_ZIP_MARK, _CABINET_MARK):
        at = octets.find(mark, 1)
        for _ in range(_MOST_MARKS):
            if at < 0:
                break
            end = _end(octets, at, mark)
            if end is not None:
                found.append((at, end))
            at = octets.find(mark, at + 1 if end is None else end)
    yield from sorted(found)


def _end(octets: bytes, at: int, mark: bytes) -> int | None:
    """The end of the archive whose mark stands there; None where nothing but the mark is: programs that unpack carry
    it alone."""
    if mark == _SEVEN_ZIP_MARK:  # 7zFormat.txt: the start header and its checksum
        head = octets[at : at + 32]
        if len(head) < 32 or zlib.crc32(head[12:]) != struct.unpack_from("<I", head, 8)[0]:
            return None
        offset, listed = struct.unpack_from("<QQ", head, 12)
        return min(len(octets), at + 32 + int(offset) + int(listed))
    if mark == _CABINET_MARK:
        size: int = struct.unpack_from("<I", octets, at + 8)[0] if at + 36 <= len(octets) else 0
        return at + size if 36 < size <= len(octets) - at and octets[at + 25] == 1 else None
    contents = read_rar_headers(octets, at)
    if contents.files == 0 and not contents.masked:
        return None
    return contents.end if contents.whole else len(octets)
