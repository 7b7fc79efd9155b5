"""tar, made by Python's library and by hand where that writes no such thing."""

from __future__ import annotations

import io
import struct
import tarfile
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.extract.archives.tar_file import read_tar
from dlp_gateway.extract.budget import Meter
from dlp_gateway.extract.source import Inner, Source, Tools
from dlp_gateway.model import GapReason
from dlp_gateway.parse import views
from tests.support.small_archives import tarred

FORMS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
LETTER = ("a/letter.txt", b"K_LETTER")
OTHER = ("b/other.txt", b"K_OTHER")
END = bytes(1024)


def header(name: bytes, size: int, kind: bytes = b"0", *, magic: bytes = b"ustar\x0000", **fields: bytes) -> bytes:
    """One header block, its checksum right."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:124] = b"0000644\x000001750\x000001750\x00"
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"14000000000\0"
    block[156:157] = kind
    block[257 : 257 + len(magic)] = magic
    for place, octets in fields.items():
        start = int(place.removeprefix("at_"))
        block[start : start + len(octets)] = octets
    block[148:156] = b"%06o\0 " % (sum(block) - sum(block[148:156]) + 8 * 32)
    return bytes(block)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


def pax(**records: str) -> bytes:
    lines = b""
    for key, value in records.items():
        text = f" {key.replace('__', '.')}={value}\n".encode()
        size = len(text) + 1
        while len(str(size)) + len(text) != size:
            size += 1
        lines += str(size).encode() + text
    return header(b"PaxHeaders/x", len(lines), b"x") + padded(lines)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(read: Callable, form: int) -> None:
    name = "folder/" * 20 + "Zo\u00eb.txt"
    reading = read(tarred(LETTER, (name, b"K_FAR"), form=form), "papers.tar")
    assert reading.one("K_LETTER").part == "2/a/letter.txt"
    assert reading.where("K_FAR")
    assert reading.where(name)
    assert reading.gaps == ()


def test_the_oldest_form_is_known_by_its_checksum(read: Callable) -> None:
    octets = (
        header(b"letter.txt", 8, b"\0", magic=b"") + padded(b"K_LETTER") + header(b"empty/", 0, b"\0", magic=b"") + END
    )
    reading = read(octets, "papers.bin")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.where("empty/")
    assert reading.gaps == ()


def test_checksums_of_signed_octets_are_right_too(read: Callable) -> None:
    block = bytearray(header(b"Zo\xeb.txt", 8))
    block[148:156] = b"%06o\0 " % (int(block[148:154], 8) - 256)
    assert read(bytes(block) + padded(b"K_LETTER") + END, "papers.tar").where("K_LETTER")


def test_names_of_links_and_empty_folders_are_read(read: Callable) -> None:
    octets = (
        header(b"K_HARD", 0, b"1", at_157=b"K_TO_FILE")
        + header(b"K_SOFT", 0, b"2", at_157=b"K_TO_PLACE")
        + header(b"K_FOLDER/", 0, b"5")
        + header(b"K_DEVICE", 0, b"3")
        + END
    )
    reading = read(octets, "papers.tar")
    for word in ("K_HARD", "K_SOFT", "K_FOLDER", "K_DEVICE"):
        assert reading.where(word)[0][1] == "file name"
    assert reading.where("K_TO_FILE") == reading.where("K_TO_PLACE") == [("2", "target of a link", False)]
    assert reading.gaps == ()


def test_notes_in_extended_headers_and_owners_are_read(read: Callable) -> None:
    octets = pax(comment="K_NOTE", SCHILY__xattr__user__x="K_ATTRIBUTE", mtime="1.5", uname="K_USER")
    octets += header(b"a.txt", 8, at_297=b"K_GROUP") + padded(b"K_LETTER") + END
    reading = read(octets, "papers.tar")
    assert reading.where("K_NOTE") == reading.where("K_ATTRIBUTE") == [("2", "archive notes", True)]
    assert reading.where("K_USER") == reading.where("K_GROUP") == [("2", "owners of files", True)]
    assert not reading.where("mtime")
    assert reading.gaps == ()


def test_a_size_that_is_said_twice_is_ambiguous(read: Callable) -> None:
    """Programs that ignore the extended header read the rest of the content as headers."""
    inner = header(b"hidden.txt", 8) + padded(b"K_HIDDEN")
    octets = pax(size=str(len(inner))) + header(b"a.txt", 512) + inner + END
    reading = read(octets, "papers.tar")
    assert GapReason.AMBIGUOUS in reading.reasons
    assert reading.where("K_HIDDEN")


def test_an_extended_header_that_is_broken_is_ambiguous(read: Callable) -> None:
    octets = header(b"x", 20, b"x") + padded(b"99 path=K_SHORT.txt\n") + header(b"a.txt", 8) + padded(b"K_LETTER") + END
    reading = read(octets, "papers.tar")
    assert reading.reasons == [GapReason.AMBIGUOUS]
    assert reading.where("K_LETTER")


def test_archives_one_after_the_other_are_read(read: Callable) -> None:
    reading = read(tarred(LETTER) + tarred(OTHER), "papers.tar")
    assert reading.where("K_LETTER")
    assert reading.where("K_OTHER")
    assert reading.gaps == ()


def test_a_lone_empty_block_hides_nothing(read: Callable) -> None:
    octets = header(b"a.txt", 8) + padded(b"K_LETTER") + bytes(512) + header(b"b.txt", 7) + padded(b"K_OTHER") + END
    reading = read(octets, "papers.tar")
    assert reading.where("K_OTHER")
    assert reading.gaps == ()


def test_octets_after_the_end_are_read(read: Callable) -> None:
    reading = read(tarred(LETTER) + b"K_AFTER the end of the archive " * 40, "papers.tar")
    assert reading.one("K_AFTER").hidden
    assert reading.gaps == ()


def test_octets_between_files_are_read(read: Callable) -> None:
    content = b"K_LETTER".ljust(100, b"\0") + b"K_SLACK and more"
    octets = header(b"a.txt", 8) + padded(content) + END
    assert read(octets, "papers.tar").where("K_SLACK") == [("2", "between files of the archive", True)]


def test_a_broken_header_does_not_end_the_reading(read: Callable) -> None:
    first = header(b"a.txt", 8) + padded(b"K_LETTER")
    broken = bytearray(header(b"b.txt", 7))
    broken[0] ^= 0xFF
    last = header(b"c.txt", 6) + padded(b"K_LAST")
    reading = read(first + bytes(broken) + padded(b"K_OTHER and more") + last + END, "papers.tar")
    assert reading.reasons[0] == GapReason.CORRUPT
    assert reading.where("K_LETTER")
    assert reading.one("K_LAST").part == "2/c.txt"


def test_an_archive_that_is_cut_off_is_a_gap_and_what_is_there_is_read(read: Callable) -> None:
    octets = header(b"a.txt", 8) + padded(b"K_LETTER") + header(b"b.txt", 5000) + b"K_OTHER " * 100
    reading = read(octets, "papers.tar")
    assert reading.reasons == [GapReason.CORRUPT]
    assert reading.where("K_OTHER")


@pytest.mark.parametrize("kind", [b"1", b"5"])
def test_content_behind_a_link_or_folder_is_read_and_ambiguous(read: Callable, kind: bytes) -> None:
    octets = header(b"odd/", 8, kind) + padded(b"K_HIDDEN") + header(b"a.txt", 8) + padded(b"K_LETTER") + END
    reading = read(octets, "papers.tar")
    assert reading.reasons == [GapReason.AMBIGUOUS]
    assert reading.where("K_HIDDEN")
    assert reading.where("K_LETTER")


def test_the_size_of_the_file_a_hard_link_leads_to_is_no_content(read: Callable) -> None:
    octets = header(b"hard", 8, b"1", at_157=b"a.txt") + header(b"a.txt", 8) + padded(b"K_LETTER") + END
    assert read(octets, "papers.tar").gaps == ()


def sparse_map(*regions: tuple[int, int]) -> bytes:
    return b"".join(b"%011o\0%011o\0" % region for region in regions)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(
            header(b"a.txt", 16, b"S", at_386=sparse_map((0, 8), (3000, 8)), at_483=b"%011o\0" % 3008)
            + padded(b"K_FIRST K_SECOND"),
            id="old GNU",
        ),
        pytest.param(
            pax(GNU__sparse__map="0,8,3000,8", GNU__sparse__size="3008", GNU__sparse__name="a.txt")
            + header(b"GNUSparseFile/a", 16)
            + padded(b"K_FIRST K_SECOND"),
            id="pax 0.1",
        ),
        pytest.param(
            pax(GNU__sparse__major="1", GNU__sparse__minor="0", GNU__sparse__realsize="3008", GNU__sparse__name="a.txt")
            + header(b"GNUSparseFile/a", 528)
            + padded(b"2\n0\n8\n3000\n8\n")
            + padded(b"K_FIRST K_SECOND"),
            id="pax 1.0",
        ),
    ],
)
def test_files_with_holes_are_read_with_the_holes(octets: bytes) -> None:
    tools = Tools(meter=Meter(Budget()), readings=views)
    items = read_tar(Source(part="2", octets=octets + END), tools)
    files = [item for item in items if isinstance(item, Inner)]
    assert [(file.name, file.octets) for file in files] == [("a.txt", b"K_FIRST " + bytes(2992) + b"K_SECOND")]


def test_holes_beyond_the_budget_are_a_gap(read: Callable) -> None:
    octets = pax(GNU__sparse__map="0,8", GNU__sparse__size=str(2**40)) + header(b"a.txt", 8) + padded(b"K_FIRST") + END
    assert read(octets, "papers.tar").reasons == [GapReason.TOO_LARGE]


def test_sizes_beyond_octal_are_binary(read: Callable) -> None:
    octets = header(b"a.txt", 0, at_124=b"\x80" + struct.pack(">Q", 8).rjust(11, b"\0")) + padded(b"K_LETTER") + END
    assert read(octets, "papers.tar").where("K_LETTER")


def test_lists_of_folders_are_read(read: Callable) -> None:
    """GNU's incremental archives name what was in a folder, files that are not in the archive too."""
    reading = read(header(b"a/", 14, b"D") + padded(b"YK_LISTED.txt\0") + END, "papers.tar")
    assert reading.where("K_LISTED") == [("2", "list of a folder", False)]


def test_one_of_several_volumes_is_a_gap(read: Callable) -> None:
    assert GapReason.UNSUPPORTED in read(header(b"a.txt", 8, b"M") + padded(b"K_REST") + END, "papers.tar").reasons


def test_more_members_than_the_budget_are_a_gap(read: Callable) -> None:
    octets = tarred(*((f"{number}.txt", b"x") for number in range(30)))
    assert read(octets, "papers.tar", budget=Budget(files=20)).reasons == [GapReason.TOO_LARGE]


def test_what_tar_itself_writes_is_read(read: Callable) -> None:
    """As `tar -c` of a folder with a link does, in the library's form of it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        folder = tarfile.TarInfo("papers")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        member = tarfile.TarInfo("papers/letter.txt")
        member.size = 8
        archive.addfile(member, io.BytesIO(b"K_LETTER"))
        link = tarfile.TarInfo("papers/again.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "letter.txt"
        archive.addfile(link)
    reading = read(buffer.getvalue(), "papers.tar")
    assert reading.one("K_LETTER").part == "2/papers/letter.txt"
    assert reading.gaps == ()
