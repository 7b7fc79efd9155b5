from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.model import Area, GapReason, GapScope

PNG = bytes.fromhex(  # one grey pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
NESTED = b"""From: jo@council.example
Subject: outer
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain

K_BODY
--b1
Content-Type: message/rfc822
Content-Disposition: attachment; filename="old.eml"

From: ann@b.example
Subject: K_INNER_SUBJECT
X-Case: K_INNER_HEADER
Content-Type: text/plain

K_INNER_BODY
--b1
Content-Type: image/png; name="K_FILE_ONE.png"; x-note="K_PARAM"
Content-Description: K_DESCRIPTION
Content-Disposition: inline; filename="K_FILE_TWO.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAAA
--b1--
""".replace(b"\n", b"\r\n")


def test_headers_of_every_part_are_read_and_named_by_part(read_mail: Callable) -> None:
    reading = read_mail(NESTED)
    assert reading.where("outer") == [("HEADER", "subject", False)]
    assert reading.where("K_INNER_SUBJECT") == [("2.HEADER", "subject", False)]
    assert reading.where("K_INNER_HEADER") == [("2.HEADER", "header X-Case", False)]
    assert reading.where("K_DESCRIPTION") == [("3.MIME", "header Content-Description", False)]
    assert reading.where("K_PARAM") == [("3.MIME", "header Content-Type", False)]


def test_every_form_of_a_file_name_is_read(read_mail: Callable) -> None:
    reading = read_mail(NESTED)
    assert [p.area for p in reading.passages if "K_FILE" in p.text] == [Area.FILE_NAME] * 2


def test_subject_body_and_attachments_are_told_apart(read_mail: Callable) -> None:
    reading = read_mail(NESTED)
    assert reading.one("outer").area is Area.SUBJECT
    assert reading.one("K_BODY").area is Area.BODY
    assert reading.one("K_INNER_BODY").area is Area.ATTACHMENT
    assert reading.one("K_INNER_BODY").part == "2.1"


def test_attachments_are_listed_with_nested_messages(read_mail: Callable) -> None:
    listed = [(a.part, a.media_type, a.filename) for a in read_mail(NESTED).attachments]
    assert listed == [("2", "message/rfc822", "old.eml"), ("3", "image/png", "K_FILE_TWO.png")]


def test_boundaries_and_encodings_are_no_text(read_mail: Callable) -> None:
    assert not [p for p in read_mail(NESTED).passages if "multipart" in p.text or "base64" in p.text]


def test_an_image_is_no_gap(read: Callable) -> None:
    reading = read(PNG, "logo.png", "image/png")
    assert reading.gaps == ()
    assert [a.filename for a in reading.attachments] == ["logo.png"]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\x00\x00\x00\x18ftypmp42" + bytes(50), id="video"),
        pytest.param(b"ID3\x04" + bytes(range(256)), id="audio"),
        pytest.param(b"MZ\x90\x00" + bytes(range(256)), id="program"),
        pytest.param(bytes(range(256)) * 4, id="unknown"),
    ],
)
@pytest.mark.parametrize("label", ["text/plain", "image/png", "application/octet-stream"])
def test_what_cannot_be_read_is_a_gap_confined_to_the_attachment_whatever_its_label(
    read: Callable, octets: bytes, label: str
) -> None:
    (gap,) = read(octets, "file", label).gaps
    assert (gap.part, gap.reason, gap.scope) == ("2", GapReason.UNSUPPORTED, GapScope.ATTACHMENT)


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (b'{"nhs": "K_TEXT"}', "a.json"),
        (b"<a>K_TEXT</a>", "a.xml"),
        (b"K_TEXT", "noname"),
        ("K_TEXT é".encode("utf-16"), "a.log"),
    ],
)
def test_text_of_any_kind_is_read(read: Callable, octets: bytes, name: str) -> None:
    reading = read(octets, name)
    assert reading.where("K_TEXT")
    assert reading.gaps == ()


def test_a_message_without_the_label_of_one_is_read_as_one(read: Callable) -> None:
    quoted = b"text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=4B_QUOTED"
    reading = read(NESTED.replace(b"text/plain\r\n\r\nK_BODY", quoted), "mail.txt", "text/plain")
    assert reading.one("K_QUOTED").part == "2/1"
    assert reading.where("outer") == [("2/HEADER", "subject", False)]


def test_notes_that_begin_like_a_message_but_are_none_are_text_without_a_gap(read: Callable) -> None:
    octets = b"From: Ann\nTo: Bob\nSubject: lunch\nnot a header at all, K_TEXT\n"
    reading = read(octets, "notes.txt", "text/plain")
    assert reading.where("K_TEXT")
    assert reading.gaps == ()


def test_a_broken_message_file_is_a_gap_confined_to_it(read: Callable) -> None:
    octets = b"From: a@b.example\r\nContent-Type: multipart/mixed\r\nSubject: x\r\n\r\nK_TEXT\r\n"
    gaps = read(octets, "old.eml").gaps
    assert gaps
    assert {gap.scope for gap in gaps} == {GapScope.ATTACHMENT}


def test_an_openpgp_file_is_encrypted(read: Callable) -> None:
    octets = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0000\n-----END PGP MESSAGE-----\n"
    assert GapReason.ENCRYPTED in read(octets, "letter.pgp").reasons


def test_text_beyond_the_budget_is_a_gap(read_mail: Callable) -> None:
    body = b"From: a@b.example\r\n\r\n" + b"x" * 5000
    reading = read_mail(body, Budget(text_chars=1000))
    assert [(gap.reason, gap.scope) for gap in reading.gaps] == [(GapReason.TOO_LARGE, GapScope.MESSAGE)]


def test_a_bomb_in_one_attachment_leaves_the_others_read(read: Callable, make_zip: Callable) -> None:
    inner = make_zip({"zeros": bytes(3_000_000)})
    reading = read(make_zip({"a.zip": inner, "b.txt": b"K_TEXT"}), "x.zip", budget=Budget(file_bytes=1_000_000))
    assert reading.where("K_TEXT")
    assert [(gap.part, gap.reason) for gap in reading.gaps] == [("2/a.zip", GapReason.TOO_LARGE)]


def test_names_in_records_are_printable_and_short(read: Callable, make_zip: Callable) -> None:
    reading = read(make_zip({"x\n\x1b[31m" + "y" * 500 + ".txt": b"K_TEXT"}), "x.zip")
    part = reading.one("K_TEXT").part
    assert part.isprintable()
    assert len(part) < 140


def test_gaps_say_nothing_of_the_message(read: Callable, make_zip: Callable) -> None:
    reading = read(make_zip({"K_NAME.bin": bytes(range(256))}), "x.zip")
    assert [gap.detail for gap in reading.gaps] == ["a file of a kind that can't be read"]
