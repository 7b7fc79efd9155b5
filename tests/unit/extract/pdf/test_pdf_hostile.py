from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.documents.pdf import (
    content_pdf,
    form_object,
    helvetica,
    make_pdf,
    plain_pdf,
    saved,
)
from tests.support.ocr import Onlooker

MADE, PLANTED = make_pdf()


def shown(text: str, y: int = 700) -> bytes:
    return b"BT /F1 10 Tf 72 %d Td (%b) Tj ET " % (y, text.encode())


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


def test_names_and_strings_in_no_charset_cost_nothing_else(read: Callable) -> None:
    """Names are octets; old programs write them in Latin-1. A string may say that it is UTF-8 and not be."""
    octets = MADE.replace(b"/Type /Annot", b"/Type /Ann\xf6t", 1)
    wrong = b"\xef\xbb\xbf\xff ZebraFreeTextEnd"[: len(b"ZebraFreeTextEnd") + 5]
    octets = octets.replace(b"(ZebraFreeTextEnd)", b"<" + wrong.hex().encode() + b">")
    reading = read(octets, "a.pdf", run=Onlooker())
    assert [canary for canary in PLANTED if not reading.where(canary)] == []
