"""Cryptographic messages (CMS, RFC 5652): what is signed or compressed is read, what is encrypted is a gap.

Certificates and signatures name people, but hold no text that anybody wrote: they are not read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from asn1crypto import cms, core

from ...model import GapReason
from ..budget import FileTooLargeError, Meter
from ..source import Inner, Item, Source, Tools

_MAX_NESTING = 32
_MAX_VALUES = 1_000_000
_MIME_FIELD = re.compile(rb"\s*[A-Za-z][A-Za-z0-9-]{1,60}:[ \t\r\n]")
_ENCRYPTED = frozenset(
    {"enveloped_data", "authenticated_enveloped_data", "encrypted_data", "signed_and_enveloped_data"}
)
_NESTED = ("signed_data", "compressed_data", "enveloped_data")
_SUFFIXES = (".p7m", ".p7s", ".p7z")
_CONTENT_INFO = b"\x06\x09"  # an object identifier comes first ([RFC 5652], 3), not a version


class _TooDeepError(Exception):
    """Nested deeper than any mail program nests."""


def read_cms(source: Source, tools: Tools) -> Iterator[Item]:
    """The file inside signed, authenticated or compressed data; nothing of a detached signature or of certificates."""
    try:
        _check_nesting(source.octets)
    except _TooDeepError:
        yield source.gap(GapReason.TOO_DEEP, "a signed file that is nested too deep")
        return
    if _is_certificate(source.octets):
        return
    message = cms.ContentInfo.load(source.octets)
    kind = message["content_type"].native
    if kind in _ENCRYPTED:
        yield source.gap(GapReason.ENCRYPTED, "an encrypted S/MIME file")
    elif kind in ("signed_data", "authenticated_data", "digested_data"):
        yield from _enclosed(source, message["content"]["encap_content_info"])
    elif kind == "compressed_data":
        packed = _octets_of(message["content"]["encap_content_info"]["content"])
        yield _inner(source, _decompressed(packed, tools.meter))
    elif kind == "data":
        yield _inner(source, _octets_of(message["content"]))
    else:
        yield source.gap(GapReason.UNSUPPORTED, "an S/MIME file of a kind that can't be read")


def _enclosed(source: Source, enclosed: cms.EncapsulatedContentInfo) -> Iterator[Item]:
    content = enclosed["content"]
    if not content.contents:  # detached: what it signs stands elsewhere
        return
    octets = _octets_of(content)
    if enclosed["content_type"].native in _NESTED and octets[:1] == b"\x30":
        octets = _as_content_info(enclosed["content_type"].dump(), octets)
    yield _inner(source, octets)


def _octets_of(value: core.Asn1Value) -> bytes:
    """The octets of an octet string, in one piece or several; of any other value (allowed for kinds of content that
    nobody registered) its encoding. `bytes` of such a value would be a description of a Python object."""
    if isinstance(value, core.Any):
        value = value.parsed
    is_string = isinstance(value, core.OctetString | core.ParsableOctetString)
    octets: bytes = bytes(value) if is_string else value.untag().dump()
    return octets


def _inner(source: Source, octets: bytes) -> Inner:
    """Signed mail is a MIME entity; other files are signed as they are ("letter.pdf.p7m")."""
    name = source.filename or ""
    if _MIME_FIELD.match(octets):
        return Inner(name="signed.eml", octets=octets)
    return Inner(name=name[:-4] if name.lower().endswith(_SUFFIXES) and len(name) > 4 else "signed", octets=octets)


def _as_content_info(content_type: bytes, octets: bytes) -> bytes:
    """Signed data within signed data stands there without its ContentInfo; some programs write it with one."""
    start, _ = _length(octets, 1)
    if octets[start : start + 2] == _CONTENT_INFO:
        return octets
    inner = b"\xa0" + _der_length(len(octets)) + octets
    return b"\x30" + _der_length(len(content_type) + len(inner)) + content_type + inner


def _der_length(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def _decompressed(octets: bytes, meter: Meter) -> bytes:
    """RFC 3274: zlib."""
    room = meter.room()
    stream = zlib.decompressobj()
    content = stream.decompress(octets, room + 1)
    if len(content) > room:
        raise FileTooLargeError("a file that expands to more than is read")
    meter.expand(len(content))
    return content


def _is_certificate(octets: bytes) -> bool:
    """A bare X.509 certificate: a sequence that begins with a sequence, not with an object identifier."""
    start, _ = _length(octets, 1)
    return octets[start : start + 1] == b"\x30"


def _check_nesting(octets: bytes) -> None:
    """Raise _TooDeepError where the parser would recurse too deep, ValueError where the octets are no BER.

    X.690, 8.1: what is constructed holds further values; of indefinite length, it ends with two zero octets.
    """
    ends: list[int | None] = []  # of the values that are open; None: of indefinite length
    at = 0
    for _ in range(_MAX_VALUES):
        while ends and ends[-1] is not None and at >= ends[-1]:
            ends.pop()
        if at >= len(octets) or (at and not ends):
            return
        if octets[at : at + 2] == b"\0\0" and ends and ends[-1] is None:
            ends.pop()
            at += 2
            continue
        tag = octets[at]
        at += 1
        if tag & 0x1F == 0x1F:  # a tag of several octets
            while at < len(octets) and octets[at] & 0x80:
                at += 1
            at += 1
        at, length = _length(octets, at)
        if tag & 0x20:
            ends.append(None if length is None else at + length)
            if len(ends) > _MAX_NESTING:
                raise _TooDeepError
        elif length is None:
            raise ValueError("a primitive value of indefinite length")
        else:
            at += length
    raise _TooDeepError


def _length(octets: bytes, at: int) -> tuple[int, int | None]:
    """Where the value starts, and its length; None for the indefinite form (X.690, 8.1.3). Raises ValueError."""
    if at >= len(octets):
        raise ValueError("ends before a length")
    first = octets[at]
    if first < 0x80:
        return at + 1, first
    if first == 0x80:
        return at + 1, None
    count = first & 0x7F
    if count > 8:
        raise ValueError("a length of too many octets")
    return at + 1 + count, int.from_bytes(octets[at + 1 : at + 1 + count], "big")
