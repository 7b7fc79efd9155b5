"""A model that weighs clues: a logistic regression over them, learned from invented mails (`training/references`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = "references.npz"
Floats = NDArray[np.float32]


class ReferenceModel:
    """The weights, ready to weigh. `arrays`: those of its file, as `training/references` writes them; of the columns of
    weights the first is that of tokens that are no reference."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.kinds: tuple[str, ...] = tuple(arrays["kinds"].tobytes().decode().split("\n"))
        """What a reference may be."""
        self._rows = {clue: row for row, clue in enumerate(arrays["clues"].tobytes().decode().split("\n"))}
        self._weights: Floats = arrays["weights"].astype(np.float32) * arrays["scale"]

    def weigh(self, clues: Sequence[str]) -> Floats:
        """The logarithm of how likely a token with these clues (one at least) is no reference, and one of each kind."""
        rows = [row for clue in clues if (row := self._rows.get(clue)) is not None]
        # The more clues, known or not, the less each of them counts: as it was learned.
        scores = self._weights[rows].sum(axis=0) / np.sqrt(len(clues))
        above = scores - scores.max()
        return np.asarray(above - np.log(np.exp(above).sum()), np.float32)

    def judge(self, weighed: Sequence[Floats]) -> tuple[float, str]:
        """How likely tokens of one make (one at least, each as weighed) are references, from 0 to 1, and of which
        kind most likely."""
        told = np.exp(np.mean(weighed, axis=0))
        return float(1 - told[0] / told.sum()), self.kinds[int(told[1:].argmax())]


def load_model() -> ReferenceModel:
    """The model that is shipped."""
    octets = files(__package__).joinpath(FILE).read_bytes()
    with np.load(BytesIO(octets), allow_pickle=False) as arrays:
        return ReferenceModel(dict(arrays))
