"""One number beside somebody, of the kind that the message speaks of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
NAMES = {"PERSON", "LOCATION", "ORGANIZATION", "NRP"}


def numbers(detection: Detection) -> list[str]:
    return [finding.entity for finding in detection.findings if finding.entity not in NAMES]


@pytest.mark.parametrize(
    ("subject", "text", "entity"),
    [
        ("Committal", "Ref 73004481: Mrs Whitworth. No reply yet.", "UK_COUNCIL_TAX_REF"),
        ("TEC witness statements", "Could somebody look at Mr Farah (XN12345678)? It waits.", "UK_PCN"),
        ("NOSPs", "To serve today – Ms Pullen – 1104471 – please.", "UK_RENT_REF"),
        ("LLPG", "100071234567 - Mrs Whitworth, moved out", "UK_UPRN"),
    ],
)
def test_a_number_beside_somebody_is_of_the_kind_that_is_spoken_of(
    subject: str, text: str, entity: str, detect: Detect
) -> None:
    assert numbers(detect(text, subject=subject)) == [entity]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Lunch", "Mrs Whitworth (73004481) comes."),
        ("Committal", "Ref 73004481. No reply yet."),
        ("Committal", "Mrs Whitworth, order 73004481, comes."),
        ("Committal", "Mrs Whitworth, £73004481, comes."),
        ("Committal", "Mrs Whitworth (https://council.example/73004481) comes."),
    ],
)
def test_without_topic_or_person_or_as_something_else_it_is_not(subject: str, text: str, detect: Detect) -> None:
    assert "UK_COUNCIL_TAX_REF" not in numbers(detect(text, subject=subject))
