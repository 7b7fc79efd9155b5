from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55"
    b"\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xaeB\x60\x82"
)


def plain_pdf(*pages: str) -> bytes:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=A4)
    for text in pages:
        paper.drawString(72, 780, text)
        paper.showPage()
    paper.save()
    return buffer.getvalue()


def resaved(document: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def full() -> bytes:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=A4)
    paper.setTitle("K_TITLE")
    paper.setAuthor("K_AUTHOR")
    paper.drawString(72, 780, "K_BODY text")
    invisible = paper.beginText(72, 740)
    invisible.setTextRenderMode(3)
    invisible.textLine("K_INVISIBLE")
    paper.drawText(invisible)
    paper.bookmarkPage("a")
    paper.addOutlineEntry("K_OUTLINE", "a")
    form = paper.acroForm
    form.textfield(name="K_NAME", tooltip="K_TOOLTIP", value="K_VALUE", x=72, y=500, width=200, height=20)
    form.textfield(name="h", value="K_UNSEEN", x=72, y=470, width=200, height=20, annotationFlags="hidden")
    form.choice(name="c", options=["K_CHOSEN", "K_UNCHOSEN"], value="K_CHOSEN", x=72, y=440, width=120, height=20)
    paper.linkURL("mailto:K_LINK@b.example", (72, 400, 200, 420))
    paper.showPage()
    paper.drawString(72, 780, "K_SECOND")
    paper.showPage()
    paper.save()
    document = pikepdf.open(io.BytesIO(buffer.getvalue()))
    name, string = pikepdf.Name, pikepdf.String
    document.pages[0].Annots.append(
        document.make_indirect(
            pikepdf.Dictionary(
                Type=name.Annot,
                Subtype=name.Text,
                Rect=[10, 10, 30, 30],
                Contents=string("K_NOTE"),
                T=string("K_WRITER"),
            )
        )
    )
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, b"text K_ATTACHED", filename="K_FILE.txt")
    document.Root.OpenAction = pikepdf.Dictionary(S=name.JavaScript, JS=string('app.alert("K_SCRIPT")'))
    with document.open_metadata(update_docinfo=False) as metadata:
        metadata["dc:description"] = "K_XMP"
    return resaved(document)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("K_BODY text", "page 1"),
        ("K_INVISIBLE", "page 1"),
        ("K_SECOND", "page 2"),
        ("K_TITLE", "document properties"),
        ("K_AUTHOR", "document properties"),
        ("K_XMP", "document properties"),
        ("K_OUTLINE", "outline"),
        ("K_NAME", "form"),
        ("K_TOOLTIP", "form"),
        ("K_VALUE", "form"),
        ("K_UNSEEN", "form"),
        ("K_UNCHOSEN", "form"),
        ("K_NOTE", "annotation"),
        ("K_WRITER", "form"),
        ("K_LINK", "link"),
        ("K_SCRIPT", "script"),
    ],
)
def test_every_place_of_a_pdf_is_read(read: Callable, full: bytes, words: str, place: str) -> None:
    assert place in [where for _, where, _ in read(full, "letter.pdf").where(words)]


def test_an_ordinary_pdf_leaves_no_gap(read: Callable, full: bytes) -> None:
    assert read(full, "letter.pdf").gaps == ()


def test_an_attached_file_is_a_part_of_its_own(read: Callable, full: bytes) -> None:
    reading = read(full, "letter.pdf")
    assert reading.one("K_ATTACHED").part == "2/K_FILE.txt"
    assert reading.where("K_FILE.txt") == [("2/K_FILE.txt", "file name", False)]


def test_a_pdf_with_a_password_is_encrypted(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("K_BODY")))
    octets = resaved(document, encryption=pikepdf.Encryption(user="pw", owner="o"))
    assert read(octets, "letter.pdf").reasons == [GapReason.ENCRYPTED]


def test_a_pdf_that_only_restricts_printing_is_read(read: Callable) -> None:
    document = pikepdf.open(io.BytesIO(plain_pdf("K_BODY")))
    reading = read(resaved(document, encryption=pikepdf.Encryption(user="", owner="o")), "letter.pdf")
    assert reading.where("K_BODY")
    assert reading.gaps == ()


def test_pages_beyond_the_budget_are_a_gap_and_those_before_are_read(read: Callable) -> None:
    reading = read(plain_pdf("K_ONE", "K_TWO", "K_THREE"), "long.pdf", budget=Budget(pages=2))
    assert reading.where("K_TWO")
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_a_scanned_page_is_a_gap_and_a_logo_on_a_page_is_none(read: Callable) -> None:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=A4)
    picture = ImageReader(io.BytesIO(PICTURE))
    paper.drawImage(picture, 20, 700, 100, 60)
    paper.drawString(72, 600, "K_LETTER")
    paper.showPage()
    paper.drawImage(picture, 0, 0, *A4)
    paper.drawString(72, 20, "Scanned by K_SCANNER")
    paper.showPage()
    paper.save()
    reading = read(buffer.getvalue(), "scan.pdf")
    assert reading.where("K_SCANNER")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (GapReason.UNSUPPORTED, "a scanned page, whose picture can't be read")
    ]


def test_a_pdf_that_is_broken_is_a_gap(read: Callable) -> None:
    assert read(b"%PDF-1.7\n" + bytes(range(256)) * 20, "letter.pdf").reasons == [GapReason.CORRUPT]


def test_a_pdf_under_a_false_label_is_read(read: Callable) -> None:
    assert read(plain_pdf("K_BODY"), "notes.txt", "text/plain").where("K_BODY")
