"""A canary in every place of a presentation that LibreOffice keeps in the old format; and what PowerPoint leaves."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason
from tests.support.documents.compound import tree_of, with_streams
from tests.support.documents.planted import each, planted_file, written

_PLANTED = {
    ("slide 1", False): "SlideText SplitRun OffSlide LinkText Grouped TableCell",
    ("slide 1, authors of comments", True): "CommentAuthor",
    ("slide 1, comment", True): "Comment",
    ("slide 1, header or footer", False): "Footer",
    ("speaker notes 1", False): "Notes",
    ("slide 2 (hidden)", True): "HiddenSlide",
    ("speaker notes 2", False): "MoreNotes",
    ("slide 3", False): "LastSlide",
    ("link", False): "LinkTarget",
    ("slide master", False): "Master",
    ("document properties", False): "Title Author OwnProperty",
}
_STREAM = "PowerPoint Document"


@pytest.mark.parametrize(("words", "place", "hidden"), each(_PLANTED))
def test_every_place_of_a_presentation_is_read(read: Callable, words: str, place: str, hidden: bool) -> None:
    assert ("2", place, hidden) in read(planted_file("planted.ppt"), "talk.ppt").where(words)


def test_nothing_that_stands_in_the_file_is_missed_and_there_is_no_gap(read: Callable) -> None:
    """This is the whole recall: what LibreOffice dropped when it converted the document is not in the file."""
    reading = read(planted_file("planted.ppt"), "talk.ppt")
    assert [words for words in written(planted_file("planted.ppt")) if not reading.where(words)] == []
    assert reading.gaps == ()


def test_a_slide_of_an_earlier_version_is_left_over(read: Callable) -> None:
    """PowerPoint appends what changed when it saves, and keeps what it replaced."""
    stream = tree_of(planted_file("planted.ppt"))[_STREAM]
    text = "ZebraFormerSlideEnd".encode("utf-16-le")
    atom = struct.pack("<HHI", 0, 0x0FA0, len(text)) + text
    slide = struct.pack("<HHI", 0x0F, 0x03EE, len(atom)) + atom
    reading = read(with_streams(planted_file("planted.ppt"), {_STREAM: stream + slide}), "talk.ppt")
    assert reading.where("ZebraFormerSlideEnd") == [("2", "left-over text", True)]


def test_an_embedded_object_is_a_file_of_its_own(read: Callable) -> None:
    stream = tree_of(planted_file("planted.ppt"))[_STREAM]
    octets = planted_file("planted.xls")
    stored = struct.pack("<HHI", 0, 0x1011, len(octets)) + octets
    reading = read(with_streams(planted_file("planted.ppt"), {_STREAM: stream + stored}), "talk.ppt")
    assert ("2/embedded object 1.ole", "sheet Clients", True) in reading.where("ZebraCellEnd")


def test_a_presentation_with_a_password_is_encrypted(read: Callable) -> None:
    user = bytearray(tree_of(planted_file("planted.ppt"))["Current User"])
    struct.pack_into("<I", user, 12, 0xF3D1C4DF)  # [MS-PPT] 2.3.2: headerToken
    reading = read(with_streams(planted_file("planted.ppt"), {"Current User": bytes(user)}), "talk.ppt")
    assert reading.reasons == [GapReason.ENCRYPTED]


def test_edits_that_refer_to_one_another_in_a_circle_end(read: Callable) -> None:
    tree = tree_of(planted_file("planted.ppt"))
    stream = bytearray(tree[_STREAM])
    edit = struct.unpack_from("<I", tree["Current User"], 16)[0]
    struct.pack_into("<I", stream, edit + 16, edit)
    reading = read(with_streams(planted_file("planted.ppt"), {_STREAM: bytes(stream)}), "talk.ppt")
    assert reading.where("ZebraSlideTextEnd")


def test_a_presentation_without_its_list_of_slides_is_read_and_held(read: Callable) -> None:
    reading = read(with_streams(planted_file("planted.ppt"), {"Current User": bytes(40)}), "talk.ppt")
    assert reading.where("ZebraSlideTextEnd")
    assert reading.reasons == [GapReason.CORRUPT]
