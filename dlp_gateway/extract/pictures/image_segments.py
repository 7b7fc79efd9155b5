"""How picture files are built: what stands beside the pixels, and behind the last of them.

PNG: W3C PNG (3rd edition), 5 and 11.3. JPEG: ITU-T T.81, B.1. GIF: GIF89a, 12 to 26. WebP: RFC 9649, 2.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from ..budget import BudgetSpentError, Meter

_PNG = b"\x89PNG\r\n\x1a\n"
_MAX_SEGMENTS = 100_000
# What people append to pictures: documents (`appended.py` finds archives), or text. Trailers of cameras are neither.
_FILES = (b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_SEARCHED = 4096
_PRINTABLE = bytes((*range(0x20, 0x7F), 9, 10, 13))


@dataclass(slots=True)
class Segments:
    """Octets as they stand in the file; texts are (keyword, text) in the charset that the format prescribes."""

    texts: list[tuple[str, bytes]] = field(default_factory=list, repr=False)
    comments: list[bytes] = field(default_factory=list, repr=False)
    exif: list[bytes] = field(default_factory=list, repr=False)
    xmp: list[bytes] = field(default_factory=list, repr=False)
    photoshop: list[bytes] = field(default_factory=list, repr=False)
    rest: bytes = field(default=b"", repr=False)  # after the end, where it is a file or text


def segments_of(octets: bytes, meter: Meter) -> Segments:
    """What a PNG, JPEG, GIF or WebP file holds beside its pixels; nothing of other formats. A broken file gives what
    stands before the fault. Raises BudgetSpentError."""
    found = Segments()
    end = len(octets)
    try:
        if octets.startswith(_PNG):
            end = _png(octets, found, meter)
        elif octets.startswith(b"\xff\xd8"):
            end = _jpeg(octets, found)
        elif octets.startswith(b"GIF8"):
            end = _gif(octets, found)
        elif octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
            end = _webp(octets, found)
    except (struct.error, IndexError):
        return found
    found.rest = _appended(octets[end:])
    return found


def _appended(rest: bytes) -> bytes:
    """What stands after the end of a picture, if it is a file of its own or text; b"" otherwise."""
    start = rest[:_SEARCHED]
    places = [at for mark in _FILES if (at := start.find(mark)) >= 0]
    if places:
        return rest[min(places) :]
    text = rest.strip(b"\0 \r\n")
    sample = text[:_SEARCHED]
    return text if len(sample.translate(None, _PRINTABLE)) * 10 < len(sample) else b""


def _png(octets: bytes, found: Segments, meter: Meter) -> int:
    at = len(_PNG)
    for _ in range(_MAX_SEGMENTS):
        length, name = struct.unpack_from(">I4s", octets, at)
        content = octets[at + 8 : at + 8 + length]
        at += 12 + length
        if name == b"IEND":
            break
        keyword, _, text = content.partition(b"\0")
        label = keyword.decode("latin-1")
        if name == b"tEXt":
            found.texts.append((label, text.decode("latin-1").encode()))
        elif name == b"zTXt":
            found.texts.append((label, _inflate(text[1:], meter).decode("latin-1").encode()))
        elif name == b"iTXt":
            language, _, tail = text[2:].partition(b"\0")
            translated, _, value = tail.partition(b"\0")
            value = _inflate(value, meter) if text[:1] == b"\1" else value
            if label == "XML:com.adobe.xmp":
                found.xmp.append(value)
            else:
                found.texts.append((label, b" ".join(filter(None, (language, translated, value)))))
        elif name == b"eXIf":
            found.exif.append(content)
    return at


def _inflate(octets: bytes, meter: Meter) -> bytes:
    room = meter.room()
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(octets, room)
    except zlib.error:
        return b""
    if stream.unconsumed_tail:
        raise BudgetSpentError("a picture with a text that expands to more than is read")
    meter.expand(len(content))
    return content


def _jpeg(octets: bytes, found: Segments) -> int:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        at = _next_marker(octets, at)
        code = octets[at + 1]
        if code == 0xD9:  # end of image
            return at + 2
        if code == 0xFF:  # fill
            at += 1
            continue
        if code in (0x00, 0x01, 0xD8) or 0xD0 <= code <= 0xD7:  # stand alone
            at += 2
            continue
        (length,) = struct.unpack_from(">H", octets, at + 2)
        content = octets[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)
        if code == 0xFE:
            found.comments.append(content)
        elif code == 0xE1 and content.startswith(b"Exif\0\0"):
            found.exif.append(content[6:])
        elif code == 0xE1 and content.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.xmp.append(content.partition(b"\0")[2])
        elif code == 0xE1 and content.startswith(b"http://ns.adobe.com/xmp/extension/\0"):
            found.xmp.append(content[35 + 40 :])  # a digest, the whole length and the place of this piece
        elif code == 0xED and content.startswith(b"Photoshop 3.0\0"):
            found.photoshop.append(content[14:])
    return len(octets)


def _next_marker(octets: bytes, at: int) -> int:
    """The next marker at or after `at`, behind compressed data if need be: 0xFF 0x00 in it is an octet, 0xFF 0xD0 to
    0xD7 restart it (B.1.1.5)."""
    while True:
        at = octets.find(b"\xff", at)
        if at < 0 or at + 1 >= len(octets):
            raise IndexError
        if octets[at + 1] != 0 and not 0xD0 <= octets[at + 1] <= 0xD7:
            return at
        at += 2


def _gif(octets: bytes, found: Segments) -> int:
    flags = octets[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    for _ in range(_MAX_SEGMENTS):
        kind = octets[at]
        if kind == 0x3B:
            return at + 1
        if kind == 0x21:
            label, start = octets[at + 1], at + 2
            content, at = _gif_blocks(octets, start)
            if label == 0xFE:
                found.comments.append(content)
            elif label == 0x01:  # plain text, after a grid of 12 octets
                found.comments.append(content[12:])
            elif label == 0xFF and content.startswith(b"XMP Data"):
                found.xmp.append(octets[start + 12 : at])  # not in blocks: its octets pass for lengths of them
        elif kind == 0x2C:
            flags = octets[at + 9]
            at += 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
            _, at = _gif_blocks(octets, at + 1)
        else:
            return len(octets)
    return len(octets)


def _gif_blocks(octets: bytes, at: int) -> tuple[bytes, int]:
    pieces = []
    while length := octets[at]:
        pieces.append(octets[at + 1 : at + 1 + length])
        at += 1 + length
    return b"".join(pieces), at + 1


def _webp(octets: bytes, found: Segments) -> int:
    end = min(8 + int.from_bytes(octets[4:8], "little"), len(octets))
    at = 12
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", octets, at)
        content = octets[at + 8 : at + 8 + length]
        if name == b"EXIF":
            found.exif.append(content.removeprefix(b"Exif\0\0"))
        elif name == b"XMP ":
            found.xmp.append(content)
        at += 8 + length + length % 2
    return end
