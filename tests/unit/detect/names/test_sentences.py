"""Sentences of our own with names and without: what is found of them, and what is not taken for one."""

from __future__ import annotations

from collections.abc import Callable

from dlp_gateway.detect.detector import Detector
from dlp_gateway.model import Detection
from tests.accuracy.name_sentences import Sentence, sentences

Detect = Callable[..., Detection]


def _spans(detection: Detection) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in detection.findings if f.entity == "PERSON"]


def _figures(found: list[tuple[Sentence, list[tuple[int, int]]]]) -> tuple[float, float]:
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
    precision, recall = _figures([(s, _spans(detect(s.text))) for s in sentences()])
    assert precision >= 0.94
    assert recall >= 0.97


def test_the_model_adds_names_and_few_mistakes(detect: Detect, with_model: Detector) -> None:
    precision, recall = _figures([(s, _spans(detect(s.text, detector=with_model))) for s in sentences()])
    assert precision >= 0.94
    assert recall >= 0.98


def test_capitals_hide_few_names(detect: Detect, with_model: Detector) -> None:
    loud = [Sentence(text=s.text.upper(), names=s.names) for s in sentences() if len(s.text.upper()) == len(s.text)]
    precision, recall = _figures([(s, _spans(detect(s.text, detector=with_model))) for s in loud])
    assert recall >= 0.94
    assert precision >= 0.88


def test_small_letters_hide_few_names(detect: Detect, with_model: Detector) -> None:
    quiet = [Sentence(text=s.text.lower(), names=s.names) for s in sentences() if len(s.text.lower()) == len(s.text)]
    precision, recall = _figures([(s, _spans(detect(s.text, detector=with_model))) for s in quiet])
    assert recall >= 0.9
    assert precision >= 0.8


def test_the_borders_of_names_are_right(detect: Detect, with_model: Detector) -> None:
    exact = total = 0
    for sentence in sentences():
        spans = _spans(detect(sentence.text, detector=with_model))
        total += len(sentence.names)
        exact += sum(name in spans for name in sentence.names)
    assert exact / total >= 0.95
