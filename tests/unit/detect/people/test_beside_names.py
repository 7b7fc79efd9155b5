from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]


def found(detection: Detection, body: str, entity: str) -> list[str]:
    return [body[f.start : f.end] for f in detection.findings if f.entity == entity]


@pytest.mark.parametrize(
    ("body", "date"),
    [
        ("9BW2HN new  Okafor, Grace  2/10/1950  lymphoedema", "2/10/1950"),
        ("SWIFT, Jordan Lee 30/06/1998, released in June", "30/06/1998"),
        ("Mrs Grace Okafor (12.03.1957) rang again", "12.03.1957"),
        ("Grace Okafor / 12.03.57 / was seen", "12.03.57"),
        ("formerly Grace Okafor; 12/03/1957; Flat 6", "12/03/1957"),
        ("Grace Okafor [12-Mar-1957] was seen", "12-Mar-1957"),
        ("Grace Okafor - 6 March 1957 - custody", "6 March 1957"),
        ("Grace Okafor (minor), 30-8-2007 / lost two teeth", "30-8-2007"),
        ("Grace Okafor f, 26/02/1985, candidate", "26/02/1985"),
        ("case 2 | V Adaeze P 30/01/2001 | P mother", "30/01/2001"),
    ],
)
def test_a_date_right_behind_a_persons_name_is_a_birth(detect: Detect, body: str, date: str) -> None:
    assert found(detect(body), body, "DATE_OF_BIRTH") == [date]


@pytest.mark.parametrize(
    "body",
    [
        "Signed: Grace Okafor 12/03/2025",
        "Signed: Grace Okafor / 12.03.25",
        "Grace Okafor visited on 2/10/1950",
        "Invoice 2/10/1950",
        "32/10/1950",
    ],
)
def test_other_dates_are_not(detect: Detect, body: str) -> None:
    assert found(detect(body), body, "DATE_OF_BIRTH") == []


def test_a_number_between_commas_behind_a_full_name_is_an_age(detect: Detect) -> None:
    body = "We met Mrs Grace Okafor, 29, who lives alone."
    assert found(detect(body), body, "AGE") == ["29"]


@pytest.mark.parametrize("body", ["Grace Okafor, 12 Mill Lane, Otley", "Mill Lane, 29, was shut"])
def test_other_numbers_are_not(detect: Detect, body: str) -> None:
    assert found(detect(body), body, "AGE") == []


@pytest.mark.parametrize(
    ("body", "ages"),
    [
        ("Children: Grace 7, Samuel 4", ["7", "4"]),
        ("Samuel 11 started school on Monday", ["11"]),
        ("She can't come if there is no creche for Samuel 2.", ["2"]),
        ("The court was told. Samuel 16.", ["16"]),
        ("#3 Samuel Okafor, 44: fibromyalgia", ["44"]),
        ("Samuel (14) has an order", ["14"]),
        ("the badge of Samuel Okafor (9), please", ["9"]),
        ("Grace Okafor 29 - campylobacter", ["29"]),
        ("Her nan is Grace Okafor, 92", ["92"]),
        ("Samuel 12 & Mohammed 9 are staying with their nan", ["12", "9"]),
        ("Okafor (Samuel 15, Mohammed 11) was closed", ["15", "11"]),
        ("Samuel N - 15 - see the file", ["15"]),
        ("- Samuel Okafor - 18 on 3 Oct - grant paid", ["18"]),
        ("CH/24/19 Samuel Okafor 17\n- School: seen", ["17"]),
    ],
)
def test_a_number_behind_a_name_is_an_age_where_the_words_say_so(detect: Detect, body: str, ages: list[str]) -> None:
    assert found(detect(body), body, "AGE") == ages


@pytest.mark.parametrize(
    "body",
    [
        "Votes: Grace Okafor 7, Samuel Byrne 4",
        "Cllr Grace Okafor (12) spoke",
        "Ask Samuel 2, please",
        "Page of Samuel Okafor (9), please",
        "Samuel 11 minutes late",
        "Grace Okafor 29 Mill Lane",
        "16:30 Grace Okafor, 8",
        "The draw (Samuel 15, table 11) was held",
        "We met Grace Okafor - 15 - 20 minutes",
    ],
)
def test_a_number_behind_a_name_that_nothing_makes_an_age_is_none(detect: Detect, body: str) -> None:
    assert found(detect(body), body, "AGE") == []
