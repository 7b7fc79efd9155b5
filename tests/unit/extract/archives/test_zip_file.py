"""ZIP files that unpackers see differently, and those of ordinary programs, which must never be held.

The differences are those of five readers on the same file: an entry of the body that the directory does not list, two
directories, names, flags and sizes that the two give differently.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.extract.archives.zip_file import ZipAmbiguousError, read_zip
from dlp_gateway.model import GapReason
from tests.support.bomb_archives import archive_of, entry, overlapping

LETTER = entry(b"letter.txt", b"K_LETTER", size=8, crc=zlib.crc32(b"K_LETTER"), method=0)
HIDDEN = entry(b"hidden.txt", b"K_HIDDEN", size=8, crc=zlib.crc32(b"K_HIDDEN"), method=0)
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def patched(octets: bytes, at: int, new: bytes) -> bytes:
    return octets[:at] + new + octets[at + len(new) :]


def moved(octets: bytes, by: int) -> bytes:
    """The archive with all offsets grown, as if so many octets stood before it or between its parts."""
    central, end = octets.index(CENTRAL), octets.index(END)
    while 0 <= central < end:
        offset = struct.unpack_from("<I", octets, central + 42)[0]
        octets = patched(octets, central + 42, struct.pack("<I", offset + by))
        central = octets.find(CENTRAL, central + 4)
    start = struct.unpack_from("<I", octets, end + 16)[0]
    return patched(octets, end + 16, struct.pack("<I", start + by))


def with_gap() -> bytes:
    """An entry that stands between another and the directory, which does not list it."""
    octets = archive_of(LETTER)
    start = octets.index(CENTRAL)
    octets = octets[:start] + HIDDEN[0] + octets[start:]
    return patched(octets, octets.index(END) + 16, struct.pack("<I", start + len(HIDDEN[0])))


PLAIN = archive_of(LETTER)
FOLDER = entry(b"x/", b"K_FOLDER", size=8, crc=zlib.crc32(b"K_FOLDER"), method=0)
LONGER = entry(b"a.txt", zlib.compress(b"K_LONGER", wbits=-15), size=4, crc=1)
TWO = archive_of(LETTER, HIDDEN)


@pytest.mark.parametrize(
    ("octets", "hidden"),
    [
        pytest.param(HIDDEN[0] + moved(PLAIN, len(HIDDEN[0])), "K_HIDDEN", id="an entry before the listed one"),
        pytest.param(with_gap(), "K_HIDDEN", id="an entry that is not listed"),
        pytest.param(PLAIN + archive_of(HIDDEN), "K_HIDDEN", id="two archives"),
        pytest.param(
            PLAIN[:-2] + struct.pack("<H", 300) + archive_of(HIDDEN).ljust(300, b" "),
            "K_HIDDEN",
            id="an archive in the comment",
        ),
        pytest.param(patched(PLAIN, PLAIN.index(END) + 8, bytes(4)), "K_LETTER", id="a directory of no files"),
        pytest.param(patched(PLAIN, PLAIN.index(END) + 8, bytes(12)), "K_LETTER", id="an empty directory"),
        pytest.param(patched(TWO, TWO.index(END) + 8, b"\1\0\1\0"), "K_HIDDEN", id="a directory of fewer files"),
        pytest.param(patched(PLAIN, 30, b"K_NAME.txt"), "K_NAME", id="another name before the file"),
        pytest.param(
            patched(PLAIN, PLAIN.index(CENTRAL) + 46, b"K_NAME.txt"), "K_NAME", id="another name in the directory"
        ),
        pytest.param(patched(PLAIN, 6, b"\1\0"), "letter.txt", id="a password, says the file"),
        pytest.param(
            patched(PLAIN, PLAIN.index(CENTRAL) + 8, b"\1\0"), "K_LETTER", id="a password, says the directory"
        ),
        pytest.param(patched(PLAIN, 8, b"\x08\0"), "letter.txt", id="two methods"),
        pytest.param(patched(PLAIN, 18, b"\4\0\0\0\4\0\0\0"), "K_LE", id="two sizes"),
        pytest.param(patched(PLAIN, 14, b"\1\2\3\4"), "K_LETTER", id="two checksums"),
        pytest.param(archive_of(LETTER, LETTER), "K_LETTER", id="the same name twice"),
        pytest.param(archive_of(FOLDER), "K_FOLDER", id="a folder with content"),
        pytest.param(
            archive_of(entry(b"a.txt", b"K_WRONG", size=7, crc=1, method=0)), "K_WRONG", id="a wrong checksum"
        ),
        pytest.param(archive_of(LONGER), "K_LON", id="a wrong size"),
    ],
)
def test_what_unpackers_see_differently_is_held_and_read(read: Callable, octets: bytes, hidden: str) -> None:
    reading = read(octets, "papers.zip")
    assert GapReason.AMBIGUOUS in reading.reasons
    assert reading.where(hidden)


def test_files_that_overlap_are_refused_before_they_are_unpacked() -> None:
    with pytest.raises(ZipAmbiguousError, match="overlaps"):
        read_zip(overlapping(20, 1))


def test_an_archive_without_its_end_is_cut_off_and_what_is_there_is_read(read: Callable) -> None:
    for octets in (TWO[:-30], TWO[: len(LETTER[0]) + 34]):
        reading = read(octets, "papers.zip")
        assert reading.reasons == [GapReason.CORRUPT]
        assert reading.where("K_LETTER")


def test_an_archive_within_an_archive_has_a_directory_of_its_own(read: Callable) -> None:
    inner = entry(b"in.zip", TWO, size=len(TWO), crc=zlib.crc32(TWO), method=0)
    reading = read(archive_of(inner, LETTER), "papers.zip")
    assert reading.where("K_HIDDEN")
    assert reading.gaps == ()


def test_one_of_several_volumes_is_a_gap(read: Callable) -> None:
    octets = patched(PLAIN, PLAIN.index(END) + 4, b"\1\0\1\0")
    assert GapReason.UNSUPPORTED in read(octets, "papers.zip").reasons
    assert read(b"PK\x07\x08" + moved(PLAIN, 4), "papers.zip").gaps == ()


def test_a_directory_that_is_encrypted_itself_needs_the_password(read: Callable) -> None:
    """APPNOTE.TXT 7.3.4: the ZIP64 end record of version 2 says how."""
    end = PLAIN.index(END)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 72, 62, 62, 0, 0, 1, 1, end - 40, 40) + bytes(28)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    assert GapReason.ENCRYPTED in read(PLAIN[:end] + record + locator + PLAIN[end:], "papers.zip").reasons


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(patched(patched(PLAIN, 6, b"\1\0"), PLAIN.index(CENTRAL) + 8, b"\1\0"), id="traditional"),
        pytest.param(archive_of(entry(b"letter.txt", bytes(40), size=9, crc=0, method=99, flags=1)), id="WinZip AES"),
        pytest.param(archive_of(entry(b"letter.txt", bytes(40), size=9, crc=0, method=8, flags=0x41)), id="strong"),
    ],
)
def test_every_kind_of_password_is_a_gap_and_names_are_read(read: Callable, octets: bytes) -> None:
    reading = read(octets, "papers.zip")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [(GapReason.ENCRYPTED, "an archive with a password")]
    assert reading.where("letter.txt") == [("2/letter.txt", "file name", False)]


def test_files_beside_one_with_a_password_are_read(read: Callable) -> None:
    secret = entry(b"secret.txt", bytes(20), size=8, crc=1, method=0, flags=1)
    reading = read(archive_of(secret, LETTER), "papers.zip")
    assert reading.reasons == [GapReason.ENCRYPTED]
    assert reading.where("K_LETTER")


def named(name: bytes, extra: bytes = b"", *, flags: int = 0, local_name: bytes | None = None) -> bytes:
    """An archive of one file with these names and extra field in both places."""
    local, central = entry(name, b"K_LETTER", size=8, crc=zlib.crc32(b"K_LETTER"), method=0, flags=flags)
    local_name = name if local_name is None else local_name
    sizes = struct.pack("<HH", len(local_name), len(extra))
    local = local[:26] + sizes + local_name + extra + b"K_LETTER"
    return archive_of((local, central[:30] + struct.pack("<H", len(extra)) + central[32:] + extra))


def field(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def unicode_name(name: bytes, true: str) -> bytes:
    return field(0x7075, b"\1" + struct.pack("<I", zlib.crc32(name)) + true.encode())


@pytest.mark.parametrize(
    ("octets", "names"),
    [
        (named("Zo\u00eb.txt".encode(), flags=0x800), ["Zo\u00eb.txt"]),
        (named("Zo\u00eb.txt".encode()), ["Zo\u00eb.txt"]),  # macOS sets no flag
        (named(b"Zo\x89.txt"), ["Zo\u00eb.txt", "Zo\u2030.txt"]),  # by the book, and by habit
        (named(b"Zo\xeb.txt"), ["Zo\u03b4.txt", "Zo\u00eb.txt"]),
        (named(b"x.txt", unicode_name(b"x.txt", "K_TRUE.txt")), ["x.txt", "K_TRUE.txt"]),
        (named(b"x.txt", field(0x7075, b"\1\0\0\0\0K_OTHER.txt")), ["x.txt", "K_OTHER.txt"]),
    ],
)
def test_names_are_read_as_every_program_would(read: Callable, octets: bytes, names: list[str]) -> None:
    reading = read(octets, "papers.zip")
    shown = [passage.text for passage in reading.at("file name") if passage.part != "2"]
    assert sorted(shown) == sorted(names)
    assert reading.where("K_LETTER")
    assert reading.gaps == ()


def test_notes_in_extra_fields_are_read(read: Callable) -> None:
    reading = read(
        named(b"a.txt", field(0xFEED, b"K_NOTE in a field") + field(0x6375, b"\1\0\0\0\0K_COMMENT")), "a.zip"
    )
    assert reading.where("K_NOTE") == [("2", "archive extra fields", True)]
    assert reading.where("K_COMMENT") == [("2", "archive comment", True)]
    assert reading.gaps == ()


def test_folders_are_named_once_and_only_where_no_file_shows_them(read: Callable, make_zip: Callable) -> None:
    reading = read(make_zip({"a/": b"", "a/b/letter.txt": b"K_LETTER", "K_EMPTY/": b""}), "papers.zip")
    names = [passage.text for passage in reading.at("file name")]
    assert names == ["papers.zip", "a/b/letter.txt", "K_EMPTY/"]
    assert reading.gaps == ()


def test_a_folder_that_java_deflated_is_none_with_content(read: Callable) -> None:
    folder = entry(b"META-INF/", b"\x03\x00", size=0, crc=0)
    assert read(archive_of(folder, LETTER), "papers.jar").gaps == ()


def stream_of(
    name: bytes, content: bytes, *, wide: bool, signature: bool, central_flag: bool = True
) -> tuple[bytes, bytes]:
    """An entry whose sizes follow its content, as programs write that can't go back (4.3.9)."""
    stored, crc = zlib.compress(content, wbits=-15), zlib.crc32(content)
    head, central = entry(name, stored, size=len(content), crc=crc, flags=8 * central_flag)
    extra = field(1, bytes(16)) if wide else b""
    sizes = b"\xff" * 8 if wide else bytes(8)
    local = head[:6] + b"\x08\0" + head[8:14] + bytes(4) + sizes + struct.pack("<HH", len(name), len(extra)) + name
    descriptor = (b"PK\x07\x08" if signature else b"") + struct.pack("<I", crc)
    descriptor += struct.pack("<QQ" if wide else "<II", len(stored), len(content))
    return local + extra + stored + descriptor, central


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("signature", [False, True])
@pytest.mark.parametrize("central_flag", [False, True])
def test_sizes_may_follow_the_content(read: Callable, wide: bool, signature: bool, central_flag: bool) -> None:
    """As of macOS (64 bits), Java (with signature) and old programs (without)."""
    parts = [stream_of(name, text, wide=wide, signature=signature, central_flag=central_flag)
             for name, text in ((b"a.txt", b"K_LETTER"), (b"b.txt", b"K_OTHER"))]  # fmt: skip
    reading = read(archive_of(*parts), "papers.zip")
    assert reading.where("K_LETTER")
    assert reading.where("K_OTHER")
    assert reading.gaps == ()


def test_an_archive_of_64_bits_is_read(read: Callable) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        archive.open(zipfile.ZipInfo("letter.txt"), "w", force_zip64=True) as file,
    ):
        file.write(b"K_LETTER")
    octets = buffer.getvalue()
    end = octets.index(END)
    start = octets.index(CENTRAL)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4sHHHHIIH", END, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    for octets_64 in (octets, octets[:end] + record + locator + last):
        reading = read(octets_64, "papers.zip")
        assert reading.where("K_LETTER")
        assert reading.gaps == ()


def test_more_files_than_are_read_of_an_archive_are_a_gap_and_the_first_are_read(read: Callable) -> None:
    files = (entry(b"%d.txt" % number, b"", size=0, crc=0, method=0) for number in range(10_001))
    reading = read(archive_of(LETTER, *files), "papers.zip", budget=Budget(files=20))
    assert set(reading.reasons) == {GapReason.TOO_LARGE}
    assert reading.where("K_LETTER")


def test_a_file_that_is_too_large_leaves_the_others_read(read: Callable, make_zip: Callable) -> None:
    octets = make_zip({"zeros.bin": bytes(3_000_000), "letter.txt": b"K_LETTER"})
    reading = read(octets, "papers.zip", budget=Budget(file_bytes=1_000_000))
    assert reading.reasons == [GapReason.TOO_LARGE]
    assert reading.where("K_LETTER")
    assert reading.where("zeros.bin")


def test_an_empty_file_that_is_deflated_to_nothing_is_whole(read: Callable) -> None:
    """No deflate stream is as short as that, but some programs write it, and no reader disagrees."""
    nothing = entry(b"empty.txt", b"", size=0, crc=0, method=8)
    result = read(archive_of(nothing, LETTER), "papers.zip")
    assert result.reasons == []
    assert result.one("K_LETTER").part == "2/letter.txt"
