"""Looking up names of places."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.gazetteer import Gazetteer, fold

GAZETTEER = Gazetteer(
    {
        "uk-towns": frozenset({"leeds", "newcastle upon tyne", "preston"}),
        "uk-counties": frozenset({"west yorkshire"}),
        "countries": frozenset({"poland", "costa rica"}),
        "countries-with-capitals": frozenset({"turkey", "new york"}),
        "world-cities": frozenset({"kraków", "tromsø"}),
    }
)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["Leeds", "LS1"], 1),
        (["NEWCASTLE", "UPON", "TYNE"], 3),
        (["Newcastle"], 0),
        (["West", "Yorkshire."], 2),
        (["East", "Preston"], 2),
        (["Poland"], 0),
        ([], 0),
    ],
)
def test_places_at_home_are_counted_in_words(words: list[str], count: int) -> None:
    assert GAZETTEER.uk_words(words) == count


@pytest.mark.parametrize(
    ("words", "count"),
    [(["poland"], 1), (["Costa", "Rica", "is"], 2), (["turkey"], 0), (["Turkey"], 1), (["Leeds"], 0)],
)
def test_a_country_that_is_a_common_word_needs_its_capital(words: list[str], count: int) -> None:
    assert GAZETTEER.country_words(words) == count


@pytest.mark.parametrize("word", ["Krakow", "KRAKÓW", "Tromso", "Tromsø"])
def test_accents_make_no_difference(word: str) -> None:
    assert GAZETTEER.words([word]) == 1


def test_folding_keeps_letters_apart_from_accents() -> None:
    assert fold("Łódź") == "lodz"
