from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.found import Found, Reading
from dlp_gateway.detect.layout import lay_out
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.detect.sensitive.somebody import Known, known_in
from dlp_gateway.model import Area, Category, Detection, Exemption, Passage

TEXT = "Dear Mrs Hart,\n\nGrace Okafor, 9434765919, 14 Mill Lane\n"
Detect = Callable[..., Detection]


def item(
    value: str, entity: str, category: Category, *, greeting: bool = False, title: str = "", text: str = TEXT
) -> Found:
    passage = Passage(part="1", place="", text=text, area=Area.BODY)
    at = text.index(value)
    reading = Reading(index=0, passage=passage, canonical=canonical(text), layout=lay_out(text, body=True))
    made = Found(
        reading=reading,
        entity=entity,
        category=category,
        recogniser="a",
        at=at,
        until=at + len(value),
        start=at,
        end=at + len(value),
        place="",
        value=value,
        confidence=0.9,
        mask="#",
    )
    made.greeting, made.title = greeting, title
    return made


NUMBER = item("9434765919", "UK_NHS", Category.IDENTITY)
HOUSE = item("14 Mill Lane", "UK_ADDRESS", Category.CONTACT)
NAME = item("Grace Okafor", "PERSON", Category.NAME)
GREETED = item("Hart", "PERSON", Category.NAME, greeting=True, title="mrs")
FIRST_NAME = item("Hart", "PERSON", Category.NAME, greeting=True)


@pytest.mark.parametrize(
    ("found", "named", "known"),
    [
        ([], [], Known.NOBODY),
        ([HOUSE], [], Known.NOBODY),
        ([], [FIRST_NAME], Known.NOBODY),
        ([], [NAME], Known.NAMED),
        ([], [GREETED], Known.NAMED),
        ([HOUSE], [NAME], Known.IDENTIFIED),
        ([NUMBER], [], Known.IDENTIFIED),
    ],
    ids=["nothing", "an address alone", "a greeting", "a name", "a title", "a name and an address", "a number"],
)
def test_so_much_a_message_makes_known_of_whom_it_speaks(found: list[Found], named: list[Found], known: Known) -> None:
    assert known_in(found, named) is known


def test_an_address_far_from_every_name_is_nobodys() -> None:
    text = f"Grace Okafor rang.\n\n{'The office moves in May. ' * 12}\n\n14 Mill Lane is for sale.\n"
    assert known_in([item("14 Mill Lane", "UK_ADDRESS", Category.CONTACT, text=text)], [NAME]) is Known.NAMED


def test_whoever_does_not_count_makes_nobody_known() -> None:
    author = item("Grace Okafor", "PERSON", Category.NAME)
    author.exempt = Exemption.AUTHOR
    assert known_in([HOUSE], [author]) is Known.NOBODY


def test_an_exercise_is_about_nobody_and_the_same_words_about_somebody_are_data(detect: Detect) -> None:
    said = "He was diagnosed with schizophrenia and she has cancer."
    for before, counts in (("Card 4. ", False), ("Mrs Okafor, NHS number 943 476 5919. ", True)):
        assert ("SPECIAL_CATEGORY" in {f.entity for f in detect(before + said).findings}) is counts


def test_where_only_some_entities_are_looked_for_anybody_may_be_known(detect: Detect) -> None:
    wanted = frozenset({"SPECIAL_CATEGORY"})
    assert {f.entity for f in detect("Card 4. He has schizophrenia.", entities=wanted).findings} == wanted


def test_who_reads_or_writes_it_needs_no_name(detect: Detect) -> None:
    """Twelve people in Bcc of such a mail, and one slip to Cc tells all of them."""
    said = detect("You are living with HIV and told us that you would like to meet others.")
    assert "SPECIAL_CATEGORY" in {f.entity for f in said.findings}
