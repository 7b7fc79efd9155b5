"""Our own readers of archives: whatever was changed in a good one, they end, and what is wrong is said, not raised."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.extract.archives.appended import has_archive_within
from dlp_gateway.extract.archives.apple import read_apple_double, read_folder_list
from dlp_gateway.extract.archives.archive_format import archive_format
from dlp_gateway.extract.archives.compressed import read_bzip2, read_gzip, read_xz
from dlp_gateway.extract.archives.mbox import read_mbox
from dlp_gateway.extract.archives.rar_file import read_rar_headers
from dlp_gateway.extract.archives.tar_file import read_tar
from dlp_gateway.extract.archives.zip_file import ZipAmbiguousError, has_directory, read_zip
from dlp_gateway.extract.archives.zip_salvage import directory_texts, salvage
from dlp_gateway.extract.budget import Budget, BudgetSpentError, Meter
from dlp_gateway.extract.source import Item, Reader, Source, Tools
from dlp_gateway.parse import views
from tests.support.bomb_archives import RAR_5_END, RAR_5_MAIN, rar_5, rar_5_file, zipped
from tests.support.small_archives import rar_4, rar_4_file, tarred

BUDGET = Budget(message_bytes=1_000_000, file_bytes=1_000_000, files=100)
ZIP = zipped(("a/letter.txt", b"K_LETTER" * 9), ("b.txt", b"K_OTHER"))
TARS = [tarred(("a/" * 60 + "letter.txt", b"K_LETTER"), ("b.txt", b"x" * 600), form=form)
        for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)]  # fmt: skip
RARS = [
    rar_4(rar_4_file(b"letter.txt", b"K_LETTER"), rar_4_file(b"CMT", b"K_COMMENT", kind=0x7A)),
    rar_5(RAR_5_MAIN, rar_5_file(b"letter.txt", b"K_LETTER"), RAR_5_END),
]


def changed(originals: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of them with up to eight octets changed, cut off, or with something put in."""

    def change(octets: bytes, edits: list[tuple[int, int]], cut: int, extra: bytes, at: int) -> bytes:
        work = bytearray(octets)
        for place, value in edits:
            work[place % len(work)] = value
        work[at % len(work) : at % len(work)] = extra
        return bytes(work[: max(1, len(work) - cut)])

    places = st.integers(0, 1 << 14)
    edits = st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)
    return st.builds(change, st.sampled_from(originals), edits, st.integers(0, 40), st.binary(max_size=12), places)


def items(reader: Reader, octets: bytes) -> Iterator[Item]:
    try:
        yield from reader(Source(part="1", octets=octets, filename="x"), Tools(meter=Meter(BUDGET), readings=views))
    except BudgetSpentError:
        return


@given(changed([ZIP]))
def test_a_changed_zip_is_read_or_said_to_be_ambiguous(octets: bytes) -> None:
    try:
        assert len(read_zip(octets).entries) <= 3
    except ZipAmbiguousError:
        pass
    has_directory(octets)
    list(directory_texts(octets))
    try:
        list(salvage(octets, Meter(BUDGET)))
    except BudgetSpentError:
        pass


@given(changed(TARS))
def test_a_changed_tar_is_read_to_its_end(octets: bytes) -> None:
    list(items(read_tar, octets))


@given(changed(RARS))
def test_the_headers_of_a_changed_rar_are_followed_as_far_as_they_lead(octets: bytes) -> None:
    contents = read_rar_headers(octets)
    assert contents.end <= len(octets) or not contents.whole
    has_archive_within(b"x" + octets)


@pytest.mark.parametrize(
    ("reader", "octets"),
    [
        (read_gzip, gzip.compress(b"K_LETTER" * 50, mtime=0) * 3),
        (read_bzip2, bz2.compress(b"K_LETTER" * 50) * 3),
        (read_xz, lzma.compress(b"K_LETTER" * 50) * 3),
        (read_mbox, b"From a Mon\nFrom: a@b.example\n\nx\n\nFrom b Tue\nFrom: b@b.example\n\ny\n"),
        (read_folder_list, b"\0\0\0\1Bud1" + "letter.txt".encode("utf-16-be") * 4),
    ],
)
def test_changed_files_of_other_kinds_are_read_as_far_as_they_go(reader: Callable, octets: bytes) -> None:
    @given(changed([octets]))
    def run(changed_octets: bytes) -> None:
        list(items(reader, changed_octets))

    run()


@given(st.binary(max_size=300))
def test_any_octets_are_an_archive_or_not(octets: bytes) -> None:
    archive_format(octets)
    archive_format(b"x" * 16 * 2048 + octets)
    if len(octets) > 26:
        list(items(read_apple_double, octets))
