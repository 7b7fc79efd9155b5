"""Compound files by what is in them: what protects them, objects within them, and what is broken."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from collections.abc import Callable

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from dlp_gateway.extract.office_97.compound_writer import write_compound
from dlp_gateway.model import GapReason
from tests.support.documents.compound import tree_of, with_streams
from tests.support.documents.outlook import UNICODE, MessageFile, make_msg, wide
from tests.support.documents.planted import planted_file


def package(password: str) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "ZebraLockedEnd"
    plain, locked = io.BytesIO(), io.BytesIO()
    book.save(plain)
    OOXMLFile(io.BytesIO(plain.getvalue())).encrypt(password, locked)
    return locked.getvalue()


def native(name: str, octets: bytes) -> bytes:
    """What the packager of Windows stores of a file that was put into a document."""
    path = b"C:\\" + name.encode() + b"\0"
    body = b"\2\0" + name.encode() + b"\0" + path + b"\0\0\3\0" + struct.pack("<I", len(path)) + path
    body += struct.pack("<I", len(octets)) + octets
    return struct.pack("<I", len(body)) + body


def test_a_package_that_every_recipient_opens_without_a_password_is_read(read: Callable) -> None:
    """Excel itself protects a workbook that is meant to be read only with a password that is always the same."""
    reading = read(package("VelvetSweatshop"), "list.xlsx")
    assert reading.where("ZebraLockedEnd")
    assert reading.gaps == ()


def test_a_package_with_a_password_is_encrypted(read: Callable) -> None:
    reading = read(package("another"), "list.xlsx")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (GapReason.ENCRYPTED, "an Office document with a password")
    ]


def test_trying_a_password_is_not_made_costly(read: Callable) -> None:
    """The file says how often its password is hashed: up to ten million times."""
    locked = package("VelvetSweatshop")
    info = tree_of(locked)["EncryptionInfo"].replace(b'spinCount="100000"', b'spinCount="9999999"')
    assert read(with_streams(locked, {"EncryptionInfo": info}), "list.xlsx").reasons == [GapReason.ENCRYPTED]


@pytest.mark.parametrize(
    "tree",
    [
        {"EncryptedPackage": bytes(64), "\6DataSpaces": {"TransformInfo": {"DRMEncryptedTransform": {"x": b"x"}}}},
        {"\x09DRMContent": bytes(64), "WordDocument": bytes(64)},
    ],
)
def test_rights_management_is_encryption(read: Callable, tree: dict[str, bytes]) -> None:
    (gap,) = read(write_compound(tree), "plan.docx").gaps
    assert (gap.reason, "rights management" in gap.detail) == (GapReason.ENCRYPTED, True)


@pytest.mark.parametrize(
    ("streams", "part"),
    [
        ({"\1Ole10Native": native("note.txt", b"ZebraObjectEnd")}, "note.txt"),
        ({"Package": b"%PDF-1.4 no PDF, but ZebraObjectEnd"}, "embedded object 1.pdf"),
        ({"Contents": b"{\\rtf1 ZebraObjectEnd}"}, "embedded object 1.rtf"),
    ],
)
def test_a_file_that_was_put_into_a_document_is_read_as_one(
    read: Callable, streams: dict[str, bytes], part: str
) -> None:
    octets = with_streams(planted_file("planted.doc"), {"ObjectPool": {"_1234567890": streams}})
    reading = read(octets, "letter.doc")
    assert f"2/embedded object 1.ole/{part}" in [attachment.part for attachment in reading.attachments]


def test_a_document_within_a_document_is_read(read: Callable) -> None:
    inner = tree_of(planted_file("planted.xls"))
    octets = with_streams(planted_file("planted.doc"), {"ObjectPool": {"_1234567890": inner}})
    reading = read(octets, "letter.doc")
    assert ("2/embedded object 1.ole", "sheet Clients", False) in reading.where("ZebraCellEnd")
    assert reading.gaps == ()


def test_formulas_and_form_controls_leave_no_gap(read: Callable) -> None:
    objects = {
        "_1": {"Equation Native": bytes(40), "\1CompObj": b"x"},
        "_2": {"\3OCXNAME": wide("CheckBox1"), "CONTENTS": bytes(40)},
        "_3": {},
    }
    assert read(with_streams(planted_file("planted.doc"), {"ObjectPool": objects}), "letter.doc").gaps == ()


def test_an_object_that_only_its_own_program_reads_is_a_gap(read: Callable) -> None:
    octets = with_streams(planted_file("planted.doc"), {"ObjectPool": {"_1": {"VisioDocument": bytes(64)}}})
    assert read(octets, "letter.doc").reasons == [GapReason.UNSUPPORTED]


def test_xml_that_programs_keep_in_a_document_is_read(read: Callable) -> None:
    store = {"MsoDataStore": {"abc": {"Item": b"<d><v>ZebraKeptEnd</v></d>", "Properties": b"<p/>"}}}
    assert ("2/embedded object 1.ole", "custom data", True) in read(
        with_streams(planted_file("planted.doc"), store), "letter.doc"
    ).where("ZebraKeptEnd")


def test_text_between_the_streams_is_left_over(read: Callable) -> None:
    octets = write_compound({**tree_of(planted_file("planted.doc")), "Old": b"The case worker is ZebraFreeEnd. " * 300})
    name = "Old".encode("utf-16-le")
    octets = octets.replace(name + bytes(58) + struct.pack("<HB", 8, 2), bytes(67))
    assert read(octets, "letter.doc").where("ZebraFreeEnd") == [("2", "left-over text", True)]


def test_other_streams_are_read_as_other_content(read: Callable) -> None:
    octets = with_streams(planted_file("planted.xls"), {"Revision Log": b"\0\1The old value was ZebraFormerEnd\0"})
    assert read(octets, "list.xls").where("ZebraFormerEnd") == [("2", "other content", True)]


def test_a_compound_file_of_an_unknown_kind_is_read_as_far_as_it_goes_and_held(read: Callable) -> None:
    reading = read(write_compound({"Strange": b"\0The case worker is ZebraStrangeEnd\0"}), "a.bin")
    assert reading.where("ZebraStrangeEnd") == [("2", "other content", True)]
    assert reading.reasons == [GapReason.UNSUPPORTED]


@pytest.mark.parametrize("name", ["planted.doc", "planted.xls", "planted.ppt"])
def test_one_that_is_cut_off_anywhere_is_read_as_far_as_it_goes_and_held(read: Callable, name: str) -> None:
    """The cuts fall on every 64th octet over time: here on every 64th of 64, each at another offset."""
    octets = planted_file(name)
    for size in range(512, len(octets) - 1024, 1024 + 64):
        assert read(octets[:size], name).gaps, size


@pytest.mark.parametrize("name", ["planted.doc", "planted.xls", "planted.ppt"])
@pytest.mark.parametrize("value", [0x00, 0xFF, 0x7F])
def test_octets_that_are_overwritten_stop_nothing_but_what_they_broke(read: Callable, name: str, value: int) -> None:
    octets = planted_file(name)
    for start in range(1024, len(octets) - 64, 1024 + 64):
        broken = octets[:start] + bytes([value]) * 64 + octets[start + 64 :]
        reading = read(broken, name)
        assert reading.gaps or reading.passages, start


_LOADED = """
import sys
from pathlib import Path
from dlp_gateway.extract import extract_text
from dlp_gateway.parse import parse_message, views
from dlp_gateway.reading.brood import _load_codecs
mails = [Path(name).read_bytes() for name in sys.argv[1:]]
_load_codecs()
loaded = []
sys.addaudithook(lambda event, args: loaded.append(str(args[0])) if event in ("import", "open") else None)
for mail in mails:
    assert extract_text(parse_message(mail), parse_message, views).passages
print(*loaded, sep="\\n")
"""


def test_nothing_is_loaded_when_documents_are_read(tmp_path, repository) -> None:
    """A reader is locked down before it sees a document: what a library loads at its first use would be missing."""
    from tests.unit.extract.conftest import message_with

    files = {
        "list.xlsx": package("VelvetSweatshop"),
        "note.msg": make_msg(MessageFile(properties={(0x1000, UNICODE): wide("words")})),
        **{name: planted_file(name) for name in ("planted.doc", "planted.xls", "planted.ppt", "planted.rtf")},
    }
    names = []
    for name, octets in files.items():
        path = tmp_path / f"{name}.eml"
        path.write_bytes(message_with(octets, name))
        names.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *names], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
