"""The network of statements as thinc trains it; `detect/sensitive/statement_model.py` reads what it has learned.

Each word's vector is made small, windows of three words make features, of which a clause has the largest and the mean.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from thinc.api import (
    Adam,
    Dropout,
    Linear,
    Logistic,
    Maxout,
    Model,
    chain,
    concatenate,
    expand_window,
    fix_random_seed,
    list2ragged,
    reduce_max,
    reduce_mean,
    with_array,
)

from dlp_gateway.detect.sensitive.statement_model import LABELS

SMALL = 64  # numbers of a word's vector, once made small
FEATURES = 64
PIECES = 2
_BATCH = 64
_RATE = 0.002
_MISSED = 2.0  # a statement that is missed weighs so much more than a false alarm

Floats = NDArray[np.float32]


Layers = Model[list[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network, and those of its layers that hold what it has learned; no `small` where vectors are small already."""

    whole: Layers
    small: Model[Floats, Floats] | None
    features: Model[Floats, Floats]
    out: Model[Floats, Floats]


def network(width: int) -> Network:
    """A network that has learned nothing, for word vectors of `width` numbers."""
    small: Model[Floats, Floats] | None = Linear(SMALL, width) if width != SMALL else None
    features: Model[Floats, Floats] = Maxout(FEATURES, 3 * SMALL, nP=PIECES)
    out: Model[Floats, Floats] = Linear(len(LABELS), 2 * FEATURES)
    begin = [with_array(Dropout(0.1)), *([with_array(small)] if small is not None else [])]
    whole: Layers = chain(
        list2ragged(),
        *begin,
        expand_window(1),
        with_array(chain(features, Dropout(0.3))),
        concatenate(reduce_max(), reduce_mean()),
        out,
        Logistic(),
    )
    return Network(whole=whole, small=small, features=features, out=out)


def train(clauses: Sequence[Floats], wanted: Floats, *, seed: int, epochs: int) -> Network:
    """A network that has learned: `clauses` hold the vectors of their words, `wanted` what each says (n x 3)."""
    fix_random_seed(seed)
    learner = network(clauses[0].shape[1])
    model = learner.whole
    model.initialize(list(clauses[:8]), wanted[:8])
    optimiser = Adam(_RATE, L2=1e-5)
    order, chance = list(range(len(clauses))), random.Random(seed)
    for _ in range(epochs):
        chance.shuffle(order)
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            truth = wanted[batch]
            told, backprop = model.begin_update([clauses[index] for index in batch])
            weight = 1 + (_MISSED - 1) * truth
            backprop(((told - truth) * weight / len(batch)).astype(np.float32))
            model.finish_update(optimiser)
    return learner
