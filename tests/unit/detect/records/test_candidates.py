"""Everything plausible is a candidate, in portions that memory can hold."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest

from dlp_gateway.detect.found import Reading
from dlp_gateway.detect.layout import Layout
from dlp_gateway.detect.normalise import Canonical, canonical
from dlp_gateway.detect.records.candidates import Piece, forms_of, of_piece, pieces_of
from dlp_gateway.detect.records.normal_forms import FIELDS
from dlp_gateway.model import Area, Passage
from tests.support.untraced import untraced

KINDS = frozenset(FIELDS) - {"contact"}
LINE = "On 3 May 2020 Mrs Ann Wood (ref 123456/78) of LS1 4AP met Tom Hall, 01632 960111, t.hall@home.example.\n"


def reading(text: str, index: int = 0, *, table: bool = False) -> Reading:
    passage = Passage(part="1", place="", text=text, area=Area.BODY, table=table)
    return Reading(
        index=index, passage=passage, canonical=Canonical(text="") if table else canonical(text), layout=Layout()
    )


def forms(text: str, kind: str, *, table: bool = False, kinds: frozenset[str] = KINDS) -> set[str]:
    piece = Piece(reading=reading(text, table=table), start=0, end=len(text))
    found = [c for c in of_piece(piece, kinds, frozenset()) if c.kind == kind]
    return {form for candidate in found for form, _, _, _ in forms_of(candidate, kind, {})}


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("HB 123456/7", "HB1234567"),
        ("HB 123456/7", "1234567"),
        ("our ref: SW-223-1907.", "SW2231907"),
        ("943 476 5919", "9434765919"),
        ("case CASE/2231907", "CASE2231907"),
        ("(2231907)", "2231907"),
        ("2231907a", "2231907A"),
    ],
)
def test_references_are_read_in_every_grouping(text: str, reference: str) -> None:
    assert reference in forms(text, "reference")


def test_numbers_that_two_characters_part_are_two() -> None:
    assert "12345678" not in forms("1234, 5678 and 12.  34", "reference")


@pytest.mark.parametrize(
    ("row", "kind", "form"),
    [
        ("Wood\tAnn\t1/2/1980", "name", "fann wood"),
        ("Wood\tAnn\t1/2/1980", "date_of_birth", "1980-02-01"),
        ("Ann Wood (2)\tx", "name", "fann wood"),
        ("a.b@home.example\tx", "email", "a.b@home.example"),
        ("Flat 2, 1 Hill Road, LS1 4AP\tx", "postcode", "LS14AP"),
        ("0113 496 0987\tx", "phone", "01134960987"),
        ("SW 2231907\tx", "reference", "SW2231907"),
        ("\t".join(["Note", *["Word Word"] * 30, "Ann Wood"]), "name", "fann wood"),
        (f"1\t{'Nothing of note was said. ' * 4}Spoke to Ann Wood, SW 2231907.", "name", "fann wood"),
        (f"1\t{'Nothing of note was said. ' * 4}Spoke to Ann Wood, SW 2231907.", "reference", "SW2231907"),
    ],
)
def test_cells_of_every_kind_are_read(row: str, kind: str, form: str) -> None:
    assert form in forms(f"A\tB\n{row}", kind, table=True)


def test_only_the_kinds_that_are_wanted_are_looked_for() -> None:
    for table in (False, True):
        piece = Piece(reading=reading(LINE.replace(" ", "\t"), table=table), start=0, end=len(LINE))
        assert {c.kind for c in of_piece(piece, frozenset({"phone"}), frozenset())} <= {"phone"}


def test_small_passages_are_one_portion_and_a_long_one_is_cut_with_an_overlap() -> None:
    long = reading(LINE * 4000, 1)
    portions = list(pieces_of([reading("Ann", 0), long, reading("Wood", 2)]))
    assert [piece.reading.index for piece in portions[0]] == [0, 2]
    pieces = [piece for portion in portions[1:] for piece in portion]
    text = long.canonical.text
    assert (pieces[0].start, pieces[-1].end) == (0, len(text))
    for one, following in pairwise(pieces):
        assert 1500 < one.end - following.start < 2500
        assert text[one.end] == " "


def test_a_candidate_of_a_later_piece_stands_where_it_stands_in_the_passage() -> None:
    long = reading(LINE * 3000)
    with untraced():
        found = [c for portion in pieces_of([long]) for piece in portion for c in of_piece(piece, KINDS, KINDS)]
        for candidate in found:
            if candidate.kind == "phone":
                assert long.canonical.text[candidate.start : candidate.end] == "01632 960111"
            if candidate.kind == "name" and candidate.beside is None:
                for word, start, end in candidate.words:
                    assert long.canonical.text[start:end].lower() == word


def test_rows_are_never_cut_and_keep_their_numbers() -> None:
    rows = [f"Wood{n}\tAnn\t1/2/1980\tSW{n:07}\t{'x' * 60}" for n in range(6000)]
    rows[3000] = "y" * 250_000
    table = reading("\n".join(rows), table=True)
    seen: dict[str, int] = {}
    for portion in pieces_of([table]):
        for piece in portion:
            for candidate in of_piece(piece, frozenset({"reference"}), frozenset()):
                seen.update({form: candidate.row or 0 for form, _, _ in candidate.forms})
    assert {seen[f"SW{n:07}"] for n in range(6000) if n != 3000} == set(range(6000)) - {3000}
    assert all(seen[f"SW{n:07}"] == n for n in range(6000) if n != 3000)


@pytest.mark.parametrize("table", [False, True])
def test_memory_does_not_grow_with_a_message(table: bool) -> None:
    def peak(lines: int) -> int:
        text = reading(LINE.replace(" ", "\t") * lines if table else LINE * lines, table=table)
        tracemalloc.start()
        for portion in pieces_of([text]):
            assert [c for piece in portion for c in of_piece(piece, KINDS, KINDS)]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    with untraced():
        assert peak(6000) < 1.3 * peak(2000)
