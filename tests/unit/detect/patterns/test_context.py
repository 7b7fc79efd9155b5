from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.patterns.context import has_phrase, last_phrase
from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
NHS = "943 476 5919"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"NHS number {NHS}", True),
        (f"{NHS} (NHS number)", True),
        (f"{NHS} is her NHS number", True),
        (f"{NHS}, which is her NHS number", True),
        (f"{NHS} as her NHS number", True),
        (f"{NHS} = NHS number", True),
        (f"{NHS} is the right NHS number", True),
        (f"{NHS} is Edith Crowe's NHS number", True),
        (f"{NHS} is the right order number", False),
        (f"401 023 2137 and {NHS} are her NHS numbers", True),
        (f"{NHS} and 401 023 2137 are the NHS numbers", True),  # the label behind a list is that of all
        (f"NHS number 401 023 2137, or maybe {NHS}", True),  # words lead from one to another of its kind
        (f"NHS number 401 023 2137 (previously {NHS})", True),
        (f"NHS number changed from 401 023 2137 to {NHS}", True),
        (f"NHS number 401 023 2137, or invoice {NHS}", False),
        (f"What is her NHS number?\n\n{NHS}", True),  # an answer stands below its question
        (f"What is her NHS number?\n\nOrder {NHS}", False),
        (f"NHS numbers: 401 023 2137, {NHS} and 943 476 5919", True),
        (f"NHS supplies, order number {NHS}", False),  # the nearest label decides
        (f"Order 7 is for NHS number {NHS}", True),
        (f"duplicate {NHS}", False),  # no label inside a word
        (f"NHS number\n\nPage {NHS}", False),  # a label does not reach into the next paragraph
        (f"NHS number:\n{NHS}", True),
        (f"NHS number:\n\n{NHS}", True),  # unless nothing else stands between
        ("NHS " + "x " * 60 + NHS, False),  # nor far
        (f"NHS number for Edith Crowe (dob 12/03/1931) is {NHS}", True),  # the date has its own label
        (f"NHS number 401 023 2137, UTR {NHS}", False),  # and this number another
        (f"NHS number 401 023 2137. The second one, please: {NHS}", False),  # a label that has its value
        (f"Her UTR is wanted for the patient: {NHS}", False),  # a label outdoes a mere likelihood
        (f"{NHS}, NHS number 401 023 2137", False),  # the label of the next number
        (f"{NHS} (order number), for the patient", False),
        (f"the NHS trust's {NHS}", False),  # an office, not a number
        (f"NHS numbers\n- Edith Crowe, 401 023 2137\n- Tom Hart, {NHS}", True),
        (f"NHS numbers\n- Edith Crowe, 401 023 2137\n- order no. {NHS}", False),
        (f"The patient is in.\n> NHS\n> number {NHS}", True),  # a quoted line's break
        (f"Mrs Crowe, {NHS}", True),  # a person near
        (f"bloods for {NHS} (Mrs Crowe)", True),
        (f"X-MS-Exchange {NHS}", False),
        (f"Rhif GIG: {NHS}", True),
    ],
)
def test_a_number_is_what_the_nearest_label_says(text: str, counts: bool, detect: Detect) -> None:
    detection = detect(text, entities=frozenset({"UK_NHS"}))
    assert (text.rindex(NHS) in {finding.start for finding in detection.findings}) is counts


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Mrs Obi - TB 2105 1134\n\nPCNs to cancel, she had a permit.", True),  # the topic stands behind it
        ("Penalty charges of May\n\nSee the list.\n\nMrs Obi - TB 2105 1134", True),  # or far before it
        ("TB 2105 1134\n\nPCNs to cancel.", False),  # of nobody
        ("Mrs Obi\nTB 2105 1134\n\nPCNs to cancel.", False),  # of nobody in its line
        ("Mrs Obi - TB 2105 1134\n\nSamples to collect.", False),  # of no topic
        ("Mrs Obi - serial TB 2105 1134\n\nPCN printers to collect.", False),  # the nearest word decides
    ],
)
def test_in_a_text_of_a_topic_a_person_near_makes_a_number_theirs(text: str, counts: bool, detect: Detect) -> None:
    assert (len(detect(text, entities=frozenset({"UK_PCN"})).findings) == 1) is counts


def test_each_number_of_a_row_of_labels_is_what_its_own_label_says(detect: Detect) -> None:
    text = "Council tax 60012345, rent account 1234567, HB claim 7654321, NHS 943 476 5919, UTR 19558 39661"
    found = {text[f.start : f.end]: f.entity for f in detect(text).findings}
    assert found == {
        "60012345": "UK_COUNCIL_TAX_REF",
        "1234567": "UK_RENT_REF",
        "7654321": "UK_HOUSING_BENEFIT_REF",
        "943 476 5919": "UK_NHS",
        "19558 39661": "UK_UTR",
    }


def test_a_value_that_was_named_once_is_known_wherever_it_stands_again(detect: Detect) -> None:
    text = "Arrears on 7300448129. She asked twice.\n\nCouncil tax account 7300448129 is hers."
    entities = [f.entity for f in detect(text).findings]
    assert entities.count("UK_COUNCIL_TAX_REF") == 2


def test_a_piece_of_a_telephone_number_is_nothing_else(detect: Detect) -> None:
    text = "For the client number see Care Direct, 01632 960233"
    assert {f.entity for f in detect(text).findings} == {"PHONE_NUMBER"}


@pytest.mark.parametrize(
    "number",
    [
        "order no. {}",
        "invoice {}",
        "job {}",
        "planning application {}",
        "ISBN {}",
        "Meeting ID: {}",
        "asset tag {}",
        "permit no {}",
        "meter number {}",
        "ticket {}",
        "serial number {}",
        "case {}",
        "{}",
    ],
)
@pytest.mark.parametrize("value", ["9434765919", "60012345", "1955839661", "533401372", "100071234567"])
def test_a_number_of_a_thing_is_no_identifier(number: str, value: str, detect: Detect) -> None:
    assert [f.entity for f in detect(f"Please see {number.format(value)} and reply.").findings] == []


@pytest.mark.parametrize("text", ["d.o.b.", "D O B", "dob", "the d-o-b is"])
def test_a_phrase_is_found_however_its_words_are_parted(text: str) -> None:
    assert has_phrase(text.lower(), ("d.o.b", "dob"))


def test_the_last_phrase_ends_where_its_last_letter_stands() -> None:
    assert last_phrase("lives at 4 mill lane, lives at", ("lives at", "lives")) == 30
    assert last_phrase("duplicates", ("lic",)) == -1
    assert last_phrase("x", ()) == -1


@pytest.mark.parametrize(
    ("body", "entity", "found"),
    [
        ("PCN TB23346349 was paid.\n\nAlso on the list: TB33370579, Mr Yildirim.", "UK_PCN", 2),
        ("PCN TB23346349.\nTB10000001\nTB10000002\nTB10000003\nTB10000004\nTB10000005", "UK_PCN", 1),
    ],
)
def test_a_value_of_the_make_of_a_labelled_one_is_one_unless_most_have_no_label(
    detect: Detect, body: str, entity: str, found: int
) -> None:
    body = body.replace(
        "\n", "\n\nSomething else entirely stands here, quite long and of no meaning at all for it.\n\n"
    )
    assert sum(f.entity == entity for f in detect(body).findings) == found
