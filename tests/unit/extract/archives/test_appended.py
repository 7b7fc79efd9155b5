"""Archives in files of another kind: unpackers find them, whatever the file begins with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract.archives.appended import has_archive_within
from dlp_gateway.model import GapReason
from tests.support.bomb_archives import RAR_5_END, RAR_5_MAIN, rar_5, rar_5_file, seven_zip
from tests.support.small_archives import cabinet, rar_4, rar_4_file

PICTURE = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + bytes(range(256)) * 4
ARCHIVES = [
    pytest.param(rar_4(rar_4_file(b"letter.txt", b"K_LETTER")), id="RAR 4"),
    pytest.param(rar_5(RAR_5_MAIN, rar_5_file(b"letter.txt", b"K_LETTER"), RAR_5_END), id="RAR 5"),
    pytest.param(seven_zip(b"K_LETTER"), id="7z"),
    pytest.param(cabinet(b"letter.txt", b"K_LETTER"), id="CAB"),
]


@pytest.mark.parametrize("octets", ARCHIVES)
def test_a_self_extracting_program_is_read_and_still_a_program(read: Callable, octets: bytes) -> None:
    reading = read(PROGRAM + octets, "setup.exe")
    assert reading.one("K_LETTER").part == "2/(archive within 1)/letter.txt"
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [(GapReason.UNSUPPORTED, "a program")]


def test_a_self_extracting_zip_is_read(read: Callable, make_zip: Callable) -> None:
    reading = read(PROGRAM + make_zip({"letter.txt": b"K_LETTER"}), "setup.exe")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.reasons == [GapReason.UNSUPPORTED]


@pytest.mark.parametrize("octets", ARCHIVES)
def test_an_archive_behind_a_picture_is_read(read: Callable, octets: bytes) -> None:
    assert read(PICTURE + octets, "photo.gif").where("K_LETTER")


def test_a_zip_behind_a_picture_is_read(read: Callable, make_zip: Callable) -> None:
    assert read(PICTURE + make_zip({"letter.txt": b"K_LETTER"}), "photo.gif").where("K_LETTER")


def test_text_with_an_archive_behind_it_is_ambiguous_and_both_are_read(read: Callable, make_zip: Callable) -> None:
    text = b"K_TEXT of a letter to you.\n" * 2000
    reading = read(text + make_zip({"letter.txt": b"K_LETTER"}), "letter.txt", "text/plain")
    assert reading.reasons == [GapReason.AMBIGUOUS]
    assert reading.where("K_TEXT")
    assert reading.where("K_LETTER")


def test_two_archives_are_both_read(read: Callable) -> None:
    one = rar_5(RAR_5_MAIN, rar_5_file(b"a.txt", b"K_ONE"), RAR_5_END)
    two = seven_zip(b"K_TWO")
    reading = read(PROGRAM + one + b"x" * 100 + two, "setup.exe")
    assert reading.where("K_ONE")
    assert reading.where("K_TWO")
    assert reading.reasons == [GapReason.UNSUPPORTED]


@pytest.mark.parametrize(
    "mark", [b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00", b"MSCF" + bytes(4), b"PK\x05\x06"]
)
def test_a_mark_alone_is_no_archive(mark: bytes) -> None:
    """Programs that unpack carry the marks in their code."""
    assert not has_archive_within(PROGRAM + mark + PROGRAM)
    assert not has_archive_within(PROGRAM + mark)
