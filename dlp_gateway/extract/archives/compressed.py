"""Compressed files of one file each: gzip, bzip2, xz and lzma."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ...model import GapReason
from .. import mail
from ..budget import Expansion, FileTooLargeError, Meter
from ..source import Inner, Item, Source, Tools
from .members import AFTER_END

_FIRST_BLOCK, _BLOCK = 1 << 10, 1 << 16
_MEMORY_BYTES = 256 * 2**20  # xz -9 takes 65 MiB
_EXTRA, _NAME, _COMMENT = 4, 8, 16  # RFC 1952, 2.3.1
_FAULTS = (zlib.error, OSError, lzma.LZMAError, EOFError)
CUT_OFF = "a compressed file that is cut off"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


@dataclass(slots=True)
class _Expanded:
    """What came out of all streams that follow one another, where they end, and what went wrong."""

    content: bytearray
    end: int = 0
    starts: tuple[int, ...] = ()
    fault: tuple[GapReason, str] | None = None


def read_gzip(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in a gzip file, all its members joined (RFC 1952, 2.2), with the names and comments of each."""
    expanded = _expand(source.octets, lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), tools.meter)
    headers = [_gzip_texts(source.octets, start) for start in expanded.starts]
    names = list(dict.fromkeys(name for name, _ in headers if name))
    for comment in dict.fromkeys(comment for _, comment in headers if comment):
        yield source.passage(tools.readings(comment, None)[0], "archive comment", hidden=True)
    texts = [tools.readings(name, None)[0] for name in names]
    yield from mail.name_passages(source.part, tuple(texts[1:]))
    yield from _items(source, expanded, texts[0] if texts else unpacked_name(source, "gz"))


def read_bzip2(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in a bzip2 file, all its streams joined."""
    expanded = _expand(source.octets, bz2.BZ2Decompressor, tools.meter)
    yield from _items(source, expanded, unpacked_name(source, "bz2"))


def read_xz(source: Source, tools: Tools) -> Iterator[Item]:
    """The file in an xz file, all its streams joined, or in an older lzma file."""
    expanded = _expand(source.octets, lambda: lzma.LZMADecompressor(memlimit=_MEMORY_BYTES), tools.meter)
    yield from _items(source, expanded, unpacked_name(source, "xz", "lzma"))


def unpacked_name(source: Source, *suffixes: str) -> str:
    """What unpackers call the file inside: the name without the suffix."""
    name = (source.filename or "file").rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    if suffix.lower() in ("tgz", "tbz", "tbz2", "txz", "tlz", "taz", "tzst"):
        return f"{stem}.tar"
    return stem if stem and suffix.lower() in suffixes else "content"


def is_lzma(octets: bytes) -> bool:
    """Whether the octets begin as a file of the older lzma format does, which has no signature: properties, the
    size of a dictionary that encoders use, and a size that is unknown or plausible."""
    if len(octets) < 14 or octets[0] >= 225 or octets[13] != 0:
        return False
    dictionary, size = struct.unpack_from("<IQ", octets, 1)
    usual = dictionary >= 4096 and any(dictionary in (1 << n, 3 << (n - 1)) for n in range(12, 32))
    return usual and (size == 2**64 - 1 or 0 < size < 2**38)


def _expand(octets: bytes, make: Callable[[], _Decompressor], meter: Meter) -> _Expanded:
    """Streams one after the other, as far as there are any. Only BudgetSpentError of the message is raised."""
    view = memoryview(octets)
    expansion = Expansion(meter, len(octets))
    result = _Expanded(bytearray())
    starts: list[int] = []
    while view[result.end : result.end + 1] and not (starts and _is_padding(view, result.end)):
        begun = len(result.content)
        try:
            end, whole, error = _one_stream(view, result.end, make, expansion, result.content)
        except FileTooLargeError as large:
            result.fault = (large.reason, large.detail)
            break
        if error is not None and starts and len(result.content) == begun:
            break  # no stream begins here: what follows belongs to none
        if starts:
            meter.file()
        starts.append(result.end)
        result.end = end
        if not whole:
            result.end = len(octets)
            result.fault = _fault(error)
    result.starts = tuple(starts)
    return result


def _is_padding(view: memoryview, at: int) -> bool:
    return view[at] == 0 and not bytes(view[at:]).strip(b"\0")


def _one_stream(
    view: memoryview, start: int, make: Callable[[], _Decompressor], expansion: Expansion, content: bytearray
) -> tuple[int, bool, Exception | None]:
    """Where the stream that begins at `start` ends, whether it came to its end, and why not. All that came out before a
    fault is added to `content`."""
    begun, careful_from = len(content), len(view)
    while True:
        stream = make()
        at, size, step = start, _FIRST_BLOCK, 0
        try:
            while not stream.eof and at < len(view):
                step = 1 if at >= careful_from else min(size, careful_from - at)
                block = stream.decompress(view[at : at + step], expansion.room + 1)
                content += block
                expansion.add(len(block))
                at += step
                size = min(2 * size, _BLOCK)  # many small streams must not copy large rests
        except _FAULTS as error:
            if step == 1:
                return at, False, error
            # What a library had unpacked when it met the fault is lost: once again, octet by octet from there.
            careful_from = at
            del content[begun:]
            continue
        return at - len(stream.unused_data), stream.eof, None


def _fault(error: Exception | None) -> tuple[GapReason, str]:
    if error is None:
        return GapReason.CORRUPT, CUT_OFF
    if isinstance(error, lzma.LZMAError) and "limit" in str(error):
        return GapReason.TOO_LARGE, "a compressed file that takes too much memory to unpack"
    return GapReason.CORRUPT, "a compressed file that is broken"


def _items(source: Source, expanded: _Expanded, name: str) -> Iterator[Item]:
    if expanded.fault is not None:
        yield source.gap(*expanded.fault)
    content = expanded.content if expanded.fault is None or expanded.fault[0] is not GapReason.TOO_LARGE else b""
    if content or expanded.fault is None:
        yield Inner(name=name, octets=bytes(content))
    trailing = source.octets[expanded.end :]
    if trailing.strip(b"\0") and expanded.fault is None:
        yield Inner(name=AFTER_END, octets=trailing, hidden=True)


def _gzip_texts(octets: bytes, at: int) -> tuple[bytes, bytes]:
    """(name, comment) in the header of the gzip member at `at`; empty where there is none (RFC 1952, 2.3)."""
    flags = octets[at + 3] if at + 10 <= len(octets) else 0
    at += 10
    if flags & _EXTRA and at + 2 <= len(octets):
        at += 2 + struct.unpack_from("<H", octets, at)[0]
    texts = []
    for flag in (_NAME, _COMMENT):
        end = octets.find(b"\0", at) if flags & flag else at
        texts.append(octets[at:end] if end > at else b"")
        at = end + 1 if flags & flag and end >= 0 else at
    return texts[0], texts[1]
