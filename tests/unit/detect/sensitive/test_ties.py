"""How tightly a term is tied to somebody by the words before it."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.sensitive.ties import Tie, tie_before


@pytest.mark.parametrize(
    ("text", "tie"),
    [
        ("he has dementia", Tie.TIGHT),
        ("he has (dementia", Tie.TIGHT),
        ("he has ( dementia", Tie.TIGHT),
        ('he has " dementia', Tie.TIGHT),
        ("( dementia", Tie.NONE),
        ("' ' dementia", Tie.NONE),
    ],
)
def test_a_bracket_or_quotation_mark_is_no_word_even_where_it_stands_alone(text: str, tie: Tie) -> None:
    assert tie_before(text, text.index("dementia"), 0) is tie
