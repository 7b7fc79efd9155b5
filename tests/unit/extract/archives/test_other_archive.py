"""7z, RAR and the other families, made by libarchive or by hand after the formats' notes."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget, extract_text
from dlp_gateway.extract.source import ProgramError
from dlp_gateway.model import Extraction, GapReason
from dlp_gateway.parse import parse_message, views
from tests.support.bomb_archives import seven_zip, seven_zip_of
from tests.support.bombs import attached
from tests.support.small_archives import (
    RAR_5_END,
    RAR_5_MAIN,
    cabinet,
    lha,
    rar_4,
    rar_4_file,
    rar_4_secret,
    rar_5,
    rar_5_block,
    rar_5_file,
    tarred,
    vint,
    written,
    zstd_frame,
)

FILES = {"papers/letter.txt": b"K_LETTER", "papers/Zo\u00eb \u540d.txt": b"K_OTHER"}
FORMS = ["7zip", "iso9660", "cpio_newc", "cpio"]
PASSWORD_RECORD = vint(9) + vint(1) + vint(0) + bytes(7)


def read_with(octets: bytes, run: Callable[[str, bytes], bytes], filename: str = "papers.rar") -> Extraction:
    parsed = parse_message(attached(octets, filename))
    return extract_text(parsed, parse_message, views, run=run)


def texts(extraction: Extraction) -> str:
    return "\n".join(passage.text for passage in extraction.passages)


@pytest.mark.parametrize("form", FORMS)
def test_members_of_every_form_are_read_with_their_names(read: Callable, form: str) -> None:
    reading = read(written(FILES, form), "papers.bin")
    assert reading.one("K_LETTER").part.casefold() == "2/papers/letter.txt"
    assert reading.where("K_OTHER")
    assert reading.gaps == ()


@pytest.mark.parametrize("form", ["7zip", "cpio_newc"])
def test_names_keep_their_letters(read: Callable, form: str) -> None:
    """libarchive converts names to the charset of the process, which must not lose what that has no letters for."""
    reading = read(written(FILES, form), "papers.bin")
    assert reading.where("papers/Zo\u00eb \u540d.txt")


def test_archives_of_programs_are_read_too(read: Callable) -> None:
    reading = read(written({"letter.txt": b"K_LETTER\n"}, "ar_bsd"), "papers.a")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.gaps == ()


@pytest.mark.parametrize(("stream", "suffix"), [("zstd", "zst"), ("lz4", "lz4"), ("lzip", "lz"), ("compress", "Z")])
def test_compressed_streams_are_read(read: Callable, stream: str, suffix: str) -> None:
    reading = read(written({"letter.txt": b"K_LETTER"}, "cpio_newc", stream), f"papers.cpio.{suffix}")
    assert reading.one("K_LETTER").part == "2/papers.cpio/letter.txt"
    assert reading.gaps == ()


@pytest.mark.parametrize("octets", [zstd_frame(b""), b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(4) + b"\x05\x5d\xcc\x02"])
def test_an_empty_stream_is_no_gap(read: Callable, octets: bytes) -> None:
    assert read(octets, "nothing.bin").gaps == ()


def test_a_stream_may_begin_with_frames_that_unpackers_skip(read: Callable) -> None:
    skipped = b"\x50\x2a\x4d\x18" + struct.pack("<I", 5) + b"notes"
    assert read(skipped + zstd_frame(b"K_LETTER"), "letter.txt.zst").where("K_LETTER")


def test_a_cabinet_is_read(read: Callable) -> None:
    reading = read(cabinet(b"letter.txt", b"K_LETTER"), "papers.cab")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.gaps == ()


def test_a_cabinet_that_goes_on_elsewhere_is_a_gap(read: Callable) -> None:
    assert GapReason.UNSUPPORTED in read(cabinet(b"letter.txt", b"K_LETTER", flags=2), "papers.cab").reasons


def test_lha_is_read(read: Callable) -> None:
    reading = read(lha(b"letter.txt", b"K_LETTER"), "papers.lzh")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.gaps == ()


def test_both_kinds_of_rar_are_read(read: Callable) -> None:
    for octets in (
        rar_4(rar_4_file(b"letter.txt", b"K_LETTER"), rar_4_file(b"other.txt", b"K_OTHER")),
        rar_5(RAR_5_MAIN, rar_5_file(b"letter.txt", b"K_LETTER"), rar_5_file(b"other.txt", b"K_OTHER"), RAR_5_END),
    ):
        reading = read(octets, "papers.rar")
        assert reading.one("K_LETTER").part == "2/letter.txt"
        assert reading.one("K_OTHER").part == "2/other.txt"
        assert reading.gaps == ()


def test_files_of_the_same_content_are_all_named(read: Callable) -> None:
    octets = rar_4(rar_4_file(b"one.txt", b"K_SAME"), rar_4_file(b"two.txt", b"K_SAME"))
    assert read(octets, "papers.rar").where("two.txt")


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(rar_4(rar_4_secret(b"K_NAME.txt"), rar_4_file(b"b.txt", b"K_OPEN")), id="RAR 4"),
        pytest.param(
            rar_5(
                RAR_5_MAIN,
                rar_5_file(b"K_NAME.txt", bytes(16), extra=PASSWORD_RECORD),
                rar_5_file(b"b.txt", b"K_OPEN"),
                RAR_5_END,
            ),
            id="RAR 5",
        ),
    ],
)
def test_files_with_a_password_are_a_gap_and_leave_their_names_and_the_others(read: Callable, octets: bytes) -> None:
    reading = read(octets, "papers.rar")
    assert reading.reasons == [GapReason.ENCRYPTED]
    assert reading.where("K_NAME")
    assert reading.where("K_OPEN")


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(rar_4(bytes(64), flags=0x0080), id="RAR 4"),
        pytest.param(rar_5(rar_5_block(4, bytes(20)), bytes(64)), id="RAR 5"),
        pytest.param(
            seven_zip_of(bytes(32), bytes(5), 32, b"").replace(b"\x07\x0b\x01\x00\x01\x23\x03\x01\x01", b""), id="7z"
        ),
    ],
)
def test_archives_whose_lists_have_a_password_hold_nothing_to_read(read: Callable, octets: bytes) -> None:
    reading = read(octets, "papers.bin")
    assert reading.gaps
    assert set(reading.reasons) <= {GapReason.ENCRYPTED, GapReason.CORRUPT}


def test_a_7z_whose_coder_needs_a_password_says_so(read: Callable) -> None:
    """AES-256 and SHA-256 as 7-Zip's coder 06F10701."""
    octets = seven_zip(b"K_LETTER")
    header_at = 32 + struct.unpack_from("<Q", octets, 12)[0]
    header = octets[header_at:].replace(b"\x23\x03\x01\x01\x05", b"\x24\x06\xf1\x07\x01\x05")
    reading = read(_with_header(octets[:header_at], header), "papers.7z")
    assert GapReason.ENCRYPTED in reading.reasons
    assert reading.where("letter.txt")


def _with_header(front: bytes, header: bytes) -> bytes:
    from zlib import crc32

    start = struct.pack("<QQI", len(front) - 32, len(header), crc32(header))
    return front[:8] + struct.pack("<I", crc32(start)) + start + front[32:] + header


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(rar_4(rar_4_file(b"a.txt", b"K_PART", flags=0x02), flags=0x0001), id="RAR 4"),
        pytest.param(rar_5(rar_5_block(1, b"\x01"), rar_5_file(b"a.txt", b"K_PART"), RAR_5_END), id="RAR 5"),
    ],
)
def test_one_of_several_volumes_is_a_gap(read: Callable, octets: bytes) -> None:
    assert GapReason.UNSUPPORTED in read(octets, "papers.part1.rar").reasons


def test_comments_and_hidden_streams_of_rar_are_read(read: Callable) -> None:
    service = vint(0) + vint(9) + vint(0) + vint(0) + vint(0) + vint(3)
    comment = rar_5_block(3, service + b"CMT", data=b"K_COMMENT\0")
    new = rar_5(RAR_5_MAIN, comment, rar_5_file(b"a.txt", b"K_OPEN"), RAR_5_END)
    old = rar_4(rar_4_file(b"CMT", b"K_COMMENT", kind=0x7A), rar_4_file(b"STM", b"K_STREAM", kind=0x7A))
    assert read(new, "papers.rar").where("K_COMMENT") == [("2", "archive comment", True)]
    reading = read(old, "papers.rar")
    assert reading.where("K_COMMENT") == [("2", "archive comment", True)]
    assert reading.one("K_STREAM").hidden


def test_a_comment_that_is_compressed_is_a_gap(read: Callable) -> None:
    octets = rar_4(rar_4_file(b"CMT", bytes(9), kind=0x7A, method=0x33), rar_4_file(b"a.txt", b"K_OPEN"))
    reading = read(octets, "papers.rar")
    assert reading.reasons == [GapReason.UNSUPPORTED]
    assert reading.where("K_OPEN")


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (rar_4(rar_4_file(b"a.txt", b"K_OPEN")), "papers.rar"),
        (rar_5(RAR_5_MAIN, rar_5_file(b"a.txt", b"K_OPEN"), RAR_5_END), "papers.rar"),
        (seven_zip(b"K_OPEN"), "papers.7z"),
    ],
)
def test_what_stands_after_the_end_is_read_and_what_is_cut_off_is_a_gap(
    read: Callable, octets: bytes, name: str
) -> None:
    reading = read(octets + b"K_AFTER the end of the archive", name)
    assert reading.one("K_AFTER").hidden
    assert reading.where("K_OPEN")
    assert reading.gaps == ()
    assert GapReason.CORRUPT in read(octets[:-4], name).reasons


def test_a_link_shows_where_it_leads(read: Callable) -> None:
    target = vint(5) + vint(1) + vint(0) + vint(8) + b"K_TARGET"
    link = rar_5_file(b"link.txt", b"", mode=0o120777, extra=vint(len(target)) + target)
    reading = read(rar_5(RAR_5_MAIN, link, rar_5_file(b"a.txt", b"K_OPEN"), RAR_5_END), "papers.rar")
    assert reading.where("K_TARGET") == [("2", "target of a link", False)]
    assert reading.where("link.txt")
    assert reading.gaps == ()


def test_an_expanding_member_is_a_gap_and_leaves_the_others(read: Callable) -> None:
    octets = written({"zeros.bin": bytes(3_000_000), "letter.txt": b"K_LETTER"}, "7zip")
    reading = read(octets, "papers.7z", budget=Budget(file_bytes=1_000_000))
    assert reading.reasons == [GapReason.TOO_LARGE]
    assert reading.where("K_LETTER")
    assert reading.where("zeros.bin")


def test_a_size_that_lies_expands_no_further(read: Callable) -> None:
    reading = read(seven_zip(b"K_LETTER", says=2**40), "papers.7z")
    assert reading.reasons
    assert set(reading.reasons) <= {GapReason.CORRUPT, GapReason.TOO_LARGE}


def test_more_members_than_the_budget_are_a_gap(read: Callable) -> None:
    octets = written({f"{number}.txt": b"%d" % number for number in range(30)}, "7zip")
    assert read(octets, "papers.7z", budget=Budget(files=20)).reasons == [GapReason.TOO_LARGE]


def test_what_libarchive_refuses_is_given_to_the_program() -> None:
    refused = rar_4(rar_4_file(b"letter.txt", b"\x05\x01\x07", method=0x35))
    asked: list[tuple[str, bytes]] = []

    def run(name: str, octets: bytes) -> bytes:
        asked.append((name, octets))
        return tarred(("./letter.txt", b"K_LETTER"), ("result", b"0\n"))

    reading = read_with(refused, run)
    assert asked == [("unar", refused)]
    assert [p.part for p in reading.passages if p.text == "K_LETTER"] == ["2/letter.txt"]
    assert reading.gaps == ()


def test_files_that_the_program_lost_are_a_gap() -> None:
    refused = rar_4(rar_4_file(b"a.txt", b"\x05\x01\x07", method=0x35), rar_4_file(b"b.txt", b"\x05\x01", method=0x35))
    reading = read_with(refused, lambda name, octets: tarred(("./a.txt", b"K_LETTER"), ("result", b"0\n")))
    assert "K_LETTER" in texts(reading)
    assert len(reading.gaps) == 1


def test_a_program_that_failed_midway_says_so_and_what_it_unpacked_is_read() -> None:
    octets = b"\x12\x34\x31\x00\x00\x00\x90**ACE**" + bytes(60)
    unpacked = tarred(("./letter.txt", b"K_LETTER"), ("result", b"1\n"), ("./result", b"0\n"))
    reading = read_with(octets, lambda name, octets: unpacked, "papers.ace")
    assert "K_LETTER" in texts(reading)
    assert [gap.reason for gap in reading.gaps] == [GapReason.CORRUPT]


def test_a_program_that_can_not_be_run_leaves_the_gap() -> None:
    def run(name: str, octets: bytes) -> bytes:
        raise ProgramError(GapReason.TIMED_OUT, "late")

    refused = rar_4(rar_4_file(b"letter.txt", b"\x05\x01\x07", method=0x35), rar_4_file(b"b.txt", b"K_OPEN"))
    reading = read_with(refused, run)
    assert [gap.reason for gap in reading.gaps] in ([GapReason.CORRUPT], [GapReason.UNSUPPORTED])
    assert "letter.txt" in texts(reading)


def test_the_program_is_not_asked_about_passwords() -> None:
    def run(name: str, octets: bytes) -> bytes:
        raise AssertionError("asked")

    reading = read_with(rar_4(rar_4_secret(b"a.txt"), rar_4_file(b"b.txt", b"\x05\x01", method=0x35)), run)
    assert GapReason.ENCRYPTED in {gap.reason for gap in reading.gaps}


@pytest.mark.parametrize(
    ("octets", "filename"),
    [
        (b"\x60\xea" + struct.pack("<H", 34) + b"\x1e\x0b\x01\x00\x10\x00\x02" + bytes(40), "papers.arj"),
        (b"\x12\x34\x31\x00\x00\x00\x90**ACE**" + bytes(60), "papers.ace"),
        (b"StuffIt (c)1997-2002 Aladdin Systems, Inc., http://www.aladdinsys.com/StuffIt/\r\n" + bytes(60), "a.sit"),
        (b"xar!\x00\x1c\x00\x01" + bytes(90), "papers.xar"),
    ],
)
def test_formats_that_only_the_program_knows_are_read_by_it(octets: bytes, filename: str) -> None:
    reading = read_with(
        octets, lambda name, octets: tarred(("./letter.txt", b"K_LETTER"), ("result", b"0\n")), filename
    )
    assert "K_LETTER" in texts(reading)
    assert reading.gaps == ()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(bytes(4096) + b"koly" + bytes(508), id="a disc image of macOS"),
        pytest.param(bytes(16 * 2048) + b"\0BEA01" + bytes(4096), id="UDF"),
        pytest.param(b"\x89LZO\x00\x0d\x0a\x1a\x0a" + bytes(64), id="lzop"),
    ],
)
def test_formats_that_nothing_reads_are_a_gap(read: Callable, octets: bytes) -> None:
    octets = octets.replace(bytes(64), b"\x01" * 64, 1)  # not padding only
    assert read(octets, "disc.bin").reasons == [GapReason.UNSUPPORTED]


def test_a_disc_with_a_second_list_of_files_is_a_gap(read: Callable) -> None:
    """A disc may hold two file systems, of which people see the one that is not read."""
    disc = bytearray(written({"letter.txt": b"K_LETTER"}, "iso9660"))
    sector = 18
    while disc[sector * 2048 : sector * 2048 + 6].strip(b"\0"):
        sector += 1
    disc[sector * 2048 : sector * 2048 + 6] = b"\0NSR02"
    reading = read(bytes(disc), "disc.iso")
    assert GapReason.UNSUPPORTED in reading.reasons
    assert reading.where("K_LETTER")


@pytest.mark.parametrize(
    "text", [b"Rar! is a word.\n", b"-lh5- is a method of packing.\n", b"MSCF, 7z and xar! are marks.\n", b"LZIP\n"]
)
def test_text_that_begins_like_an_archive_is_text(read: Callable, text: bytes) -> None:
    reading = read(text, "notes.txt")
    assert [passage.text.strip() for passage in reading.passages if passage.part == "2"][-1] == text.decode().strip()
    assert reading.gaps == ()
