"""Homes on streets that no word for street gives away: what else stands there tells them."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.street_address import AddressFinder

from .conftest import found


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
        ("her gran's (33 Langbar) again", ["33 Langbar"]),
        ("went to his brother's, 12 Raisdale, but", ["12 Raisdale"]),
        ("he viewed 2 The Stables and loved it", ["2 The Stables"]),
        ("Lives Sycamore Rd, B13 3SD", ["Sycamore Rd, B13 3SD"]),
        ("neighbours between nos 42 and 46 say", ["nos 42 and 46"]),
        ("she is next door at 21, and anxious", ["21"]),
        ("he lives in the basement, 46B.", ["46B"]),
        ("the noisy neighbour is at number 5, where", ["number 5"]),
        ("I called unannounced at Moss Nook, Drummers Lane", ["Moss Nook, Drummers Lane"]),
        ("I believe she's at The Old Manse, Kinglass. If so", ["The Old Manse, Kinglass"]),
        ("Correspondence | Ballyna House, Belfast BT9 8HA", ["Ballyna House, Belfast BT9 8HA"]),
        ("her Home Office accommodation at 212 Highgate, Leicester", ["212 Highgate, Leicester"]),
        ("last registered 5 Hobbs Brook - proxy", ["5 Hobbs Brook"]),
        ("and my brother's at The Steading.", ["The Steading"]),
        ("a bloke comes out of no 60 in his gown", ["no 60"]),
        ("aged 31, of The Old Byre, Hobbs Lane. He", ["The Old Byre, Hobbs Lane"]),
        ("NHS 624 4276 to 2 Yewbarrow Fold", ["2 Yewbarrow Fold"]),
        ("she is at Llys Gwyn until May", ["Llys Gwyn"]),
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
        "my dad's 50 Birthday party",
        "they are at 5 Star Hotel",
        "we offered 3 Bedrooms",
        "I called at Ashby Town Hall, High Street",
        "sent home\n 13/10 no show",
        "Visit 11/03, 07.40",
    ],
)
def test_a_clue_makes_nothing_of_other_numbers_and_names(finder: AddressFinder, text: str) -> None:
    assert found(finder, text) == []
