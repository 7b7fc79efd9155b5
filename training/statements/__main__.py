"""Train the model of statements anew and write its file: `python -m training.statements`. Takes about a minute.

What is shipped is the network and the small vectors of the most frequent words, as whole numbers.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.detect.sensitive import statement_model
from dlp_gateway.detect.sensitive.statement_model import LABELS
from dlp_gateway.detect.sensitive.statement_words import NAME, NUMBER, words
from dlp_gateway.rules_folder import load_texts

from .examples import read_examples
from .network import Floats, Network, told, train
from .vectors import Vectors

FILE = Path(statement_model.__file__).with_name(statement_model.FILE)
_EPOCHS = 12
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
    learner = train(clauses, wanted, seed=0, epochs=_EPOCHS)
    np.savez_compressed(FILE, **_arrays(learner, vectors))
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


def _arrays(learner: Network, vectors: Vectors) -> dict[str, Any]:
    """What `StatementModel` reads. Row 0 of the table is a word's that is not known."""
    matrix, shift = learner.small.get_param("W"), learner.small.get_param("b")
    known = vectors.frequent(_KNOWN_WORDS)
    rows = sorted({vectors.rows[word] for word in known})
    size = vectors.table.shape[1]
    table = np.vstack([matrix[:, size:].T[::-1], vectors.table[rows] @ matrix[:, :size].T]) + shift
    scale = np.abs(table).max(axis=0) / 127
    places = {row: index + len(_SPECIAL) + 1 for index, row in enumerate(rows)}
    features = learner.features.get_param("W")
    return {
        "table": np.round(table / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "words": np.frombuffer("\n".join([*_SPECIAL, *known]).encode(), np.uint8),
        "rows": np.array([2, 1, *(places[vectors.rows[word]] for word in known)], np.uint16),
        "features": features.reshape(-1, features.shape[-1]).T.astype(np.float16),
        "features_bias": learner.features.get_param("b").reshape(-1).astype(np.float32),
        "out": learner.out.get_param("W").T.astype(np.float32),
        "out_bias": learner.out.get_param("b").astype(np.float32),
    }


if __name__ == "__main__":
    main()
