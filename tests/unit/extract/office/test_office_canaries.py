"""Words planted in every place of a document where text can stand: each is found, at a place that a reviewer
understands, and called hidden where an ordinary reader does not see it."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from dlp_gateway.extract.office.worksheet import cell_name
from dlp_gateway.model import Passage
from tests.support.documents import docx, odf, pptx, xlsb, xlsx
from tests.support.documents.planting import Planted

from ..conftest import Reading, message_with, read_message

MAKERS: dict[str, Callable[[], tuple[bytes, dict[str, Planted]]]] = {
    "docx": docx.make_docx,
    "xlsx": xlsx.make_xlsx,
    "xlsb": xlsb.make_xlsb,
    "pptx": pptx.make_pptx,
    "odt": odf.make_odt,
    "ods": odf.make_ods,
    "odp": odf.make_odp,
    "fodt": odf.make_fodt,
    "fods": odf.make_fods,
    "fodp": odf.make_fodp,
}
# How many the best tools had in the files of the research (evidence, 3.1): ours have at least as many.
PLANTED_IN_EVIDENCE = {"docx": 49, "xlsx": 37, "pptx": 22, "odt": 35, "ods": 32, "odp": 20}


@functools.cache
def made(kind: str) -> tuple[Reading, dict[str, Planted]]:
    octets, planted = MAKERS[kind]()
    return read_message(message_with(octets, f"letter.{kind}")), planted


CANARIES = [(kind, canary) for kind in MAKERS for canary in MAKERS[kind]()[1]]


@pytest.mark.parametrize(("kind", "canary"), CANARIES, ids=[f"{kind}-{canary}" for kind, canary in CANARIES])
def test_a_word_is_found_where_it_stands(kind: str, canary: str) -> None:
    reading, planted = made(kind)
    expected = planted[canary]
    found = [passage for passage in reading.passages if canary in passage.text]
    assert found, "not found at all"
    assert any(_is_at(passage, canary, expected) for passage in found), [
        (passage.part, passage.place, passage.hidden, _cell(passage, canary)) for passage in found
    ]


def _is_at(passage: Passage, canary: str, expected: Planted) -> bool:
    part = f"2/{expected.part}" if expected.part else "2"
    place = expected.place in passage.place if expected.place else not passage.place
    cell = not expected.cell or _cell(passage, canary) == expected.cell
    return passage.part == part and place and passage.hidden is expected.hidden and cell


def _cell(passage: Passage, canary: str) -> str:
    """The cell of a table passage that holds the word, "" in other passages."""
    if not passage.table:
        return ""
    for row, line in enumerate(passage.text.split("\n"), passage.first_row):
        for column, text in enumerate(line.split("\t"), passage.first_column):
            if canary in text:
                return cell_name(row, column)
    return ""


@pytest.mark.parametrize("kind", MAKERS)
def test_an_ordinary_document_leaves_no_gap(kind: str) -> None:
    assert made(kind)[0].gaps == ()


@pytest.mark.parametrize("kind", PLANTED_IN_EVIDENCE)
def test_as_much_is_planted_as_in_the_research(kind: str) -> None:
    assert len(made(kind)[1]) >= PLANTED_IN_EVIDENCE[kind]


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_hidden_stands_among_what_a_reader_sees(kind: str) -> None:
    reading, planted = made(kind)
    seen = "\n".join(passage.text for passage in reading.passages if not passage.hidden)
    assert [canary for canary, where in planted.items() if where.hidden and canary in seen] == []
