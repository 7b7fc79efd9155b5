"""Property sets ([MS-OLEPS]): title, author and company of a document, and what its users added of their own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..text.code_page import decode_page
from .compound import Storage

PROPERTIES = "document properties"
_USER_DEFINED = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")  # 2.24: FMTID_UserDefinedProperties, on disk
_VT_I2, _VT_I4, _VT_R8, _VT_BSTR, _VT_VARIANT, _VT_I8, _VT_LPSTR, _VT_LPWSTR, _VT_BLOB = 2, 3, 5, 8, 12, 20, 30, 31, 65
_NUMBERS = {_VT_I2: "<h", _VT_I4: "<i", _VT_R8: "<d", _VT_I8: "<q", 18: "<H", 19: "<I", 21: "<Q", 4: "<f"}
_VT_FILETIME = 64
_VECTOR = 0x1000
_DICTIONARY, _CODE_PAGE = 0, 1
_MAX_PROPERTIES = 10_000
_MAX_NESTING = 4


@dataclass(frozen=True, slots=True)
class _Set:
    octets: bytes
    code_page: int
    user_defined: bool


def property_lines(storage: Storage) -> list[str]:
    """The texts of all property sets of a document, one a line; properties of the user with their names. What is
    cut off is left out: streams of this kind break often and hold no more than this."""
    lines: list[str] = []
    for name, stream in storage.streams.items():
        if name.startswith("\x05"):
            lines.extend(_of_stream(stream.octets()))
    return lines


def _of_stream(octets: bytes) -> Iterator[str]:
    if len(octets) < 28:
        return
    count = min(struct.unpack_from("<I", octets, 24)[0], 4)
    for number in range(count):
        at = 28 + number * 20
        if at + 20 > len(octets):
            return
        offset = struct.unpack_from("<I", octets, at + 16)[0]
        yield from _of_set(octets[offset:], octets[at : at + 16] == _USER_DEFINED)


def _of_set(octets: bytes, user_defined: bool) -> Iterator[str]:
    if len(octets) < 8:
        return
    count = min(struct.unpack_from("<I", octets, 4)[0], _MAX_PROPERTIES, (len(octets) - 8) // 8)
    pairs = [struct.unpack_from("<II", octets, 8 + number * 8) for number in range(count)]
    places = dict(reversed(pairs))
    code_page = 1252
    if _CODE_PAGE in places and len(octets) >= places[_CODE_PAGE] + 6:
        code_page = struct.unpack_from("<H", octets, places[_CODE_PAGE] + 4)[0]
    which = _Set(octets, code_page, user_defined)
    names = _dictionary(which, places[_DICTIONARY]) if _DICTIONARY in places else {}
    for identifier, offset in pairs:
        if identifier in (_DICTIONARY, _CODE_PAGE):
            continue
        text = "\n".join(filter(None, _values(which, offset)))
        name = names.get(identifier, "")
        if text or name:
            yield f"{name}: {text}" if name else text


def _dictionary(which: _Set, offset: int) -> dict[int, str]:
    """2.16: names of the properties by identifier."""
    octets, names = which.octets, {}
    if offset + 4 > len(octets):
        return {}
    count = min(struct.unpack_from("<I", octets, offset)[0], _MAX_PROPERTIES)
    offset += 4
    for _ in range(count):
        if offset + 8 > len(octets):
            break
        identifier, length = struct.unpack_from("<II", octets, offset)
        size = length * 2 if which.code_page == 1200 else length
        names[identifier] = _decode(octets[offset + 8 : offset + 8 + size], which.code_page)
        offset += 8 + size
        if which.code_page == 1200:
            offset += -offset % 4
    return names


def _values(which: _Set, offset: int) -> Iterator[str]:
    """2.15: the texts of a typed value; numbers only of properties that users defined."""
    octets = which.octets
    if offset + 8 > len(octets):
        return
    kind, count = struct.unpack_from("<HxxI", octets, offset)
    if not kind & _VECTOR:
        yield from _scalar(which, kind, offset + 4)[0]
        return
    offset += 8
    for _ in range(min(count, _MAX_PROPERTIES)):
        item = kind & 0xFFF
        for _ in range(_MAX_NESTING):  # a variant holds its own type
            if item != _VT_VARIANT or offset + 4 > len(octets):
                break
            item = struct.unpack_from("<H", octets, offset)[0]
            offset += 4
        texts, size = _scalar(which, item, offset)
        yield from texts
        if size == 0 or offset + size >= len(octets):
            return
        offset += size


def _scalar(which: _Set, kind: int, offset: int) -> tuple[list[str], int]:
    """The texts of one value without its type, and how many octets it takes; 0 where that is unknown."""
    octets = which.octets
    if kind in _NUMBERS:
        size = struct.calcsize(_NUMBERS[kind])
        if not which.user_defined or offset + size > len(octets):
            return [], max(size, 4)
        number = struct.unpack_from(_NUMBERS[kind], octets, offset)[0]
        return [f"{number:.15g}" if isinstance(number, float) else str(number)], max(size, 4)
    if kind == _VT_FILETIME and offset + 8 <= len(octets):
        return [day_of(octets[offset : offset + 8])] if which.user_defined else [], 8
    if kind not in (_VT_BSTR, _VT_LPSTR, _VT_LPWSTR, _VT_BLOB) or offset + 4 > len(octets):
        return [], 0
    length = struct.unpack_from("<I", octets, offset)[0]
    size = length * 2 if kind == _VT_LPWSTR else length
    value = octets[offset + 4 : offset + 4 + size]
    if kind == _VT_BLOB:  # links of the document: a vector of its own
        inner = _Set(value, 1200, user_defined=False)
        count = min(struct.unpack_from("<I", value)[0], _MAX_PROPERTIES) if len(value) >= 4 else 0
        return _blob(inner, count), 4 + size
    text = _decode(value, 1200 if kind == _VT_LPWSTR else which.code_page)
    padded = -size % 4 if kind == _VT_LPWSTR else 0
    return [text], 4 + size + padded


def day_of(octets: bytes) -> str:
    """The day of a FILETIME ([MS-DTYP] 2.3.3: 100 nanoseconds since 1601, 8 octets), "" where it is none."""
    days = struct.unpack("<Q", octets)[0] // 864_000_000_000
    if not 0 < days < 3_000_000:
        return ""
    try:
        return (datetime(1601, 1, 1) + timedelta(days=days)).strftime("%d/%m/%Y")  # noqa: DTZ001  # a calendar date
    except OverflowError:
        return ""


def _blob(which: _Set, count: int) -> list[str]:
    """[MS-OSHARED] 2.3.3.1.18, VecVtHyperlink: typed values one after another, those of text padded to four."""
    texts: list[str] = []
    offset = 4
    for _ in range(count):
        if offset + 8 > len(which.octets):
            break
        kind = struct.unpack_from("<H", which.octets, offset)[0]
        if kind == _VT_BLOB:
            break
        found, size = _scalar(which, kind, offset + 4)
        if size == 0:
            break
        texts.extend(found)
        offset += 4 + size
    return texts


def _decode(octets: bytes, code_page: int) -> str:
    return decode_page(octets, code_page).partition("\0")[0].strip()
