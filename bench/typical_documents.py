"""Documents of the size that people send, with invented people in them; the same each time."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.support.documents.outlook import (
    BINARY,
    LONG,
    UNICODE,
    MessageFile,
    make_msg,
    make_tnef,
    mapi,
    rich_text,
    wide,
)

_FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "documents"
_OLD_FORMATS = (".doc", ".xls", ".ppt")

_FORENAMES = ("Amina", "Bryn", "Carys", "Dafydd", "Elin", "Farah", "Gwen", "Huw", "Imran", "Joan")
_SURNAMES = ("Archer", "Bevan", "Cole", "Davies", "Evans", "Fisher", "Grant", "Hughes", "Khan", "Lloyd")
_STREETS = ("Mill Lane", "High Street", "Station Road", "Church Row", "Park View")
_SENTENCES = (
    "The working group went through the open points of the last meeting and agreed on the next steps.",
    "The assessment took place at home, and the report was shared with the family the same week.",
    "Officers will write to every household in the street before the road is closed in the spring.",
    "The panel asked for figures by ward, and for the reasons why two applications came in late.",
    "Repairs to the roof are to be finished before the school opens again after the holidays.",
)


def _person(chance: random.Random) -> tuple[str, str, str]:
    number = chance.randrange(100_000)
    name = f"{chance.choice(_FORENAMES)} {chance.choice(_SURNAMES)}"
    return name, f"{chance.randrange(1, 90)} {chance.choice(_STREETS)}", f"01632 9{number:05d}"


def _paragraph(chance: random.Random, sentences: int = 5) -> str:
    return " ".join(chance.choice(_SENTENCES) for _ in range(sentences))


def _rows(count: int) -> list[tuple[str, str, str, int]]:
    chance = random.Random(1)
    return [(*_person(chance), chance.randrange(10_000)) for _ in range(count)]


def docx() -> bytes:
    """Two pages, a table, header and footer."""
    chance = random.Random(2)
    document = Document()
    document.add_heading("Notes of the meeting", 1)
    for _ in range(9):
        document.add_paragraph(_paragraph(chance))
    table = document.add_table(rows=6, cols=3)
    for row in table.rows:
        for cell, text in zip(row.cells, _person(chance), strict=True):
            cell.text = text
    document.sections[0].header.paragraphs[0].text = "Example Council"
    document.sections[0].footer.paragraphs[0].text = "Page"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def xlsx() -> bytes:
    """200 rows of four columns."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Name", "Address", "Telephone", "Reference"])
    for row in _rows(200):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def pptx() -> bytes:
    """Ten slides with a title, five points and notes."""
    chance = random.Random(3)
    show = Presentation()
    for number in range(10):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = f"Point {number + 1}"
        slide.placeholders[1].text = "\n".join(chance.choice(_SENTENCES) for _ in range(5))
        slide.notes_slide.notes_text_frame.text = _paragraph(chance, 2)
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def _lines(chance: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield chance.choice(_SENTENCES)[:88]


def pdf() -> bytes:
    """Five pages of text with a link."""
    chance = random.Random(4)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for page in range(5):
        for number, line in enumerate(_lines(chance, 45)):
            canvas.drawString(60, 780 - 16 * number, line)
        canvas.linkURL("https://council.example/meetings", (60, 40, 200, 55))
        canvas.bookmarkPage(f"p{page}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _page_picture() -> Image.Image:
    """A typed A4 page at 150 dots per inch."""
    chance = random.Random(5)
    page = Image.new("L", (1240, 1754), 250)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(22)
    for number, line in enumerate(_lines(chance, 30)):
        draw.text((110, 120 + 48 * number), line, fill=20, font=font)
    return page


def scanned_pdf() -> bytes:
    """One scanned page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    picture = io.BytesIO()
    _page_picture().save(picture, "jpeg", quality=80)
    picture.seek(0)
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def rtf() -> bytes:
    """Two pages."""
    chance = random.Random(6)
    paragraphs = "".join(rf"\pard\f0\fs22 {_paragraph(chance)}\par " for _ in range(12))
    return (r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}" + paragraphs + "}").encode("ascii")


def odt() -> bytes:
    """Two pages."""
    chance = random.Random(7)
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    spaces += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    paragraphs = "".join(f"<text:p>{_paragraph(chance)}</text:p>" for _ in range(12))
    content = f"<office:document-content {spaces}><office:body><office:text>{paragraphs}</office:text></office:body>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        package.writestr("content.xml", f"{content}</office:document-content>", zipfile.ZIP_DEFLATED)
        package.writestr("META-INF/manifest.xml", manifest, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def csv() -> bytes:
    """1,000 rows of four columns."""
    rows = ("Name,Address,Telephone,Reference", *(",".join(map(str, row)) for row in _rows(1000)))
    return "\r\n".join(rows).encode()


def html() -> bytes:
    """A newsletter of 40 stories, 60 kB, with styles in every tag."""
    chance = random.Random(8)
    style = 'style="font-family:Arial,sans-serif;font-size:14px;line-height:20px;color:#333333;padding:8px"'
    stories = "".join(
        f"<tr><td {style}><h2 {style}>Story {number}</h2><p {style}>{_paragraph(chance)}</p>"
        f'<a href="https://council.example/news/{number}?from=letter" {style}>Read more</a></td></tr>'
        for number in range(40)
    )
    head = "<style>.button{background:#005ea5;color:#fff}@media(max-width:600px){td{display:block}}</style>"
    return f"<!doctype html><html><head><title>News</title>{head}</head><body><table>{stories}</table>".encode()


def calendar() -> bytes:
    """An invitation with ten people."""
    chance = random.Random(9)
    people = "".join(f"ATTENDEE;CN={_person(chance)[0]}:mailto:a{n}@council.example\r\n" for n in range(10))
    return (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Case meeting\r\n"
        f"DESCRIPTION:{_paragraph(chance)}\r\n{people}END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def photo() -> bytes:
    """A photograph of 12 million pixels."""
    noise = Image.effect_noise((500, 375), 60).convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x010F] = "Example"  # Make
    buffer = io.BytesIO()
    noise.save(buffer, "jpeg", quality=85, exif=exif.tobytes())
    return buffer.getvalue()


def logo() -> bytes:
    """A crest with the council's name beside it."""
    picture = Image.new("RGB", (240, 80), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 8, 72, 72), fill="#005ea5")
    draw.text((84, 28), "Example Council", fill="#222222", font=ImageFont.load_default(18))
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def archive() -> bytes:
    """A ZIP of five files: letter, workbook, PDF, table, text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("letter.docx", docx())
        packed.writestr("list.xlsx", xlsx())
        packed.writestr("minutes.pdf", pdf())
        packed.writestr("list.csv", csv())
        packed.writestr("note.txt", _paragraph(random.Random(10)))
    return buffer.getvalue()


def msg() -> bytes:
    """A message as Outlook saves it: two pages of rich text and a letter of two pages."""
    return make_msg(
        MessageFile(
            properties={
                (0x0037, UNICODE): wide("Case meeting"),
                (0x1009, BINARY): rich_text(rtf()),
                (0x3FFD, LONG): 1252,
            },
            recipients=({(0x3001, UNICODE): wide("Joan Archer"), (0x39FE, UNICODE): wide("jo@council.example")},),
            attachments=({(0x3707, UNICODE): wide("notes.docx"), (0x3701, BINARY): docx()},),
        )
    )


def tnef() -> bytes:
    """The same as Outlook packs it (winmail.dat)."""
    return make_tnef(
        [
            (1, 0x00089006, struct.pack("<I", 0x10000)),
            (1, 0x00018004, b"Case meeting\0"),
            (1, 0x00069003, mapi({(0x1009, BINARY): rich_text(rtf())})),
            (2, 0x00069002, bytes(14)),
            (2, 0x00018010, b"notes.docx\0"),
            (2, 0x0006800F, docx()),
        ]
    )


MADE: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("DOCX, 2 pages", "notes.docx", docx),
    ("XLSX, 200 rows", "list.xlsx", xlsx),
    ("PPTX, 10 slides", "talk.pptx", pptx),
    ("PDF, 5 pages", "minutes.pdf", pdf),
    ("PDF, 1 page that is a picture", "scan.pdf", scanned_pdf),
    ("RTF, 2 pages", "letter.rtf", rtf),
    ("ODT, 2 pages", "letter.odt", odt),
    ("MSG, 2 pages and a DOCX", "meeting.msg", msg),
    ("TNEF, 2 pages and a DOCX", "winmail.dat", tnef),
    ("ZIP of 5 files", "papers.zip", archive),
    ("HTML newsletter, 60 kB", "news.html", html),
    ("calendar invitation", "meeting.ics", calendar),
    ("CSV, 1,000 rows", "list.csv", csv),
    ("JPEG photo, 12 million pixels", "photo.jpg", photo),
    ("PNG logo", "logo.png", logo),
)
"""What is measured, a file name for it, and its maker."""


def documents() -> Iterator[tuple[str, str, bytes]]:
    """(what, file name, octets) of all that are made here, and of the old formats, which an office program made for the
    tests: text in every place that can hold some, so rather more than typical."""
    for what, name, make in MADE:
        yield what, name, make()
    for path in sorted(_FIXTURES.glob("*")):
        if path.suffix in _OLD_FORMATS:
            yield f"{path.suffix[1:].upper()} of the tests", path.name, path.read_bytes()
