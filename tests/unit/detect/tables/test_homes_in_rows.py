"""Addresses in pasted tables under headers that say nothing of them."""

from __future__ import annotations

from ..conftest import Detect


def addresses(body: str, detect: Detect) -> list[str]:
    return [body[f.start : f.end] for f in detect(body).findings if f.entity == "UK_ADDRESS"]


def test_words_within_a_cell_tell_a_home_under_a_header_that_does_not(detect: Detect) -> None:
    body = "Name | DOB | Notes\nAmy Cole | 03/04/1990 | Rosebery Ct, Alfred Street, Kettering\n"
    body += "Jo Pike | 05/06/1991 | lives at Hafod Farm, Zorbham\n"
    assert addresses(body, detect) == ["Rosebery Ct, Alfred Street, Kettering", "Hafod Farm, Zorbham"]


def test_a_home_that_its_column_shows_is_found_once_and_none_runs_over_two_cells(detect: Detect) -> None:
    body = "Name | Address | Town\nAmy Cole | 4 Mill Lane | Kettering\nJo Pike | 6 Mill Lane | Kettering\n"
    assert addresses(body, detect) == ["4 Mill Lane", "6 Mill Lane"]
