"""Drawings of Office 97-2003 ([MS-ODRAW]): the texts and links of shapes, and the pictures in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..budget import Meter
from ..source import Inner
from .leftover import left_over

_FBSE, _FOPT, _FOPT_2, _FOPT_3 = 0xF007, 0xF00B, 0xF121, 0xF122
_METAFILES = {0xF01A: "emf", 0xF01B: "wmf", 0xF01C: "pict"}
_BITMAPS = {0xF01D: "jpg", 0xF01E: "png", 0xF01F: "bmp", 0xF029: "tif", 0xF02A: "jpg"}
# 2.3: WordArt's text, name, description, tooltip, script, table summary: all UTF-16.
_TEXTS = frozenset({0x00C0, 0x0380, 0x0381, 0x038D, 0x038E})
_LINK, _BLIP_NAME = 0x0382, 0x0105
_FBSE_BYTES = 36


@dataclass(frozen=True, slots=True)
class Record:
    """A record as Office's binary formats nest them (2.2.1): a container's body is records, which follow as well."""

    kind: int
    instance: int
    container: bool
    start: int  # of the body
    end: int  # of the body, never beyond the octets


def records(
    octets: bytes, start: int = 0, end: int | None = None, also: frozenset[int] = frozenset()
) -> Iterator[Record]:
    """All records in the order in which they stand, containers before what is in them. Ends at the first octets
    that can't be a record. `also`: kinds that hold records without being marked as containers."""
    position, end = start, len(octets) if end is None else min(end, len(octets))
    while position + 8 <= end:
        version, kind, length = struct.unpack_from("<HHI", octets, position)
        container = version & 0xF == 0xF or kind in also
        position += 8
        yield Record(kind, version >> 4, container, position, min(position + length, end))
        position += 0 if container else length


def art_texts(octets: bytes, record: Record) -> list[str]:
    """The texts of a table of shape properties (2.2.9), of another record none."""
    if record.kind not in (_FOPT, _FOPT_2, _FOPT_3):
        return []
    texts: list[str] = []
    complex_at = record.start + record.instance * 6
    for number in range(record.instance):
        at = record.start + number * 6
        if at + 6 > record.end:
            break
        identifier, size = struct.unpack_from("<HI", octets, at)
        if not identifier & 0x8000:
            continue
        value = octets[complex_at : min(complex_at + size, record.end)]
        complex_at += size
        if identifier & 0x3FFF in _TEXTS:
            texts.append(value[: len(value) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0])
        elif identifier & 0x3FFF in (_LINK, _BLIP_NAME):
            texts.append(left_over([value], set(), narrow=False))
    return [text.strip() for text in texts if text.strip()]


def art_picture(octets: bytes, record: Record, meter: Meter, number: int) -> Inner | None:
    """The picture of a BLIP record (2.2.23), None for other records."""
    if record.kind in _BITMAPS:
        two = record.instance & 1 and record.instance != 0x46A
        body = octets[record.start + (33 if two else 17) : record.end]
        if record.kind == 0xF01F:
            body = _bitmap_header(body) + body
        return Inner(name=f"picture {number}.{_BITMAPS[record.kind]}", octets=body, listed=False)
    if record.kind in _METAFILES:
        start = record.start + (32 if record.instance & 1 else 16)
        if start + 34 > record.end:
            return None
        body = octets[start + 34 : record.end]
        if octets[start + 32] == 0:  # 2.2.31: deflated
            body = inflate(body, meter)
        return Inner(name=f"picture {number}.{_METAFILES[record.kind]}", octets=body, listed=False)
    return None


def stored_elsewhere(octets: bytes, record: Record) -> int | None:
    """The offset of a picture in the stream of delayed pictures (2.2.32); None where it stands right here."""
    if record.kind != _FBSE or record.end - record.start < _FBSE_BYTES:
        return None
    size, _, offset = struct.unpack_from("<III", octets, record.start + 20)
    inside = record.end - record.start > _FBSE_BYTES + octets[record.start + 33]
    return None if inside or not size or offset == 0xFFFFFFFF else offset


def picture_inside(octets: bytes, record: Record) -> Record | None:
    """The BLIP record that an entry of the store of pictures holds itself (2.2.32)."""
    if record.kind != _FBSE or record.end - record.start < _FBSE_BYTES:
        return None
    start = record.start + _FBSE_BYTES + octets[record.start + 33]
    return next(records(octets, start, record.end), None)


def inflate(octets: bytes, meter: Meter) -> bytes:
    """Inflated octets, as far as they go; counted. Raises BudgetSpentError beyond the room that is left."""
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(octets, meter.room() + 1)
    except zlib.error:
        return b""
    meter.expand(len(body))
    return body


def _bitmap_header(body: bytes) -> bytes:
    """The file header that a device-independent bitmap lacks ([MS-WMF] 2.2.2.9 says how long its own header is)."""
    header = struct.unpack_from("<I", body)[0] if len(body) >= 36 else 40
    bits = struct.unpack_from("<H", body, 14)[0] if len(body) >= 36 else 24
    colours = struct.unpack_from("<I", body, 32)[0] if len(body) >= 36 else 0
    palette = (colours or 1 << bits if bits <= 8 else colours) * 4
    return struct.pack("<2sIHHI", b"BM", 14 + len(body), 0, 0, 14 + header + palette)
