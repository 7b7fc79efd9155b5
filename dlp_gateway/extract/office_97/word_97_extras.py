"""What a Word 97-2003 document holds besides its text ([MS-DOC]): names, form fields, drawings."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ..source import Item, Source, Tools
from .office_art import Record, art_picture, art_texts, picture_inside, records, stored_elsewhere

PICTURE, FORM = "picture", "form"
_PICTURE_HEADER = 68
_SHAPE, _SHAPE_OF_FILE = 0x64, 0x66  # 2.9.157
_OWN_STYLE = 0xFFE  # 2.9.260


def strings_of(octets: bytes) -> list[str]:
    """A table of strings (2.2.4), then, as document variables have them (2.9.350), or without a table, as names of
    those who commented (2.9.8), strings one after another."""
    position, found = 0, list[str]()
    if len(octets) >= 6 and octets[:2] == b"\xff\xff":
        count, extra = struct.unpack_from("<HH", octets, 2)
        found, position = _counted(octets, 6, count, extra)
    more, _ = _counted(octets, position, len(octets), 2 if position else 0)
    return [text for text in found + more if text and text.isprintable()]


def _counted(octets: bytes, position: int, count: int, extra: int) -> tuple[list[str], int]:
    """Strings, each after its length and before `extra` octets; and where they end."""
    found = []
    for _ in range(count):
        if position + 2 > len(octets):
            break
        length = struct.unpack_from("<H", octets, position)[0]
        text = octets[position + 2 : position + 2 + length * 2]
        found.append(text[: len(text) // 2 * 2].decode("utf-16-le", "replace").strip("\0 "))
        position += 2 + length * 2 + extra
    return found, position


def read_art(
    source: Source, art: bytes, delayed: bytes, tools: Tools, covered: list[tuple[int, int]]
) -> Iterator[Item]:
    """The texts and pictures of drawings."""
    texts: list[str] = []
    number = 0
    for record in _records_of_drawings(art):
        texts += art_texts(art, record)
        for octets, found in _blips(art, record, delayed):
            if octets is delayed:
                covered.append((found.start - 8, found.end))
            number += 1
            picture = art_picture(octets, found, tools.meter, number)
            if picture is not None:
                yield picture
    yield source.passage("\n".join(texts), "alternative text")


def _records_of_drawings(art: bytes) -> Iterator[Record]:
    """2.9.172: an octet before each drawing says in which part of the document it stands."""
    position = 0
    while position + 8 <= len(art):
        kind, length = struct.unpack_from("<HI", art, position + 2)
        if kind < 0xF000:
            position += 1
            continue
        yield from records(art, position, position + 8 + length)
        position += 8 + length


def _blips(art: bytes, record: Record, delayed: bytes) -> Iterator[tuple[bytes, Record]]:
    inside = picture_inside(art, record)
    if inside is not None:
        yield art, inside
    offset = stored_elsewhere(art, record)
    if offset is not None and delayed:
        elsewhere = next(records(delayed, offset), None)
        if elsewhere is not None:
            yield delayed, elsewhere
    if not record.container:
        yield art, record


def records_of_data(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of what stands in the data stream (2.9.192, 2.9.158): each after its length and a header
    that says of what kind it is. Ends where it is none of the kinds that are known."""
    position = 0
    while position + _PICTURE_HEADER <= len(data):
        length, header, kind = struct.unpack_from("<IHH", data, position)
        if header != _PICTURE_HEADER or length < header:
            return
        start, end = position + header, min(position + length, len(data))
        if kind in (_SHAPE, _SHAPE_OF_FILE):
            start += 1 + data[start] if kind == _SHAPE_OF_FILE and start < len(data) else 0
            yield PICTURE, start, end
        elif data[start : start + 4] == b"\xff\xff\xff\xff":
            yield FORM, start, end
        position += length


def form_texts(octets: bytes) -> list[str]:
    """2.9.78: a form field's name, default, help and status texts, and the entries of its list."""
    if len(octets) < 10:
        return []
    bits = struct.unpack_from("<H", octets, 4)[0]
    texts, position = _counted(octets, 10, 1, 2)
    if bits & 3 == 0:
        more, position = _counted(octets, position, 1, 2)
        texts += more
    else:
        position += 2  # the number that is chosen
    more, position = _counted(octets, position, 5, 2)
    texts += more + strings_of(octets[position:])
    return [text for text in texts if text and text.isprintable()]


def style_names(octets: bytes) -> list[str]:
    """2.9.271: names of the styles that are not Word's own."""
    names: list[str] = []
    if len(octets) < 6:
        return names
    size, count, base = struct.unpack_from("<HHH", octets)
    position = 2 + size
    for _ in range(count):
        if position + 2 > len(octets):
            break
        length = struct.unpack_from("<H", octets, position)[0]
        style = octets[position + 2 : position + 2 + length]
        if len(style) > base + 2 and struct.unpack_from("<H", style)[0] & 0xFFF == _OWN_STYLE:
            names += _counted(style, base, 1, 2)[0]
        position += 2 + length
    return [name for name in names if name and name.isprintable()]
