from __future__ import annotations

import pytest

from dlp_gateway.detect.references.reference_model import ReferenceModel, load_model
from training.references.regression import kept_clues, packed, train

KINDS = ("UK_RENT_REF", "UK_PCN")
TOLD = [("rent", "eight"), ("charge", "ten"), ("order", "eight"), ("order", "ten")] * 5
CLASSES = [1, 2, 0, 0] * 5


@pytest.fixture(scope="module")
def model() -> ReferenceModel:
    clues = kept_clues(TOLD)
    weights = train(TOLD, CLASSES, clues, classes=3, epochs=20, seed=1)
    return ReferenceModel(packed(weights, clues, KINDS))


@pytest.mark.parametrize(("clues", "kind"), [(("rent",), "UK_RENT_REF"), (("charge", "never seen"), "UK_PCN")])
def test_a_model_tells_what_it_has_learned(model: ReferenceModel, clues: tuple[str, ...], kind: str) -> None:
    likely, told = model.judge([model.weigh(clues)])
    assert told == kind
    assert likely > 0.6


def test_what_was_no_reference_is_none(model: ReferenceModel) -> None:
    assert model.judge([model.weigh(("order", "eight"))])[0] < 0.3


def test_tokens_of_one_make_are_judged_together(model: ReferenceModel) -> None:
    rent, order, doubtful = (model.weigh((clue,)) for clue in ("rent", "order", "eight"))
    assert model.judge([doubtful, rent])[0] > model.judge([doubtful])[0] > model.judge([doubtful, order])[0]


def test_a_clue_of_one_example_is_not_learned() -> None:
    assert kept_clues([("rent", "once"), ("rent",), ("twice", "twice")]) == ["rent"]


def test_the_shipped_model_knows_the_kinds_of_the_rules() -> None:
    model = load_model()
    assert {"UK_RENT_REF", "UK_COUNCIL_TAX_REF", "UK_COURT_CASE", "UK_CRIME_REF"} <= set(model.kinds)
    clues = ["right-label~UK_RENT_REF", "digits=8", "person-in-line", "most=UK_RENT_REF"]
    likely, kind = model.judge([model.weigh(clues)])
    assert kind == "UK_RENT_REF"
    assert 0 <= likely <= 1
