"""Windows metafiles: drawings recorded as calls, with the text as text and pictures as bitmaps.

EMF: [MS-EMF] 2.3. EMF+ in its comments: [MS-EMFPLUS] 2.3. WMF: [MS-WMF] 2.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import GapReason
from ..source import Inner, Item, Source, Tools

_EMF_HEADER, _EMF_COMMENT, _EMF_END = 1, 70, 14
_EMF_TEXT = {83: False, 84: True, 108: None}  # ExtTextOutA, ExtTextOutW, SmallTextOut; True: UTF-16
_EMF_MANY_TEXTS = {96: False, 97: True}  # PolyTextOut
_EMF_BITMAPS = {76: 84, 77: 84, 78: 84, 79: 96, 80: 48, 81: 48, 114: 84, 116: 84}  # where the bitmap's offset stands
_EMF_PLUS, _EMF_PLUS_STRING, _EMF_PLUS_DRIVER_STRING = b"EMF+", 0x401C, 0x4036
_EMF_PLUS_OBJECT, _EMF_PLUS_IMAGE = 0x4008, 5
_WMF_PLACEABLE = b"\xd7\xcd\xc6\x9a"
_WMF_TEXT, _WMF_EXT_TEXT, _WMF_ESCAPE = 0x0521, 0x0A32, 0x0626
_WMF_BITMAPS = {0x0F43: 28, 0x0D33: 24, 0x0B41: 26, 0x0940: 22}  # where the bitmap begins in the record
_ESCAPE_EMF = b"WMFC"  # an EMF in pieces, for programs that know both ([MS-WMF] 2.3.6.1)
_NO_RECTANGLE, _ONE_OCTET = 0x100, 0x200  # options of SmallTextOut
_GLYPH_INDEX = 0x10  # numbers of glyphs, not characters
_MAX_RECORDS = 1_000_000


@dataclass(slots=True)
class _Drawn:
    lines: dict[int, list[str]] = field(default_factory=dict)  # by height on the page, in order of first use
    pictures: list[bytes] = field(default_factory=list)
    glyphs: bool = False
    embedded: bytearray = field(default_factory=bytearray)

    def text(self, at: int, words: str) -> None:
        words = words.rstrip("\0")
        if words.strip():
            self.lines.setdefault(at, []).append(words)


def read_metafile(source: Source, tools: Tools) -> Iterator[Item]:
    """The text that a metafile draws, line by line; its bitmaps as pictures of their own."""
    drawn = _Drawn()
    whole = True
    try:
        if source.octets[40:44] == b" EMF":
            _emf(source.octets, drawn, tools)
        else:
            _wmf(source.octets, drawn, tools)
    except struct.error:  # a record that ends before its fields
        whole = False
    yield source.passage("\n".join(" ".join(words) for words in drawn.lines.values()), "drawing")
    for number, octets in enumerate(drawn.pictures, 1):
        yield Inner(name=f"picture {number}", octets=octets, listed=False)
    if drawn.embedded:
        yield Inner(name="drawing", octets=bytes(drawn.embedded), listed=False)
    if drawn.glyphs:
        yield source.gap(GapReason.UNSUPPORTED, "a drawing whose letters are numbers of glyphs, which can't be read")
    if not whole:
        yield source.gap(GapReason.CORRUPT, "a drawing that is broken")


def _emf(octets: bytes, drawn: _Drawn, tools: Tools) -> None:
    at = 0
    for _ in range(_MAX_RECORDS):
        if at + 8 > len(octets):
            return
        kind, size = struct.unpack_from("<II", octets, at)
        if size < 8 or kind == _EMF_END:
            return
        record = octets[at : at + size]
        if kind == _EMF_HEADER:
            length, place = struct.unpack_from("<II", record, 60)
            for words in record[place : place + 2 * length].decode("utf-16-le", "replace").split("\0"):
                drawn.text(-1, words)
        elif kind in _EMF_TEXT:
            _emf_text(record, kind, drawn, tools)
        elif kind in _EMF_MANY_TEXTS:
            (count,) = struct.unpack_from("<I", record, 36)
            for index in range(min(count, size // 40)):
                _text_object(record, 40 + 40 * index, _EMF_MANY_TEXTS[kind], drawn, tools)
        elif kind in _EMF_BITMAPS:
            _emf_bitmap(record, _EMF_BITMAPS[kind], drawn)
        elif kind == _EMF_COMMENT:
            _comment(record, drawn)
        at += size


def _emf_text(record: bytes, kind: int, drawn: _Drawn, tools: Tools) -> None:
    wide = _EMF_TEXT[kind]
    if wide is not None:
        _text_object(record, 36, wide, drawn, tools)
        return
    _, y, count, options = struct.unpack_from("<iiII", record, 8)
    start = 36 if options & _NO_RECTANGLE else 52
    narrow = bool(options & _ONE_OCTET)
    octets = record[start : start + (count if narrow else 2 * count)]
    drawn.text(y, tools.readings(octets, "windows-1252")[0] if narrow else octets.decode("utf-16-le", "replace"))


def _text_object(record: bytes, at: int, wide: bool, drawn: _Drawn, tools: Tools) -> None:
    """EmrText ([MS-EMF] 2.2.5)."""
    _, y, count, place, options = struct.unpack_from("<iiIII", record, at)
    octets = record[place : place + (2 * count if wide else count)]
    if options & _GLYPH_INDEX:
        drawn.glyphs = drawn.glyphs or bool(count)
        return
    drawn.text(y, octets.decode("utf-16-le", "replace") if wide else tools.readings(octets, "windows-1252")[0])


def _emf_bitmap(record: bytes, at: int, drawn: _Drawn) -> None:
    if len(record) < at + 16:
        return
    head_at, head_size, bits_at, bits_size = struct.unpack_from("<IIII", record, at)
    head, bits = record[head_at : head_at + head_size], record[bits_at : bits_at + bits_size]
    if len(head) >= 40 and bits:
        drawn.pictures.append(_bitmap_file(head, bits))


def _bitmap_file(head: bytes, bits: bytes) -> bytes:
    """A BMP file of a device-independent bitmap: its file header says where the pixels begin."""
    return struct.pack("<2sIHHI", b"BM", 14 + len(head) + len(bits), 0, 0, 14 + len(head)) + head + bits


def _comment(record: bytes, drawn: _Drawn) -> None:
    if record[12:16] != _EMF_PLUS:
        return
    at = 16
    while at + 12 <= len(record):
        kind, flags, size, length = struct.unpack_from("<HHII", record, at)
        data = record[at + 12 : at + 12 + length]
        if kind == _EMF_PLUS_STRING:
            _, _, count, _, y = struct.unpack_from("<IIIff", data, 0)
            drawn.text(_whole(y), data[28 : 28 + 2 * count].decode("utf-16-le", "replace"))
        elif kind == _EMF_PLUS_DRIVER_STRING:
            _, options, _, count = struct.unpack_from("<IIII", data, 0)
            if options & 1:  # characters, not glyphs
                drawn.text(0, data[16 : 16 + 2 * count].decode("utf-16-le", "replace"))
            else:
                drawn.glyphs = drawn.glyphs or bool(count)
        elif kind == _EMF_PLUS_OBJECT and flags >> 8 & 0x7F == _EMF_PLUS_IMAGE and data[4:8] == b"\1\0\0\0":
            pixels = data[28:]
            if pixels.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM")):
                drawn.pictures.append(pixels)
        if size < 12:
            return
        at += size


def _whole(number: float) -> int:
    return int(number) if -1e9 < number < 1e9 else 0


def _wmf(octets: bytes, drawn: _Drawn, tools: Tools) -> None:
    at = (22 if octets.startswith(_WMF_PLACEABLE) else 0) + 18
    for _ in range(_MAX_RECORDS):
        if at + 6 > len(octets):
            return
        words, kind = struct.unpack_from("<IH", octets, at)
        if words < 3:
            return
        record = octets[at : at + 2 * words]
        if kind == _WMF_TEXT:
            (length,) = struct.unpack_from("<H", record, 6)
            (y,) = struct.unpack_from("<h", record, 8 + length + length % 2)
            drawn.text(y, tools.readings(record[8 : 8 + length], "windows-1252")[0])
        elif kind == _WMF_EXT_TEXT:
            y, _, length, options = struct.unpack_from("<hhhH", record, 6)
            start = 14 + (8 if options & 0x6 else 0)
            drawn.text(y, tools.readings(record[start : start + max(length, 0)], "windows-1252")[0])
        elif kind in _WMF_BITMAPS:
            _wmf_bitmap(record[_WMF_BITMAPS[kind] :], drawn)
        elif kind == _WMF_ESCAPE and record[10:14] == _ESCAPE_EMF:
            drawn.embedded += record[44:]
        at += 2 * words


def _wmf_bitmap(bitmap: bytes, drawn: _Drawn) -> None:
    if len(bitmap) < 44:
        return
    (size, _, _, _, depth, compression) = struct.unpack_from("<IiiHHI", bitmap, 0)
    (used,) = struct.unpack_from("<I", bitmap, 32)
    if size != 40:
        return
    colours = (used or (1 << depth if depth <= 8 else 0)) if depth <= 32 else 0
    head = size + 4 * min(colours, 256) + (12 if compression == 3 else 0)
    drawn.pictures.append(_bitmap_file(bitmap[:head], bitmap[head:]))
