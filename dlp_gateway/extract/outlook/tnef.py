"""TNEF, the form in which Outlook packs a message (`winmail.dat`; [MS-OXTNEF]).

Read by us and not by tnefparse: that keeps a copy of the rest of the file for every attribute (a file of 5 MB takes
all memory of the machine), and the first broken attribute loses all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ...model import GapReason
from ..office_97.leftover import OTHER_CONTENT, left_over
from ..source import Item, Source, Tools
from ..text.code_page import codec_of_page
from .mapi import (
    BINARY,
    DATA,
    LONG_NAME,
    OBJECT,
    SHORT_NAME,
    STRING_8,
    UNICODE,
    Properties,
    Property,
    read_attachment,
    read_properties,
    recipient_line,
)

_MESSAGE, _ATTACHMENT = 1, 2  # 2.1.3.2: the level of an attribute
_PAGE, _MAPI, _RECIPIENTS, _RENDERING, _ATTACHED = 0x9007, 0x9003, 0x9004, 0x9002, 0x9005
_SUBJECT, _BODY, _FROM, _FILE, _TITLE, _META_FILE = 0x8004, 0x800C, 0x8000, 0x800F, 0x8010, 0x8011
_TEXT_ATTRIBUTES = {_SUBJECT: "subject", _BODY: "", 0x0000: "recipient", 0x0001: "sender"}
_NO_TEXT = frozenset((0x8005, 0x8006, 0x8007, 0x8008, 0x8009, 0x800A, 0x800B, 0x800D, 0x8012, 0x8013, 0x8020))
_NO_TEXT |= {0x9006, 0x9007, 0x9008, 0x0006, 0x0007, 0x0008, 0x0009}
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8}
_FIXED |= {0x0048: 16, 0x0000: 4, 0x0001: 4}
_SEVERAL = 0x1000
_MESSAGE_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage, on disk


@dataclass(slots=True)
class _File:
    """An attachment as its attributes describe it."""

    octets: bytes = b""
    title: bytes = b""
    properties: list[Property] | None = None


def read_tnef(source: Source, tools: Tools) -> Iterator[Item]:
    """Subject, bodies, people, properties and attachments of the message inside."""
    octets = source.octets
    codec, faults = "cp1252", set[str]()
    properties: list[Property] = []
    recipients: list[str] = []
    swept: list[bytes] = []
    files: list[_File] = []
    position = 6
    while position + 9 <= len(octets):
        level, attribute, length = struct.unpack_from("<BHxxI", octets, position)
        body = octets[position + 9 : position + 9 + length]
        end = position + 9 + length
        if level not in (_MESSAGE, _ATTACHMENT) or end + 2 > len(octets):
            faults.add("a packed Outlook message that is cut off or broken")
        elif sum(body) & 0xFFFF != struct.unpack_from("<H", octets, end)[0]:
            faults.add("a packed Outlook message that is damaged")
        if level not in (_MESSAGE, _ATTACHMENT):
            swept.append(octets[position:])
            break
        if attribute == _PAGE and len(body) >= 4:
            codec = codec_of_page(struct.unpack_from("<I", body)[0])
        elif level == _ATTACHMENT:
            _take_file(attribute, body, files, swept)
        elif attribute == _MAPI:
            properties += _mapi(body, 0, faults)[0]
        elif attribute == _RECIPIENTS:
            recipients += _recipients(body, codec, faults)
        elif attribute in _TEXT_ATTRIBUTES:
            text = body.split(b"\0", 1)[0].decode(codec, "replace").replace("\r\n", "\n")
            yield source.passage(text, _TEXT_ATTRIBUTES[attribute])
        elif attribute == _FROM:
            yield source.passage(_sender(body, codec), "sender")
        elif attribute not in _NO_TEXT:
            swept.append(body)
        position = end + 2
    yield from read_properties(source, Properties(properties, codec), tools)
    yield source.passage("\n".join(recipients), "recipient")
    for number, file in enumerate(files, 1):
        yield from _file(source, file, codec, tools, number)
    yield source.passage(left_over(swept, set()), OTHER_CONTENT, hidden=True)
    for fault in sorted(faults):
        yield source.gap(GapReason.CORRUPT, fault)


def _take_file(attribute: int, body: bytes, files: list[_File], swept: list[bytes]) -> None:
    if attribute == _RENDERING or not files:  # 2.1.3.3.15: it comes first of each attachment
        files.append(_File())
    file = files[-1]
    if attribute == _FILE:
        file.octets = body
    elif attribute == _TITLE:
        file.title = body.rstrip(b"\0")
    elif attribute == _ATTACHED:
        file.properties = (file.properties or []) + _mapi(body, 0, set())[0]
    elif attribute not in (_RENDERING, _META_FILE) and attribute not in _NO_TEXT:
        swept.append(body)


def _file(source: Source, file: _File, codec: str, tools: Tools, number: int) -> Iterator[Item]:
    known = file.properties or []
    if file.title and not any(one.identifier == LONG_NAME for one in known):
        known = [Property(LONG_NAME, STRING_8, (file.title,)), *known]
    elif file.title:
        known = [*known, Property(SHORT_NAME, STRING_8, (file.title,))]
    properties = Properties(known, codec)
    octets = file.octets
    inside = next((one for one in known if one.identifier == DATA and one.values), None)
    if inside is not None:
        octets = inside.values[0]
        if inside.kind == OBJECT:
            # 2.1.3.3.20: an interface, then what it stands for: a packed message, or the storage of an object.
            octets = octets[16:]
    yield from read_attachment(source, properties, tools, octets, number)


def _sender(body: bytes, codec: str) -> str:
    """2.1.3.3.2: lengths of a name and an address, and both of them."""
    if len(body) < 8:
        return ""
    name, address = struct.unpack_from("<HH", body, 4)
    texts = (body[8 : 8 + name], body[8 + name : 8 + name + address])
    return "\t".join(text.split(b"\0", 1)[0].decode(codec, "replace") for text in texts)


def _recipients(body: bytes, codec: str, faults: set[str]) -> list[str]:
    """2.1.3.3.24: rows of properties."""
    if len(body) < 4:
        return []
    lines, position = [], 4
    for _ in range(min(struct.unpack_from("<I", body)[0], len(body) // 4)):
        row, position = _mapi(body, position, faults)
        lines.append(recipient_line(Properties(row, codec)))
    return lines


def _mapi(body: bytes, position: int, faults: set[str]) -> tuple[list[Property], int]:
    """2.1.3.4: a list of properties and where it ends. What is cut off is left out, and told."""
    found: list[Property] = []
    if position + 4 > len(body):
        return found, len(body)
    count = struct.unpack_from("<I", body, position)[0]
    position += 4
    for _ in range(min(count, len(body) // 4)):
        try:
            one, position = _property(body, position)
        except (struct.error, ValueError):
            faults.add("a packed Outlook message that is cut off or broken")
            return found, len(body)
        found.append(one)
    return found, position


def _property(body: bytes, position: int) -> tuple[Property, int]:
    kind, identifier = struct.unpack_from("<HH", body, position)
    position += 4
    name = ""
    if identifier >= 0x8000:
        by_name, number = struct.unpack_from("<II", body, position + 16)
        position += 24
        if by_name:
            name = body[position : position + number].decode("utf-16-le", "replace").rstrip("\0")
            position += number + -number % 4
    several, kind = kind & _SEVERAL, kind & ~_SEVERAL
    count = 1
    if several or kind in (STRING_8, UNICODE, BINARY, OBJECT):
        count = struct.unpack_from("<I", body, position)[0]
        position += 4
    if count > len(body):
        raise ValueError
    values = []
    for _ in range(count):
        size = _FIXED.get(kind, 0)
        padded = size
        if kind in (STRING_8, UNICODE, BINARY, OBJECT):
            size = struct.unpack_from("<I", body, position)[0]
            position += 4
            padded = size + -size % 4
        elif not size:
            raise ValueError
        if position + size > len(body):
            raise ValueError
        values.append(body[position : position + size])
        position += padded
    return Property(identifier, kind, tuple(values), name), position
