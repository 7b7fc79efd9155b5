from __future__ import annotations

import io
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
    pages_of_pictures,
    saved,
)
from tests.support.ocr import Onlooker, tesseract, unavailable


def shown(text: str, y: int = 700) -> bytes:
    return b"BT /F1 10 Tf 72 %d Td (%b) Tj ET " % (y, text.encode())


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


def test_a_picture_cut_into_tiles_is_recognised_as_a_page(read: Callable) -> None:
    whole = page(72)

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 20, "Sent by the machine on the second floor to whoever it may concern today.")
        for left in range(0, whole.width, 50):
            for top in range(0, whole.height, 50):
                tile = whole.crop((left, top, left + 50, top + 50))
                canvas.drawImage(ImageReader(tile), left, 842 - top - 50, 50, 50)

    looking = Onlooker()
    read(drawn_pdf(draw), "scan.pdf", run=looking)
    assert [each.width for each in looking.pictures] == [1654]


@pytest.mark.parametrize(("size", "count"), [((40, 70), 0), ((90, 120), 0), ((600, 60), 1)])
def test_letters_that_are_pictures_are_recognised_where_they_are_lines(
    read: Callable, size: tuple[int, int], count: int
) -> None:
    """Fonts of scanned letters have hundreds; one whose letter is a line of text hides that line."""
    drawn = picture(["QQ 12 34 56 C"], size=size, mode="L", ink=0, paper=255)

    def more(document: pikepdf.Pdf, page: Any) -> None:
        stream = document.make_stream(drawn.tobytes())
        stream.Type, stream.Subtype, stream.Width, stream.Height = Name.XObject, Name.Image, *size
        stream.ColorSpace, stream.BitsPerComponent = Name.DeviceGray, 8
        glyph = document.make_stream(b"600 0 d0 600 0 0 60 0 0 cm /Im Do")
        page.Resources.Font.T3 = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=[0, 0, 600, 60],
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(a=glyph),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=[600],
            Resources=Dictionary(XObject=Dictionary(Im=stream)),
        )

    looking = Onlooker()
    content = shown("A page of text that is long enough to be no picture of a page at all") + b"BT /T3 9 Tf (a) Tj ET"
    read(content_pdf(content, more=more), "a.pdf", run=looking)
    assert len(looking.pictures) == count


def test_all_text_is_told_before_any_picture_is_looked_at(read: Callable) -> None:
    """Recognition takes a second a page: when the time of a message is used up, what was told stays."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(io.BytesIO(encoded(page(72), "PNG"))), 0, 0, 595, 842)
        canvas.showPage()
        canvas.drawString(72, 700, "K_SECOND")
        canvas.showPage()

    places = [p.place for p in read(drawn_pdf(draw), "a.pdf", run=Onlooker()).passages if p.part == "2" and p.place]
    assert places[-1] == "page 1 (read from a picture)"
    assert "page 2" in places[:-1]
