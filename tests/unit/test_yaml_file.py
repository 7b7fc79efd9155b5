"""Positions and words of faults in YAML files."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from dlp_gateway.errors import ConfigError, Fault
from dlp_gateway.yaml_file import Document, load_document, scalar, validate


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clock(Strict):
    working_minutes: int = 60
    escalate_to: str = ""


class Case(Strict):
    when: dict[str, str] = {}
    action: Literal["relay", "hold"] = "relay"


class Rule(Strict):
    id: str
    then: Literal["relay", "hold"] | tuple[Case, ...] = "relay"
    clock: Clock | None = None
    reviewers: list[Clock] = []
    renamed: int = Field(0, alias="from")


class Rules(Strict):
    rules: tuple[Rule, ...] = ()
    groups: dict[str, Clock] = {}


def broken(text: str) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        load_document(text, "rules.yaml")
    return caught.value.faults


def faults_of(text: str, model: type[BaseModel] = Rules) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        validate(load_document(text, "rules.yaml"), model)
    return caught.value.faults


def test_every_key_and_item_has_its_line_and_column_from_one() -> None:
    document = load_document("a: 1\nb:\n  - x\n  - c: [y, z]\n", "f.yaml")
    assert document.value == {"a": 1, "b": ["x", {"c": ["y", "z"]}]}
    assert document.position(("a",)) == (1, 1)
    assert document.position(("b", 0)) == (3, 5)
    assert document.position(("b", 1, "c")) == (4, 5)
    assert document.position(("b", 1, "c", 1)) == (4, 12)


def test_a_place_that_does_not_exist_is_that_of_its_nearest_ancestor() -> None:
    document = load_document("a:\n  b: 1\n", "f.yaml")
    assert document.position(("a", "nothing", "here")) == (1, 1)
    assert document.position(("a", "b", "deeper")) == (2, 3)
    assert document.position(("other",)) == (1, 1)
    assert Document(file="f", value={}, positions={}).position(("a",)) == (None, None)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_an_empty_mapping_to_a_model(text: str) -> None:
    assert validate(load_document(text, "f.yaml"), Rules) == Rules()


def test_a_key_that_stands_twice_is_a_fault_where_it_stands_again() -> None:
    faults = broken("a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\n")
    assert [(fault.line, fault.column, "stands twice" in fault.text) for fault in faults] == [
        (2, 17, True),
        (3, 1, True),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1, 2\nb: 3\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: 'open\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: *nothing\n", 1),
        ("a: !!python/object/apply:os.system [true]\n", 1),
        ("? [a, b]\n: c\n", 1),
    ],
)
def test_broken_syntax_is_one_fault_with_its_line(text: str, line: int) -> None:
    (fault,) = broken(text)
    assert fault.line == line
    assert fault.text.startswith("not valid YAML: ")


@pytest.mark.parametrize("text", ["a: \x00\n", "a: 2026-02-30\n", "a: &x [*x]\n", "a: &x {b: *x}\n"])
def test_what_can_not_be_a_value_is_one_fault_on_one_line(text: str) -> None:
    (fault,) = broken(text)
    assert "\n" not in str(fault)


def test_an_alias_that_repeats_a_value_has_the_places_of_its_anchor() -> None:
    document = load_document("a: &x {b: 1}\nc: *x\n", "f.yaml")
    assert document.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.position(("c", "b")) == (1, 8)


def test_all_faults_of_a_model_come_at_once_in_the_order_of_the_file() -> None:
    faults = faults_of("rules:\n  - then: hold\n  - id: b\n    clock: {working_minutes: soon}\ngruops: {}\n")
    assert [(fault.line, fault.text.partition(";")[0].partition(": Input")[0]) for fault in faults] == [
        (2, "rules.0.id: missing"),
        (4, "rules.1.clock.working_minutes"),
        (5, "gruops: unknown key"),
    ]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("ruls: []\n", "did you mean “rules”?"),
        ("rules: [{id: a, clok: {}}]\n", "did you mean “clock”?"),
        ("rules: [{id: a, clock: {workin_minutes: 3}}]\n", "did you mean “working_minutes”?"),
        ("rules: [{id: a, reviewers: [{escalate: x}]}]\n", "did you mean “escalate_to”?"),
        ("rules: [{id: a, then: [{acton: hold}]}]\n", "did you mean “action”?"),
        ("groups: {a: {escalate: x}}\n", "did you mean “escalate_to”?"),
        ("rules: [{id: a, form: 1}]\n", "did you mean “from”?"),
        ("groups: {a: {zzz: x}}\n", "known here: escalate_to, working_minutes"),
    ],
)
def test_an_unknown_key_is_told_what_was_probably_meant_at_every_depth(text: str, suggestion: str) -> None:
    assert any(suggestion in fault.text for fault in faults_of(text))


def test_the_name_of_a_place_holds_no_words_of_the_library_about_unions() -> None:
    faults = faults_of("rules:\n  - id: a\n    then:\n      - {action: hold, wen: {}}\n  - {id: b, then: maybe}\n")
    names = {fault.text.partition(": ")[0] for fault in faults}
    assert names == {"rules.0.then", "rules.0.then.0.wen", "rules.1.then"}
    assert {fault.line for fault in faults if "wen" in fault.text} == {4}


def test_a_file_that_is_no_mapping_says_so() -> None:
    (fault,) = faults_of("- a\n- b\n")
    assert fault.text.startswith("the file: ")


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "plain", "a: b", "# no comment", "007", "no", [], ["a", "::1/128"], date(2026, 1, 31)]
)
def test_a_scalar_that_we_write_is_read_as_what_it_was(value: Any) -> None:
    text = scalar(value)
    assert "\n" not in text
    assert load_document(f"a: {text}\n", "f.yaml").value == {"a": value}


def test_a_long_text_stays_on_its_line() -> None:
    assert "\n" not in scalar("word " * 500)
