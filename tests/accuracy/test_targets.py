"""What is found, measured on the development part, is no less than it was and than was promised.

`TARGETS` are promises; `floor` is what is held today: the target, or what was measured where that is less, to be raised
whenever it gets better. docs/accuracy.md has the whole figures; `python -m bench.accuracy --mails --errors ALL` shows
what is missing.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from bench.accuracy import clean, variants
from bench.accuracy.comparison import read, rows
from bench.accuracy.documents import in_capitals, mail_documents, of_part
from bench.accuracy.figures import Figures
from bench.accuracy.matching import overlap
from bench.accuracy.ours import Ours
from bench.accuracy.scheme import MAILS
from tests.accuracy.labelled import Part

CLEAN_MAILS = 320  # of 630: the first half holds ten of each topic
DRAWS = 1  # of each disguise of each entity


class Promise(NamedTuple):
    """A figure of one row of the mails' table."""

    row: str
    figure: str
    floor: float
    target: float


PROMISES = (
    Promise("UK identifiers", "R", 0.48, 0.98),
    Promise("UK identifiers", "P", 0.90, 0.97),
    Promise("PERSON", "F2", 0.83, 0.92),
    Promise("UK_ADDRESS", "F2", 0.80, 0.90),
    Promise("sensitive, any type", "F2", 0.20, 0.85),
)
CAPITALS = Promise("PERSON", "R", 0.55, 0.85)
RECALL = {"normalisable": (0.84, 0.95), "decodable": (0.75, 0.90)}  # floor, target
MOST_HIGH = (0.022, 3 / 600)  # share of clean mails with a high-category finding: ceiling, target
MOST_FALSE = (10.0, 1.0)  # false structured findings in 100 kB: ceiling, target


@cache
def ours() -> Ours:
    return Ours()


@cache
def of_mails(*, capitals: bool = False) -> dict[str, Figures]:
    documents = of_part(mail_documents(), Part.DEVELOPMENT)
    if capitals:
        documents = [in_capitals(document) for document in documents]
    return rows(read(ours(), documents, MAILS), MAILS, overlap)


@cache
def of_clean_mails() -> clean.CleanFigures:
    return clean.measure(ours(), clean.mails_of(Part.DEVELOPMENT)[:CLEAN_MAILS])


@cache
def of_variants() -> tuple[dict[tuple[str, ...], variants.Share], list[str]]:
    # Names do not matter here: the model would take most of the time.
    without_model = Ours(names=False)
    shares, missed = variants.measure(without_model.entities_of, variants.variants(Part.DEVELOPMENT, DRAWS))
    return variants.summed(shares, 0), missed


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: f"{p.row}-{p.figure}")
def test_personal_data_in_council_mails_is_found_at_least_as_well_as_before(promise):
    value = of_mails()[promise.row].by_name[promise.figure].value
    assert value is not None
    assert value >= promise.floor, f"target {promise.target}"


def test_people_in_mails_written_in_capitals_are_found_at_least_as_well_as_before():
    value = of_mails(capitals=True)[CAPITALS.row].by_name[CAPITALS.figure].value
    assert value is not None
    assert value >= CAPITALS.floor, f"target {CAPITALS.target}"


@pytest.mark.parametrize("kind", sorted(RECALL))
def test_disguised_identifiers_are_found_at_least_as_well_as_before(kind):
    shares, missed = of_variants()
    floor, target = RECALL[kind]
    found, all_ = shares[(kind,)]
    assert found / all_ >= floor, "\n".join([f"target {target}; missed:", *missed])


def test_hardly_any_ordinary_mail_has_a_high_category_finding():
    figures = of_clean_mails()
    ceiling, target = MOST_HIGH
    assert figures.mails == CLEAN_MAILS
    assert figures.high / figures.mails <= ceiling, "\n".join([f"target {target}", *figures.lines])


def test_hardly_anything_false_is_found_in_ordinary_mails():
    figures = of_clean_mails()
    ceiling, target = MOST_FALSE
    assert figures.false_per_100_kb <= ceiling, "\n".join([f"target {target}", *figures.lines])


def test_no_floor_is_above_its_target():
    assert all(promise.floor <= promise.target for promise in (*PROMISES, CAPITALS))
    assert all(floor <= target for floor, target in RECALL.values())
    assert all(ceiling >= target for ceiling, target in (MOST_HIGH, MOST_FALSE))
