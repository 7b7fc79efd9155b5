"""Addresses of people in the United Kingdom: where they begin and end, and what only looks like one."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.street_address import AddressFinder
from dlp_gateway.model import Area, Passage
from tests.support.cpu_time import grows_linearly

from ..conftest import Detect
from .conftest import found


@pytest.mark.parametrize(
    "address",
    [
        "23 Acacia Avenue, Leeds LS1 3AD",
        "23 Acacia Avenue Leeds LS1 3AD",
        "23 Acacia Avenue, Leeds",
        "7A St Mary's Road",
        "12-14 Harbour Terrace, Whitby YO21 3PU",
        "no. 12 Mill Lane, Selby",
        "Flat 4, 23 Acacia Avenue, Leeds, LS1 3AD",
        "Flat 2/1, 17 Byres Road, Glasgow G11 5AA",
        "4/2, 17 Byres Road, Glasgow",
        "2F1, 38 Marchmont Crescent, Edinburgh EH9 1AA",
        "Top Floor Flat, 9 Royal Crescent, Bath BA1 2AA",
        "Flat 31 Attlee Tower, Bow Road, London E3 2AA",
        "Plot 7, Meadow View Caravan Park, Ashby LE65 1AB",
        "Rose Cottage, Main Street, Ashby",
        "The Old Forge, Church Lane, Great Milton OX44 7AA",
        "Ivy House, 3 High Street, Stamford PE9 2AA",
        "Bryn Farm, Llanfair, Powys SY21 0AA",
        "14 Heol y Parc, Treganna, Caerdydd CF5 1AA",
        "Tŷ Gwyn, Lôn Las, Llanelli SA15 4AA",
        "9 Kirk Wynd, Kirriemuir DD8 4AA",
        "5b Snicket Ginnel, Ashby",
        "1/1, 20 Ropewalk",
        "Plot 4, Long Acre",
        "Plot 4, Lower Tythe, Tedstow",
        "17 Cheapside, Wakefield WF1 2AA",
        "45 Strand, Topsham",
        "12 mill lane, ashby",
        "3 Tanners Wharf, Lewford",
        "18 GROVE ROAD, WALSALL WS1 1AA",
        "17 Beech Grove\nHeaton\nBradford\nWest Yorkshire\nBD9 4AA",
        "The Coach House\n12 Vicarage Road\nAshby LE65 1AB",
    ],
)
def test_an_address_is_found_from_its_flat_or_house_to_its_town_or_postcode(
    finder: AddressFinder, address: str
) -> None:
    assert found(finder, f"She lives at {address}") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "Ashby Health Centre, 3 High Street, Ashby LE65 1AC",
        "Our office is at 12 Mill Lane, Ashby LE65 1AB.",
        "land at 23 Acacia Avenue, Leeds LS1 3AD",
        "Roadworks at 12 Station Road until Thursday",
        "3 New Street lights",
        "5 Main Street shops remain empty",
        "10 Road Warriors",
        "In 2025 Mill Lane was resurfaced",
        "Mill Lane is closed",
        "The postcode LE65 1AB covers forty homes",
        "lives at home with his parents",
        "HMRC, PO Box 4000, Cardiff CF14 8HR",
        "site address: 2 Burton Road, Ashby LE65 2LL",
        "The surgery moved to 4 Victoria Road in June",
        "cupola of The Corn Exchange, 3 Market Place",
        "dismiss at the Royal British Legion, 11 Bridge Terrace",
        "we use the test address 1 Mill Lane",
        "It is Tidal Leisure Ltd (company no. 09988771), Marine House, 1 Harbour Road",
        "The drop-in is now at Castle Library, side entrance",
        "Your firm's address is shown as 2 Church Walk",
        "You may then go to the ICO, Wycliffe House, Water Lane, Wilmslow SK9 5AF",
    ],
)
def test_what_is_no_home_is_no_address(finder: AddressFinder, text: str) -> None:
    assert found(finder, text) == []


def test_a_label_outweighs_what_a_number_might_count(finder: AddressFinder) -> None:
    assert found(finder, "She lives in 12 Mill Lane with 2 cats") == ["12 Mill Lane"]


def test_an_address_does_not_swallow_the_next_in_a_list(finder: AddressFinder) -> None:
    text = "1. Mr Bello - 12 Mill Lane\n2. Ms Cox - 9 Beech Grove, Leeds LS6 1AA"
    assert found(finder, text) == ["12 Mill Lane", "9 Beech Grove, Leeds LS6 1AA"]


def test_the_person_above_an_address_stays_a_person(detect: Detect) -> None:
    body = "Mr A Khan\n17 Beech Grove\nBradford\nBD9 4AA"
    values = {f.entity: body[f.start : f.end] for f in detect(body).findings}
    assert values["PERSON"] == "A Khan"
    assert values["UK_ADDRESS"] == "17 Beech Grove\nBradford\nBD9 4AA"


def test_a_postcode_in_an_address_is_found_beside_it(detect: Detect) -> None:
    body = "She lives at 9 Beech Grove, Leeds LS6 1AA."
    assert [f.entity for f in detect(body).findings] == ["UK_ADDRESS", "UK_POSTCODE"]


def test_only_the_entities_that_are_asked_for_are_found(detect: Detect) -> None:
    body = "She lives at 9 Beech Grove, Leeds LS6 1AA."
    assert [f.entity for f in detect(body, entities=frozenset({"UK_ADDRESS"})).findings] == ["UK_ADDRESS"]
    assert [f.entity for f in detect(body, entities=frozenset({"UK_POSTCODE"})).findings] == ["UK_POSTCODE"]


def test_an_address_in_a_cell_is_found_by_its_header(detect: Detect) -> None:
    table = Passage(
        part="2", place="", text="Name\tAddress\nAda Cole\tRose Cottage, Main Street", area=Area.ATTACHMENT, table=True
    )
    assert "UK_ADDRESS" in [f.entity for f in detect("Attached.", extra=(table,)).findings]


def test_spans_lead_back_to_the_text_as_it_was(detect: Detect) -> None:
    body = "Mrs Rees, T\u0177 Gwyn, L\u00f4n Las, Llanelli SA15\u00a04AA"
    address = next(f for f in detect(body).findings if f.entity == "UK_ADDRESS")
    assert body[address.start : address.end] == "T\u0177 Gwyn, L\u00f4n Las, Llanelli SA15\u00a04AA"


@pytest.mark.parametrize(
    "piece", ["12 Mill Lane, ", "Flat 4, ", "LS1 3AD ", "lives at Aa, ", "The Aa, ", "12 Aa ", "Aa "]
)
def test_the_time_is_linear_in_the_text(finder: AddressFinder, piece: str) -> None:
    assert grows_linearly(lambda text: finder.complete(text, [], None), piece)


@pytest.mark.parametrize(
    ("text", "postcodes"),
    [
        ("Deliver to Ashby Civic Centre, 1 Town Hall Square, S70 2TA, goods in door.", []),
        ("8,000 to us at Depot, Bank Lane, NG15 6TT.", []),
        ("Stonebeck Council, Civic Offices, Water Street, HD7 0AA", []),
        ("She works at Ashby Primary School and lives at LS1 3AD", ["LS1 3AD"]),
        ("Willow Care Home, High Street, Leeds LS1 3AD", ["LS1 3AD"]),
        ("The report is with the town hall. LS1 3AD", ["LS1 3AD"]),
    ],
)
def test_a_postcode_that_ends_the_address_of_an_office_is_nobodys(
    detect: Detect, text: str, postcodes: list[str]
) -> None:
    assert [text[f.start : f.end] for f in detect(text).findings if f.entity == "UK_POSTCODE"] == postcodes


def test_a_person_behind_a_house_and_its_street_makes_it_a_home(finder: AddressFinder) -> None:
    assert found(finder, "ROSE COTTAGE, BACK LANE - MR PETHERICK - bins") == ["ROSE COTTAGE, BACK LANE"]
    assert found(finder, "ROSE COTTAGE, BACK LANE - bins") == []


def test_the_village_that_ends_an_address_is_no_name_or_word_that_lists_know(finder: AddressFinder) -> None:
    assert found(finder, "He lives at 3 Mill Lane, Zorbham.") == ["3 Mill Lane, Zorbham"]
    assert found(finder, "He lives at 3 Mill Lane, Parker.") == ["3 Mill Lane"]
    assert found(finder, "He lives at 3 Mill Lane, Please.") == ["3 Mill Lane"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("He moved from 18 Fifth Avenue, Wendleford after the fire", "18 Fifth Avenue, Wendleford"),
        ("The keysafe at 3 Mill Brow, Nether Wendle has been moved", "3 Mill Brow, Nether Wendle"),
        ("I, of 4a Mill Lane, Wendleford, widow, say that", "4a Mill Lane, Wendleford"),
        ("- 14 Mill Lane, Leintbury - bins behind", "14 Mill Lane, Leintbury"),
        ("Plot 4, Lower Tythe, Tedstow. He asked", "Plot 4, Lower Tythe, Tedstow"),
        ("Her card was delivered to 60 Lower Tythe, Tedstow; she rang", "60 Lower Tythe, Tedstow"),
        ("Ellie lives in Jubilee House, she says", "Jubilee House"),
    ],
)
def test_where_an_address_ends_in_its_sentence(finder: AddressFinder, text: str, address: str) -> None:
    before = "His address is " if text.startswith("Plot") else ""
    assert found(finder, before + text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "The neighbour at 29, Mr Fitzgerald, rang again",
        "Grave 214, Kirkgate cemetery",
        "The letter was sent to 12 Parishes",
        "A visit to Jubilee House on Monday",
    ],
)
def test_what_only_begins_like_one(finder: AddressFinder, text: str) -> None:
    assert found(finder, text) == []
