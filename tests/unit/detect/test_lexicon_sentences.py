"""Floors on invented sentences that do or do not say something sensitive (tests/accuracy/sensitive-sentences.txt)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlp_gateway.detect.sensitive.lexicon import TermScanner
from tests.accuracy.labelled import Part, part_of
from tests.support import shipped_rules

_SENTENCES = Path(__file__).parents[2] / "accuracy" / "sensitive-sentences.txt"
_LABELS = {"special": "SPECIAL_CATEGORY", "criminal": "CRIMINAL_OFFENCE", "safeguarding": "SAFEGUARDING"}
_LEAST_F2 = 0.90
_MOST_FALSE = 0.04  # of sentences that say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence; `wanted` are the entities that it holds, `open` those that are neither wanted nor wrong."""

    text: str
    wanted: frozenset[str]
    open: frozenset[str]

    @property
    def part(self) -> Part:
        return part_of(self.text)


def sentences() -> Iterator[Sentence]:
    for line in _SENTENCES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            labels, text = line.split(" | ", 1)
            names = labels.replace("+", " ").split()
            yield Sentence(
                text=text.replace("\\n", "\n"),
                wanted=frozenset(_LABELS[n] for n in names if n in _LABELS),
                open=frozenset(_LABELS[n[1:]] for n in names if n.startswith("?")),
            )


@pytest.fixture(scope="module")
def found() -> dict[str, frozenset[str]]:
    scanner = TermScanner(shipped_rules.ruleset().terms)
    return {s.text: frozenset(t.entity for t in scanner.scan(s.text, [])) for s in sentences()}


def test_there_are_enough_sentences_of_both_kinds() -> None:
    every = list(sentences())
    assert sum(bool(s.wanted) for s in every) >= 300
    assert sum(not s.wanted for s in every) >= 300


@pytest.mark.parametrize("part", list(Part))
def test_what_is_said_of_a_person_is_found(found: dict[str, frozenset[str]], part: Part) -> None:
    mine = [s for s in sentences() if s.part is part]
    right = sum(len(s.wanted & found[s.text]) for s in mine)
    wanted = sum(len(s.wanted) for s in mine)
    wrong = sum(len(found[s.text] - s.wanted - s.open) for s in mine)
    precision, recall = right / (right + wrong), right / wanted
    assert 5 * precision * recall / (4 * precision + recall) >= _LEAST_F2


@pytest.mark.parametrize("part", list(Part))
def test_sentences_that_say_nothing_are_left_alone(found: dict[str, frozenset[str]], part: Part) -> None:
    nothing = [s for s in sentences() if s.part is part and not s.wanted]
    assert sum(bool(found[s.text] - s.open) for s in nothing) <= _MOST_FALSE * len(nothing)
