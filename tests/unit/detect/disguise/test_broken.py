from __future__ import annotations

import pytest

from dlp_gateway.detect.disguise.broken import broken_identifiers
from tests.support.cpu_time import within


def joined(text: str) -> list[str]:
    return [stretch.text for stretch in broken_identifiers(text)]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("her number is 94 34 76 59 19 as discussed", "9434765919"),
        ("it is 943.476.591.9 as above", "9434765919"),
        ("94/34/76/59/19", "9434765919"),
        ("(943)476(5919)", "9434765919"),
        ("9434/*x*/765919", "9434765919"),
        ("94\n34\n76\n59\n19", "9434765919"),
        ("9434\t7659\t19", "9434765919"),
        ("NINO is AB-1234-56C", "AB123456C"),
        ("IBAN GB2 9NW BK6 016 133 192 681 9", "GB29NWBK60161331926819"),
        ("at L.S.1.3.A.D", "LS1 3AD"),
    ],
)
def test_groups_with_one_kind_of_gap_are_joined(text: str, seen: str) -> None:
    assert joined(text) == [seen]


@pytest.mark.parametrize(
    "text",
    [
        "on 12/03/1957 and 2026-11-26",
        "rooms 12 and 14, 3.30 to 5",
        "section 47 of the 1989 act",
        "Call 1 or 2 of us",
        "one thing after another, as is the way",
    ],
)
def test_dates_and_words_are_not(text: str) -> None:
    assert joined(text) == []


def test_offsets_lead_back_to_the_characters() -> None:
    text = "is 94 34 76 59 19 as"
    stretch = next(broken_identifiers(text))
    assert "".join(text[offset] for offset in stretch.origins) == "9434765919"
    assert text[stretch.start : stretch.end] == "94 34 76 59 19"


def test_two_numbers_that_are_parted_in_two_ways_stay_two() -> None:
    assert joined("94-34-76-59-19 20.00.01.55") == ["9434765919", "20000155"]


def test_a_megabyte_of_groups_takes_seconds() -> None:
    within(10, lambda: list(broken_identifiers("12 ab 3. " * 110_000)))
