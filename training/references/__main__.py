"""Train the model of references anew and write its file: `python -m training.references`. Takes some minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from dlp_gateway.detect.references import reference_model

from .examples import KINDS, Example, read_examples
from .regression import Floats, kept_clues, packed, train

FILE = Path(reference_model.__file__).with_name(reference_model.FILE)
_EPOCHS = 12
_LEARNERS = 3
_CLASSES = ("", *KINDS)


def main() -> None:
    examples = read_examples()
    said = sum(bool(example.kind) for example in examples)
    sys.stderr.write(f"{len(examples)} tokens, {said} of them references\n")
    clues = kept_clues([example.clues for example in examples])
    np.savez_compressed(FILE, **packed(learned(examples, clues), clues, KINDS))
    sys.stderr.write(f"{FILE.name}: {FILE.stat().st_size:,} octets, {len(clues)} clues\n")


def learned(examples: list[Example], clues: list[str]) -> Floats:
    """What several learners make of the examples on the average."""
    told = [example.clues for example in examples]
    kinds = [_CLASSES.index(example.kind) for example in examples]
    learners = [
        train(told, kinds, clues, classes=len(_CLASSES), epochs=_EPOCHS, seed=seed) for seed in range(_LEARNERS)
    ]
    return np.asarray(np.mean(learners, axis=0), np.float32)


if __name__ == "__main__":
    main()
