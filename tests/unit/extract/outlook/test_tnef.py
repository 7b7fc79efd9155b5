"""Packed messages of Outlook (winmail.dat): a canary in every attribute, whole and damaged."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason
from tests.support.documents.outlook import (
    BINARY,
    LONG,
    OBJECT,
    SEVERAL,
    STRING_8,
    UNICODE,
    make_tnef,
    mapi,
    rich_text,
    wide,
)

_INNER = make_tnef([(1, 0x00018004, b"ZebraInnerSubjectEnd\0")])
_SENDER = (
    struct.pack("<HHHH", 4, 0, len(b"ZebraSenderEnd\0"), len(b"SMTP:a@b.example\0"))
    + b"ZebraSenderEnd\0"
    + b"SMTP:a@b.example\0"
)
_ATTRIBUTES = [
    (1, 0x00089006, struct.pack("<I", 0x10000)),
    (1, 0x00069007, struct.pack("<II", 1252, 0)),
    (1, 0x00078008, b"IPM.Microsoft Mail.Note\0"),
    (1, 0x00018004, b"ZebraSubjectEnd\0"),
    (1, 0x00008000, _SENDER),
    (1, 0x0002800C, "ZebraBodyEnd caf\xe9".encode("cp1252")),
    (
        1,
        0x00069003,
        mapi(
            {
                (0x1013, BINARY): b"<html><body>ZebraPageEnd</body></html>",
                (0x1009, BINARY): rich_text(rb"{\rtf1\ansi ZebraRichEnd}"),
                (0x3A1C, STRING_8): b"ZebraTelephoneEnd\0",
                (0x8000, UNICODE): wide("ZebraFieldEnd\0"),
                (0x8001, LONG): 12345678,
                (0x8002, SEVERAL | UNICODE): [wide("ZebraFirstWordEnd\0"), wide("ZebraOtherWordEnd\0")],
            },
            {0x8000: "Case note", 0x8001: "Account", 0x8002: "Keywords"},
        ),
    ),
    (1, 0x00069004, struct.pack("<I", 1) + mapi({(0x3001, UNICODE): wide("ZebraRecipientEnd\0")})),
    (1, 0x0006A123, bytes(8) + b"The case worker is ZebraUnknownEnd" + bytes(8)),
    (2, 0x00069002, bytes(14)),
    (2, 0x00018010, b"CLIENT~1.TXT\0"),
    (2, 0x0006800F, b"ZebraAttachedEnd"),
    (2, 0x00069005, mapi({(0x3707, UNICODE): wide("clients.txt\0")})),
    (2, 0x00069002, bytes(14)),
    (2, 0x00069005, mapi({(0x3701, OBJECT): bytes(16) + _INNER, (0x3001, UNICODE): wide("old.dat\0")})),
]


@pytest.mark.parametrize(
    ("words", "part", "place", "hidden"),
    [
        ("ZebraSubjectEnd", "2", "subject", False),
        ("ZebraSenderEnd\tSMTP:a@b.example", "2", "sender", False),
        ("ZebraBodyEnd café", "2", "", False),
        ("ZebraPageEnd", "2/body.html", "", False),
        ("ZebraRichEnd", "2/body.rtf", "", False),
        ("ZebraTelephoneEnd", "2", "message properties", False),
        ("Case note: ZebraFieldEnd", "2", "message properties", False),
        ("Account: 12345678", "2", "message properties", False),
        ("ZebraFirstWordEnd", "2", "message properties", False),
        ("ZebraOtherWordEnd", "2", "message properties", False),
        ("ZebraRecipientEnd", "2", "recipient", False),
        ("ZebraUnknownEnd", "2", "other content", True),
        ("ZebraAttachedEnd", "2/clients.txt", "", False),
        ("CLIENT~1.TXT", "2", "file name", False),
        ("ZebraInnerSubjectEnd", "2/old.dat", "subject", False),
    ],
)
def test_every_attribute_is_read(read: Callable, words: str, part: str, place: str, hidden: bool) -> None:
    assert (part, place, hidden) in read(make_tnef(_ATTRIBUTES), "winmail.dat").where(words)


def test_a_whole_one_leaves_no_gap(read: Callable) -> None:
    assert read(make_tnef(_ATTRIBUTES), "winmail.dat").gaps == ()


def test_a_wrong_checksum_hides_nothing_and_is_told(read: Callable) -> None:
    octets = bytearray(make_tnef(_ATTRIBUTES))
    at = octets.index(b"ZebraSubjectEnd")
    octets[at + len(b"ZebraSubjectEnd\0")] ^= 1
    reading = read(bytes(octets), "winmail.dat")
    assert reading.where("ZebraSubjectEnd")
    assert reading.where("ZebraAttachedEnd")
    assert reading.reasons == [GapReason.CORRUPT]


def test_one_that_is_cut_off_anywhere_keeps_what_came_before(read: Callable) -> None:
    octets = make_tnef(_ATTRIBUTES)
    for size in range(64, len(octets) - 64, 64):
        reading = read(octets[:size], "winmail.dat")
        assert reading.gaps or reading.where("ZebraAttachedEnd"), size
        if size > octets.index(b"ZebraSubjectEnd") + 20:
            assert reading.where("ZebraSubjectEnd"), size


def test_as_many_attributes_as_the_file_can_hold_cost_time_in_proportion(read: Callable) -> None:
    """A library that keeps the rest of the file for each attribute needs all memory of the machine for this."""
    octets = make_tnef([(1, 0x00068888, b"x")] * 100_000 + [(1, 0x00018004, b"ZebraLastEnd\0")])
    assert read(octets, "winmail.dat").where("ZebraLastEnd")


@pytest.mark.parametrize("count", [0xFFFFFFFF, 0x7FFFFFFF])
def test_a_count_of_properties_beyond_the_file_is_a_gap(read: Callable, count: int) -> None:
    octets = make_tnef([(1, 0x00069003, struct.pack("<I", count) + b"\x1e\x00\x00\x10" + struct.pack("<I", count))])
    assert read(octets, "winmail.dat").reasons == [GapReason.CORRUPT]
