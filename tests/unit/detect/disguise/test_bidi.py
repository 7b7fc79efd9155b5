from __future__ import annotations

import pytest

from dlp_gateway.detect.disguise.bidi import turned_stretches
from tests.support.cpu_time import within


def shown(text: str) -> list[str]:
    return ["".join(text[offset] for offset in turned.order) for turned in turned_stretches(text)]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("a \u202e65 43 21\u202c b", ["12 34 56"]),
        ("a \u202ecba", ["abc"]),
        ("\u202ecba\nfed", ["abc", "def"]),  # each line by itself
        ("\u202efe\u202dcd\u202cba\u202c", ["abcdef"]),  # left to right inside
        ("\u2066\u202ecba\u202c\u2069", ["abc"]),
        ("plain", []),
        ("\u202d left to right \u202c", []),
    ],
)
def test_a_reader_sees_what_an_override_turns_round(text: str, order: list[str]) -> None:
    assert shown(text) == order


def test_words_keep_their_letters_in_an_embedding() -> None:
    """Groups of digits in a right-to-left paragraph change their order, not their digits."""
    text = "\u202b5919 476 943\u202c"
    (turned,) = turned_stretches(text)
    assert "".join(text[offset] for offset in turned.words) == "943 476 5919"


def test_deep_nesting_takes_linear_time() -> None:
    assert within(5, lambda: list(turned_stretches("\u202ea\u202db" * 100_000)))
