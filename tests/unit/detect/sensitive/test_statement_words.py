from __future__ import annotations

import pytest

from dlp_gateway.detect.sensitive.statement_words import NAME, NUMBER, clauses, words
from tests.support.cpu_time import within

NAMES = frozenset({"okafor", "amina"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He fell. She rang us.", ["He fell.", "She rang us."]),
        ("Mr. Bell fell; St. Mary's knows.", ["Mr. Bell fell;", "St. Mary's knows."]),
        ("a line that is\nwrapped here\n\nNext", ["a line that is\nwrapped here", "Next"]),
        ("- deaf\n- walks with a stick\n* prays", ["- deaf", "- walks with a stick", "* prays"]),
        ("Bell\tblind in one eye\t4417", ["Bell", "blind in one eye", "4417"]),
        ("> He fell.\n> She rang.", ["> He fell.", "> She rang."]),
        ("Ann | on a tag | call", ["Ann", "on a tag", "call"]),
        ("health: fits\nage: nine", ["health: fits", "age: nine"]),
        ("", []),
    ],
)
def test_a_text_is_cut_where_a_statement_may_end(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in clauses(text)] == expected


def test_who_writes_without_full_stops_is_read_piece_by_piece() -> None:
    text = "and then he said " * 100
    pieces = list(clauses(text))
    assert max(end - start for start, end in pieces) <= 300
    assert "".join(text[start:end] for start, end in pieces) == text


@pytest.mark.parametrize("text", ["\n" * 200_000, " " * 200_000, ". " * 100_000, "x" * 200_000, "\t \n" * 70_000])
def test_cutting_takes_time_in_proportion(text: str) -> None:
    within(2, lambda: [words(text[start:end], NAMES) for start, end in clauses(text)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amina can't walk 20 metres", [NAME, "ca", "n't", "walk", NUMBER, "metres"]),
        ("Okafor’s mum, okafor", [NAME, "mum", ",", "okafor"]),
        ("She's HIV+", ["she", "'s", "hiv", "+"]),
        ("could n't", ["could", "n't"]),
        ("Okafor has Parkinson's", [NAME, "has", "parkinson", "'s"]),
        ("", []),
    ],
)
def test_words_are_those_that_the_model_was_trained_on(text: str, expected: list[str]) -> None:
    assert words(text, NAMES) == expected
