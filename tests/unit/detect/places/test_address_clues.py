"""Homes on streets that no word for street gives away: what else stands there tells them."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.gazetteer import Gazetteer
from dlp_gateway.detect.places.street_address import AddressFinder
from tests.support import shipped_rules


@pytest.fixture(scope="session")
def finder() -> AddressFinder:
    ruleset = shipped_rules.ruleset()
    return AddressFinder(ruleset, Gazetteer(ruleset.words))


def found(finder: AddressFinder, text: str) -> list[str]:
    return [text[m.start : m.end] for m in finder.find(text) if m.entity == "UK_ADDRESS"]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("to be evicted from 212 Highgate, Leicester in May", ["212 Highgate, Leicester"]),
        ("the sale of 18 The Maltings, Uckfield", ["18 The Maltings, Uckfield"]),
        ("Completion - 18 The Loke", ["18 The Loke"]),
        ("14  88 Abbey Highgate (annexe)   Mrs Rees", ["88 Abbey Highgate (annexe)"]),
        ("Current: 12 Tanpits, top flat", ["12 Tanpits, top flat"]),
        ("he is at 40 Cornmill, E14.", ["40 Cornmill, E14"]),
        ("measured from Scar Lane 151.", ["Scar Lane 151"]),
        ("missed five times, Fernhill Gdns no 31", ["Fernhill Gdns no 31"]),
        ("her old aide at Sluice Road, 31 left", ["Sluice Road, 31"]),
        ('the bin at "Windsor", The Drive, which', ['"Windsor", The Drive']),
        ('registered "The Haven", Dunton Lane', ['"The Haven", Dunton Lane']),
    ],
)
def test_a_clue_makes_a_home_of_a_number_and_a_name(finder: AddressFinder, text: str, addresses: list[str]) -> None:
    assert found(finder, text) == addresses


@pytest.mark.parametrize(
    "text",
    [
        "12 Angry Men, Leeds",
        "3 Day Conference, Leeds",
        "25 November, London",
        "12 John Murray, York",
        "3 Smith, Leeds",
        "2 Labour, Cardiff",
        "14 York, Leeds",
        "2025 Tanpits, Leeds",
        "3 The Budget\n4 The Zorbit\n",
        "Item 4 The Budget.",
        "moved from Church Street, 14 March",
        "Mill Road 22",
        'the film "Windsor", The Guardian',
        "£40 Cornmill, Leeds",
    ],
)
def test_a_clue_makes_nothing_of_other_numbers_and_names(finder: AddressFinder, text: str) -> None:
    assert found(finder, text) == []
