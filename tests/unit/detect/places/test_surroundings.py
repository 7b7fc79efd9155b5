"""What a text names besides people: it is shown, and never counts."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.gazetteer import Gazetteer
from dlp_gateway.detect.places.street_address import AddressFinder
from dlp_gateway.detect.places.surroundings import Surroundings
from dlp_gateway.detect.recognisers.engine import ModelName
from tests.support import shipped_rules
from tests.support.cpu_time import grows_linearly


@pytest.fixture(scope="session")
def around() -> Surroundings:
    ruleset = shipped_rules.ruleset()
    gazetteer = Gazetteer(ruleset.words)
    return Surroundings(ruleset, gazetteer, AddressFinder(ruleset, gazetteer))


def named(around: Surroundings, text: str, kind: str, *spans: ModelName) -> list[str]:
    return [text[m.start : m.end] for m in around.find(text, spans) if m.entity == kind]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("The family came from Eritrea.", ["Eritrea"]),
        ("he is from switzerland originally", ["switzerland"]),
        ("She flew to TROMVIK on Sunday.", ["TROMVIK"]),
        ("He grew up in Ballyhoolan.", ["Ballyhoolan"]),
        ("They drove through Kenosha and Huddersfield.", ["Kenosha", "Huddersfield"]),
        ("Her zip code is 45402", ["45402"]),
        ("at the corner of Elm Road and Oak Way", ["the corner of Elm Road and Oak Way"]),
    ],
)
def test_places_are_named(around: Surroundings, text: str, places: list[str]) -> None:
    assert named(around, text, "LOCATION") == places


@pytest.mark.parametrize(
    "text", ["we had turkey for lunch", "in January", "in Section 5,", "Jordan rang", "a china cup"]
)
def test_words_that_are_places_elsewhere_are_none(around: Surroundings, text: str) -> None:
    assert named(around, text, "LOCATION") == []


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("Invoice of Harbour Joinery Ltd for doors", ["Harbour Joinery Ltd"]),
        ("She is employed by Quillfeather", ["Quillfeather"]),
        ("Brown and Sons laid the floor", ["Brown and Sons"]),
        ("Letter of Hartley, Okafor and Winterbourne.", ["Hartley, Okafor and Winterbourne"]),
        ("Tom, Sarah and David went home", []),
    ],
)
def test_organisations_are_told_by_their_form(around: Surroundings, text: str, organisations: list[str]) -> None:
    assert named(around, text, "ORGANIZATION") == organisations


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("a Somali interpreter and two Sikh families", ["Somali", "Sikh"]),
        ("he is american", ["american"]),
        ("polish the floor", []),
        ("the European Union", []),
    ],
)
def test_groups_are_told_by_the_lexicon(around: Surroundings, text: str, groups: list[str]) -> None:
    assert named(around, text, "NRP") == groups


def test_what_the_model_sees_is_taken_where_nothing_surer_stands(around: Surroundings) -> None:
    text = "Talks with Vexley about Wales"
    spans = (ModelName(kind="ORGANIZATION", start=11, end=17), ModelName(kind="ORGANIZATION", start=24, end=29))
    assert named(around, text, "ORGANIZATION", *spans) == ["Vexley"]
    assert named(around, text, "LOCATION", *spans) == ["Wales"]


def test_no_number_of_the_model_is_a_place(around: Surroundings) -> None:
    assert around.find("ref 4021 99", (ModelName(kind="LOCATION", start=4, end=8),)) == []


def test_people_of_the_model_are_left_to_the_names(around: Surroundings) -> None:
    assert around.find("xx Vexley xx", (ModelName(kind="PERSON", start=3, end=9),)) == []


@pytest.mark.parametrize("piece", ["Aa ", "in Aa ", "Aa and Aa ", "the corner of a", "12345 Aa Aa 12 ", "apt 1 "])
def test_the_time_is_linear_in_the_text(around: Surroundings, piece: str) -> None:
    assert grows_linearly(lambda text: around.find(text, ()), piece)
