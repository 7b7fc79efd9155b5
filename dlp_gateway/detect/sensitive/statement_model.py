"""Small neural networks that tell what a clause says of a person: something sensitive, of which kind, or nothing.

Lexicons know words; people also say things without them ("he's got days", "they took the kids off her in May"). The
networks were trained on sentences written for them (`training/statements`), and read vectors of words that are those of
the language model en_core_web_md (MIT), made small. They need nothing but numpy; what they say together counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from io import BytesIO
from itertools import islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

LABELS = ("special", "criminal", "safeguarding")
"""What is told, in the order of the answers."""

FILE = "statements.npz"
Floats = NDArray[np.float32]
_MOST_WORDS = 4096  # read in one go, so that memory stays flat
_EDGE, _UNKNOWN = 0, 1  # rows of the table: the edge of a clause, and any word that is not known
_WINDOW = np.asarray([-1, 0, 1])  # a word is read with its neighbours


class StatementModel:
    """The networks, ready to read. `arrays`: those of its file, as `training/statements` writes them."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        table = arrays["table"].astype(np.float32) * arrays["scale"]
        # Before the table's rows, of which the first is a word's that is not known, stands the edge of a clause.
        self._table: Floats = np.vstack([np.zeros((1, table.shape[1]), np.float32), table])
        known = arrays["words"].tobytes().decode().split("\n")
        self._rows = dict(zip(known, (int(row) + 1 for row in arrays["rows"]), strict=True))
        self._features: Floats = arrays["features"].astype(np.float32)
        self._features_bias: Floats = arrays["features_bias"]
        # Several networks side by side; of the features, each has its part.
        self._out: Floats = arrays["out"]
        self._out_bias: Floats = arrays["out_bias"]
        size = self._out.shape[1] // 2
        self._parts = [slice(index * size, (index + 1) * size) for index in range(len(self._out))]

    def common_words(self, count: int) -> list[str]:
        """So many of the words of letters alone that it knows, the most frequent of English first."""
        return list(islice(filter(str.isalpha, self._rows), count))

    def probabilities(self, clauses: Iterable[Sequence[str]]) -> Floats:
        """How likely each clause (its words, one at least) says each of LABELS of a person: n x 3, from 0 to 1."""
        told = [self._read(batch) for batch in _batches(clauses)]
        return np.concatenate(told) if told else np.zeros((0, len(LABELS)), np.float32)

    def _read(self, clauses: Sequence[Sequence[str]]) -> Floats:
        rows, lengths = [_EDGE], [len(clause) for clause in clauses]
        for clause in clauses:
            rows += map(self._rows.get, clause, repeat(_UNKNOWN))
            rows.append(_EDGE)
        around = np.asarray(rows)
        words = (around != _EDGE).nonzero()[0]  # an edge is read beside words, never itself
        windows = self._table[around[words[:, None] + _WINDOW]].reshape(len(words), -1)
        pieces = windows @ self._features
        pieces += self._features_bias
        half = pieces.shape[1] // 2
        features = np.maximum(pieces[:, :half], pieces[:, half:])  # of each feature the stronger piece
        starts = np.cumsum([0, *lengths[:-1]])
        mean = np.add.reduceat(features, starts) / np.asarray(lengths, np.float32)[:, None]
        largest = np.maximum.reduceat(features, starts)
        told = [
            _logistic(np.hstack([largest[:, part], mean[:, part]]) @ out + bias)
            for part, out, bias in zip(self._parts, self._out, self._out_bias, strict=True)
        ]
        return np.asarray(np.mean(told, axis=0), np.float32)


def _logistic(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)


def load_model() -> StatementModel:
    """The model that is shipped."""
    octets = files(__package__).joinpath(FILE).read_bytes()
    with np.load(BytesIO(octets), allow_pickle=False) as arrays:
        return StatementModel(dict(arrays))


def _batches(clauses: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    batch: list[Sequence[str]] = []
    count = 0
    for clause in clauses:
        batch.append(clause)
        count += len(clause)
        if count >= _MOST_WORDS:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch
