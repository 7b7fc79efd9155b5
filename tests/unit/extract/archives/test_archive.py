from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason

MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: K_SUBJECT\r\n\r\nK_MAIL\r\n"


def stored(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, octets in files:
            archive.writestr(name, octets)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    """The bits that say so are what unpackers go by; nothing here can make a real one without another tool."""
    octets = bytearray(stored(("letter.txt", b"K_LETTER")))
    octets[6] |= 1
    octets[octets.index(b"PK\x01\x02") + 8] |= 1
    return bytes(octets)


def test_members_are_parts_of_their_own(read: Callable, make_zip: Callable) -> None:
    reading = read(make_zip({"a/clients.csv": b"Name,NHS\nAnn,K_CELL\n", "letter.txt": b"K_LETTER"}), "papers.zip")
    assert reading.one("K_CELL").part == "2/a/clients.csv"
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.where("a/clients.csv") == [("2/a/clients.csv", "file name", False)]
    assert [a.original_spreadsheet for a in reading.attachments] == [False, True, False]
    assert reading.gaps == ()


def test_an_archive_of_a_message_shows_its_header_and_text(read: Callable, make_zip: Callable) -> None:
    reading = read(make_zip({"old.eml": MAIL}), "papers.zip")
    assert reading.one("K_SUBJECT").part == "2/old.eml/HEADER"
    assert reading.one("K_MAIL").part == "2/old.eml/1"


def test_an_archive_that_holds_a_stored_document_is_still_an_archive(read: Callable, make_zip: Callable) -> None:
    document = make_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<p><r><t>K_TEXT</t></r></p>"})
    reading = read(stored(("letter.docx", document), ("notes.txt", b"K_NOTES")), "papers.zip")
    assert reading.one("K_TEXT").part == "2/letter.docx"
    assert reading.one("K_NOTES").part == "2/notes.txt"


def test_an_archive_with_a_password_is_encrypted(read: Callable) -> None:
    assert read(encrypted_zip(), "papers.zip").reasons == [GapReason.ENCRYPTED]


def test_names_of_encrypted_members_are_still_shown_as_a_gap_of_the_archive_only(read: Callable) -> None:
    assert [(gap.part, gap.scope) for gap in read(encrypted_zip(), "papers.zip").gaps] == [("2", "attachment")]


def test_a_file_that_expands_beyond_the_budget_is_a_gap(read: Callable, make_zip: Callable) -> None:
    bomb = make_zip({"zeros.txt": bytes(5_000_000)})
    assert len(bomb) < 10_000
    assert read(bomb, "papers.zip", budget=Budget(file_bytes=1_000_000)).reasons == [GapReason.TOO_LARGE]


def test_a_size_that_lies_does_not_expand_further(read: Callable, make_zip: Callable) -> None:
    octets = bytearray(make_zip({"zeros.txt": bytes(5_000_000)}))
    struct.pack_into("<I", octets, 22, 100)
    struct.pack_into("<I", octets, octets.index(b"PK\x01\x02") + 24, 100)
    assert read(bytes(octets), "papers.zip").reasons == [GapReason.AMBIGUOUS]


def test_many_files_that_together_expand_beyond_the_budget_are_a_gap(read: Callable, make_zip: Callable) -> None:
    bomb = make_zip({f"{number}.txt": bytes(100_000) for number in range(30)})
    assert GapReason.TOO_LARGE in read(bomb, "papers.zip", budget=Budget(message_bytes=1_000_000)).reasons


def test_more_files_than_the_budget_are_a_gap(read: Callable, make_zip: Callable) -> None:
    bomb = make_zip({f"{number}.txt": b"x" for number in range(30)})
    assert read(bomb, "papers.zip", budget=Budget(files=20)).reasons == [GapReason.TOO_LARGE]


def test_archives_packed_too_deep_are_a_gap(read: Callable, make_zip: Callable) -> None:
    octets = make_zip({"letter.txt": b"K_LETTER"})
    for _ in range(12):
        octets = make_zip({"in.zip": octets})
    reading = read(octets, "papers.zip")
    assert reading.reasons == [GapReason.TOO_DEEP]
    assert not reading.where("K_LETTER")


def test_nine_archives_within_one_another_are_read(read: Callable, make_zip: Callable) -> None:
    octets = make_zip({"letter.txt": b"K_LETTER"})
    for _ in range(8):
        octets = make_zip({"in.zip": octets})
    assert read(octets, "papers.zip").where("K_LETTER")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda z: z + stored(("other.txt", b"K_OTHER")), id="two archives, one after the other"),
        pytest.param(lambda z: b"MORE" + z, id="octets before the first file, offsets not moved"),
        pytest.param(lambda z: z.replace(b"letter.txt", b"hidden.txt", 1), id="another name before the file"),
        pytest.param(
            lambda z: z[:-22] + z[-22:].replace(b"\x01\x00\x01\x00", b"\x00\x00\x00\x00"), id="empty directory"
        ),
        pytest.param(lambda z: z.replace(b"K_LETTER", b"K_BETTER"), id="wrong checksum"),
    ],
)
def test_an_archive_that_unpackers_see_differently_is_ambiguous(read: Callable, spoil: Callable) -> None:
    octets = spoil(stored(("letter.txt", b"K_LETTER")))
    assert GapReason.AMBIGUOUS in read(b"PK\x03\x04" + octets if octets[:2] != b"PK" else octets, "papers.zip").reasons


def test_the_same_name_twice_is_ambiguous(read: Callable) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        octets = stored(("a.txt", b"K_ONE"), ("a.txt", b"K_TWO"))
    assert read(octets, "papers.zip").reasons == [GapReason.AMBIGUOUS]


def test_octets_after_the_end_are_read_too(read: Callable) -> None:
    reading = read(stored(("letter.txt", b"K_LETTER")) + b"K_AFTER the end of the archive", "papers.zip")
    assert reading.one("K_AFTER").hidden
    assert reading.where("K_LETTER")


def test_comments_are_read(read: Callable) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("letter.txt")
        member.comment = b"K_OF_MEMBER"
        archive.writestr(member, b"K_LETTER")
        archive.comment = b"K_OF_ARCHIVE"
    reading = read(buffer.getvalue(), "papers.zip")
    assert reading.where("K_OF_MEMBER") == reading.where("K_OF_ARCHIVE") == [("2", "archive comment", True)]
    assert reading.gaps == ()


def test_an_archive_written_as_a_stream_is_read(read: Callable) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.octets = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, octets: bytes) -> int:
            self.octets += octets
            return len(octets)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", b"K_LETTER")
        archive.writestr("other.txt", b"K_OTHER")
    reading = read(bytes(pipe.octets), "papers.zip")
    assert reading.where("K_LETTER")
    assert reading.where("K_OTHER")
    assert reading.gaps == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_compression_methods_are_read(read: Callable, method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("letter.txt", b"K_LETTER")
    reading = read(buffer.getvalue(), "papers.zip")
    assert reading.one("K_LETTER").part == "2/letter.txt"
    assert reading.gaps == ()
