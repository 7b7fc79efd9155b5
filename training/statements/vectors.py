"""The word vectors of the language model en_core_web_md (MIT): the door to them for training."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from spacy.vocab import Vocab

from dlp_gateway.detect.recognisers.language_model import load_language_model

_NOT_NEEDED = ["tagger", "parser", "ner", "lemmatizer", "attribute_ruler", "tok2vec"]
_WORD = re.compile(r"'?[a-z]+(?:-[a-z]+)?|n't|[^\w\s]")


class Vectors:
    """The vectors, each of length 1, and the words that have one, the most frequent first."""

    def __init__(self) -> None:
        vocabulary = load_language_model(_NOT_NEEDED).vocab
        lengths = np.linalg.norm(vocabulary.vectors.data, axis=1, keepdims=True)
        self.table: NDArray[np.float32] = (vocabulary.vectors.data / np.maximum(lengths, 1e-6)).astype(np.float32)
        self.rows: Mapping[str, int] = dict(_rows(vocabulary))

    def frequent(self, count: int) -> list[str]:
        """The `count` most frequent words in small letters."""
        return list(self.rows)[:count]


def _rows(vocabulary: Vocab) -> Iterable[tuple[str, int]]:
    for key, row in vocabulary.vectors.key2row.items():
        word = vocabulary.strings[key]
        if _WORD.fullmatch(word):
            yield word, int(row)
