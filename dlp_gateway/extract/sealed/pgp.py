"""OpenPGP (RFC 9580): what is only signed or compressed is read, what is encrypted is a gap.

Keys hold no text but the names on them. Whether octets are OpenPGP at all is asked strictly, since their first
octet alone says little.
"""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import GapReason
from ..budget import FileTooLargeError
from ..source import Inner, Item, Source, Tools

# Packet types (RFC 9580, 5; 5.7 and 5.8 for the older two).
_ENCRYPTED = frozenset({1, 3, 9, 18, 20})
_SIGNATURE, _ONE_PASS, _SECRET_KEYS, _COMPRESSED, _LITERAL = 2, 4, frozenset({5, 7}), 8, 11
_USER_ID, _USER_ATTRIBUTE = 13, 17
_SILENT = frozenset({_SIGNATURE, _ONE_PASS, 6, 10, 12, 14, 19, 21})  # keys, marker, trust, hash, padding
_VERSIONS = {1: (2, 3, 6), 2: (2, 3, 4, 6), 3: (4, 5, 6), 4: (3, 6), 5: (2, 3, 4, 5, 6), 6: (2, 3, 4, 5, 6), 18: (1, 2)}
_MAX_PACKETS = 100_000
_MAX_DEPTH = 16  # compressed packets within one another


class _BrokenError(Exception):
    """Not a packet, or one that ends before its end."""


@dataclass(frozen=True, slots=True)
class _Packet:
    kind: int
    body: bytes = field(repr=False)
    end: int


def is_pgp(octets: bytes) -> bool:
    """Whether the octets are a sequence of OpenPGP packets: the first one is plausible, and another one or nothing
    follows it."""
    if not octets or not octets[0] & 0x80:
        return False
    try:
        first = _packet(octets, 0)
    except _BrokenError:
        return False
    if not _is_plausible(first):
        return False
    return first.end == len(octets) or _follows(octets, first.end)


def _follows(octets: bytes, at: int) -> bool:
    try:
        kind, _, _ = _tag(octets, at)
    except _BrokenError:
        return False
    return kind in _ENCRYPTED | _SILENT | _SECRET_KEYS | {_COMPRESSED, _LITERAL, _USER_ID, _USER_ATTRIBUTE}


def _is_plausible(packet: _Packet) -> bool:
    body = packet.body
    if packet.kind in _VERSIONS:
        return len(body) > 8 and body[0] in _VERSIONS[packet.kind]
    if packet.kind == _COMPRESSED:
        return len(body) > 4 and body[0] <= 3
    if packet.kind == _LITERAL:
        return len(body) > 5 and body[:1] in (b"b", b"t", b"u", b"l", b"m", b"1") and len(body) >= 6 + body[1]
    return False


def read_pgp(source: Source, tools: Tools) -> Iterator[Item]:
    """The files in unencrypted packets, and the names on keys; one gap for what is encrypted."""
    waiting = [(source.octets, 0)]
    gaps: set[GapReason] = set()
    seen = 0
    while waiting:
        octets, depth = waiting.pop()
        at = 0
        while at < len(octets):
            try:
                packet = _packet(octets, at)
            except _BrokenError:
                if GapReason.ENCRYPTED not in gaps:
                    yield source.gap(GapReason.CORRUPT, "an OpenPGP file that is broken")
                break
            seen += 1
            if seen > _MAX_PACKETS:
                yield source.gap(GapReason.TOO_LARGE, "an OpenPGP file of more packets than are read")
                return
            at = packet.end
            if packet.kind == _COMPRESSED:
                if depth >= _MAX_DEPTH:
                    yield source.gap(GapReason.TOO_DEEP, "an OpenPGP file that is nested too deep")
                    break
                waiting.append((_decompressed(packet.body, tools), depth + 1))
            elif packet.kind == _LITERAL:
                yield _literal(packet.body)
            elif packet.kind == _USER_ID:
                yield source.passage(tools.readings(packet.body, "utf-8")[0], "name on a key")
            elif packet.kind in _ENCRYPTED or packet.kind in _SECRET_KEYS or packet.kind not in _SILENT:
                gap = source.gap(*_why_unread(packet.kind))
                if gap.reason not in gaps:
                    gaps.add(gap.reason)
                    yield gap


def _why_unread(kind: int) -> tuple[GapReason, str]:
    if kind in _ENCRYPTED:
        return GapReason.ENCRYPTED, "an encrypted OpenPGP file"
    if kind in _SECRET_KEYS:
        return GapReason.ENCRYPTED, "a private OpenPGP key"
    return GapReason.UNSUPPORTED, "an OpenPGP file with a part that can't be read"


def _literal(body: bytes) -> Inner:
    """RFC 9580, 5.9: format, file name, date, data."""
    if len(body) < 2 or len(body) < 6 + body[1]:
        return Inner(name="content", octets=b"", listed=False)
    name = body[2 : 2 + body[1]].decode("utf-8", "replace")
    return Inner(name=name if name and name != "_CONSOLE" else "content", octets=body[6 + body[1] :])


def _decompressed(body: bytes, tools: Tools) -> bytes:
    """RFC 9580, 9.4: uncompressed, ZIP, ZLIB, BZip2."""
    room = tools.meter.room()
    algorithm, data = body[0] if body else 0, body[1:]
    if algorithm == 0:
        content = data
    elif algorithm in (1, 2):
        content = zlib.decompressobj(-zlib.MAX_WBITS if algorithm == 1 else zlib.MAX_WBITS).decompress(data, room + 1)
    elif algorithm == 3:
        content = bz2.BZ2Decompressor().decompress(data, room + 1)
    else:
        raise _BrokenError
    if len(content) > room:
        raise FileTooLargeError("a file that expands to more than is read")
    tools.meter.expand(len(content))
    return content


def _tag(octets: bytes, at: int) -> tuple[int, bool, int]:
    """Packet type, whether its header is of the new format, and where its length stands (RFC 9580, 4.2)."""
    if at >= len(octets) or not octets[at] & 0x80:
        raise _BrokenError
    first = octets[at]
    return (first & 0x3F, True, at + 1) if first & 0x40 else (first >> 2 & 0x0F, False, at + 1)


def _packet(octets: bytes, at: int) -> _Packet:
    kind, new, at = _tag(octets, at)
    if kind == 0:
        raise _BrokenError
    if new:
        body, end = _new_body(octets, at)
        return _Packet(kind, body, end)
    width = octets[at - 1] & 3
    if width == 3:  # until the end
        return _Packet(kind, octets[at:], len(octets))
    start = at + (1 << width)
    end = start + int.from_bytes(octets[at:start], "big")
    if end > len(octets):
        raise _BrokenError
    return _Packet(kind, octets[start:end], end)


def _new_body(octets: bytes, at: int) -> tuple[bytes, int]:
    """The body, joined of its parts where it comes in several (RFC 9580, 4.2.1)."""
    pieces: list[bytes] = []
    while True:
        if at >= len(octets):
            raise _BrokenError
        first = octets[at]
        partial = 224 <= first < 255
        if partial:
            start, length = at + 1, 1 << (first & 0x1F)
        elif first < 192:
            start, length = at + 1, first
        elif first < 224:
            start, length = at + 2, ((first - 192) << 8) + (octets[at + 1] if at + 1 < len(octets) else 0) + 192
        else:
            start, length = at + 5, int.from_bytes(octets[at + 1 : at + 5], "big")
        at = start + length
        if at > len(octets):
            raise _BrokenError
        pieces.append(octets[start:at])
        if not partial:
            return b"".join(pieces), at
