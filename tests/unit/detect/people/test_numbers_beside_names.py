"""Numbers beside names that no list knows: grammar or the language model does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
PASSPORT = "EE4681378"


def found(detection: Detection) -> set[str]:
    return {finding.entity for finding in detection.findings if finding.exempt is None}


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"To post back: the mother called Zhyvka {PASSPORT}\n\nBoth passports are in the safe.", True),
        (f"To post back: {PASSPORT} (for a lady called Zhyvka)\n\nBoth passports are in the safe.", False),  # too far
        (f"The mother called Zhyvka\n{PASSPORT}\n\nBoth passports are in the safe.", False),  # in another line
        (f"The mother called Zhyvka {PASSPORT}\n\nBoth parcels are in the safe.", False),  # of no topic
        (f"The mother called Zhyvka, order {PASSPORT}\n\nBoth passports are in the safe.", False),  # of something else
        (f"A box called Zhyvka-7 {PASSPORT}\n\nBoth passports are in the safe.", False),  # of no person
    ],
)
def test_a_person_in_the_line_makes_a_number_theirs(text: str, counts: bool, detect: Detect) -> None:
    detection = detect(text)
    assert ("UK_PASSPORT" in found(detection)) is counts


def test_what_is_not_asked_for_is_not_found(detect: Detect) -> None:
    text = f"The mother called Zhyvka {PASSPORT}\n\nBoth passports are in the safe."
    assert found(detect(text, entities=frozenset({"PERSON", "UK_NHS"}))) == {"PERSON"}


def test_a_word_of_two_letters_in_a_number_says_nothing_of_health(detect: Detect) -> None:
    assert found(detect("Mrs Obi, TB 2105 1134\n\nPCNs to cancel.")) == {"PERSON", "UK_PCN"}
