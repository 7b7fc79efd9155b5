"""What the model of references adds to what rules find, with the shipped model and no language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.references.finder import RECOGNISER, finder_of
from dlp_gateway.model import Area, AskNames, Controls, Finding, Passage, Question
from tests.support import shipped_rules

Find = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return shipped_rules.inspector(names=False)._detector


@pytest.fixture
def find(detector: Detector) -> Find:
    def run(body: str, *, subject: str = "", entities: frozenset[str] | None = None) -> list[Finding]:
        passages = (
            Passage(part="HEADER", place="subject", text=subject, area=Area.SUBJECT),
            Passage(part="1", place="", text=body, area=Area.BODY),
        )
        question = Question(entities=entities, names=AskNames.ALWAYS)
        findings = detector.detect(passages, Controls(), question, {}).findings
        return [finding for finding in findings if finding.recogniser == RECOGNISER]

    return run


@pytest.mark.parametrize(
    ("subject", "body", "number", "entity"),
    [
        ("Rent arrears", "Mr Ferreira will pay something on 78823713 from Friday.", "78823713", "UK_RENT_REF"),
        ("Council tax", "Mrs Loveday has gone to Ghana.\n\n(68116171, was band C)", "68116171", "UK_COUNCIL_TAX_REF"),
        ("Eviction", "Ms Tekle has until Monday.\n\nCounty court gave us 4QZ0391728 for it.", "4QZ0391728", None),
    ],
)
def test_a_number_that_nothing_names_is_told_by_what_is_around_it(
    find: Find, subject: str, body: str, number: str, entity: str | None
) -> None:
    found = find(body, subject=subject)
    assert [body[one.start : one.end] for one in found] == [number]
    assert entity is None or found[0].entity == entity


def test_it_is_masked(find: Find) -> None:
    (found,) = find("Mr Ferreira will pay something on 78823713 from Friday.", subject="Rent arrears")
    assert found.masked == "7####3"
    assert "78823713" not in repr(found)


@pytest.mark.parametrize(
    "body",
    [
        "The rent office has lot 78823713 in the depot.",
        "Stationery order: 40 of item 78823713, 25 of item 78823714.",
        "The printer on floor 2 says error 78823713.",
    ],
)
def test_where_nobody_is_spoken_of_it_is_nothing(find: Find, body: str) -> None:
    assert find(body) == []


@pytest.mark.parametrize("label", ["order no", "invoice", "job no", "purchase order"])
def test_what_is_named_otherwise_is_nothing(find: Find, label: str) -> None:
    assert find(f"Rent arrears of Mr Ferreira: {label} 78823713 is with the contractor.", subject="Rent arrears") == []


def test_it_is_looked_for_only_where_its_kind_is_asked_for(find: Find) -> None:
    body = "Mr Ferreira will pay something on 78823713 from Friday."
    assert find(body, subject="Rent arrears", entities=frozenset({"UK_NHS"})) == []
    assert find(body, subject="Rent arrears", entities=frozenset({"UK_RENT_REF"})) != []


def test_a_rules_folder_may_have_none_or_switch_it_off() -> None:
    ruleset = shipped_rules.ruleset()
    assert ruleset.references is not None
    assert finder_of(ruleset) is not None
    assert finder_of(replace(ruleset, references=None)) is None
    assert finder_of(replace(ruleset, references=ruleset.references.model_copy(update={"threshold": 1.1}))) is None


def test_switched_off_it_finds_nothing() -> None:
    by_rules = shipped_rules.of_rules_alone()._detector
    body = "Mr Ferreira will pay something on 78823713 from Friday."
    subject = Passage(part="HEADER", place="subject", text="Rent arrears", area=Area.SUBJECT)
    passage = Passage(part="1", place="", text=body, area=Area.BODY)
    findings = by_rules.detect((subject, passage), Controls(), Question(), {}).findings
    assert not [finding for finding in findings if finding.entity == "UK_RENT_REF"]
