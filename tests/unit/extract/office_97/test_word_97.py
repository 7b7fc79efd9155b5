"""A canary in every place of a Word document that LibreOffice keeps in the old format; and what Word alone leaves."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason
from tests.support.documents.compound import tree_of, with_streams
from tests.support.documents.planted import each, planted_file, written

_PLANTED = {
    ("", False): (
        "Body SplitRun FormCell NestedTable Inserted MovedHere DeletedRow White ThemeWhite Tiny "
        "StyleHidden NotVanished WhiteOnBlack NoLongerHidden ParagraphStyle SoftHyphened NoBreak "
        "ControlInline FieldResult LinkText"
    ),
    ("tracked deletion", True): "Deleted MovedAway HalfDeletedWord",
    ("hidden text", True): "Vanished",
    ("field code", False): "RubySound RubyBase SimpleField LinkQuery LinkTip",
    ("letters in symbol fonts", True): "Symbol",
    ("table 1", False): "RecordCell",
    ("footnote", False): "Footnote",
    ("page header", False): "EvenHeader Header FirstHeader",
    ("comment", True): "Comment",
    ("endnote", False): "Endnote",
    ("text box", False): "TextBox VmlBox",
    ("page footer", False): "Footer FirstFooter",
    ("bookmarks", True): "FormName Bookmark",
    ("authors of comments", True): "CommentAuthor",
    ("authors of changes", True): "TrackAuthor",
    ("styles", True): "StyleName",
    ("form field", False): "ListItemValue ControlBlock FormDefault FormHelp FormStatus",
    ("document properties", False): (
        "Title Subject Author Keywords Description Modifier Manager Category PropertyName PropertyValue"
    ),
}


@pytest.mark.parametrize(("words", "place", "hidden"), each(_PLANTED))
def test_every_place_of_a_document_is_read(read: Callable, words: str, place: str, hidden: bool) -> None:
    assert ("2", place, hidden) in read(planted_file("planted.doc"), "letter.doc").where(words)


def test_nothing_that_stands_in_the_file_is_missed_and_there_is_no_gap(read: Callable) -> None:
    """This is the whole recall: what LibreOffice dropped when it converted the document is not in the file."""
    reading = read(planted_file("planted.doc"), "letter.doc")
    assert [words for words in written(planted_file("planted.doc")) if not reading.where(words)] == []
    assert reading.gaps == ()


def test_what_is_hidden_does_not_show_among_the_visible(read: Callable) -> None:
    visible = "".join(p.text for p in read(planted_file("planted.doc"), "letter.doc").passages if not p.hidden)
    assert not [name for name in ("Deleted", "Vanished", "Comment", "MovedAway") if f"Zebra{name}End" in visible]


def test_a_table_of_records_is_a_table_passage_with_its_heads(read: Callable) -> None:
    passage = read(planted_file("planted.doc"), "letter.doc").one("ZebraRecordCellEnd")
    assert passage.table
    assert passage.text.split("\n")[0] == "Name\tReference\tWard"


def test_other_tables_are_lines_of_cells(read: Callable) -> None:
    assert read(planted_file("planted.doc"), "letter.doc").one("ZebraFormCellEnd\t")


@pytest.mark.parametrize("codec", ["utf-16-le", "cp1252"])
def test_text_that_no_piece_holds_any_more_is_left_over(read: Callable, codec: str) -> None:
    """A fast save leaves deleted text in the file."""
    stream = tree_of(planted_file("planted.doc"))["WordDocument"]
    old = "The tenant of Oak Lodge is ZebraFormerEnd".encode(codec)
    changed = with_streams(planted_file("planted.doc"), {"WordDocument": stream + bytes(64) + old + bytes(64)})
    assert read(changed, "letter.doc").where("ZebraFormerEnd") == [("2", "left-over text", True)]


def test_a_document_with_a_password_is_encrypted(read: Callable) -> None:
    stream = bytearray(tree_of(planted_file("planted.doc"))["WordDocument"])
    stream[11] |= 0x01  # [MS-DOC] 2.5.2: fEncrypted
    reading = read(with_streams(planted_file("planted.doc"), {"WordDocument": bytes(stream)}), "letter.doc")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (GapReason.ENCRYPTED, "a Word document with a password")
    ]


def test_a_document_whose_pieces_are_lost_is_read_all_the_same_and_held(read: Callable) -> None:
    tree = tree_of(planted_file("planted.doc"))
    stream = bytearray(tree["WordDocument"])
    struct.pack_into("<II", stream, 0x1A2, 0, 0)  # where the pieces are told of
    reading = read(with_streams(planted_file("planted.doc"), {"WordDocument": bytes(stream)}), "letter.doc")
    assert reading.where("ZebraBodyEnd") == [("2", "left-over text", True)]
    assert reading.reasons == [GapReason.CORRUPT]


def test_pieces_that_overlap_cost_no_more_than_the_file(read: Callable) -> None:
    """Each of a million pieces may claim the whole text."""
    tree = tree_of(planted_file("planted.doc"))
    stream = bytearray(tree["WordDocument"])
    count = 50_000
    pieces = b"".join(struct.pack("<I", number * 2_000) for number in range(count + 1))
    pieces += struct.pack("<HIH", 0, 2048, 0) * count
    table = tree["1Table"] + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", stream, 0x1A2, len(tree["1Table"]), len(pieces) + 5)
    struct.pack_into("<i", stream, 0x4C, count * 2_000)
    octets = with_streams(planted_file("planted.doc"), {"WordDocument": bytes(stream), "1Table": table})
    assert read(octets, "letter.doc").reasons == [GapReason.CORRUPT]
