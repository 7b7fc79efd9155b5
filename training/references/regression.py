"""A logistic regression over clues, learned one example after the other with steps that become smaller (AdaGrad)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_FEWEST = 2  # examples that a clue must stand in
_STEP = 0.6
_DECAY = 5e-4
_SMALLEST = 1e-3


def kept_clues(told: Sequence[Sequence[str]]) -> list[str]:
    """The clues that more than one example has, in a fixed order."""
    count = Counter(clue for clues in told for clue in set(clues))
    return sorted(clue for clue, often in count.items() if often >= _FEWEST)


def train(
    told: Sequence[Sequence[str]], kinds: Sequence[int], clues: Sequence[str], *, classes: int, epochs: int, seed: int
) -> Floats:
    """The weights of the clues for each class. `told`: the clues to each example, `kinds`: the class of each."""
    rows = {clue: row for row, clue in enumerate(clues)}
    known = [np.asarray([rows[clue] for clue in one if clue in rows], np.int64) for one in told]
    shares = [1 / np.sqrt(len(one)) for one in told]
    weights = np.zeros((len(clues), classes), np.float32)
    steps = np.full((len(clues), 1), _SMALLEST, np.float32)
    chance = np.random.default_rng(seed)
    for _ in range(epochs):
        for index in chance.permutation(len(told)):
            row, share = known[index], shares[index]
            scores = weights[row].sum(axis=0) * share
            wrong = np.exp(scores - scores.max())
            wrong /= wrong.sum()
            wrong[kinds[index]] -= 1
            slope = (wrong * share)[None] + _DECAY * weights[row]
            steps[row] += (slope**2).sum(axis=1, keepdims=True)
            weights[row] -= _STEP * slope / np.sqrt(steps[row])
    return weights


def packed(weights: Floats, clues: Sequence[str], kinds: Sequence[str]) -> dict[str, Any]:
    """The arrays of the file that `detect/references/reference_model.py` reads."""
    scale = np.abs(weights).max() / 127
    return {
        "kinds": np.frombuffer("\n".join(kinds).encode(), np.uint8),
        "clues": np.frombuffer("\n".join(clues).encode(), np.uint8),
        "weights": np.round(weights / scale).astype(np.int8),
        "scale": np.float32(scale),
    }
