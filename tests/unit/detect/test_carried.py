from __future__ import annotations

from collections.abc import Callable

from dlp_gateway.model import Area, Detection

Detect = Callable[..., Detection]


def in_subject(detection: Detection) -> list[str]:
    return [f.entity for f in detection.findings if f.area is Area.SUBJECT]


def test_a_value_that_the_body_names_is_known_in_the_subject(detect: Detect) -> None:
    detection = detect("Council tax account 7300448129 is in arrears.", subject="Late payment, a/c 7300448129")
    assert in_subject(detection) == ["UK_COUNCIL_TAX_REF"]


def test_a_part_of_a_longer_number_is_not(detect: Detect) -> None:
    detection = detect("Council tax account 7300448129 is in arrears.", subject="Re 17300448129, 73004481290")
    assert in_subject(detection) == []


def test_what_nothing_names_stays_a_number(detect: Detect) -> None:
    assert in_subject(detect("Order 7300448129 has come.", subject="Order 7300448129")) == []
