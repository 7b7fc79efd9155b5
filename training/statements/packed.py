"""What was learned, as the arrays of the file that `detect/sensitive/statement_model.py` reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlp_gateway.detect.sensitive.statement_words import NAME, NUMBER

from .network import Floats, Network
from .vectors import Vectors

Shrink = Callable[[Floats], Floats]
SPECIAL = (NAME, NUMBER)  # besides a column for words that are not known
_KNOWN_WORDS = 60_000


def table_arrays(shrink: Shrink, vectors: Vectors) -> dict[str, Any]:
    """The small vectors as whole numbers, and the words and their rows. Row 0 is a word's that is not known."""
    known = vectors.frequent(_KNOWN_WORDS)
    rows = sorted({vectors.rows[word] for word in known})
    size = vectors.table.shape[1]
    others = np.eye(len(SPECIAL) + 1, size + len(SPECIAL) + 1, size, dtype=np.float32)[::-1]
    padded = np.pad(vectors.table[rows], ((0, 0), (0, len(SPECIAL) + 1)))
    table = shrink(np.vstack([others, padded]))
    scale = np.abs(table).max(axis=0) / 127
    places = {row: index + len(others) for index, row in enumerate(rows)}
    return {
        "table": np.round(table / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "words": np.frombuffer("\n".join([*SPECIAL, *known]).encode(), np.uint8),
        "rows": np.array([2, 1, *(places[vectors.rows[word]] for word in known)], np.uint16),
    }


def network_arrays(learners: Sequence[Network]) -> dict[str, Any]:
    """What the networks have learned, side by side."""
    weights = np.concatenate([np.asarray(learner.features.get_param("W"), np.float16) for learner in learners])
    biases = np.concatenate([np.asarray(learner.features.get_param("b")) for learner in learners])
    return {
        # Columns: the first pieces of all features, then the second ones.
        "features": weights.transpose(1, 0, 2).reshape(-1, weights.shape[-1]).T,
        "features_bias": biases.T.ravel(),
        "out": np.stack([np.transpose(learner.out.get_param("W")) for learner in learners]),
        "out_bias": np.stack([learner.out.get_param("b") for learner in learners]),
    }
