"""What thinc has learned is what the gateway reads: the same clauses are as likely for both."""

from __future__ import annotations

import numpy as np
import pytest

from dlp_gateway.detect.sensitive.statement_model import LABELS, StatementModel
from training.statements.network import SMALL, train
from training.statements.packed import network_arrays

WORDS = [f"w{index}" for index in range(40)]


@pytest.mark.parametrize("learners", [1, 3])
def test_the_gateway_reads_the_networks_as_they_were_trained(learners: int) -> None:
    chance = np.random.default_rng(7)
    table = chance.integers(-127, 128, (len(WORDS) + 1, SMALL)).astype(np.int8)
    scale = np.full(SMALL, 0.02, np.float32)
    vectors = table.astype(np.float32) * scale
    clauses = [list(chance.integers(1, len(WORDS) + 1, length)) for length in (1, 2, 3, 7, 30, 120) for _ in range(20)]
    matrices = [vectors[rows] for rows in clauses]
    wanted = np.array([[rows[0] % 2, rows[-1] % 3 == 0, 5 in rows] for rows in clauses], np.float32)
    trained = [train(matrices, wanted, seed=seed, epochs=4) for seed in range(learners)]
    expected = np.mean([network.whole.predict(matrices) for network in trained], axis=0)
    assert np.ptp(expected, axis=0).min() > 0.1, "they have learned something"

    model = StatementModel(
        {
            "table": table,
            "scale": scale,
            "words": np.frombuffer("\n".join(WORDS).encode(), np.uint8),
            "rows": np.arange(1, len(WORDS) + 1, dtype=np.uint16),
            **network_arrays(trained),
        }
    )
    told = model.probabilities([[WORDS[row - 1] for row in rows] for rows in clauses])
    assert told.shape == (len(clauses), len(LABELS))
    assert np.abs(told - expected).max() < 0.01  # of weights that are kept in half the octets
