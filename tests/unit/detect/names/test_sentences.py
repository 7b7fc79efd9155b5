"""Sentences of our own with names and without: what is found of them, and what is not taken for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.model import Detection
from tests.accuracy.name_sentences import Sentence, sentences
from tests.support.untraced import untraced
from tests.unit.detect.conftest import detect_mail

Detect = Callable[..., Detection]
Found = list[tuple[Sentence, list[tuple[int, int]]]]


def _spans(detection: Detection) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in detection.findings if f.entity == "PERSON"]


def _found(said: Iterable[Sentence], detect: Detect, **how: Detector) -> Found:
    """Untraced: other tests measure what runs here four hundred times."""
    with untraced():
        return [(sentence, _spans(detect(sentence.text, **how))) for sentence in said]


@pytest.fixture(scope="module")
def found_by_model(with_model: Detector) -> Found:
    return _found(sentences(), partial(detect_mail, with_model))


def _figures(found: Found) -> tuple[float, float]:
    """Precision and recall by overlap."""
    right = wrong = met = missed = 0
    for sentence, spans in found:
        for start, end in spans:
            if any(a < end and start < b for a, b in sentence.names):
                right += 1
            else:
                wrong += 1
        for a, b in sentence.names:
            if any(a < end and start < b for start, end in spans):
                met += 1
            else:
                missed += 1
    return right / (right + wrong), met / (met + missed)


def test_there_are_two_hundred_of_either_kind() -> None:
    named = [s for s in sentences() if s.names]
    assert len(named) >= 190
    assert len(sentences()) - len(named) >= 200


def test_rules_and_lists_find_most_names_and_little_else(detect: Detect) -> None:
    precision, recall = _figures(_found(sentences(), detect))
    assert precision >= 0.94
    assert recall >= 0.97


def test_the_model_adds_names_and_few_mistakes(found_by_model: Found) -> None:
    precision, recall = _figures(found_by_model)
    assert precision >= 0.94
    assert recall >= 0.98


def test_capitals_hide_few_names(detect: Detect, with_model: Detector) -> None:
    loud = [Sentence(text=s.text.upper(), names=s.names) for s in sentences() if len(s.text.upper()) == len(s.text)]
    precision, recall = _figures(_found(loud, detect, detector=with_model))
    assert recall >= 0.94
    assert precision >= 0.88


def test_small_letters_hide_few_names(detect: Detect, with_model: Detector) -> None:
    quiet = [Sentence(text=s.text.lower(), names=s.names) for s in sentences() if len(s.text.lower()) == len(s.text)]
    precision, recall = _figures(_found(quiet, detect, detector=with_model))
    assert recall >= 0.9
    assert precision >= 0.8


def test_the_borders_of_names_are_right(found_by_model: Found) -> None:
    exact = total = 0
    for sentence, spans in found_by_model:
        total += len(sentence.names)
        exact += sum(name in spans for name in sentence.names)
    assert exact / total >= 0.95
