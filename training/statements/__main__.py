"""Train the model of statements anew and write its file: `python -m training.statements`. Takes about a minute.

A first network learns how to make the vectors of words small; several learn from the small ones. What these say on the
average is surer than what any of them says. They are shipped, with the small vectors of the most frequent words.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.detect.sensitive import statement_model
from dlp_gateway.detect.sensitive.statement_model import LABELS
from dlp_gateway.detect.sensitive.statement_words import NAME, NUMBER, words
from dlp_gateway.rules_folder import load_texts

from .examples import read_examples
from .network import Floats, Network, train
from .vectors import Vectors

Shrink = Callable[[Floats], Floats]
FILE = Path(statement_model.__file__).with_name(statement_model.FILE)
_EPOCHS = 12
_LEARNERS = 3
_HELP = "learn only from labelled mails of lower numbers, to measure on the others"
_KNOWN_WORDS = 60_000
_SPECIAL = (NAME, NUMBER)  # besides a column for words that are not known


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.statements", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--mails-below", type=int, default=1000, metavar="N", help=_HELP)
    examples = read_examples(mails_below=parser.parse_args().mails_below)
    names = load_ruleset(load_texts(None)).names
    vectors = Vectors()
    texts = [words(example.text, names) for example in examples]
    kept = [index for index, text in enumerate(texts) if text]
    clauses = [_matrix(texts[index], vectors) for index in kept]
    wanted = np.array([[label in examples[index].labels for label in LABELS] for index in kept], dtype=np.float32)
    sys.stderr.write(f"{len(kept)} examples, {int(wanted.max(1).sum())} of them say something\n")
    shrink = _shrinker(train(clauses, wanted, seed=0, epochs=_EPOCHS))
    small = [shrink(clause) for clause in clauses]
    learners = [train(small, wanted, seed=seed, epochs=_EPOCHS) for seed in range(_LEARNERS)]
    np.savez_compressed(FILE, **_table(shrink, vectors), **_learned(learners))
    sys.stderr.write(f"{FILE.name}: {FILE.stat().st_size:,} octets\n")


def _matrix(clause: list[str], vectors: Vectors) -> Floats:
    """The vectors of a clause's words, with a column each for what has none."""
    size = vectors.table.shape[1]
    matrix = np.zeros((len(clause), size + len(_SPECIAL) + 1), np.float32)
    for index, word in enumerate(clause):
        row = vectors.rows.get(word)
        if word in _SPECIAL:
            matrix[index, size + _SPECIAL.index(word)] = 1
        elif row is not None:
            matrix[index, :size] = vectors.table[row]
        else:
            matrix[index, -1] = 1
    return matrix


def _shrinker(learner: Network) -> Shrink:
    """What makes small vectors of those of words, as the first network has learned to."""
    assert learner.small is not None
    matrix, shift = learner.small.get_param("W"), learner.small.get_param("b")
    return lambda clause: np.asarray(clause @ matrix.T + shift, np.float32)


def _table(shrink: Shrink, vectors: Vectors) -> dict[str, Any]:
    """The small vectors as whole numbers, and the words and their rows. Row 0 is a word's that is not known."""
    known = vectors.frequent(_KNOWN_WORDS)
    rows = sorted({vectors.rows[word] for word in known})
    size = vectors.table.shape[1]
    others = np.eye(len(_SPECIAL) + 1, size + len(_SPECIAL) + 1, size, dtype=np.float32)[::-1]
    padded = np.pad(vectors.table[rows], ((0, 0), (0, len(_SPECIAL) + 1)))
    table = shrink(np.vstack([others, padded]))
    scale = np.abs(table).max(axis=0) / 127
    places = {row: index + len(others) for index, row in enumerate(rows)}
    return {
        "table": np.round(table / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "words": np.frombuffer("\n".join([*_SPECIAL, *known]).encode(), np.uint8),
        "rows": np.array([2, 1, *(places[vectors.rows[word]] for word in known)], np.uint16),
    }


def _learned(learners: Sequence[Network]) -> dict[str, Any]:
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


if __name__ == "__main__":
    main()
