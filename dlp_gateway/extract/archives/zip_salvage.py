"""Reads what there is of a ZIP file whose directory can't be believed: every local header that stands anywhere.

Some unpackers show files by these headers, others by the directory. Such a file is a gap whatever is read here;
this is for what people may see of it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ..budget import Expansion, Meter
from .zip_file import inflate, names_of

_LOCAL = struct.Struct("<4sHHHHHIIIHH")  # APPNOTE.TXT 6.3.10, 4.3.7
_CENTRAL_NAME = struct.Struct("<4s4xH18xHHH")  # flags, and the sizes of name, extra field and comment (4.3.12)
_SIGNATURE = b"PK\x03\x04"
_NEXT = re.compile(rb"PK(?:\x03\x04|\x07\x08|\x01\x02)")
_STORED, _DEFLATED = 0, 8
_NONE_32 = 0xFFFFFFFF
_ENCRYPTED_FLAGS = 0x2041


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """A file found by its local header. `content` is None where it is encrypted or packed by a method that is not read
    here."""

    name: str
    encrypted: bool
    content: bytes | None


def salvage(octets: bytes, meter: Meter) -> Iterator[Salvaged]:
    """The files in the order of the octets. What is read of one is not searched for another, so files that overlap
    can't multiply. Raises BudgetSpentError."""
    at = octets.find(_SIGNATURE)
    while 0 <= at <= len(octets) - _LOCAL.size:
        local = _LOCAL.unpack_from(octets, at)
        name_at = at + _LOCAL.size
        start = name_at + local[9] + local[10]
        end = start
        name = octets[name_at : name_at + local[9]]
        if start <= len(octets) and name:
            meter.file()
            content = None
            encrypted = bool(local[2] & _ENCRYPTED_FLAGS)
            stored = _stored(octets, start, local[7], local[3])
            if not encrypted and local[3] in (_STORED, _DEFLATED):
                content = _content(stored, local[3], meter)
            if local[7] not in (0, _NONE_32) or local[3] == _STORED:
                end = start + len(stored)
            yield Salvaged(
                name=names_of(name, local[2], octets[name_at + local[9] : start])[0],
                encrypted=encrypted,
                content=content,
            )
        at = octets.find(_SIGNATURE, max(end, at + 4))


def directory_texts(octets: bytes) -> Iterator[bytes]:
    """Names and comments in every directory record that stands anywhere, each once."""
    seen: set[bytes] = set()
    at = octets.find(b"PK\x01\x02")
    while at >= 0 and at + 46 <= len(octets):
        _, _, name_size, extra_size, comment_size = _CENTRAL_NAME.unpack_from(octets, at)
        name_at = at + 46
        comment_at = name_at + name_size + extra_size
        for text in (octets[name_at : name_at + name_size], octets[comment_at : comment_at + comment_size]):
            if text and text not in seen:
                seen.add(text)
                yield text
        at = octets.find(b"PK\x01\x02", at + 46)


def _stored(octets: bytes, start: int, size: int, method: int) -> memoryview:
    """The stored octets; to the next header, or for a stream that knows its end to the end of the file, where the
    size stands behind them (4.4.4, bit 3)."""
    view = memoryview(octets)
    if size not in (0, _NONE_32):
        return view[start : start + size]
    if method != _STORED:
        return view[start:]
    following = _NEXT.search(octets, start)
    return view[start : following.start() if following else len(octets)]


def _content(stored: memoryview, method: int, meter: Meter) -> bytes:
    expansion = Expansion(meter, len(stored))
    content = bytes(stored[: expansion.room + 1]) if method == _STORED else inflate(stored, expansion.room)[0]
    expansion.add(len(content))
    return content
