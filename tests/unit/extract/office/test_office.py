"""A canary in every place of a Word document that people or programs write to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.oxml import parse_xml
from pptx import Presentation

from dlp_gateway.model import GapReason

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_EXTRA = """<w:body {w}>
<w:p><w:ins w:id="9" w:author="a"><w:r><w:t>K_INSERTED</w:t></w:r></w:ins>
<w:del w:id="10" w:author="a"><w:r><w:delText>K_DELETED</w:delText></w:r></w:del></w:p>
<w:p><w:moveFrom w:id="11" w:author="a"><w:r><w:t>K_MOVED_AWAY</w:t></w:r></w:moveFrom></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>K_VANISHED</w:t></w:r><w:r><w:t>K_SEEN</w:t></w:r></w:p>
<w:sdt><w:sdtPr><w:alias w:val="K_ALIAS"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>K_CONTROL</w:t></w:r></w:p>
</w:sdtContent></w:sdt>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> K_FIELD </w:instrText></w:r></w:p>
<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" alt="K_ALT"><v:textbox><w:txbxContent>
<w:p><w:r><w:t>K_TEXTBOX</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>
<w:p><w:r><w:t>943</w:t></w:r><w:r><w:noBreakHyphen/></w:r><w:r><w:t>476</w:t></w:r><w:r><w:tab/>
<w:t>5919</w:t></w:r></w:p>
</w:body>"""


@pytest.fixture(scope="module")
def document() -> bytes:
    made = docx.Document()
    made.core_properties.title = "K_TITLE"
    made.core_properties.keywords = "K_KEYWORDS"
    paragraph = made.add_paragraph("K_BODY and K_SPL")
    paragraph.add_run("IT").bold = True
    form = made.add_table(2, 2)
    form.cell(0, 0).text, form.cell(0, 1).text = "NHS number", "K_FORM"
    form.cell(1, 1).add_table(1, 1).cell(0, 0).text = "K_NESTED"
    records = made.add_table(3, 3)
    for row, texts in enumerate((("Name", "NHS number", "Ward"), ("Ann", "K_RECORD", "3"), ("Bob", "", "4"))):
        for column, text in enumerate(texts):
            records.cell(row, column).text = text
    section = made.sections[0]
    section.header.paragraphs[0].text = "K_HEADER"
    section.footer.paragraphs[0].text = "K_FOOTER"
    for extra in parse_xml(_EXTRA.replace("{w}", _W)):
        made.element.body.insert(0, extra)
    if hasattr(made, "add_comment"):
        made.add_comment(paragraph.runs[0], text="K_COMMENT", author="K_COMMENTER")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_parts(document: bytes, **parts: bytes) -> bytes:
    buffer = io.BytesIO(document)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        for name, octets in parts.items():
            package.writestr(name, octets)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("words", "place", "hidden"),
    [
        ("K_BODY", "", False),
        ("K_SPLIT", "", False),
        ("K_INSERTED", "", False),
        ("K_SEEN", "", False),
        ("K_CONTROL", "", False),
        ("K_TEXTBOX", "text box", False),
        ("NHS number\tK_FORM", "", False),
        ("K_NESTED", "", False),
        ("943-476\t5919", "", False),
        ("K_DELETED", "tracked deletion", True),
        ("K_MOVED_AWAY", "moved text", True),
        ("K_VANISHED", "hidden text", True),
        ("K_FIELD", "field code", False),
        ("K_ALIAS", "content control", True),
        ("K_ALT", "alternative text", False),
        ("K_HEADER", "page header", False),
        ("K_FOOTER", "page footer", False),
        ("K_COMMENT", "comment", True),
        ("K_TITLE", "document properties", False),
        ("K_KEYWORDS", "document properties", False),
    ],
)
def test_every_place_of_a_word_document_is_read(
    read: Callable, document: bytes, words: str, place: str, hidden: bool
) -> None:
    assert ("2", place, hidden) in read(document, "letter.docx").where(words)


def test_an_ordinary_document_leaves_no_gap(read: Callable, document: bytes) -> None:
    assert read(document, "letter.docx").gaps == ()


def test_hidden_text_does_not_show_among_the_visible(read: Callable, document: bytes) -> None:
    visible = "".join(p.text for p in read(document, "letter.docx").passages if not p.hidden)
    assert not [word for word in ("K_DELETED", "K_VANISHED", "K_COMMENT", "K_MOVED_AWAY") if word in visible]


def test_a_table_of_records_is_a_table_passage_with_its_heads(read: Callable, document: bytes) -> None:
    passage = read(document, "letter.docx").one("K_RECORD")
    assert passage.table
    assert passage.text.split("\n")[:2] == ["Name\tNHS number\tWard", "Ann\tK_RECORD\t3"]


def test_a_package_is_known_by_its_content_not_by_its_label(read: Callable, document: bytes) -> None:
    reading = read(document, "holiday.jpg", "image/jpeg")
    assert reading.where("K_BODY")


def test_parts_that_nothing_refers_to_are_read(read: Callable, document: bytes) -> None:
    more = with_parts(
        document,
        **{
            "customXml/item9.xml": b"<d><v>K_CUSTOM</v></d>",
            "odd/place.xml": b"<x>K_ODD</x>",
            "word/afchunk.html": b"<html><body><p>K_CHUNK</p></body></html>",
            "word/embeddings/inner.txt": b"K_EMBEDDED",
        },
    )
    reading = read(more, "letter.docx")
    assert not [word for word in ("K_CUSTOM", "K_ODD", "K_CHUNK", "K_EMBEDDED") if not reading.where(word)]


def test_an_embedded_workbook_is_read_as_one(read: Callable, document: bytes) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["B2"] = "K_INNER_CELL"
    buffer = io.BytesIO()
    book.save(buffer)
    reading = read(with_parts(document, **{"word/embeddings/sheet.xlsx": buffer.getvalue()}), "letter.docx")
    passage = reading.one("K_INNER_CELL")
    assert (passage.part, passage.place) == ("2/word/embeddings/sheet.xlsx", "sheet Sheet")
    assert (passage.first_row, passage.first_column) == (2, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_declares_entities_is_ambiguous_and_costs_nothing(
    read: Callable, document: bytes, encoding: str
) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l9;</d>'
    reading = read(with_parts(document, **{"customXml/item9.xml": bomb.encode(encoding)}), "letter.docx")
    assert GapReason.AMBIGUOUS in reading.reasons
    assert reading.where("K_BODY")


def test_a_part_that_is_cut_off_is_a_gap_and_the_rest_is_read(read: Callable, document: bytes) -> None:
    reading = read(with_parts(document, **{"word/header9.xml": b"<w:hdr"}), "letter.docx")
    assert reading.reasons == [GapReason.CORRUPT]
    assert reading.where("K_BODY")


def test_a_part_of_more_than_ten_million_octets_is_read(read: Callable, document: bytes) -> None:
    words = b" ".join(b"%06d" % (n * 7919 % 1_000_003) for n in range(14_300))
    large = b"<d>" + (b"<v>" + words + b"</v>") * 130 + b"<v>K_LAST</v></d>"
    reading = read(with_parts(document, **{"customXml/item9.xml": large}), "letter.docx")
    assert reading.where("K_LAST")
    assert reading.gaps == ()


def slides() -> dict[str, bytes]:
    """The parts of a presentation that hold text; no library here writes one."""
    ns = 'xmlns:p="urn:p" xmlns:a="urn:a"'
    shape = "<p:sp><p:txBody><a:p><a:r><a:t>{}</a:t></a:r><a:r><a:t>_END</a:t></a:r></a:p></p:txBody></p:sp>"
    row = "<a:tr><a:tc><a:txBody><a:p><a:r><a:t>Name</a:t></a:r></a:p></a:txBody></a:tc></a:tr>"
    return {
        "[Content_Types].xml": b"<Types/>",
        "ppt/slides/slide2.xml": f"<p:sld {ns}>{shape.format('K_SLIDE')}<a:tbl>{row}</a:tbl></p:sld>".encode(),
        "ppt/slides/slide10.xml": f'<p:sld {ns} show="0">{shape.format("K_HIDDEN")}</p:sld>'.encode(),
        "ppt/notesSlides/notesSlide2.xml": f"<p:notes {ns}>{shape.format('K_NOTES')}</p:notes>".encode(),
        "ppt/comments/comment1.xml": f"<p:cmLst {ns}>{shape.format('K_SAID')}</p:cmLst>".encode(),
    }


@pytest.mark.parametrize(
    ("words", "place", "hidden"),
    [
        ("K_SLIDE_END", "slide 2", False),
        ("K_HIDDEN_END", "slide 10 (hidden)", True),
        ("K_NOTES_END", "speaker notes 2", False),
        ("K_SAID", "comment", True),
    ],
)
def test_every_place_of_a_presentation_is_read(
    read: Callable, make_zip: Callable, words: str, place: str, hidden: bool
) -> None:
    reading = read(make_zip(slides()), "talk.pptx")
    assert reading.where(words) == [("2", place, hidden)]
    assert reading.gaps == ()
    assert [attachment.part for attachment in reading.attachments] == ["2"]


def test_slides_are_numbered_as_they_are_shown(read: Callable) -> None:
    """Not as their files are called: a slide that was moved keeps its file."""
    deck = Presentation()
    for words in ("K_MADE_FIRST", "K_MADE_SECOND"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = words
        slide.notes_slide.notes_text_frame.text = f"{words}_NOTE"
    slides = deck.slides._sldIdLst
    slides.insert(0, slides[1])
    buffer = io.BytesIO()
    deck.save(buffer)
    reading = read(buffer.getvalue(), "talk.pptx")
    assert ("2", "slide 1", False) in reading.where("K_MADE_SECOND")
    assert ("2", "speaker notes 1", False) in reading.where("K_MADE_SECOND_NOTE")
    assert ("2", "slide 2", False) in reading.where("K_MADE_FIRST")
