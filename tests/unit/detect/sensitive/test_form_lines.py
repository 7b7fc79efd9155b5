from __future__ import annotations

import pytest

from dlp_gateway.detect.patterns.pattern import shadow
from dlp_gateway.detect.ruleset import TermFile
from dlp_gateway.detect.sensitive.form_lines import FormLines
from dlp_gateway.model import Category

FILE = TermFile(
    kind="terms",
    entity="SPECIAL_CATEGORY",
    category=Category.SPECIAL,
    topic="belief",
    strong=("devout",),
    headers=("religion", "faith"),
    matches=("a devout man",),
    no_match=("a man",),
)
LINES = FormLines({"sensitive-belief": FILE})


def found(text: str, *, person: bool = True) -> list[str]:
    return [text[start:end] for start, end, _ in LINES.find(shadow(text), [(0, 4)] if person else [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name: Bo\nReligion: Sikh", ["Sikh"]),
        ("Name: Bo\n- FAITH = Church of Wales", ["Church of Wales"]),
        ("Name: Bo; religion: Sikh; School: Heath", ["Sikh"]),
        ("Name: Bo\nReligion?: Sikh  Language: Punjabi", ["Sikh"]),
        ("Name........ Bo\nReligion.... Sikh\nFaith......: none", ["Sikh"]),
    ],
)
def test_a_label_says_what_any_value_is(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "value",
    ["none", "n/a", "prefer not to say", "not known", "____", "no impact", "see page 3", "positive impact", "12"],
)
def test_a_value_that_says_nothing_of_anybody_does_not_count(value: str) -> None:
    assert found(f"Name: Bo\nReligion: {value}") == []


def test_a_form_about_nobody_says_nothing() -> None:
    assert found("Religion: Sikh", person=False) == []
    assert found("Name: Bo" + "." * 900 + "\nReligion: Sikh") == []


def test_without_headers_there_is_nothing_to_find() -> None:
    assert list(FormLines({}).find(b"Religion: Sikh", [(0, 4)])) == []
