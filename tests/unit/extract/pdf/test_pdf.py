from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from dlp_gateway.model import GapReason
from tests.support.documents.images import encoded, page, picture
from tests.support.documents.pdf import (
    content_pdf,
    drawn_pdf,
    form_object,
    make_pdf,
    plain_pdf,
    saved,
    updated,
)
from tests.support.ocr import Onlooker

MADE, PLANTED = make_pdf()


def shown(text: str, y: int = 700) -> bytes:
    return b"BT /F1 10 Tf 72 %d Td (%b) Tj ET " % (y, text.encode())


# -- what is read, and where it is said to stand --


def test_no_canary_is_missed_and_each_place_is_told(read: Callable) -> None:
    reading = read(MADE, "letter.pdf", run=Onlooker())
    assert [canary for canary in PLANTED if not reading.where(canary)] == []
    for canary, planted in PLANTED.items():
        part = f"2/{planted.part}" if planted.part else "2"
        assert (part, planted.place, planted.hidden) in reading.where(canary), canary


def test_a_document_with_text_in_every_place_leaves_no_gap(read: Callable) -> None:
    assert read(MADE, "letter.pdf", run=Onlooker()).gaps == ()


def test_pages_read_as_lines_in_order(read: Callable) -> None:
    reading = read(plain_pdf("Name: Jane Example\nNI number: QQ 12 34 56 C\n\nYours", "Second"), "letter.pdf")
    assert reading.at("page 1")[0].text == "Name: Jane Example\nNI number: QQ 12 34 56 C\nYours"
    assert reading.at("page 2")[0].text == "Second"
    assert reading.gaps == ()


def test_lines_that_are_forms_of_their_own_are_lines(read: Callable) -> None:
    """Some programs draw each line as a form, placed by the page: pdfium alone runs them together."""

    def more(document: pikepdf.Pdf, page: Any) -> None:
        for name, words in (("A", "Jane Example"), ("B", "QQ 12 34 56 C")):
            page.Resources.XObject[f"/{name}"] = form_object(
                document, b"BT /F1 10 Tf 2 2 Td (%b) Tj ET" % words.encode()
            )

    content = b"q 1 0 0 1 72 700 cm /A Do Q q 1 0 0 1 72 680 cm /B Do Q"
    assert read(content_pdf(content, more=more), "a.pdf").at("page 1")[0].text == "Jane Example\nQQ 12 34 56 C"


def test_letters_in_boxes_are_joined(read: Callable) -> None:
    def draw(canvas: Canvas) -> None:
        for place, letter in enumerate("QQ123456C"):
            canvas.drawString(72 + 24 * place, 700, letter)

    assert read(drawn_pdf(draw), "form.pdf").at("page 1 (spaced letters joined)")[0].text == "QQ123456C"


def test_a_page_that_says_other_words_than_it_draws_is_read_both_ways(read: Callable) -> None:
    content = b"/Span <</Actual#54ext (K_SAID)>> BDC " + shown("K_DRAWN") + b" EMC"
    reading = read(content_pdf(content), "a.pdf")
    assert reading.where("K_SAID") == reading.where("K_DRAWN") == [("2", "page 1", False)]


def test_the_text_behind_a_scanned_page_is_not_called_hidden(read: Callable) -> None:
    """Scanners write it in no colour under the picture; people read the picture."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(io.BytesIO(encoded(page(), "PNG"))), 0, 0, 595, 842)
        words = canvas.beginText(72, 700)
        words.setTextRenderMode(3)
        words.textOut("K_BEHIND " * 9)
        canvas.drawText(words)

    assert read(drawn_pdf(draw), "scan.pdf", run=Onlooker()).where("K_BEHIND") == [("2", "page 1", False)]


def test_a_file_attached_to_a_pdf_is_a_part_of_its_own(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("outer")))
    inner = plain_pdf("K_INNER")
    document.attachments["x"] = pikepdf.AttachedFileSpec(document, inner, filename="inner.pdf")
    reading = read(saved(document), "outer.pdf")
    assert reading.where("K_INNER") == [("2/inner.pdf", "page 1", False)]
    assert [a.filename for a in reading.attachments] == ["outer.pdf", "inner.pdf"]


def test_a_jpeg_that_is_attached_as_it_is_can_be_read(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("outer")))
    photo = document.make_stream(encoded(picture(), "JPEG"))
    photo.Type, photo.Filter = Name.EmbeddedFile, Name.DCTDecode
    document.Root.AF = Array(
        [document.make_indirect(Dictionary(Type=Name.Filespec, F="a.jpg", EF=Dictionary(F=photo)))]
    )
    reading = read(saved(document), "outer.pdf", run=Onlooker())
    assert [p.part for p in reading.passages if "PICTURE" in p.text] == ["2/a.jpg"]
    assert reading.gaps == ()


def test_letters_drawn_out_of_order_are_read_by_where_they_stand(read: Callable) -> None:
    """What people see are lines; in the file their letters come in any order."""
    lines = ("Dear Jane Example,", "your number is QQ 12 34 56 C", "and your date of birth 01/02/1980")

    def draw(canvas: Canvas) -> None:
        letters = [(8 * x, -20 * y, letter) for y, line in enumerate(lines) for x, letter in enumerate(line)]
        for x, y, letter in random.Random(7).sample(letters, len(letters)):
            canvas.drawString(72 + x, 700 + y, letter)

    reading = read(drawn_pdf(draw), "a.pdf")
    assert "QQ123456C" not in "".join(reading.at("page 1")[0].text.split())
    bare = ["".join(line.split()) for line in reading.at("page 1 (as laid out)")[0].text.split("\n")]
    assert bare == ["".join(line.split()) for line in lines]


def test_a_page_in_columns_has_one_reading(read: Callable) -> None:
    def draw(canvas: Canvas) -> None:
        for column in range(2):
            for line in range(30):
                canvas.drawString(72 + 250 * column, 750 - 14 * line, f"Column {column} line {line}")

    assert [p.place for p in read(drawn_pdf(draw), "a.pdf").passages if p.place.startswith("page 1")] == ["page 1"]


def test_a_sound_is_a_gap(read: Callable) -> None:
    def more(document: pikepdf.Pdf, page: Any) -> None:
        sound = document.make_stream(bytes(99))
        sound.Type, sound.R = Name.Sound, 8000
        page.Annots = Array([document.make_indirect(Dictionary(Subtype=Name.Sound, Rect=[1, 1, 9, 9], Sound=sound))])

    assert read(content_pdf(shown("K_BODY"), more=more), "a.pdf").reasons == [GapReason.UNSUPPORTED]


# -- earlier versions --


def revised(times: int) -> bytes:
    octets = saved(pikepdf.open(io.BytesIO(plain_pdf("K_VERSION_0 text"))))
    number = re.search(rb"/Contents (\d+) 0 R", octets)
    assert number is not None
    for version in range(1, times + 1):
        octets = updated(octets, int(number[1]), b"BT /F1 12 Tf 72 500 Td (K_VERSION_%d text) Tj ET" % version)
    return octets


def test_every_earlier_version_is_read_and_only_what_differs(read: Callable) -> None:
    reading = read(revised(3), "a.pdf")
    assert reading.where("K_VERSION_3") == [("2", "page 1", False)]
    for version in range(3):
        assert reading.where(f"K_VERSION_{version}") == [("2", "page 1 (earlier version)", True)]
    assert len(reading.at("document properties")) == 1
    assert reading.gaps == ()


def test_more_earlier_versions_than_are_read_are_a_gap(read: Callable) -> None:
    assert read(revised(9), "a.pdf").reasons == [GapReason.TOO_LARGE]


def test_a_file_made_for_fast_display_has_no_earlier_version(read: Callable) -> None:
    octets = saved(pikepdf.open(io.BytesIO(plain_pdf("K_ONE", "K_TWO"))), linearize=True)
    assert octets.count(b"%%EOF") == 2
    reading = read(octets, "a.pdf")
    assert [p.place for p in reading.passages if p.hidden] == []
    assert reading.gaps == ()


def test_objects_in_an_attached_pdf_are_not_taken_for_removed_ones(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("outer")))
    document.attachments["x"] = pikepdf.AttachedFileSpec(document, content_pdf(shown("K_INNER")), filename="inner.pdf")
    assert read(saved(document), "outer.pdf").where("K_INNER") == [("2/inner.pdf", "page 1", False)]


def test_a_compressed_stream_that_no_version_lists_is_read(read: Callable) -> None:
    packed = zlib.compress(b"BT /F1 12 Tf 72 500 Td (K_REMOVED) Tj ET")
    lost = b"77 0 obj <</Filter /FlateDecode /Length %d>> stream\n%b\nendstream endobj\n" % (len(packed), packed)
    octets = plain_pdf("K_BODY")
    at = octets.rindex(b"startxref")
    reading = read(octets[:at] + lost + octets[at:], "a.pdf")
    assert reading.where("K_REMOVED") == [("2", "removed object", True)]


# -- passwords --


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_with_a_password_is_encrypted(read: Callable, revision: int) -> None:
    lock = pikepdf.Encryption(user="pw", owner="o", R=revision, aes=revision >= 4, metadata=revision >= 4)
    octets = saved(pikepdf.open(io.BytesIO(plain_pdf("K_BODY"))), encryption=lock)
    reading = read(octets, "letter.pdf")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [(GapReason.ENCRYPTED, "a PDF with a password")]


def test_a_pdf_that_only_restricts_printing_is_read(read: Callable) -> None:
    octets = saved(pikepdf.open(io.BytesIO(MADE)), encryption=pikepdf.Encryption(user="", owner="o"))
    reading = read(octets, "letter.pdf", run=Onlooker())
    ends = ("EarlierVersion", "Cropped", "Unlisted")  # saving has left them out
    assert [c for c in PLANTED if not reading.where(c) and not any(end in c for end in ends)] == []
    assert reading.gaps == ()


def test_a_pdf_locked_by_certificates_is_encrypted(read: Callable) -> None:
    octets = saved(pikepdf.open(io.BytesIO(plain_pdf("K_BODY"))), encryption=pikepdf.Encryption(user="", owner="o"))
    octets = octets.replace(b"/Filter /Standard", b"/Filter /Adobe.PK")
    reading = read(octets, "letter.pdf")
    assert reading.reasons == [GapReason.ENCRYPTED]


def test_a_pdf_around_an_encrypted_one_is_encrypted(read: Callable) -> None:
    """ISO 32000-2, 7.6.7: rights management sends a page of explanation with the real document attached."""
    document = pikepdf.open(io.BytesIO(plain_pdf("This document is protected.")))
    given = pikepdf.AttachedFileSpec(
        document, b"\x01\x02", filename="protected.pdf", relationship=Name.EncryptedPayload
    )
    document.attachments["x"] = given
    assert GapReason.ENCRYPTED in read(saved(document), "letter.pdf").reasons
