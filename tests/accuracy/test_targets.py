"""What is found, measured on the development part, is no less than it was and than was promised.

What was promised stands in `bench/accuracy/targets.py`. The floors here are what is held today: the target, or a little
less than what was measured where it is not reached yet, to be raised whenever it gets better. docs/accuracy.md has the
whole figures; `python -m bench.accuracy --mails --errors ALL` shows what is missing.
"""

from __future__ import annotations

from functools import cache

import pytest

from bench.accuracy import clean, targets, variants
from bench.accuracy.comparison import read, rows
from bench.accuracy.documents import in_capitals, mail_documents, of_part
from bench.accuracy.figures import Figures
from bench.accuracy.matching import overlap
from bench.accuracy.ours import Ours
from bench.accuracy.scheme import MAILS
from tests.accuracy.labelled import Part

CAPITALS = 3  # each third mail: names in them are many, and each takes longer to read than a usual one
CLEAN_MAILS = 320  # of 630: the first half holds one or two of each topic
DRAWS = 1  # of each disguise of each entity

FLOORS = {  # rows and figures of `targets.MAILS`
    # Half the mails from 51 on are by people who had not seen the rules: recall fell from 0.96 when they came, and from
    # 0.95 when those from 151 on did, which are full of numbers without a word beside them; to 0.92 when the lists of
    # the ninth take came, and is 0.948 since lists are read whole, 0.966 with those of the eleventh.
    ("UK identifiers", "R"): 0.95,
    ("UK identifiers", "P"): 0.97,
    ("PERSON", "F2"): 0.92,
    # 0.94 before `doorstep-eleventh.txt` came: 240 homes as they are seldom written, of which half are found at first.
    ("UK_ADDRESS", "F2"): 0.89,
    ("sensitive, any type", "F2"): 0.85,
}
FLOOR_OF_CAPITALS = 0.85
FLOORS_OF_VARIANTS = {"normalisable": 0.95, "decodable": 0.90}
# The set grew harder: 1 and 1.0 before the topics of `clean/fourth-*.txt`, which tempt as none did before them. Since
# statements ask whom a message makes known, the same floors hold with the topics of `clean/fifth-*.txt`, too.
MOST_HIGH = 2  # of CLEAN_MAILS
MOST_FALSE_IN_100_KB = 1.5


@cache
def ours() -> Ours:
    return Ours()


@cache
def of_mails(*, capitals: bool = False) -> dict[str, Figures]:
    documents = of_part(mail_documents(), Part.DEVELOPMENT)
    if capitals:
        documents = [in_capitals(document) for document in documents[::CAPITALS]]
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


def value(rows_: dict[str, Figures], target: targets.Target) -> float:
    found = rows_[target.row].by_name[target.figure].value
    assert found is not None
    return found


@pytest.mark.parametrize("target", targets.MAILS, ids=lambda t: f"{t.row}-{t.figure}")
def test_personal_data_in_council_mails_is_found_at_least_as_well_as_before(target):
    assert value(of_mails(), target) >= FLOORS[target.row, target.figure], target


def test_people_in_mails_written_in_capitals_are_found_at_least_as_well_as_before():
    (target,) = targets.CAPITALS
    assert value(of_mails(capitals=True), target) >= FLOOR_OF_CAPITALS, target


@pytest.mark.parametrize("kind", sorted(FLOORS_OF_VARIANTS))
def test_disguised_identifiers_are_found_at_least_as_well_as_before(kind):
    shares, missed = of_variants()
    found, tried = shares[(kind,)]
    assert found / tried >= FLOORS_OF_VARIANTS[kind], "\n".join(["missed:", *missed])


def test_hardly_any_ordinary_mail_has_a_high_category_finding():
    figures = of_clean_mails()
    assert figures.mails == CLEAN_MAILS
    assert figures.high <= MOST_HIGH, "\n".join(figures.lines)


def test_hardly_anything_false_is_found_in_ordinary_mails():
    figures = of_clean_mails()
    assert figures.false_per_100_kb <= MOST_FALSE_IN_100_KB, "\n".join(figures.lines)


def test_no_floor_asks_for_more_than_its_target():
    of_targets = {(target.row, target.figure): target.least for target in targets.MAILS}
    assert FLOORS.keys() == of_targets.keys()
    assert all(floor <= of_targets[key] for key, floor in FLOORS.items())
    assert FLOOR_OF_CAPITALS <= targets.PERSON_IN_CAPITALS
    assert all(floor <= targets.RECALL_OF_VARIANTS[kind] for kind, floor in FLOORS_OF_VARIANTS.items())
    assert MOST_HIGH >= targets.MOST_HIGH_OF_600 * CLEAN_MAILS // 600
    assert MOST_FALSE_IN_100_KB >= targets.MOST_FALSE_IN_100_KB
