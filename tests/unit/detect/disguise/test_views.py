from __future__ import annotations

import pytest

from dlp_gateway.detect.disguise.views import FROM_PICTURE, View, views_of
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.model import Area, Passage
from tests.support.cpu_time import within


def views(text: str, place: str = "") -> list[View]:
    return list(views_of(Passage(part="1", place=place, text=text, area=Area.BODY), canonical(text)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("NI A B 1 2 3 4 5 6 C ok", "AB123456C"),
        ("NI A.B.1.2.3.4.5.6.C.", "AB123456C"),
        ("NI A-B-1-2-3-4-5-6-C", "AB123456C"),
        ("A\tB\t1\t2\t3\t4\t5\t6\tC", "AB123456C"),
        ("A\nB\n1\n2\n3\n4\n5\n6\nC\n", "AB123456C"),
        ("is a 9 4 3 4 7 6 5 9 1 9 I think", "9434765919"),
        ("AB    12    34    56    C", "AB 12 34 56 C"),
        ("AB\n12\n34\n56\nC", "AB 12 34 56 C"),
        ("AB 12\n34 56 C", "AB 12 34 56 C"),
        ("943 476\n> 5919", "943 476 5919"),
        ("AB\t12\t34\t56\tC", "AB 12 34 56 C"),
        ("AB·12·34·56·C", "AB 12 34 56 C"),
        ("AB, 12, 34, 56, C", "AB 12 34 56 C"),
        ("943|476|5919", "943 476 5919"),
        ("x \u202eC 65 43 21 BA\u202c", "AB 12 34 56 C"),
        ("note" + "".join(chr(0xE0000 + ord(c)) for c in "AB123456C"), "AB123456C"),
        ("Привет ÁB 12 34 56 С", "AB 12 34 56 C"),
    ],
)
def test_a_view_shows_what_a_reader_sees(text: str, seen: str) -> None:
    assert any(seen in view.text for view in views(text))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("NHS number 943 47 6 59 19", "9434765919"),
        ("NHS number943 476 5919", "9434765919"),
        ("NI AB 12 3 456 C ok", "AB123456C"),
        ("NI numberAB 12 34 56 C", "AB123456C"),
        ("5919and", "5919"),
    ],
)
def test_recognised_text_is_read_without_its_blanks(text: str, seen: str) -> None:
    assert any(seen in view.text.split(" ") for view in views(text, f"page 1 {FROM_PICTURE}")) or len(seen) < 6
    assert not any(seen in view.text.split(" ") for view in views(text))


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ann,\n\nThank you for your letter of 12 November 2026. Call 0113 222 4444, or write to a@b.example.\n",
        "The cost is 14,500 pounds, and 1,200 more, at 10:30 on 12/11/2026 (ref. 26/01234/FUL).",
        "Zoë will be in Llŷn at 12 o’clock – “as agreed”…",
        "Москва, ноябрь, Αθήνα",
        "a) one\nb) two\nc) three",
        "the flag of \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f is shown",
    ],
)
def test_ordinary_text_asks_for_no_view(text: str) -> None:
    assert views(text) == []


def test_a_view_leads_back_to_the_passage() -> None:
    text = "Her number \u200bis A B 1 2 3 4 5 6 C, thanks"
    (view,) = views(text)
    start = view.text.index("AB123456C")
    assert text[slice(*view.span(start, start + 9))] == "A B 1 2 3 4 5 6 C"
    assert view.is_altered(start, start + 9)
    assert not view.is_altered(0, 3)


def test_stretches_far_apart_share_no_context() -> None:
    text = "NHS 1 2 3 4 5 6 " + "word " * 200 + "7 8 9 0 1 2 ok"
    (view,) = views(text)
    assert len(view.text) < len(text) / 2
    assert "\n\n" in view.text


HOSTILE = {
    "single letters": "a " * 20_000,
    "single digits": "1 " * 20_000,
    "groups": "12|" * 15_000,
    "groups of blanks": "12    " * 8_000,
    "nearly": "1 2 3 4 5 ab " * 4_000,
    "overrides": "\u202ea\n" * 10_000,
    "tags": "\U000e0041 " * 10_000,
    "accents": "é1 " * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_linear_time(text: str) -> None:
    within(2, lambda: views(text, FROM_PICTURE))
