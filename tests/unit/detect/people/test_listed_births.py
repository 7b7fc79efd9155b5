from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
PEOPLE = ("Grace Okafor", "Danielle Hobson", "Paul Ackroyd", "Tariq Mahmood")


def births(detect: Detect, dates: Sequence[str]) -> list[str]:
    body = "\n".join(
        f"{n} | {name} | 11884{n} | {date} | band A"
        for n, (name, date) in enumerate(zip(PEOPLE, dates, strict=False), 1)
    )
    return [body[f.start : f.end] for f in detect(body).findings if f.entity == "DATE_OF_BIRTH"]


def test_dates_years_apart_in_a_list_of_people_are_births(detect: Detect) -> None:
    dates = ["02/02/1995", "17.11.1987", "23-04-1970", "08/06/2011"]
    assert births(detect, dates) == dates


def test_so_are_six_figures_that_are_a_date_in_each_line(detect: Detect) -> None:
    dates = ["070408", "191207", "020308", "310808"]
    assert births(detect, dates) == dates


@pytest.mark.parametrize(
    "dates",
    [
        ["070408", "997714", "418308", "310808"],
        ["02/02/2016", "17/11/2016", "23/04/2017", "08/06/2018"],  # those of visits lie close together
        ["02/02/1995", "17/11/1987"],
        ["32/02/1995", "17/13/1987", "23/04/1970", "99/06/1983"],
    ],
    ids=["other figures", "close together", "too few lines", "no dates"],
)
def test_other_dates_are_not(detect: Detect, dates: list[str]) -> None:
    assert births(detect, dates) == []
