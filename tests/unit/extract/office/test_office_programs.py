"""Documents as LibreOffice writes them (tests/documents, by `make documents`): whatever it kept of the planted words is
found, wherever it put it."""

from __future__ import annotations

import functools
import html
import io
import re
import zipfile
from pathlib import Path

import pytest

from ..conftest import Reading, message_with, read_message

FOLDER = Path(__file__).parents[3] / "documents"
KINDS = ("docx", "xlsx", "pptx", "odt", "ods", "odp")
_CANARY = re.compile(r"Zebra(?:(?!Zebra)[A-Za-z])+?End")
# How many words each file holds, so that a file that lost them can't make the tests pass.
KEPT = {"docx": 30, "xlsx": 25, "pptx": 12, "odt": 45, "ods": 32, "odp": 18}


@functools.cache
def reading_of(kind: str) -> Reading:
    return read_message(message_with((FOLDER / f"planted.{kind}").read_bytes(), f"planted.{kind}"))


def words_in(octets: bytes) -> set[str]:
    """The words in any part of a package, in text whose tags are taken out or in an attribute."""
    found: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        for name in package.namelist():
            content = package.read(name)
            if content.startswith(b"PK"):
                found |= words_in(content)
            else:
                text = html.unescape(content.decode("utf-8", "replace"))
                found.update(_CANARY.findall(text), _CANARY.findall(re.sub(r"<[^>]*>", "", text)))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_that_is_in_the_file_is_found(kind: str) -> None:
    kept = words_in((FOLDER / f"planted.{kind}").read_bytes())
    assert len(kept) >= KEPT[kind]
    assert sorted(word for word in kept if not reading_of(kind).where(word)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_office_program_writes_leaves_no_gap(kind: str) -> None:
    pictures = (".png", ".jpg")  # only a program can read them, and none runs here
    assert [gap for gap in reading_of(kind).gaps if not gap.part.endswith(pictures)] == []


@pytest.mark.parametrize(
    ("kind", "word", "place", "hidden"),
    [
        ("odt", "ZebraDeletedEnd", "tracked deletion", True),
        ("odt", "ZebraVanishedEnd", "hidden text", True),
        ("odt", "ZebraFootnoteEnd", "footnote", False),
        ("odt", "ZebraCommentEnd", "comment", True),
        ("odt", "ZebraHeaderEnd", "page header", False),
        ("odt", "ZebraTextBoxEnd", "text box", False),
        ("odt", "ZebraLinkTipEnd", "link", False),
        ("ods", "ZebraHiddenRowEnd", "sheet Clients (hidden rows)", True),
        ("ods", "ZebraHiddenColumnEnd", "sheet Clients (hidden columns)", True),
        ("ods", "ZebraWhiteCellEnd", "sheet Clients (hidden cells)", True),
        ("ods", "ZebraCommentEnd", "sheet Clients, comment on D6", True),
        ("ods", "ZebraFormerCellEnd", "(hidden)", True),
        ("odp", "ZebraHiddenSlideEnd", "slide 2 (hidden)", True),
        ("odp", "ZebraNotesEnd", "speaker notes 1", False),
        ("odp", "ZebraCommentEnd", "slide 1, comment", True),
        ("docx", "ZebraDeletedEnd", "tracked deletion", True),
        ("docx", "ZebraHiddenSpanEnd", "hidden text", True),
        ("docx", "ZebraEndnoteEnd", "endnote", False),
        ("xlsx", "ZebraFilteredRowEnd", "(hidden rows)", True),
        ("xlsx", "ZebraHiddenSheetCellEnd", "(hidden)", True),
        ("pptx", "ZebraNotesEnd", "speaker notes 1", False),
        ("pptx", "ZebraHiddenSlideEnd", "slide 2 (hidden)", True),
    ],
)
def test_a_word_is_told_at_its_place(kind: str, word: str, place: str, hidden: bool) -> None:
    found = [(where, unseen) for _, where, unseen in reading_of(kind).where(word)]
    assert [where for where, unseen in found if place in where and unseen is hidden], found
