from __future__ import annotations

import time

import pytest

from dlp_gateway.detect.references.tokens import shape_of, tokens


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens(text)]


@pytest.mark.parametrize("token", ["70331245", "22/00931", "CT-2231-B", "J10LE226", "0712-140624", "AB123", "99177/4"])
def test_runs_of_letters_and_digits_may_be_references(token: str) -> None:
    assert found(f"Now {token}, again.") == [token]
    assert found(f"({token})\n") == [token]


OTHERS = """03/02/2026 2026-02-03 2025/26 2026 9.30-10.15am 26wks 12th 1884.20 p80-96 1,200 123 £18842 tenancy A1
70331245@council.example 70331245.pdf x1.council.example Straße70331245ß"""


@pytest.mark.parametrize("other", OTHERS.split())
def test_dates_times_amounts_measures_pages_files_and_addresses_are_none(other: str) -> None:
    assert found(f"On {other} we met.") == []


def test_a_long_run_is_read_once() -> None:
    started = time.process_time()
    assert found("1-" * 500_000 + "@") == []
    assert found("a" * 1_000_000) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("token", "shape"), [("70331245", "98"), ("CT/2231", "A2/94"), ("ab-1C", "a2-91A1"), ("ABCDEFG1", "A591")]
)
def test_the_shape_tells_how_a_token_is_made(token: str, shape: str) -> None:
    assert shape_of(token) == shape
