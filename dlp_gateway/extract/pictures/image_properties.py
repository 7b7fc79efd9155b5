"""What programs and cameras write beside a picture, in words: Exif (CIPA DC-008), XMP, IPTC-IIM 4.2, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image

from ..source import Tools
from ..xml_text import text_of
from .image_segments import Segments

# Exif tags.
_SUB_DIRECTORIES = (0x8769, 0x8825)  # Exif, GPS
_USER_COMMENT = 0x9286
_WINDOWS = range(0x9C9B, 0x9CA0)  # title, comment, author, keywords, subject: UTF-16
_PICTURE_DATA = frozenset((0x927C, 0x8773, 0x02BC, 0x83BB, 0x8649, 0x935C, 0x014A, 0x015B))  # maker's notes, profiles
_XMP, _IPTC, _PHOTOSHOP = 0x02BC, 0x83BB, 0x8649  # in TIFF
_CHARSETS = {b"ASCII": "ascii", b"JIS": "iso2022_jp", b"UNICODE": "utf-16"}
_LATITUDE_SIDE, _LATITUDE, _LONGITUDE_SIDE, _LONGITUDE = 1, 2, 3, 4
_DATE = re.compile(r"[\d:/ .+-]*")
_EIGHT_BIM = b"8BIM"
_IPTC_RESOURCE = 0x0404


def properties_of(picture: Any, segments: Segments, tools: Tools) -> str:
    """All words beside the pixels, a line each, a position told in words; `picture` is an opened Pillow image."""
    lines: list[str] = []
    for exif in _directories(picture, segments):
        lines += _exif(exif, tools)
    for keyword, text in segments.texts:
        lines.append(f"{keyword}: {text.decode('utf-8', 'replace')}")
    lines += [tools.readings(comment, None)[0] for comment in segments.comments]
    tags = getattr(picture, "tag_v2", {})
    for packet in (*segments.xmp, _octets(tags, _XMP)):
        lines.append(_xmp(packet, tools))
    for block in (*segments.photoshop, _octets(tags, _PHOTOSHOP)):
        lines += _iptc(_resource(block), tools)
    lines += _iptc(_octets(tags, _IPTC), tools)
    comment = picture.info.get("comment")
    if isinstance(comment, bytes) and comment not in segments.comments:
        lines.append(tools.readings(comment, None)[0])
    return "\n".join(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _directories(picture: Any, segments: Segments) -> Iterator[Any]:
    """Exif as Pillow reads it. Only of TIFF is the opened picture asked, whose tags they are: of PNG it would decode
    the pixels for that, before anybody has counted them."""
    if picture.format == "TIFF":
        yield picture.getexif()
    for octets in segments.exif:
        exif = Image.Exif()
        exif.load(b"Exif\0\0" + octets)
        yield exif


def _octets(tags: Mapping[int, Any], number: int) -> bytes:
    value = tags.get(number, b"")
    return value if isinstance(value, bytes) else bytes(value) if _is_octets(value) else b""


def _is_octets(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, int) and 0 <= item < 256 for item in value)


def _exif(exif: Any, tools: Tools) -> Iterator[str]:
    for directory in (exif, *(exif.get_ifd(number) for number in _SUB_DIRECTORIES)):
        for number, value in directory.items():
            if number not in _PICTURE_DATA:
                yield from _values(number, value, tools)
    yield from _position(exif.get_ifd(0x8825))


def _values(number: int, value: Any, tools: Tools) -> Iterator[str]:
    if number in _WINDOWS:
        octets = value if isinstance(value, bytes) else bytes(value) if _is_octets(value) else b""
        yield octets.decode("utf-16-le", "replace").rstrip("\0")
    elif number == _USER_COMMENT and isinstance(value, bytes):
        charset = _CHARSETS.get(value[:8].rstrip(b"\0"))
        yield value[8:].decode(charset, "replace") if charset else tools.readings(value[8:], None)[0]
    elif isinstance(value, str) and not _DATE.fullmatch(value):
        # Pillow decodes as Latin-1 what newer programs write in UTF-8.
        yield tools.readings(value.encode("latin-1"), None)[0] if _is_latin(value) else value
    elif isinstance(value, bytes):
        text = value.rstrip(b"\0")
        if text and text.isascii() and text.decode().isprintable():
            yield text.decode()
    elif isinstance(value, tuple):
        for item in value[:1_000]:
            if isinstance(item, str | bytes):
                yield from _values(0, item, tools)


def _is_latin(value: str) -> bool:
    return all(ord(character) < 256 for character in value)


def _position(gps: Mapping[int, Any]) -> Iterator[str]:
    latitude, longitude = gps.get(_LATITUDE), gps.get(_LONGITUDE)
    if latitude and longitude:
        yield (
            f"GPS position where the picture was taken: {_degrees(latitude)} {gps.get(_LATITUDE_SIDE, '')}, "
            f"{_degrees(longitude)} {gps.get(_LONGITUDE_SIDE, '')}"
        )


def _degrees(parts: Any) -> str:
    """Degrees, minutes and seconds as a decimal number; a part may be broken (a division by zero is NaN)."""
    try:
        return f"{sum(float(part) / 60**place for place, part in enumerate(parts)):.5f}"
    except (TypeError, ValueError, ZeroDivisionError):
        return "unclear"


def _xmp(packet: bytes, tools: Tools) -> str:
    """The words of an XMP packet: of its XML, and of a broken one all that stands in it."""
    text, fault = text_of(packet.strip(b"\0 "), tools.meter, every_attribute=True)
    return text if fault is None else f"{text}\n{tools.readings(packet, None)[0]}"


def _resource(block: bytes) -> bytes:
    """The IPTC resource among Photoshop's image resources."""
    at = 0
    while block[at : at + 4] == _EIGHT_BIM:
        number = int.from_bytes(block[at + 4 : at + 6], "big")
        name_length = block[at + 6] if at + 6 < len(block) else 0
        at += 6 + (1 + name_length + 1) // 2 * 2
        length = int.from_bytes(block[at : at + 4], "big")
        if number == _IPTC_RESOURCE:
            return block[at + 4 : at + 4 + length]
        at += 4 + (length + 1) // 2 * 2
    return b""


def _iptc(block: bytes, tools: Tools) -> Iterator[str]:
    """The text of each data set of record 2 (IIM 4.2, 1.5 and 6)."""
    at = 0
    while block[at : at + 1] == b"\x1c" and at + 5 <= len(block):
        record, length = block[at + 1], int.from_bytes(block[at + 3 : at + 5], "big")
        content = block[at + 5 : at + 5 + length]
        if record == 2 and len(content) > 2:
            yield tools.readings(content, None)[0]
        at += 5 + length
