"""Dates of birth in all their spellings."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.records.dates import date_forms, dates_in


@pytest.mark.parametrize(
    "text",
    [
        "01/02/1980", "1.2.1980", "1-2-1980", "1980-02-01", "1980/2/1", "1 February 1980", "1st Feb 1980",
        "1st of February, 1980", "February 1st, 1980", "1 Chwefror 1980", "01 02 1980", "1-Feb-1980", "1FEB1980",
    ],
)  # fmt: skip
def test_a_date_has_one_form_in_every_spelling(text: str) -> None:
    assert date_forms(text) == ("1980-02-01",)
    assert [(forms, start, end) for forms, start, end in dates_in(f"(born {text}).")] == [
        (("1980-02-01",), 6, 6 + len(text))
    ]


@pytest.mark.parametrize("text", ["1980-02-01 00:00:00", "1980-02-01T00:00", "19800201"])
def test_exports_write_dates_in_forms_of_their_own(text: str) -> None:
    assert date_forms(text) == ("1980-02-01",)


def test_a_year_of_two_digits_may_be_of_either_century() -> None:
    assert date_forms("1/2/25") == ("1925-02-01", "2025-02-01")
    assert date_forms("1/2/80") == ("1980-02-01",)


@pytest.mark.parametrize("text", ["31/02/1980", "1/13/1980", "1/2/1850", "1/2", "Feb 1980", "12345678901", "", "May"])
def test_what_is_no_day_of_a_life_has_no_form(text: str) -> None:
    assert date_forms(text) == ()


@pytest.mark.parametrize("text", ["ref 1/2/1980/5", "v1.2.1980", "A-1/2/1980", "01/02/19801"])
def test_a_piece_of_a_longer_number_is_no_date(text: str) -> None:
    assert list(dates_in(text)) == []
