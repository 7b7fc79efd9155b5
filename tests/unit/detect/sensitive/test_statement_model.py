from __future__ import annotations

import numpy as np
import pytest

from dlp_gateway.detect.sensitive.statement_model import LABELS, StatementModel, load_model


@pytest.fixture(scope="module")
def model() -> StatementModel:
    return load_model()


def tiny() -> StatementModel:
    """One network of one feature for vectors of two numbers: it answers to "fell" after "he"."""
    features = np.zeros((6, 2), np.float16)  # windows of three words by two pieces
    features[1, 0] = 1  # the second number of the word before
    features[2, 0] = 1  # the first number of the word itself
    return StatementModel(
        {
            "table": np.array([[0, 0], [127, 0], [0, 127]], np.int8),  # not known, fell, he
            "scale": np.full(2, 1 / 127, np.float32),
            "words": np.frombuffer(b"fell\nhe", np.uint8),
            "rows": np.array([1, 2], np.uint16),
            "features": features,
            "features_bias": np.array([-1.5, -9], np.float32),
            "out": np.array([[[8, 0, 0], [0, 0, 0]]], np.float32),
            "out_bias": np.array([[0, -9, -9]], np.float32),
        }
    )


def test_what_stands_together_is_read_together() -> None:
    together, apart, unknown = tiny().probabilities([["he", "fell"], ["fell", "he"], ["she", "sang"]])
    assert together[0] > 0.9
    assert apart[0] < 0.1
    assert unknown[0] < 0.1


def test_no_window_reaches_over_the_edge_of_a_clause() -> None:
    _, second = tiny().probabilities([["he"], ["fell"]])
    assert second[0] < 0.1


def test_the_answer_to_a_clause_depends_on_no_other(model: StatementModel) -> None:
    asked = [["he", "'s", "got", "days"], ["the", "bins", "are", "late"], ["they", "took", "the", "kids", "off", "her"]]
    alone = np.concatenate([model.probabilities([clause]) for clause in asked])
    assert np.allclose(model.probabilities(asked * 700)[: len(asked)], alone, atol=1e-5)


def test_nothing_asked_is_nothing_told(model: StatementModel) -> None:
    assert model.probabilities([]).shape == (0, len(LABELS))


@pytest.mark.parametrize(
    ("clause", "label"),
    [
        ("she has to have her leg off", "special"),
        ("he is out of prison on a tag", "criminal"),
        ("her stepdad hits her", "safeguarding"),
    ],
)
def test_the_shipped_model_knows_its_trade(model: StatementModel, clause: str, label: str) -> None:
    told = model.probabilities([clause.split()])[0]
    assert told[LABELS.index(label)] > 0.5
    assert model.probabilities([["please", "send", "the", "invoice", "by", "friday"]]).max() < 0.1
