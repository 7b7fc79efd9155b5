"""Content transfer encodings (RFC 2045, 6): tolerant decoding that names what another reader could
see differently."""

from __future__ import annotations

import binascii
import re

from .words import base64_streams

IDENTITY = ("7bit", "8bit", "binary")

_BLANKS = b" \t\r\n"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_QP_ALLOWED = bytes(c for c in range(256) if c in (9, 10, 13) or 32 <= c <= 126 or c >= 128)
_QP_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,99}(?:\r?\n|\Z))")
_QP_SOFT_BLANKS = re.compile(rb"=[ \t]{1,99}(?=\r?\n|\Z)")


def decode_transfer(octets: bytes, encoding: str) -> tuple[bytes, str | None]:
    """Decoded octets, and the problem in fixed words, None where all readers agree. Octets of an
    unknown encoding come back as they stand."""
    if encoding == "base64":
        return _base64(octets)
    if encoding == "quoted-printable":
        return _quoted_printable(octets)
    if encoding in IDENTITY:
        return octets, None
    return octets, "unknown Content-Transfer-Encoding"


def _base64(octets: bytes) -> tuple[bytes, str | None]:
    """The fast path decodes once and compares lengths: any foreign character, inner padding or
    missing character makes the output shorter than the input promises."""
    try:
        decoded = binascii.a2b_base64(octets)
    except binascii.Error:
        decoded = b""
    line_ends = octets.count(b"\n")
    length = len(octets) - line_ends * (2 if b"\r" in octets[-80:] or b"\r" in octets[:80] else 1)
    tail = octets[-8:].rstrip(_BLANKS)
    padding = len(tail) - len(tail.rstrip(b"="))
    if length % 4 == 0 and padding <= 2 and len(decoded) == length // 4 * 3 - padding:
        return decoded, None
    core = octets.translate(None, _BLANKS)
    text = core.rstrip(b"=")
    if core.translate(None, _BASE64):
        problem: str | None = "foreign characters in base64"
    elif b"=" in text:
        problem = "base64 goes on after its padding"
    elif len(core) % 4 or len(core) - len(text) > 2:
        problem = "base64 of wrong length"
    else:
        problem = None
    return base64_streams(core), problem


def _quoted_printable(octets: bytes) -> tuple[bytes, str | None]:
    problem = None
    if octets.translate(None, _QP_ALLOWED):
        problem = "control characters in quoted-printable"
    elif _QP_BAD_ESCAPE.search(octets):
        problem = "malformed escape in quoted-printable"
    if b"= " in octets or b"=\t" in octets:
        octets = _QP_SOFT_BLANKS.sub(b"=", octets)
    return binascii.a2b_qp(octets), problem
