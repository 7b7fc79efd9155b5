from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import reportlab
from pikepdf import Array, Dictionary, Name
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.documents.images import LETTER, encoded, page, photograph, picture
from tests.support.documents.pdf import (
    content_pdf,
    drawn_pdf,
    form_object,
    helvetica,
    make_pdf,
    pages_of_pictures,
    plain_pdf,
    saved,
    updated,
)
from tests.support.ocr import Onlooker, needs_tesseract, tesseract, unavailable

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


# -- pictures --


@needs_tesseract
def test_a_scanned_page_is_recognised(read: Callable) -> None:
    reading = read(pages_of_pictures([encoded(page(), "PNG")]), "scan.pdf", run=tesseract)
    (found,) = reading.at("page 1 (read from a picture)")
    bare = "".join(found.text.split())
    assert [line for line in LETTER if "".join(line.split()) not in bare] == []
    assert reading.gaps == ()


def test_a_picture_on_a_page_of_text_is_recognised_once(read: Callable) -> None:
    logo = ImageReader(io.BytesIO(encoded(picture(["Council"], size=(300, 100)), "PNG")))

    def draw(canvas: Canvas) -> None:
        for number in range(3):
            canvas.drawImage(logo, 20, 700, 150, 50)
            canvas.drawString(
                72, 600, f"Letter {number} of three, which has a page of text for the council's residents."
            )
            canvas.showPage()

    looking = Onlooker()
    reading = read(drawn_pdf(draw), "letters.pdf", run=looking)
    assert reading.where("PICTURE") == [("2", "page 1 (read from a picture)", False)]
    assert len(looking.pictures) == 1


def test_a_page_of_drawn_letters_is_recognised(read: Callable) -> None:
    def draw(canvas: Canvas) -> None:
        for place in range(60):
            canvas.line(72 + place * 5, 700, 74 + place * 5, 710)

    assert read(drawn_pdf(draw), "drawn.pdf", run=Onlooker()).where("PICTURE 1")


def test_a_page_with_a_short_note_and_a_frame_is_not_recognised(read: Callable) -> None:
    looking = Onlooker()

    def draw(canvas: Canvas) -> None:
        canvas.rect(50, 50, 400, 700)
        canvas.drawString(72, 700, "See over.")

    read(drawn_pdf(draw), "note.pdf", run=looking)
    assert looking.pictures == []


def test_a_picture_cut_into_strips_is_recognised_as_a_page(read: Callable) -> None:
    whole = page()

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 20, "Sent by the machine on the second floor to whoever it may concern today.")
        for top in range(0, whole.height, 50):
            strip = whole.crop((0, top, whole.width, min(top + 50, whole.height)))
            height = strip.height * 842 / whole.height
            canvas.drawImage(ImageReader(strip), 0, 842 - top * 842 / whole.height - height, 595, height)

    looking = Onlooker()
    read(drawn_pdf(draw), "scan.pdf", run=looking)
    assert [each.width for each in looking.pictures] == [1654]


def test_scanned_pages_beyond_the_budget_are_one_gap_that_names_the_first(read: Callable) -> None:
    scans = [encoded(page(72, points=8 + number), "PNG") for number in range(5)]
    reading = read(pages_of_pictures(scans), "scan.pdf", run=Onlooker(), budget=Budget(pictures=2))
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (
            GapReason.TOO_LARGE,
            "page 3 (read from a picture): has more pictures and scanned pages than are read of one message",
        )
    ]
    assert len([p for p in reading.passages if "PICTURE" in p.text]) == 2


def test_a_scanned_page_that_can_t_be_recognised_here_is_a_gap(read: Callable) -> None:
    assert read(pages_of_pictures([encoded(page(72), "PNG")]), "s.pdf", run=unavailable).reasons == [
        GapReason.UNSUPPORTED
    ]


def test_a_page_with_a_picture_of_too_many_pixels_is_a_gap(read: Callable) -> None:
    octets = pages_of_pictures([encoded(photograph((800, 600)), "PNG")])
    reading = read(octets, "scan.pdf", run=Onlooker(), budget=Budget(pixels=100_000))
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_a_picture_in_a_stamp_is_recognised(read: Callable) -> None:
    def more(document: pikepdf.Pdf, page: Any) -> None:
        drawn = picture(["Stamp"], size=(300, 100), mode="L", ink=0, paper=255)
        stream = document.make_stream(drawn.tobytes())
        stream.Type, stream.Subtype, stream.Width, stream.Height = Name.XObject, Name.Image, 300, 100
        stream.ColorSpace, stream.BitsPerComponent = Name.DeviceGray, 8
        stamp = form_object(document, b"q 100 0 0 30 0 0 cm /Im Do Q", XObject=Dictionary(Im=stream))
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[1, 1, 9, 9], AP=Dictionary(N=stamp))
        page.Annots = Array([document.make_indirect(annotation)])

    reading = read(
        content_pdf(shown("A page of text that is long enough to be no picture of a page at all"), more=more),
        "a.pdf",
        run=Onlooker(),
    )
    assert reading.where("PICTURE") == [("2", "page 1, comment (read from a picture)", False)]


@needs_tesseract
def test_a_page_whose_letters_have_no_meaning_is_recognised(read: Callable) -> None:
    """Fonts that number their letters as they like, and do not tell which is which."""
    source = saved(pikepdf.open(io.BytesIO(make_subset_pdf("National Insurance number QQ 12 34 56 C"))))
    text = "".join(read(source, "a.pdf", run=tesseract).at("page 1 (read from a picture)")[0].text.split())
    assert "QQ123456C" in text


def make_subset_pdf(words: str) -> bytes:
    """A page in an embedded font whose codes are numbers from 1 on, without the table that tells their meaning."""
    fonts = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("Vera", str(fonts / "Vera.ttf"), asciiReadable=False))

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Vera", 14)
        canvas.drawString(72, 700, words)

    document = pikepdf.open(io.BytesIO(drawn_pdf(draw)))
    for thing in document.objects:
        if isinstance(thing, Dictionary) and "/ToUnicode" in thing:
            del thing["/ToUnicode"]
    return saved(document)


# -- what costs too much --


def test_pages_beyond_the_budget_are_a_gap_and_those_before_are_read(read: Callable) -> None:
    reading = read(plain_pdf("K_ONE", "K_TWO", "K_THREE"), "long.pdf", budget=Budget(pages=2))
    assert reading.where("K_TWO")
    assert reading.where("anonymous")  # properties come after the pages
    assert reading.reasons == [GapReason.TOO_LARGE]


def flate(document: pikepdf.Pdf, count: int) -> Any:
    stream = document.make_stream(zlib.compress(b"BT /F1 9 Tf 9 9 Td (K) Tj ET" + b" " * count, 9))
    stream.Filter = Name.FlateDecode
    return stream


def test_a_page_that_is_a_bomb_is_a_gap_and_the_others_are_read(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("K_ONE", "K_TWO")))
    document.pages[0].obj.Contents = flate(document, 60_000_000)
    reading = read(saved(document), "bomb.pdf", budget=Budget(file_bytes=20_000_000))
    assert reading.where("K_TWO")
    assert reading.reasons == [GapReason.TOO_LARGE]


@pytest.mark.parametrize("key", ["ToUnicode", "FontFile2"])
def test_a_font_that_is_a_bomb_never_reaches_the_renderer(read: Callable, key: str) -> None:
    def more(document: pikepdf.Pdf, page: Any) -> None:
        font = helvetica()
        bomb = flate(document, 60_000_000)
        if key == "ToUnicode":
            font.ToUnicode = bomb
        else:
            font.Subtype = Name.TrueType
            font.FontDescriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.X, Flags=32, FontFile2=bomb)
        page.Resources.Font.F1 = font

    reading = read(content_pdf(shown("K_BODY"), more=more), "bomb.pdf", budget=Budget(file_bytes=20_000_000))
    assert reading.reasons == [GapReason.TOO_LARGE]
    assert reading.where("K_BODY")


def test_forms_that_draw_each_other_are_read_once_each(read: Callable) -> None:
    """Thirty forms, each drawn twice by the next: a thousand million words."""

    def more(document: pikepdf.Pdf, page: Any) -> None:
        inner = form_object(document, b"BT /F1 9 Tf 2 2 Td (K_INNERMOST) Tj ET")
        for _ in range(30):
            inner = form_object(document, b"/X Do /X Do", XObject=Dictionary(X=inner))
        page.Resources.XObject.X = inner

    reading = read(content_pdf(b"/X Do " + shown("K_PAGE"), more=more), "bomb.pdf")
    assert reading.where("K_INNERMOST") == reading.where("K_PAGE") == [("2", "page 1", False)]
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_a_form_deeper_than_the_renderer_goes_is_read(read: Callable) -> None:
    def more(document: pikepdf.Pdf, page: Any) -> None:
        inner = form_object(document, b"BT /F1 9 Tf 2 2 Td (K_INNERMOST) Tj ET")
        for _ in range(60):
            inner = form_object(document, b"/X Do", XObject=Dictionary(X=inner))
        page.Resources.XObject.X = inner

    assert read(content_pdf(b"/X Do", more=more), "deep.pdf").where("K_INNERMOST")


def test_a_form_that_draws_itself_ends(read: Callable) -> None:
    def more(document: pikepdf.Pdf, page: Any) -> None:
        form = document.make_indirect(form_object(document, b"BT /F1 9 Tf 2 2 Td (K_FORM) Tj ET /X Do"))
        form.Resources.XObject = Dictionary(X=form)
        page.Resources.XObject.X = form

    assert read(content_pdf(b"/X Do", more=more), "loop.pdf").where("K_FORM")


def test_marks_within_marks_are_a_gap_and_their_text_is_read(read: Callable) -> None:
    """The renderer needs the square of their depth: six seconds for 20,000."""
    content = b"/Span <</ActualText (x)>> BDC " * 20_000 + shown("K_DEEP") + b"EMC " * 20_000
    reading = read(content_pdf(content), "marks.pdf")
    assert reading.where("K_DEEP")
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_a_line_longer_than_the_renderer_keeps_is_a_gap(read: Callable) -> None:
    content = b"BT /F1 9 Tf 9 9 Td (" + b"word " * 10_000 + b"K_END) Tj ET"
    assert read(content_pdf(content), "long.pdf").reasons == [GapReason.TOO_LARGE]


def test_lzw_is_counted_before_it_is_unpacked(read: Callable) -> None:
    """One code after another, each a longer run of the same octet."""
    bits = []
    for code, table in [(256, 258), (65, 258), *((code, code) for code in range(258, 4094))] * 12:
        bits.append(f"{code:0{max(9, (table + 1).bit_length())}b}")
    packed = "".join(bits)
    octets = int(packed + "0" * (-len(packed) % 8), 2).to_bytes((len(packed) + 7) // 8, "big")

    def more(document: pikepdf.Pdf, page: Any) -> None:
        page.Contents = document.make_stream(octets)
        page.Contents.Filter = Name.LZWDecode

    reading = read(content_pdf(b"", more=more), "lzw.pdf", budget=Budget(file_bytes=1_000_000))
    assert reading.reasons == [GapReason.TOO_LARGE]


# -- broken files --


def test_what_is_no_pdf_but_begins_as_one_is_a_gap(read: Callable) -> None:
    assert read(b"%PDF-1.7\n" + bytes(range(256)) * 20, "letter.pdf").reasons == [GapReason.CORRUPT]


def test_a_pdf_without_its_table_is_read_and_said_to_be_broken(read: Callable) -> None:
    octets = plain_pdf("K_BODY")
    reading = read(octets[: octets.rindex(b"xref", 0, octets.rindex(b"startxref"))], "letter.pdf")
    assert reading.where("K_BODY")
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_pdf_cut_off_anywhere_ends_in_text_or_a_gap(read: Callable) -> None:
    for end in range(9, len(MADE), len(MADE) // 40):
        reading = read(MADE[:end], "cut.pdf", run=Onlooker())
        assert reading.gaps or any(p.place.startswith(("page", "removed")) for p in reading.passages), end


def test_damaged_octets_end_in_text_or_a_gap(read: Callable) -> None:
    for at in range(40, len(MADE), len(MADE) // 40):
        damaged = MADE[:at] + b"\xff(<[/" + MADE[at + 5 :]
        reading = read(damaged, "damaged.pdf", run=Onlooker())
        assert reading.gaps or any(p.place.startswith("page") for p in reading.passages), at


def test_a_page_tree_in_which_two_programs_see_different_pages_is_read_as_both_do(read: Callable) -> None:
    """A count of one page, although the tree holds two."""
    octets = saved(pikepdf.open(io.BytesIO(plain_pdf("K_ONE", "K_TWO"))))
    reading = read(octets.replace(b"/Count 2", b"/Count 1"), "a.pdf")
    assert reading.where("K_ONE")
    assert reading.where("K_TWO")


def test_a_pdf_under_a_false_label_is_read(read: Callable) -> None:
    assert read(plain_pdf("K_BODY"), "notes.txt", "text/plain").where("K_BODY")
