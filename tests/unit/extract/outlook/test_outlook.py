"""Messages of Outlook: a canary in every kind of property."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import olefile
import pytest

from dlp_gateway.model import Area, GapReason
from tests.support.documents.outlook import (
    BINARY,
    LONG,
    SEVERAL,
    STRING_8,
    TIME,
    UNICODE,
    MessageFile,
    make_msg,
    msg_tree,
    rich_text,
    wide,
)

_BIRTHDAY = (366 * 92 + 365 * 276) * 864_000_000_000  # days from 1601 on: a date near 1969
_NESTED = MessageFile(
    properties={
        (0x0037, UNICODE): wide("ZebraNestedSubjectEnd"),
        (0x1000, UNICODE): wide("ZebraNestedBodyEnd"),
        (0x8000, UNICODE): wide("ZebraNestedFieldEnd"),
    }
)
_MESSAGE = MessageFile(
    properties={
        (0x001A, UNICODE): wide("IPM.Note"),
        (0x0037, UNICODE): wide("ZebraSubjectEnd"),
        (0x1000, UNICODE): wide("ZebraBodyEnd\r\nsecond line"),
        (0x1013, BINARY): "<html><body><p>café ZebraPageEnd</p></body></html>".encode("cp1252"),
        (0x3FDE, LONG): 1252,
        (0x1009, BINARY): rich_text(rb"{\rtf1\ansi ZebraRichEnd}"),
        (0x0C1A, UNICODE): wide("ZebraSenderEnd"),
        (0x0E04, UNICODE): wide("ZebraShownToEnd"),
        (0x007D, UNICODE): wide("Received: from a\r\nX-Case: ZebraHeaderEnd"),
        (0x3A42, TIME): _BIRTHDAY,
        (0x3A1C, STRING_8): b"ZebraTelephoneEnd",
        (0x8000, UNICODE): wide("ZebraFieldEnd"),
        (0x8001, LONG): 12345678,
        (0x8002, SEVERAL | UNICODE): [wide("ZebraFirstKeywordEnd"), wide("ZebraOtherKeywordEnd")],
        (0x6543, BINARY): bytes(20) + wide("The case worker is ZebraBlobEnd") + bytes(20),
        (0x300B, BINARY): b"SMTP:ZEBRASEARCHKEYEND@A.EXAMPLE\0",
    },
    names=("Case note", "Account", "Keywords"),
    recipients=[{(0x3001, UNICODE): wide("ZebraRecipientEnd"), (0x39FE, UNICODE): wide("a@b.example")}],
    attachments=[
        {
            (0x3701, BINARY): b"Name,Number\nAnn,ZebraAttachedEnd\n",
            (0x3704, UNICODE): wide("CLIENT~1.CSV"),
            (0x3707, UNICODE): wide("clients of ZebraFileNameEnd.csv"),
        },
        ({(0x3001, UNICODE): wide("old message")}, msg_tree(_NESTED, embedded=True)),
    ],
)


@pytest.fixture(scope="module")
def message() -> bytes:
    return make_msg(_MESSAGE)


@pytest.mark.parametrize(
    ("words", "part", "place", "hidden"),
    [
        ("ZebraSubjectEnd", "2", "subject", False),
        ("ZebraBodyEnd\nsecond line", "2", "", False),
        ("café ZebraPageEnd", "2/body.html", "", False),
        ("ZebraRichEnd", "2/body.rtf", "", False),
        ("ZebraSenderEnd", "2", "sender", False),
        ("ZebraShownToEnd", "2", "recipient", False),
        ("ZebraRecipientEnd\ta@b.example", "2", "recipient", False),
        ("X-Case: ZebraHeaderEnd", "2", "internet headers", False),
        ("birthday: ", "2", "message properties", False),
        ("ZebraTelephoneEnd", "2", "message properties", False),
        ("Case note: ZebraFieldEnd", "2", "message properties", False),
        ("Account: 12345678", "2", "message properties", False),
        ("ZebraFirstKeywordEnd", "2", "message properties", False),
        ("ZebraOtherKeywordEnd", "2", "message properties", False),
        ("ZebraBlobEnd", "2", "other content", True),
        ("ZebraAttachedEnd", "2/clients of ZebraFileNameEnd.csv", "", False),
        ("CLIENT~1.CSV", "2", "file name", False),
        ("ZebraNestedSubjectEnd", "2/old message.msg", "subject", False),
        ("ZebraNestedBodyEnd", "2/old message.msg", "", False),
        ("Case note: ZebraNestedFieldEnd", "2/old message.msg", "message properties", False),
    ],
)
def test_every_property_of_text_is_read(
    read: Callable, message: bytes, words: str, part: str, place: str, hidden: bool
) -> None:
    assert (part, place, hidden) in read(message, "note.msg").where(words)


def test_an_ordinary_message_leaves_no_gap_and_lists_its_attachments(read: Callable, message: bytes) -> None:
    reading = read(message, "note.msg")
    assert reading.gaps == ()
    assert [attachment.part for attachment in reading.attachments] == [
        "2",
        "2/clients of ZebraFileNameEnd.csv",
        "2/old message.msg",
    ]


def test_keys_that_programs_make_are_no_text(read: Callable, message: bytes) -> None:
    """A search key says an address again, in capitals: a second finding of one thing."""
    assert not read(message, "note.msg").where("ZEBRASEARCHKEYEND")


def test_both_names_of_an_attachment_are_file_names(read: Callable, message: bytes) -> None:
    names = [p.text for p in read(message, "note.msg").passages if p.area is Area.FILE_NAME]
    assert [name for name in names if "CSV" in name.upper()] == ["clients of ZebraFileNameEnd.csv", "CLIENT~1.CSV"]


def test_the_writer_s_files_satisfy_olefile(message: bytes) -> None:
    with olefile.OleFileIO(io.BytesIO(message), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert wide("ZebraSubjectEnd") == file.openstream("__substg1.0_0037001F").read()


@pytest.mark.parametrize(("page", "octets"), [(1251, "Жданов".encode("cp1251")), (65001, "Жданов".encode())])
def test_text_of_octets_is_read_in_the_code_page_that_the_message_names(
    read: Callable, page: int, octets: bytes
) -> None:
    message = MessageFile(properties={(0x3FFD, LONG): page, (0x1000, STRING_8): octets})
    assert read(make_msg(message), "note.msg").where("Жданов") == [("2", "", False)]


def test_rich_text_with_a_wrong_checksum_is_read_and_told(read: Callable) -> None:
    """Outlook does not mind: a checksum must not be the way past us."""
    octets = bytearray(rich_text(rb"{\rtf1\ansi ZebraRichEnd}"))
    octets[12] ^= 1
    reading = read(make_msg(MessageFile(properties={(0x1009, BINARY): bytes(octets)})), "note.msg")
    assert reading.where("ZebraRichEnd")
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_signed_message_is_read_through_its_signature(read: Callable) -> None:
    """The attachment is a MIME entity with little of a header, and the text in it is encoded."""
    signed = (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nWmVicmFTaWduZWRFbmQ=\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    )
    message = MessageFile(
        properties={(0x001A, UNICODE): wide("IPM.Note.SMIME.MultipartSigned")},
        attachments=[{(0x3701, BINARY): signed, (0x370E, UNICODE): wide("multipart/signed")}],
    )
    assert read(make_msg(message), "note.msg").where("ZebraSignedEnd")


def test_a_rights_managed_message_is_encrypted(read: Callable) -> None:
    octets = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(range(256))
    message = MessageFile(
        properties={(0x001A, UNICODE): wide("IPM.Note")},
        attachments=[{(0x3701, BINARY): octets, (0x3707, UNICODE): wide("message.rpmsg")}],
    )
    assert read(make_msg(message), "note.msg").reasons == [GapReason.ENCRYPTED]


def test_an_object_in_an_attachment_is_read(read: Callable) -> None:
    label = b"\2\0note.txt\0C:\\note.txt\0\0\0\3\0" + struct.pack("<I", 4) + b"C:\\\0"
    native = label + struct.pack("<I", 15) + b"ZebraPackageEnd"
    inner = {"\1Ole10Native": struct.pack("<I", len(native)) + native}
    message = MessageFile(properties={}, attachments=[({(0x3001, UNICODE): wide("chart")}, inner)])
    assert read(make_msg(message), "note.msg").where("ZebraPackageEnd") == [("2/chart.ole/note.txt", "", False)]


def test_messages_within_messages_end_at_the_depth_that_is_read(read: Callable) -> None:
    tree = msg_tree(_NESTED, embedded=True)
    for _ in range(15):
        tree = msg_tree(MessageFile(properties={}, attachments=[({}, tree)]), embedded=True)
    reading = read(make_msg(MessageFile(properties={}, attachments=[({}, tree)])), "note.msg")
    assert reading.reasons == [GapReason.TOO_DEEP]
