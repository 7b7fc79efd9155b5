"""Cryptographic messages (RFC 5652): signatures beside a message hold no text; signed messages hold all of it."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import GapReason
from .source import Inner, Item, Source, Tools

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")


def read_cms(source: Source, tools: Tools) -> Iterator[Item]:
    """Signed data: the message inside it, if it is not detached. Enveloped data is a gap."""
    del tools
    octets = source.octets
    if _SIGNED not in octets[:40]:
        yield source.gap(GapReason.ENCRYPTED, "an encrypted S/MIME file")
        return
    at = octets.find(_DATA, 0, 400)
    if at < 0:
        yield source.gap(GapReason.UNSUPPORTED, "an S/MIME file of a kind that can't be read")
        return
    content = _content(octets, at + len(_DATA))
    if content is None:
        yield source.gap(GapReason.CORRUPT, "an S/MIME file that is broken")
    elif content:
        yield Inner(name="signed.eml", octets=content)


def _content(octets: bytes, at: int) -> bytes | None:
    """The signed octets: b"" where they stand elsewhere (a detached signature), None where broken."""
    if octets[at : at + 1] != b"\xa0":
        return b""
    at, _ = _length(octets, at + 1)
    if octets[at : at + 1] == b"\x04":
        start, length = _length(octets, at + 1)
        return octets[start : start + length] if length is not None and start + length <= len(octets) else None
    if octets[at : at + 1] != b"\x24":
        return None
    pieces: list[bytes] = []  # BER: the string in pieces
    at, _ = _length(octets, at + 1)
    while octets[at : at + 1] == b"\x04":
        start, length = _length(octets, at + 1)
        if length is None or start + length > len(octets):
            return None
        pieces.append(octets[start : start + length])
        at = start + length
    return b"".join(pieces) or None


def _length(octets: bytes, at: int) -> tuple[int, int | None]:
    """Where the value starts, and its length; None for the indefinite form (X.690, 8.1.3)."""
    first = octets[at]
    if first < 0x80:
        return at + 1, first
    if first == 0x80:
        return at + 1, None
    count = first & 0x7F
    return at + 1 + count, int.from_bytes(octets[at + 1 : at + 1 + count], "big")
