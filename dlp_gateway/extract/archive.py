"""Archives: each member is read as a file of its own; what can't be opened is a gap."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from ..model import GapReason
from .budget import BudgetSpentError
from .source import Inner, Item, Source, Tools
from .zip_file import READABLE_METHODS, ZipAmbiguousError, ZipEntry, ZipFile, read_zip, unpack


def read_zip_archive(source: Source, tools: Tools) -> Iterator[Item]:
    """The files of a ZIP archive."""
    try:
        zipped = read_zip(source.octets)
    except ZipAmbiguousError as error:
        yield source.gap(GapReason.AMBIGUOUS, str(error))
        return
    for entry in zipped.entries:
        yield zip_member(source, entry, tools)
    yield from zip_margins(source, zipped, tools)


def zip_margins(source: Source, zipped: ZipFile, tools: Tools) -> Iterator[Item]:
    """What an archive holds beside its files: comments, and octets after its end."""
    for comment in zipped.comments:
        yield source.passage(tools.readings(comment, None)[0], "archive comment", hidden=True)
    if zipped.trailing:
        yield Inner(name="(after its end)", octets=zipped.trailing, hidden=True)


def zip_member(source: Source, entry: ZipEntry, tools: Tools) -> Item:
    """The entry unpacked, or the gap that stands in its way. Raises BudgetSpentError."""
    if entry.encrypted:
        return source.gap(GapReason.ENCRYPTED, "an archive with a password")
    if entry.method not in READABLE_METHODS:
        return source.gap(GapReason.UNSUPPORTED, "an archive compressed by a method that can't be read")
    try:
        return Inner(name=entry.name, octets=unpack(source.octets, entry, tools.meter))
    except ZipAmbiguousError as error:
        return source.gap(GapReason.AMBIGUOUS, str(error))


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def read_gzip(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in a gzip stream, all its members joined (RFC 1952, 2.2)."""
    yield from _one_file(source, tools, lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), "gz")


def read_bzip2(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in a bzip2 stream."""
    yield from _one_file(source, tools, bz2.BZ2Decompressor, "bz2")


def read_xz(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in an xz stream."""
    yield from _one_file(source, tools, lambda: lzma.LZMADecompressor(memlimit=256 * 2**20), "xz")


def _one_file(source: Source, tools: Tools, make: Callable[[], _Decompressor], suffix: str) -> Iterator[Item]:
    room = tools.meter.room()
    content = bytearray()
    rest = source.octets
    while rest.strip(b"\0"):
        stream = make()
        content += stream.decompress(rest, room + 1 - len(content))
        if len(content) > room:
            tools.meter.expand(room)
            raise BudgetSpentError("a file that expands to more than is read")
        if not stream.eof:
            yield source.gap(GapReason.CORRUPT, "a compressed file that is cut off")
            break
        rest = stream.unused_data
    tools.meter.expand(len(content))
    name = (source.filename or "file").rpartition("/")[2]
    inner = name.removesuffix(f".{suffix}") if name.lower().endswith(f".{suffix}") else "content"
    yield Inner(name=f"{name[:-4]}.tar" if name.lower().endswith(".tgz") else inner, octets=bytes(content))


def read_tar(source: Source, tools: Tools) -> Iterator[Item]:
    """The files of a tar archive; links and devices hold nothing."""
    with tarfile.open(fileobj=io.BytesIO(source.octets), mode="r:") as archive:
        for member in archive:
            if not member.isfile():
                continue
            if member.size > tools.meter.room():
                raise BudgetSpentError("a file that expands to more than is read")
            file = archive.extractfile(member)
            content = file.read() if file else b""
            tools.meter.expand(len(content))
            yield Inner(name=member.name, octets=content)
