"""Broken documents: real ones with octets turned, cut, repeated, joined with others, and with lengths that lie.

Each function takes its choices from a `random.Random`, so that hypothesis (`st.randoms`) and a fuzzer (by a seed) can
steer it. What is changed inside a container is packed again, since a checksum would hide everything behind it.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from random import Random

Change = Callable[[bytes], bytes]

_LARGEST_UNPACKED = 1 << 18
_EDGES = (0, 1, 2, 3, 4, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000)
_MORE_EDGES = (0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_BASE64_BODY = re.compile(rb"\n\r?\n((?:[A-Za-z0-9+/=]{4,}\r?\n)+)")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def turn_octets(octets: bytes, chance: Random) -> bytes:
    """One to four octets become others."""
    turned = bytearray(octets)
    for _ in range(chance.randint(1, 4)):
        turned[chance.randrange(len(turned))] = chance.randrange(256)
    return bytes(turned)


def cut_short(octets: bytes, chance: Random) -> bytes:
    """The end is missing."""
    return octets[: chance.randrange(len(octets))]


def drop_a_piece(octets: bytes, chance: Random) -> bytes:
    """A piece inside is missing."""
    start, end = _piece(octets, chance)
    return octets[:start] + octets[end:]


def repeat_a_piece(octets: bytes, chance: Random) -> bytes:
    """A piece stands there up to eight times."""
    start, end = _piece(octets, chance)
    return octets[:end] + octets[start:end] * chance.randint(1, 7) + octets[end:]


def misstate_a_length(octets: bytes, chance: Random) -> bytes:
    """A number of one, two, four or eight octets becomes one at the edge of what it can say, or nearly the true one."""
    width = chance.choice((1, 2, 4, 8))
    at = chance.randrange(max(1, len(octets) - width + 1))
    order = chance.choice(("little", "big"))
    old = int.from_bytes(octets[at : at + width], order)
    new = chance.choice((*_EDGES, *_MORE_EDGES, old + 1, old - 1, old * 2, len(octets), len(octets) - at))
    return octets[:at] + (new % (1 << 8 * width)).to_bytes(width, order) + octets[at + width :]


def splice(octets: bytes, other: bytes, chance: Random) -> bytes:
    """The beginning of one document and the end of another."""
    return octets[: chance.randrange(len(octets) + 1)] + other[chance.randrange(len(other) + 1) :]


def broken(octets: bytes, other: bytes, chance: Random) -> bytes:
    """The document, broken in one of these ways; `other` is one to splice it with."""
    if not octets:
        return other
    ways: tuple[Callable[[bytes, Random], bytes], ...] = (
        turn_octets,
        cut_short,
        drop_a_piece,
        repeat_a_piece,
        misstate_a_length,
    )
    way = chance.randrange(len(ways) + 1)
    return splice(octets, other, chance) if way == len(ways) else ways[way](octets, chance)


def broken_within(octets: bytes, chance: Random, change: Change) -> bytes | None:
    """The document with something changed behind its compression or encoding, packed again so that lengths and
    checksums hold; None where nothing is packed in it."""
    if octets.startswith(b"PK"):
        return _in_zip(octets, chance, change)
    if octets.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return _in_stream(octets, change)
    if octets.startswith(b"%PDF"):
        return _in_pdf(octets, chance, change)
    return _in_mail(octets, chance, change)


def _piece(octets: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randrange(len(octets))
    return start, min(len(octets), start + chance.choice((1, 2, 4, 16, 64, 512)))


def _in_zip(octets: bytes, chance: Random, change: Change) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            if not archive.infolist() or sum(i.file_size for i in archive.infolist()) > _LARGEST_UNPACKED:
                return None
            members = [(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]
    except Exception:  # noqa: BLE001  # zipfile raises anything for a broken one
        return None
    at = chance.randrange(len(members))
    name, content, method = members[at]
    what = chance.randrange(8)
    if what == 0:
        del members[at]
    elif what == 1:
        other = chance.randrange(len(members))
        members[at] = (name, members[other][1], method)
    elif what == 2:
        members.insert(chance.randrange(len(members) + 1), (chance.choice(members)[0], content, method))
    else:
        inner = broken_within(content, chance, change) if chance.randrange(2) else None
        members[at] = (name, change(content) if inner is None else inner, method)
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content, method in members:
                # writestr with an entry of our own: a name that stands twice is no warning to pass on
                archive.NameToInfo.pop(name, None)
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if method else zipfile.ZIP_STORED)
    except ValueError:
        return None
    return buffer.getvalue()


def _in_stream(octets: bytes, change: Change) -> bytes | None:
    """gzip, bzip2 or xz."""
    try:
        if octets.startswith(b"\x1f\x8b"):
            return gzip.compress(change(zlib.decompressobj(31).decompress(octets, _LARGEST_UNPACKED)), 1, mtime=0)
        if octets.startswith(b"BZh"):
            return bz2.compress(change(bz2.BZ2Decompressor().decompress(octets, _LARGEST_UNPACKED)))
        plain = lzma.LZMADecompressor(memlimit=1 << 26).decompress(octets, _LARGEST_UNPACKED)
        return lzma.compress(change(plain), preset=0)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return None


def _in_pdf(octets: bytes, chance: Random, change: Change) -> bytes | None:
    streams = list(_PDF_STREAM.finditer(octets))
    if not streams:
        return None
    stream = chance.choice(streams)
    try:
        plain = zlib.decompressobj().decompress(stream[1], _LARGEST_UNPACKED)
        content = zlib.compress(change(plain), 1)
    except zlib.error:
        content = change(stream[1])
    return octets[: stream.start(1)] + content + b"\n" + octets[stream.end(1) :]


def _in_mail(octets: bytes, chance: Random, change: Change) -> bytes | None:
    bodies = list(_BASE64_BODY.finditer(octets))
    if not bodies:
        return None
    body = chance.choice(bodies)
    try:
        content = base64.b64decode(body[1])
    except binascii.Error:
        return None
    inner = broken_within(content, chance, change) if chance.randrange(4) else None
    encoded = base64.encodebytes(change(content) if inner is None else inner).replace(b"\n", b"\r\n")
    return octets[: body.start(1)] + encoded + octets[body.end(1) :]
