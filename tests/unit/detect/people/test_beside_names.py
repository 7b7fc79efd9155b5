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
    ],
)
def test_a_date_right_behind_a_persons_name_is_a_birth(detect: Detect, body: str, date: str) -> None:
    assert found(detect(body), body, "DATE_OF_BIRTH") == [date]


@pytest.mark.parametrize(
    "body", ["Signed: Grace Okafor 12/03/2025", "Grace Okafor visited on 2/10/1950", "Invoice 2/10/1950", "32/10/1950"]
)
def test_other_dates_are_not(detect: Detect, body: str) -> None:
    assert found(detect(body), body, "DATE_OF_BIRTH") == []


def test_a_number_between_commas_behind_a_full_name_is_an_age(detect: Detect) -> None:
    body = "We met Mrs Grace Okafor, 29, who lives alone."
    assert found(detect(body), body, "AGE") == ["29"]


@pytest.mark.parametrize("body", ["Grace Okafor, 12 Mill Lane, Otley", "Mill Lane, 29, was shut"])
def test_other_numbers_are_not(detect: Detect, body: str) -> None:
    assert found(detect(body), body, "AGE") == []
