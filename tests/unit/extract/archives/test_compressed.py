from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.bomb_archives import xz_with_dictionary

LZMA = lzma.compress(b"K_ONE K_TWO", format=lzma.FORMAT_ALONE)


def named_gzip(content: bytes, name: bytes, comment: bytes = b"", extra: bytes = b"") -> bytes:
    """A member with all that its header may hold (RFC 1952, 2.3)."""
    flags = 4 * bool(extra) | 8 | 16 * bool(comment)
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6)
    head += (struct.pack("<H", len(extra)) + extra if extra else b"") + name + b"\0"
    head += comment + b"\0" if comment else b""
    press = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return head + press.compress(content) + press.flush() + struct.pack("<II", zlib.crc32(content), len(content))


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (gzip.compress(b"K_ONE ", mtime=0) + gzip.compress(b"K_TWO", mtime=0), "letter.txt.gz"),
        (bz2.compress(b"K_ONE ") + bz2.compress(b"K_TWO"), "letter.txt.bz2"),
        (lzma.compress(b"K_ONE ") + lzma.compress(b"K_TWO"), "letter.txt.xz"),
        (LZMA, "letter.txt.lzma"),
    ],
)
def test_all_streams_of_a_file_are_read_as_one(read: Callable, octets: bytes, name: str) -> None:
    reading = read(octets, name)
    assert reading.one("K_ONE K_TWO").part == "2/letter.txt"
    assert reading.gaps == ()


@pytest.mark.parametrize("octets", [gzip.compress(b"K_ONE"), bz2.compress(b"K_ONE"), lzma.compress(b"K_ONE")])
def test_what_follows_the_last_stream_is_read(read: Callable, octets: bytes) -> None:
    reading = read(octets + b"K_AFTER the end", "x.bin")
    assert reading.where("K_ONE")
    assert reading.one("K_AFTER").hidden
    assert reading.gaps == ()


@pytest.mark.parametrize("octets", [gzip.compress(b"K_ONE"), bz2.compress(b"K_ONE"), lzma.compress(b"K_ONE")])
def test_padding_is_nothing(read: Callable, octets: bytes) -> None:
    assert read(octets + bytes(512), "x.bin").gaps == ()


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_what_came_before_a_fault_is_kept(read: Callable, compress: Callable[[bytes], bytes]) -> None:
    octets = compress(b"K_ONE\n") + compress(b"K_TWO\n" * 5000)[:-12]
    reading = read(octets, "letter.txt.bin")
    assert reading.where("K_ONE")
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_wrong_checksum_is_a_gap_and_the_text_is_read(read: Callable) -> None:
    octets = bytearray(gzip.compress(b"K_ONE"))
    octets[-5] ^= 1
    reading = read(bytes(octets), "letter.txt.gz")
    assert reading.where("K_ONE")
    assert reading.reasons == [GapReason.CORRUPT]


def test_names_and_comments_in_headers_are_read(read: Callable) -> None:
    octets = named_gzip(b"K_ONE ", b"K_NAME.txt", b"K_COMMENT", b"ab\x02\x00xy") + named_gzip(b"K_TWO", b"K_OTHER.txt")
    reading = read(octets, "x.gz")
    assert reading.one("K_ONE K_TWO").part == "2/K_NAME.txt"
    assert reading.where("K_NAME") == [("2/K_NAME.txt", "file name", False)]
    assert reading.where("K_OTHER") == [("2", "file name", False)]
    assert reading.where("K_COMMENT") == [("2", "archive comment", True)]
    assert reading.gaps == ()


def test_a_header_that_is_cut_off_is_a_gap(read: Callable) -> None:
    assert read(named_gzip(b"K_ONE", b"K_NAME.txt")[:14], "x.gz").reasons == [GapReason.CORRUPT]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_bomb_is_a_gap(read: Callable, compress: Callable[[bytes], bytes]) -> None:
    reading = read(compress(bytes(5_000_000)), "x.bin", budget=Budget(file_bytes=1_000_000))
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_a_file_that_expands_as_only_bombs_do_is_a_gap(read: Callable) -> None:
    budget = Budget(ratio=100, ratio_from_bytes=1_000_000)
    assert read(gzip.compress(bytes(5_000_000)), "x.gz", budget=budget).reasons == [GapReason.TOO_LARGE]
    assert read(gzip.compress(b"K " * 400_000), "x.gz", budget=budget).gaps == ()


def test_thousands_of_streams_are_a_gap(read: Callable) -> None:
    octets = gzip.compress(b"x", mtime=0) * 30
    assert read(octets, "x.gz", budget=Budget(files=20)).reasons == [GapReason.TOO_LARGE]


def test_a_stream_that_asks_for_much_memory_is_a_gap(read: Callable) -> None:
    assert read(xz_with_dictionary(30), "x.xz").reasons == [GapReason.TOO_LARGE]
    assert read(xz_with_dictionary(20), "x.xz").where("K_END")


def test_a_tar_archive_is_read_under_any_name(read: Callable) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("a/letter.txt")
        member.size = 8
        archive.addfile(member, io.BytesIO(b"K_LETTER"))
    assert read(gzip.compress(buffer.getvalue()), "papers.tgz").one("K_LETTER").part == "2/papers.tar/a/letter.txt"


@pytest.mark.parametrize(
    "octets", [b"]\x00\x00 is no lzma", b"\x5d" + bytes(13), b"\x5d\x01\x02\x03\x04" + b"\xff" * 8 + b"\0x"]
)
def test_octets_that_begin_like_lzma_are_not_taken_for_it(read: Callable, octets: bytes) -> None:
    """The format has no signature; what is no text is a gap of another reason."""
    assert GapReason.CORRUPT not in read(octets, "x.bin").reasons
