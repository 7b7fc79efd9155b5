"""Records of binary workbooks ([MS-XLSB] 2.1.4): what they are made of. Everything is bounded by the part's length."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator

from ..budget import Meter

codecs.lookup("utf-16-le")  # now: a process that reads documents can't load the codec's module any more

Record = tuple[int, memoryview]
_OPENINGS = frozenset((129, 131, 159, 278, 628))  # BrtBegin of Sheet, Book, Sst, StyleSheet, Comments
_HIGHEST_TYPE = 5500
_METER_STEP = 256
_U32 = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")
# At least three characters of UTF-16: a letter, a digit or a sign of any alphabet with few high octets.
_UTF16_RUN = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00|[\x00-\xff][\x01-\x05\x1e]|[\x10-\x3a\xac]\x20){3,}")
_WORDS = re.compile(r"[A-Za-z0-9]{2}")


class TruncatedError(Exception):
    """The part ends within a record."""


def records(octets: bytes, meter: Meter) -> Iterator[Record]:
    """Type and content of each record. Raises TruncatedError where the part is cut off, BudgetSpentError."""
    view = memoryview(octets)
    at, end = 0, len(octets)
    count = 0
    while at < end:
        kind, at = _type(octets, at)
        size, at = _size(octets, at)
        if at + size > end:
            raise TruncatedError
        count += 1
        if count == _METER_STEP:
            meter.tags(count)
            count = 0
        yield kind, view[at : at + size]
        at += size
    meter.tags(count)


def _type(octets: bytes, at: int) -> tuple[int, int]:
    """One octet, or two with seven bits each (2.1.4)."""
    first = octets[at]
    if first < 0x80:
        return first, at + 1
    if at + 1 >= len(octets):
        raise TruncatedError
    return (first & 0x7F) | (octets[at + 1] & 0x7F) << 7, at + 2


def _size(octets: bytes, at: int) -> tuple[int, int]:
    size = 0
    for shift in (0, 7, 14, 21):
        if at >= len(octets):
            raise TruncatedError
        size |= (octets[at] & 0x7F) << shift
        at += 1
        if octets[at - 1] < 0x80:
            break
    return size, at


def is_records(octets: bytes) -> bool:
    """Whether a part is made of records: it begins as one of those that hold cells, or every record ends where the
    next begins."""
    if len(octets) < 3:
        return False
    try:
        kind, at = _type(octets, 0)
        if kind in _OPENINGS:
            return True
        at = 0
        while at < len(octets):
            kind, at = _type(octets, at)
            size, at = _size(octets, at)
            at += size
            if kind > _HIGHEST_TYPE or at > len(octets):
                return False
    except TruncatedError:
        return False
    return True


def number(content: memoryview, at: int) -> int:
    """An unsigned number of four octets. Raises struct.error."""
    return int(_U32.unpack_from(content, at)[0])


def real(content: memoryview, at: int) -> str:
    """A floating-point number as spreadsheets write it (2.5.171). Raises struct.error."""
    return _written(_DOUBLE.unpack_from(content, at)[0])


def rk(content: memoryview, at: int) -> str:
    """A number in 30 bits (2.5.122): the high bits of a real one or an integer, perhaps of hundredths."""
    value = number(content, at)
    if value & 2:
        signed = value >> 2 if value < 0x80000000 else (value >> 2) - (1 << 30)
        found = float(signed)
    else:
        found = _DOUBLE.unpack(_U32.pack(0) + _U32.pack(value & 0xFFFFFFFC))[0]
    return _written(found / 100 if value & 1 else found)


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)


def wide_string(content: memoryview, at: int) -> tuple[str, int]:
    """A string with its length before it (2.5.168, 2.5.166: none is empty here) and where it ends. Raises
    struct.error where it does not fit."""
    length = number(content, at)
    at += 4
    if length == 0xFFFFFFFF:
        return "", at
    if at + 2 * length > len(content):
        raise struct.error
    return bytes(content[at : at + 2 * length]).decode("utf-16-le", "replace"), at + 2 * length


def strings_in(content: memoryview) -> list[str]:
    """Every run of characters in a record whose structure is not known."""
    if len(content) < 6:
        return []
    octets = bytes(content)
    found = (run[0].decode("utf-16-le", "replace").strip() for run in _UTF16_RUN.finditer(octets))
    return [text for text in found if _WORDS.search(text)]
