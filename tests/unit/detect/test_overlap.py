from __future__ import annotations

from dlp_gateway.detect.overlap import Match, resolve
from dlp_gateway.model import Category


def match(entity: str, start: int, end: int, confidence: float = 0.9, *, labelled: bool = False) -> Match:
    return Match(
        entity=entity,
        category=Category.IDENTITY,
        recogniser=entity.lower(),
        start=start,
        end=end,
        confidence=confidence,
        mask="",
        labelled=labelled,
    )


def test_the_labelled_then_the_surer_then_the_longer_match_stays() -> None:
    assert resolve([match("A", 0, 9, 0.95), match("B", 0, 9, 0.8, labelled=True)])[0].entity == "B"
    assert resolve([match("A", 0, 9, 0.6), match("B", 5, 12, 0.9)])[0].entity == "B"
    assert resolve([match("A", 0, 9), match("B", 5, 20)])[0].entity == "B"


def test_a_postcode_stays_inside_its_address() -> None:
    kept = resolve([match("UK_ADDRESS", 0, 40), match("UK_POSTCODE", 32, 40, labelled=True)])
    assert [m.entity for m in kept] == ["UK_ADDRESS", "UK_POSTCODE"]


def test_a_term_stays_inside_everything_but_its_own_kind() -> None:
    kept = resolve([match("UK_ADDRESS", 0, 40), match("SAFEGUARDING", 5, 20), match("SAFEGUARDING", 8, 12)])
    assert [(m.entity, m.start) for m in kept] == [("UK_ADDRESS", 0), ("SAFEGUARDING", 5)]


def test_of_one_value_found_by_several_rules_the_surest_match_stays() -> None:
    matches = [match("A", 0, 9, 0.7), match("A", 0, 9, 0.9), match("A", 0, 9, 0.8), match("B", 20, 29)]
    assert [(m.entity, m.confidence) for m in resolve(matches)] == [("A", 0.9), ("B", 0.9)]


def test_what_overlaps_only_a_match_that_gave_way_stays() -> None:
    kept = resolve([match("A", 0, 9, 0.9), match("B", 6, 14, 0.6), match("C", 12, 20, 0.5)])
    assert [m.entity for m in kept] == ["A", "C"]


def test_matches_side_by_side_all_stay_in_text_order() -> None:
    assert [m.start for m in resolve([match("B", 10, 20), match("A", 0, 10), match("C", 20, 30)])] == [0, 10, 20]
