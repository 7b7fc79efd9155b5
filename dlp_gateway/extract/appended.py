"""Archives within files of another kind: self-extracting programs, and pictures with an archive at their end.

Unpackers look for the mark of RAR and 7z anywhere, and for the directory of a ZIP at the end, whatever the file
begins with.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ..model import GapReason
from .archive import read_zip_within
from .rar_file import RAR4_MARK, RAR5_MARK, read_rar_headers
from .source import Inner, Item, Reader, Source, Tools
from .zip_file import has_directory

_SEVEN_ZIP_MARK, _CABINET_MARK = b"7z\xbc\xaf\x27\x1c\x00", b"MSCF\x00\x00\x00\x00"
_MOST_ARCHIVES = 16
_MOST_MARKS = 1000
_HEADERS_BYTES = 1 << 16  # enough to see the first file


def has_archive_within(octets: bytes) -> bool:
    """Whether an unpacker would find an archive in the file."""
    return has_directory(octets) or next(_starts(octets), None) is not None


def read_archives_within(source: Source, tools: Tools) -> Iterator[Item]:
    """The archives that stand in a file of another kind."""
    for number, start in enumerate(_starts(source.octets), 1):
        if number > _MOST_ARCHIVES:
            yield source.gap(GapReason.TOO_LARGE, "a file with more archives in it than are read")
            return
        yield Inner(name=f"(archive within {number})", octets=source.octets[start:])
    if has_directory(source.octets):
        yield from read_zip_within(source, tools)


def and_archives_within(reader: Reader) -> Reader:
    """The same reader, which also reads archives that stand in the file."""

    def read(source: Source, tools: Tools) -> Iterator[Item]:
        yield from reader(source, tools)
        yield from read_archives_within(source, tools)

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


def _starts(octets: bytes) -> Iterator[int]:
    """Where archives with a mark of their own begin, in order; the first octet is for `kind_of` to judge."""
    found: list[int] = []
    for mark in (RAR4_MARK, RAR5_MARK, _SEVEN_ZIP_MARK, _CABINET_MARK):
        at = octets.find(mark, 1)
        for _ in range(_MOST_MARKS):
            if at < 0:
                break
            if _is_archive(octets, at, mark):
                found.append(at)
            at = octets.find(mark, at + 1)
    yield from sorted(found)


def _is_archive(octets: bytes, at: int, mark: bytes) -> bool:
    """Whether more than the mark is there: programs that unpack carry the mark alone."""
    if mark == _SEVEN_ZIP_MARK:  # 7zFormat.txt: the checksum of the start header
        head = octets[at : at + 32]
        return len(head) == 32 and zlib.crc32(head[12:]) == struct.unpack_from("<I", head, 8)[0]
    if mark == _CABINET_MARK:
        head = octets[at : at + 36]
        return len(head) == 36 and 36 < struct.unpack_from("<I", head, 8)[0] <= len(octets) - at and head[25] == 1
    contents = read_rar_headers(octets[at : at + _HEADERS_BYTES])
    return contents.files > 0 or contents.masked
