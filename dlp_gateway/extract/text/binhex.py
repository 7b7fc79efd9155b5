"""BinHex 4.0 typed into text, as old Macintosh programs do (RFC 1741, appendix A): a name, a file and its second fork
in an alphabet of 64 characters, runs of one octet told by their length."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from ..source import Inner, Tools

_BEGIN = re.compile(r"\(This file must be converted with BinHex[^\n]{0,60}\n\s{0,9}:([^:]{0,80000000}):")
_TO_BASE64 = str.maketrans(
    "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "\r\n\t ",
)
_RUN = b"\x90"


def read_binhex(text: str, tools: Tools) -> Iterator[Inner]:
    """The files of a text. One that says it is longer than it is, is read as far as it goes."""
    for match in _BEGIN.finditer(text):
        try:
            packed = binascii.a2b_base64(match[1].translate(_TO_BASE64) + "==")
        except (binascii.Error, ValueError):
            continue  # no BinHex after all: the text itself is read
        octets = _expanded(packed, tools.meter.room())
        name_length = octets[0] if octets else 0
        # After the name: version, type, creator, flags, then the lengths of both forks and a checksum.
        lengths = 2 + name_length + 10
        start = lengths + 8 + 2
        size, second_size = (int.from_bytes(octets[at : at + 4], "big") for at in (lengths, lengths + 4))
        name = octets[1 : 1 + name_length].decode("mac-roman").strip() or "BinHex"
        for fork in (octets[start : start + size], octets[start + size + 2 :][:second_size]):
            if fork:
                tools.meter.expand(len(fork))
                yield Inner(name=name, octets=fork)


def _expanded(packed: bytes, room: int) -> bytes:
    """Runs as what they stand for: an octet, the mark, a count; the mark and a zero are the mark itself."""
    first, *pieces = packed.split(_RUN)
    out = bytearray(first)
    for piece in pieces:
        count = piece[0] if piece else 0
        out += _RUN if count == 0 else out[-1:] * (count - 1)
        out += piece[1:]
        if len(out) > room:
            break
    return bytes(out)
