"""Train the model of statements anew and write its file: `python -m training.statements`. Takes about a minute.

A first network learns how to make the vectors of words small; several learn from the small ones. What these say on the
average is surer than what any of them says. They are shipped, with the small vectors of the most frequent words.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.detect.sensitive import statement_model
from dlp_gateway.detect.sensitive.statement_model import LABELS
from dlp_gateway.detect.sensitive.statement_words import words
from dlp_gateway.rules_folder import load_texts

from .examples import read_examples
from .network import Floats, Network, train
from .packed import SPECIAL, Shrink, network_arrays, table_arrays
from .vectors import Vectors

FILE = Path(statement_model.__file__).with_name(statement_model.FILE)
_EPOCHS = 12
_LEARNERS = 3
_HELP = "learn only from labelled mails of lower numbers, to measure on the others"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.statements", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--mails-below", type=int, default=1000, metavar="N", help=_HELP)
    examples = read_examples(mails_below=parser.parse_args().mails_below)
    names = load_ruleset(load_texts(None)).names
    vectors = Vectors()
    told: dict[tuple[str, ...], frozenset[str]] = {}
    for example in examples:
        told.setdefault(tuple(words(example.text, names)), example.labels)  # what differs in numbers alone is one
    told.pop((), None)
    clauses = [_matrix(text, vectors) for text in told]
    wanted = np.array([[label in labels for label in LABELS] for labels in told.values()], dtype=np.float32)
    sys.stderr.write(f"{len(told)} examples, {int(wanted.max(1).sum())} of them say something\n")
    shrink = _shrinker(train(clauses, wanted, seed=0, epochs=_EPOCHS))
    small = [shrink(clause) for clause in clauses]
    learners = [train(small, wanted, seed=seed, epochs=_EPOCHS) for seed in range(_LEARNERS)]
    np.savez_compressed(FILE, **table_arrays(shrink, vectors), **network_arrays(learners))
    sys.stderr.write(f"{FILE.name}: {FILE.stat().st_size:,} octets\n")


def _matrix(clause: Sequence[str], vectors: Vectors) -> Floats:
    """The vectors of a clause's words, with a column each for what has none."""
    size = vectors.table.shape[1]
    matrix = np.zeros((len(clause), size + len(SPECIAL) + 1), np.float32)
    for index, word in enumerate(clause):
        row = vectors.rows.get(word)
        if word in SPECIAL:
            matrix[index, size + SPECIAL.index(word)] = 1
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


if __name__ == "__main__":
    main()
