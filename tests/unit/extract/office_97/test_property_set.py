"""Property sets of Office documents ([MS-OLEPS])."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest

from tests.support.documents.compound import with_streams
from tests.support.documents.planted import planted_file

_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_USER = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")


def property_set(values: Sequence[tuple[int, bytes]], fmtid: bytes = _SUMMARY) -> bytes:
    index, body = b"", b""
    for number, value in values:
        index += struct.pack("<II", number, 8 + len(values) * 8 + len(body))
        body += value + bytes(-len(value) % 4)
    section = struct.pack("<II", 8 + len(index) + len(body), len(values)) + index + body
    return struct.pack("<HHI16xI16sI", 0xFFFE, 0, 0, 1, fmtid, 48) + section


def text(octets: bytes, kind: int = 30) -> bytes:
    return struct.pack("<III", kind, len(octets) // (2 if kind == 31 else 1), 0)[:8] + octets


@pytest.mark.parametrize(
    ("page", "value", "said"),
    [
        (1252, text("Müller\0".encode("cp1252")), "Müller"),
        (1251, text("Жданов\0".encode("cp1251")), "Жданов"),
        (65001, text("Жданов\0".encode()), "Жданов"),
        (1252, text("Жданов\0".encode("utf-16-le"), 31), "Жданов"),
        (1252, struct.pack("<II", 0x101E, 2) + text(b"first\0\0\0")[4:] + text(b"other\0")[4:], "first\nother"),
    ],
)
def test_text_is_read_in_the_code_page_of_its_set(read: Callable, page: int, value: bytes, said: str) -> None:
    octets = property_set([(1, struct.pack("<IHH", 2, page, 0)), (4, value)])
    reading = read(with_streams(planted_file("planted.doc"), {"\5Other": octets}), "letter.doc")
    assert [p.place for p in reading.passages if said in p.text] == ["document properties"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (text(b"Oak Lodge\0"), "Case: Oak Lodge"),
        (struct.pack("<II", 3, 12345678), "Case: 12345678"),
        (struct.pack("<Id", 5, 0.5), "Case: 0.5"),
        (struct.pack("<IQ", 64, 864_000_000_000 * 366), "Case: 02/01/1602"),
    ],
)
def test_properties_of_users_are_read_with_their_names(read: Callable, value: bytes, said: str) -> None:
    names = struct.pack("<III", 1, 2, 5) + b"Case\0"
    octets = property_set([(1, struct.pack("<IHH", 2, 1252, 0)), (0, names), (2, value)], _USER)
    reading = read(with_streams(planted_file("planted.doc"), {"\5Other": octets}), "letter.doc")
    assert [p.place for p in reading.passages if said in p.text] == ["document properties"]


def test_one_that_is_cut_off_anywhere_stops_nothing(read: Callable) -> None:
    octets = property_set([(1, struct.pack("<IHH", 2, 1252, 0)), (4, text(b"Oak Lodge\0"))])
    for size in range(len(octets)):
        reading = read(with_streams(planted_file("planted.doc"), {"\5Other": octets[:size]}), "letter.doc")
        assert reading.where("ZebraBodyEnd")
