"""A canary in every place of a document that LibreOffice writes as RTF; and what others write."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason
from tests.support.documents.planted import each, planted_file, written

_PLANTED = {
    ("", False): (
        "Body SplitRun FormCell NestedTable Inserted MovedHere DeletedRow White ThemeWhite Tiny "
        "NotVanished WhiteOnBlack NoLongerHidden SoftHyphened NoBreak ControlBlock ControlInline "
        "FieldResult LinkText"
    ),
    ("tracked deletion", True): "Deleted MovedAway HalfDeletedWord",
    ("hidden text", True): "Vanished StyleHidden ParagraphStyle",
    ("field code", False): "RubySound RubyBase SimpleField LinkQuery LinkTip",
    ("letters in symbol fonts", True): "Symbol",
    ("table 1", False): "RecordCell",
    ("authors of changes", True): "TrackAuthor",
    ("document properties", False): (
        "Title Subject Keywords Description Author Modifier Manager Category PropertyName PropertyValue"
    ),
    ("page header", False): "Header FirstHeader",
    ("page footer", False): "Footer FirstFooter",
    ("authors of comments", True): "CommentAuthor",
    ("comment", True): "Comment",
    ("bookmarks", True): "FormName Bookmark",
    ("footnote", False): "Footnote",
    ("endnote", False): "Endnote",
}
_HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 K_FONT;}}{\*\generator K_PROGRAM;}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"NHS 943 {\b 476} 5919\par", "NHS 943 476 5919"),
        (rb"caf\'e9 \'a35", "café £5"),
        (rb"\u26085?\u26412? K_X", "日本 K_X"),
        (rb"\uc2 \u26085??K_X", "日K_X"),
        (rb"Ann\cell 943\cell\row Bob\cell", "Ann\t943\t\nBob"),
        (rb"{\pict\pngblip 0011ff}K_AFTER", "K_AFTER"),
        (rb"{\bin5 }}}}}K_AFTER}", "K_AFTER"),
        (rb"9\-43\~476", "943 476"),
    ],
)
def test_text_is_read(read: Callable, body: bytes, words: str) -> None:
    assert ("2", "", False) in read(_HEAD + body + b"}", "letter.rtf").where(words)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (rb"{\*\annotation K_X}", "comment"),
        (rb"{\v K_X}shown", "hidden text"),
        (rb"\v K_X\v0 shown", "hidden text"),
        (rb"{\deleted K_X}", "tracked deletion"),
    ],
)
def test_hidden_text_is_hidden(read: Callable, body: bytes, place: str) -> None:
    assert read(_HEAD + body + b"}", "letter.rtf").where("K_X") == [("2", place, True)]


def test_fonts_and_programs_are_no_text(read: Callable) -> None:
    reading = read(_HEAD + b"text}", "letter.doc", "application/msword")
    assert not reading.where("K_FONT")
    assert not reading.where("K_PROGRAM")
    assert reading.gaps == ()


def test_groups_nested_beyond_reason_are_a_gap(read: Callable) -> None:
    assert read(_HEAD + b"{" * 200_000, "letter.rtf").reasons == [GapReason.TOO_DEEP]


@pytest.mark.parametrize(("words", "place", "hidden"), each(_PLANTED))
def test_every_place_of_a_document_is_read(read: Callable, words: str, place: str, hidden: bool) -> None:
    assert ("2", place, hidden) in read(planted_file("planted.rtf"), "letter.rtf").where(words)


def test_all_that_stands_in_the_file_is_read_but_the_name_of_a_style(read: Callable) -> None:
    """The style sheet is full of names that programs give, so it is left out as a whole."""
    reading = read(planted_file("planted.rtf"), "letter.rtf")
    missed = [words for words in written(planted_file("planted.rtf")) if not reading.where(words)]
    assert missed == ["ZebraStyleNameEnd"]
    assert reading.gaps == ()


@pytest.mark.parametrize(
    ("body", "place", "hidden"),
    [
        (rb"{\footnote K_X}", "footnote", False),
        (rb"{\footnote\ftnalt K_X}", "endnote", False),
        (rb"{\headerf K_X}", "page header", False),
        (rb"{\footer K_X}", "page footer", False),
        (rb"{\field{\*\fldinst HYPERLINK mailto:K_X}{\fldrslt x}}", "field code", False),
        (rb"{\field{\*\fldinst PAGE}{\fldrslt K_X}}", "", False),
        (rb"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv K_X}}}}", "alternative text", False),
        (rb"{\shp{\*\shpinst{\shptxt K_X\par}}}", "text box", False),
        (rb"{\info{\title K_X}}", "document properties", False),
        (rb"{\*\userprops{\propname Case}\proptype30{\staticval K_X}}", "document properties", False),
        (rb"{\*\docvar {Case}{K_X}}", "document variables", True),
        (rb"{\*\bkmkstart K_X}", "bookmarks", True),
        (rb"{\*\atnauthor K_X}", "authors of comments", True),
        (rb"{\*\revtbl{Unknown;}{K_X;}}", "authors of changes", True),
        (rb"{\field{\*\fldinst FORMTEXT{\*\formfield{\*\ffhelptext K_X}}}{\fldrslt }}", "form field", False),
        (rb"{\xe K_X}", "index entry", True),
        (rb"{\listtext K_X\tab}", "", False),
        (rb"{\*\nobodyknows K_X}", "other content", True),
        (rb"{\webhidden K_X}", "hidden text", True),
        (rb"}trailing words K_X", "left-over text", True),
    ],
)
def test_every_kind_of_place_has_its_words(read: Callable, body: bytes, place: str, hidden: bool) -> None:
    assert ("2", place, hidden) in read(_HEAD + body + b"}", "letter.rtf").where("K_X")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"{\f1 \'c6\'e4\'e0\'ed\'ee\'e2}", "Жданов"),
        (rb"{\f2 \'93\'fa\'96\'7b}", "日本"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"\uc3 \u26085\'93\'fa?K_X", "日K_X"),
        (rb"Q{\*\zzz hidden}K_X", "QK_X"),
        (rb"a\\b\{c\}", "a\\b{c}"),
    ],
)
def test_characters_are_read_in_the_code_page_of_their_font(read: Callable, body: bytes, words: str) -> None:
    fonts = rb"{\fonttbl{\f0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}"
    octets = rb"{\rtf1\ansi\ansicpg1252" + fonts + body + b"}"
    assert ("2", "", False) in read(octets, "letter.rtf").where(words)


def test_rows_are_tables_with_their_heads(read: Callable) -> None:
    rows = [b"Name NHS Ward", b"Ann K_X 3", b"Bob K_Y 4"]
    cells = b"".join(
        rb"\trowd " + b"".join(rb"\pard\intbl " + cell + rb"\cell " for cell in row.split()) + rb"\row " for row in rows
    )
    passage = read(_HEAD + b"before" + cells + rb"\pard after}", "letter.rtf").one("K_X")
    assert passage.table
    assert passage.text == "Name\tNHS\tWard\nAnn\tK_X\t3\nBob\tK_Y\t4"


def test_a_picture_and_an_embedded_file_are_files_of_their_own(read: Callable) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(40)
    label = b"\2\0note.txt\0C:\\note.txt\0\0\0\3\0" + struct.pack("<I", 4) + b"C:\\\0"
    native = label + struct.pack("<I", 5) + b"K_OLE"
    data = struct.pack("<III", 0x501, 2, 8) + b"Package\0" + bytes(8) + struct.pack("<I", len(native)) + native
    body = rb"{\pict\pngblip " + png.hex().encode() + rb"}{\object\objemb{\*\objdata " + data.hex().encode()
    reading = read(_HEAD + body + rb"}{\result K_SHOWN}}}", "letter.rtf")
    assert reading.where("K_OLE") == [("2/note.txt", "", False)]
    assert reading.where("K_SHOWN") == [("2", "", False)]
    assert [attachment.part for attachment in reading.attachments] == ["2", "2/note.txt"]


def test_html_that_was_packed_in_rtf_is_read_as_html_too(read: Callable) -> None:
    """Outlook keeps the tags of a page in destinations of their own ([MS-OXRTFEX])."""
    body = (
        rb"\fromhtml1{\*\htmltag64 <p title=\'22K_TIP\'22>}\htmlrtf {\b \htmlrtf0 K_PA"
        rb"{\*\htmltag84 <b>}RT\htmlrtf }\htmlrtf0 {\*\htmltag92 </b></p>}}"
    )
    reading = read(_HEAD + body, "body.rtf")
    assert ("2/body.html", "", False) in reading.where("K_PART")
    assert reading.where("K_TIP")


def test_binary_data_that_would_reach_beyond_the_end_hides_nothing(read: Callable) -> None:
    reading = read(_HEAD + rb"{\bin999999999 K_X}}", "letter.rtf")
    assert reading.where("K_X")
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_reader_that_knows_no_binary_data_shows_it_as_text(read: Callable) -> None:
    body = rb"{\bin40 The case worker of Ann is ZebraBinaryEnd   }"
    assert read(_HEAD + body + b"}", "letter.rtf").where("ZebraBinaryEnd") == [("2", "other content", True)]


def test_one_that_is_cut_off_anywhere_is_read_as_far_as_it_goes(read: Callable) -> None:
    octets = planted_file("planted.rtf")
    seen = [bool(read(octets[:size], "a.rtf").where("ZebraBodyEnd")) for size in range(64, len(octets), 2048)]
    assert seen == sorted(seen)
    assert seen[-1]
