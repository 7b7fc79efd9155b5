"""What macOS adds to archives must be read, and must not hold every archive that a Mac makes."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.support.small_archives import mac_double

ATTRIBUTE = b"com.apple.metadata:kMDItemWhereFroms\0"


def finder(values: bytes) -> bytes:
    """Finder information with extended attributes behind it."""
    return bytes(34) + b"ATTR" + struct.pack(">IIII", 1, 200, 100, 100) + bytes(12) + b"\0\0\0\1" + ATTRIBUTE + values


def folder_list(*names: str) -> bytes:
    records = b"".join(struct.pack(">I", len(name)) + name.encode("utf-16-be") + b"Iloc" for name in names)
    return b"\x00\x00\x00\x01Bud1" + bytes(24) + records + bytes(64)


def test_an_archive_of_a_mac_is_read_without_a_gap(read: Callable, make_zip: Callable) -> None:
    octets = make_zip(
        {
            "papers/letter.txt": b"K_LETTER",
            "__MACOSX/papers/._letter.txt": mac_double(id_9=finder(b"https://K_SOURCE.example/x")),
            "papers/.DS_Store": folder_list("letter.txt", "K_LISTED.docx"),
        }
    )
    reading = read(octets, "papers.zip")
    assert reading.where("K_LETTER")
    assert [place for _, place, _ in reading.where("K_SOURCE")] == ["file properties"]
    assert [(place, hidden) for _, place, hidden in reading.where("K_LISTED")] == [("list of a folder", True)]
    assert reading.gaps == ()


def test_names_comments_and_content_are_read(read: Callable) -> None:
    octets = mac_double(id_3=b"K_NAME.txt", id_4=b"K_COMMENT", id_1=b"K_CONTENT", id_2=b"\0\0K_RESOURCE of it\0")
    reading = read(octets, "._letter.bin")
    assert reading.where("K_NAME") == [("2", "file name", False)]
    assert reading.where("K_COMMENT") == [("2", "comment", True)]
    assert reading.one("K_CONTENT").part == "2/content"
    assert reading.where("K_RESOURCE") == [("2", "file properties", True)]
    assert reading.gaps == ()


def test_entries_that_lead_nowhere_hold_nothing(read: Callable) -> None:
    octets = b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(16) + struct.pack(">HIII", 1, 9, 0xFFFFFF00, 0xFFFFFFFF)
    assert read(octets, "._x").gaps == ()
