"""Properties of Outlook's messages ([MS-OXPROPS], [MS-OXCMSG]), as MSG files and TNEF both hold them: subject, bodies,
people, attachments, and whatever else of text a message, contact or appointment has."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import compressed_rtf
from compressed_rtf.crc32 import crc32

from ...model import Area, GapReason
from ..office_97.leftover import OTHER_CONTENT, left_over
from ..office_97.property_set import day_of
from ..source import Inner, Item, Source, Tools
from ..text.code_page import codec_of_page

STRING_8, UNICODE, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
_SHORT, _LONG, _DOUBLE, _TIME, _LONG_LONG = 0x0002, 0x0003, 0x0005, 0x0040, 0x0014
_NUMBERS = {_SHORT: "<h", _LONG: "<i", _DOUBLE: "<d", _LONG_LONG: "<q"}

SUBJECT, BODY, RTF, HTML, HEADERS = 0x0037, 0x1000, 0x1009, 0x1013, 0x007D
CLASS, MESSAGE_PAGE, INTERNET_PAGE = 0x001A, 0x3FFD, 0x3FDE
DISPLAY_NAME, ADDRESS, SMTP_ADDRESS = 0x3001, 0x3003, 0x39FE
DATA, SHORT_NAME, LONG_NAME, MEDIA_TYPE, METHOD = 0x3701, 0x3704, 0x3707, 0x370E, 0x3705
_DAYS = {0x3A42: "birthday", 0x3A41: "wedding anniversary"}
_SENDER = frozenset((0x0042, 0x0044, 0x0065, 0x0C1A, 0x0C1F, 0x0078, 0x5D01, 0x5D02, 0x3FF8, 0x3FFA))
_RECIPIENTS = frozenset((0x0E02, 0x0E03, 0x0E04, 0x0040, 0x0076, 0x0050, 0x004F))
_SUBJECTS = frozenset((SUBJECT, 0x0070, 0x0E1D))
# Kinds of address ("SMTP"), classes ("IPM.Note"), and names of programs' own.
_NO_TEXT = frozenset((CLASS, 0x0064, 0x0C1E, 0x0075, 0x0077, 0x3002, MEDIA_TYPE, 0x3703, 0x0066, 0x0068))
# Identifiers and keys: made by programs, of random octets or of what other properties say.
_NO_BINARY = frozenset((
    0x0FF6, 0x0FF9, 0x0FFF, 0x300B, 0x0C1D, 0x003B, 0x0051, 0x0052, 0x0071, 0x0041, 0x003F, 0x0043, 0x0C19, 0x3013,
    0x3709, 0x3702, 0x0E09, 0x65E2, 0x65E3, 0x7FFE, 0x8000, 0x0FFB, 0x5FF7, 0x5D0A, 0x5D0B, 0x300A, RTF, HTML, DATA,
))  # fmt: skip
_SIGNED = "multipart/signed"
_META_CHARSET = re.compile(rb"charset\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its values as octets, more than one where it has several. `name` is that which a user or a
    program gave it, "" for those that are known by their number."""

    identifier: int
    kind: int  # without the mark of several values
    values: tuple[bytes, ...]
    name: str = ""


class Properties:
    """All properties of a message, recipient or attachment."""

    def __init__(self, properties: Iterable[Property], codec: str | None = None) -> None:
        self._all = list(properties)
        self.codec = codec or self._codec(MESSAGE_PAGE) or self._codec(INTERNET_PAGE) or "cp1252"

    def __iter__(self) -> Iterator[Property]:
        return iter(self._all)

    def octets(self, identifier: int) -> bytes:
        return next((p.values[0] for p in self._all if p.identifier == identifier and p.values), b"")

    def number(self, identifier: int) -> int:
        return int.from_bytes(self.octets(identifier)[:4], "little")

    def text(self, identifier: int) -> str:
        found = next((p for p in self._all if p.identifier == identifier), None)
        return "\n".join(self.texts(found)) if found is not None else ""

    def texts(self, found: Property) -> list[str]:
        """The values of a property of text, of others none."""
        if found.kind not in (STRING_8, UNICODE):
            return []
        codec = "utf-16-le" if found.kind == UNICODE else self.codec
        decoded = (value.decode(codec, "replace").replace("\r\n", "\n").rstrip("\0") for value in found.values)
        return [text for text in decoded if text.strip()]

    def _codec(self, identifier: int) -> str | None:
        page = self.number(identifier)
        return None if page in (0, 1200) else codec_of_page(page)

    def html_codec(self) -> str:
        return self._codec(INTERNET_PAGE) or self.codec


def read_properties(source: Source, properties: Properties, tools: Tools) -> Iterator[Item]:
    """A message: subject, bodies, sender and recipients, internet headers, and all other texts."""
    found: dict[str, list[str]] = {}
    swept: list[bytes] = []
    for one in properties:
        place = _place(one)
        for text in properties.texts(one):
            if place is not None:
                found.setdefault(place, []).append(f"{one.name}: {text}" if one.name else text)
        said = _said(one)
        if said:
            found.setdefault("message properties", []).append(said)
        if one.kind == BINARY and one.identifier not in _NO_BINARY:
            swept += one.values
    for place in ("subject", "", "sender", "recipient", "internet headers", "message properties"):
        yield source.passage("\n".join(dict.fromkeys(found.get(place, ()))), place)
    yield from _bodies(source, properties, tools)
    yield source.passage(left_over(swept, set()), OTHER_CONTENT, hidden=True)


def _place(one: Property) -> str | None:
    identifier = one.identifier
    if identifier in _NO_TEXT:
        return None
    if identifier in (BODY, HTML):
        return "" if identifier == BODY else None
    if identifier == HEADERS:
        return "internet headers"
    if identifier in _SUBJECTS:
        return "subject"
    if identifier in _SENDER:
        return "sender"
    return "recipient" if identifier in _RECIPIENTS else "message properties"


def _said(one: Property) -> str:
    """Days of people's lives, and the numbers and days in fields that have a name of their own."""
    if one.kind == _TIME and one.values and len(one.values[0]) >= 8 and (one.name or one.identifier in _DAYS):
        day = day_of(one.values[0][:8])
        return f"{one.name or _DAYS[one.identifier]}: {day}" if day else ""
    if one.name and one.kind in _NUMBERS and one.values:
        size = struct.calcsize(_NUMBERS[one.kind])
        if len(one.values[0]) >= size:
            number = struct.unpack_from(_NUMBERS[one.kind], one.values[0])[0]
            return f"{one.name}: {number:.15g}" if isinstance(number, float) else f"{one.name}: {number}"
    return ""


def _bodies(source: Source, properties: Properties, tools: Tools) -> Iterator[Item]:
    for one in properties:
        if one.identifier == HTML and one.values:
            yield Inner(name="body.html", octets=_html(one, properties), listed=False)
        elif one.identifier == RTF and one.kind == BINARY and one.values:
            yield from _rich_text(source, one.values[0], tools)


def _html(one: Property, properties: Properties) -> bytes:
    """The page in UTF-8, unless it says itself in what charset it is."""
    octets = one.values[0]
    if one.kind == BINARY and _META_CHARSET.search(octets[:4096]):
        return octets
    codec = "utf-16-le" if one.kind == UNICODE else properties.html_codec()
    return octets.decode(codec, "replace").encode("utf-8-sig")


def _rich_text(source: Source, octets: bytes, tools: Tools) -> Iterator[Item]:
    """[MS-OXRTFCP]: a wrong checksum stops neither Outlook nor us."""
    if len(octets) < 16:
        return
    length, raw_size, kind = struct.unpack_from("<II4s", octets)
    body = octets[16 : 16 + max(0, length - 12)]
    checksum = 0 if kind == b"MELA" else crc32(body)
    if kind not in (b"LZFu", b"MELA"):
        yield source.gap(GapReason.CORRUPT, "a message body in rich text that can't be read")
        return
    if checksum != struct.unpack_from("<I", octets, 12)[0]:
        yield source.gap(GapReason.CORRUPT, "a message body in rich text that is damaged")
    header = struct.pack("<II4sI", len(body) + 12, raw_size, kind, checksum)
    try:
        plain = compressed_rtf.decompress(header + body)
    except (struct.error, IndexError):  # cut off within a reference
        plain = b""
        yield source.gap(GapReason.CORRUPT, "a message body in rich text that is damaged")
    tools.meter.expand(len(plain))
    if plain:
        yield Inner(name="body.rtf", octets=plain, listed=False)


def recipient_line(properties: Properties) -> str:
    """A recipient's names and addresses."""
    texts = [text for one in properties if one.identifier not in _NO_TEXT for text in properties.texts(one)]
    return "\t".join(dict.fromkeys(" ".join(text.split()) for text in texts))


def attachment_name(properties: Properties) -> str:
    """The name by which a recipient knows the file."""
    return properties.text(LONG_NAME) or properties.text(SHORT_NAME) or properties.text(DISPLAY_NAME)


def read_attachment(source: Source, properties: Properties, tools: Tools, octets: bytes, number: int) -> Iterator[Item]:
    """The file, and the texts about it: its other names, its description."""
    name = attachment_name(properties) or f"attachment {number}"
    if properties.text(MEDIA_TYPE).lower() == _SIGNED:
        name = "signed message.eml"  # the signed part with its header, which is all of it that is mail
    if octets:
        tools.meter.expand(len(octets))
        yield Inner(name=name, octets=octets)
    others = [t for one in properties if one.identifier not in _NO_TEXT for t in properties.texts(one)]
    for other in (SHORT_NAME, LONG_NAME, DISPLAY_NAME):
        text = properties.text(other)
        if text and text != name:
            passage = source.passage(text, "file name")
            yield Source(part=source.part, octets=b"", area=Area.FILE_NAME, hidden=source.hidden).passage(
                passage.text, passage.place
            )
    names = {properties.text(which) for which in (SHORT_NAME, LONG_NAME, DISPLAY_NAME)}
    rest = [text for text in dict.fromkeys(others) if text not in names]
    yield source.passage("\n".join(rest), "attachment properties", hidden=True)
