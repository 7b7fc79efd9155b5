from __future__ import annotations

import pytest

from dlp_gateway.detect.normalise import canonical


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("plain", "plain"),
        ("a\u00a0b\u2003c", "a b c"),
        ("9\u200b4\u00ad3", "943"),
        ("20\u201100\u221201", "20-00-01"),
        ("\u0663\uff14\U0001d7d3", "345"),
        ("\uff2a\ufb01", "Jfi"),
        ("Jose\u0301", "José"),
        ("O\u2019Connor", "O'Connor"),
        ("a\u2028b", "a\nb"),
        ("9\x004\x023\x7f", "943"),
        ("a\tb\nc\fd", "a\tb\nc\fd"),
        ("9\u0336\u20dd4\u0301\ufe0f3\U000e0101", "943"),
        ("Zoe\u0308 Sia\u0302n", "Zoë Siân"),
        ("①②③ ❹ ²₅", "123 4 25"),
        ("🄰🅑🅲🇩", "ABCD"),
        ("9\u28004\u31643", "9 43"),
        ("note\U000e0041\U000e0042", "note"),
        ("diаgnоsed", "diagnosed"),
        ("Москва", "Москва"),
        ("", ""),
        ("\x02\u200b", ""),
    ],
)
def test_a_reader_and_the_gateway_see_the_same(text: str, reading: str) -> None:
    assert canonical(text).text == reading


def test_spans_lead_back_over_dropped_and_widened_characters() -> None:
    text = "x\u200b\u200by\ufb01z"
    reading = canonical(text)
    start = reading.text.index("fi")
    assert text[slice(*reading.span(start, start + 2))] == "\ufb01"
    assert text[slice(*reading.span(0, 2))] == "x\u200b\u200by"


def test_where_the_original_is_read() -> None:
    text = "x\u200b\u200by\ufb01z"
    reading = canonical(text)
    assert [reading.position(offset) for offset in range(len(text))] == [0, 0, 0, 1, 2, 4]
