"""Whatever stands around them and however they are written, recorded people are found, and nothing points outside."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dlp_gateway.detect.found import Found, Reading
from dlp_gateway.detect.layout import lay_out
from dlp_gateway.detect.normalise import Canonical, canonical
from dlp_gateway.detect.people.exempt import Exempter
from dlp_gateway.detect.records.candidates import Piece, of_piece
from dlp_gateway.detect.records.exact_match import ExactMatcher
from dlp_gateway.detect.records.normal_forms import FIELDS, name_words, recorded_forms, spoken_forms
from dlp_gateway.model import Area, Controls, Passage, Question
from tests.support.council_records import build, opened

WORDS = [
    "Ann",
    "Hill",
    "hill",
    "O’Neill",
    "-",
    "Smith",
    ",",
    "\n",
    "\n> ",
    "\t",
    " ",
    " ",
    " ",
    "1/2/1980",
    "LS1 4AP",
    "é",
    "\u200b",
    "e\u0301",
    "İ",
    "ﬁ",
    "SW",
    "/",
    "2231907",
    "07700 900461",
    "a@b.example",
    "\u202e",
    "𝐀",
    "|",
    "Mr ",
]
NAMES = ["Ann", "Siân", "Łukasz", "O’Neill", "Hill-Jones", "MacDonald", "de", "Groß", "Bo", "Nguyễn"]
ROW = ("Ann O'Neill-Hill", "1980-02-01", "LS1 4AP", "07700 900461", "a@b.example", "SW2231907")
COLUMNS = ("name", "date_of_birth", "postcode", "phone", "email", "reference")


@cache
def matcher() -> ExactMatcher:
    folder = Path(tempfile.mkdtemp())
    keys = ["name", "reference", "phone", "email", "name+date_of_birth", "surname+postcode", "name+postcode+reference"]
    build(folder, "all", COLUMNS, keys, [ROW])
    return ExactMatcher(opened(folder), ("ann nan",))


def reading(text: str, *, table: bool) -> Reading:
    passage = Passage(part="1", place="", text=text, area=Area.BODY, table=table)
    read = Canonical(text="") if table else canonical(text)
    return Reading(index=0, passage=passage, canonical=read, layout=lay_out(read.text, body=True))


def match(text: str, *, table: bool) -> list[Found]:
    question = Question(indexes=None)
    return matcher().match([reading(text, table=table)], [], question, Exempter(question, Controls(), {}))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.booleans())
def test_what_is_found_stands_inside_the_text(text: str, table: bool) -> None:
    for item in match(text, table=table):
        assert 0 <= item.start < item.end <= len(text)
        assert item.indexes == ("all",)
        assert item.value.strip()


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200), st.booleans())
def test_any_text_can_be_read(text: str, table: bool) -> None:
    kinds = frozenset(FIELDS) - {"contact"}
    for candidate in of_piece(Piece(reading=reading(text, table=table), start=0, end=len(text)), kinds, kinds):
        assert 0 <= candidate.start <= candidate.end


@settings(deadline=None, max_examples=150)
@given(
    st.text("ab.,;:!? \n", max_size=30),
    st.text("ab.,;:!? \n", max_size=30),
    st.sampled_from(
        ["O'NEILL-HILL, ANN", "Ann O’Neill Hill", "Nan ONeill-Hill", "SW/2231907", "sw 2231907", "+44 7700 900 461"]
    ),
)
def test_a_recorded_person_is_found_wherever_they_stand(before: str, after: str, spelling: str) -> None:
    assert match(f"{before} {spelling} {after}", table=False)


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), st.sampled_from(NAMES), st.data())
def test_a_name_is_known_in_other_order_and_case(given_names: list[str], surname: str, data: st.DataObject) -> None:
    alone, _ = recorded_forms(" ".join(given_names), surname)
    first = given_names[0]
    spelling = data.draw(st.sampled_from([f"{first} {surname}", f"{surname}, {first}", f"Mr {first} {surname}"]))
    spelling = data.draw(st.sampled_from([spelling, spelling.upper(), spelling.lower()]))
    words = [word for word, _, _ in name_words(spelling)]
    spoken = {form for form, by_itself, _, _ in spoken_forms(words, {}) if by_itself}
    # A given name of two parts is recorded by the first; the words of the surname then follow the second.
    if alone and len(name_words(first)) == 1:
        assert set(alone) & spoken
