"""The language model, for names only (of people, and of what is no person): a spaCy pipeline behind presidio's
interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from .language_model import load_language_model
from .paragraphs import (
    LEAST_COST,
    MOST_CHARACTERS,
    PIECE_CHARACTERS,
    Paragraph,
    is_machine_text,
    may_name,
    paragraphs,
)

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
# `ner` of this model carries its own tok2vec: the shared one and all else is dead weight (half the time).
_NOT_NEEDED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
_MOST_COMMON = 2500  # words that are known with a comma or a stop behind them, too


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedEntity:
    """An entity that outlives its document: what presidio reads of a spaCy span."""

    start_char: int
    end_char: int
    label_: str


class NameEngine(NlpEngine):
    """Named-entity recognition and nothing else, piece by piece, in memory zones.

    Of one message each paragraph that may name somebody is read, once: threads of mails repeat themselves. A memory
    zone keeps the strings of hostile mail out of the vocabulary for good. `runs` counts the pieces read; `forget`
    begins a new message. `common_words`, the most frequent first, are taken apart once and for all: what is new to the
    vocabulary costs a tenth of the time of each text, and is forgotten with it.
    """

    def __init__(self, *, wanted: bool, common_words: Sequence[str] = ()) -> None:
        self.wanted = wanted
        self._common_words = common_words
        self.runs = 0
        self._model: Any = None
        self._read: dict[bytes, tuple[DetachedEntity, ...]] = {}  # offsets from the paragraph's start
        self._characters = 0

    def load(self) -> None:
        """Load the model."""
        self._model = load_language_model(_NOT_NEEDED)
        for word in _as_written(self._common_words):
            self._model.tokenizer(word)

    def is_loaded(self) -> bool:
        """Whether there is nothing left to load: AnalyzerEngine loads what is not."""
        return self._model is not None or not self.wanted

    def forget(self) -> None:
        """Drop what was read: the next text is of another message."""
        self._read.clear()
        self._characters = 0

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """The names that the model sees in `text`; none where it is not wanted."""
        if self._model is None:
            return artifacts([])
        entities: list[DetachedEntity] = []
        together: list[Paragraph] = []
        pending: set[bytes] = set()
        for paragraph in paragraphs(text):
            if paragraph.remembered and paragraph.key in pending:
                entities += self._entities(text, together)
                together, pending = [], set()
            known = self._read.get(paragraph.key) if paragraph.remembered else None
            if known is None and not self._is_to_be_read(text[paragraph.start : paragraph.end]):
                known = ()
            too_long = together and paragraph.end - together[0].start > PIECE_CHARACTERS
            if known is not None or too_long:
                entities += self._entities(text, together)
                together, pending = [], set()
            if known is not None:
                entities += [_moved(entity, paragraph.start) for entity in known]
            else:
                together.append(paragraph)
                pending.add(paragraph.key)
        return artifacts([*entities, *self._entities(text, together)])

    def _is_to_be_read(self, paragraph: str) -> bool:
        if self._characters > MOST_CHARACTERS or not may_name(paragraph) or is_machine_text(paragraph):
            return False
        self._characters += len(paragraph)
        return True

    def _entities(self, text: str, together: list[Paragraph]) -> list[DetachedEntity]:
        """The entities of paragraphs that follow each other, read at once and remembered each by itself."""
        if not together:
            return []
        first = together[0].start
        found = [_moved(entity, first) for entity in self._of_piece(text[first : together[-1].end])]
        for paragraph in together:
            if paragraph.remembered:
                self._read[paragraph.key] = tuple(
                    _moved(e, -paragraph.start)
                    for e in found
                    if paragraph.start <= e.start_char and e.end_char <= paragraph.end
                )
        return found

    def _of_piece(self, piece: str) -> list[DetachedEntity]:
        self.runs += 1
        self._characters += max(0, LEAST_COST - len(piece))
        with self._model.memory_zone():
            document = self._model(piece)
            entities = [
                DetachedEntity(start_char=e.start_char, end_char=e.end_char, label_=_LABELS[e.label_])
                for e in document.ents
                if e.label_ in _LABELS
            ]
            del document
        return entities

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


def _as_written(words: Sequence[str]) -> Iterator[str]:
    """How words in small letters stand between blanks. spaCy keeps the first 10,000 of these as they are, of the others
    the words alone."""
    for word in words[:_MOST_COMMON]:
        yield from (word, word.capitalize(), f"{word},", f"{word}.")
    for word in words[_MOST_COMMON:]:
        yield from (word, word.capitalize())


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


def _moved(entity: DetachedEntity, by: int) -> DetachedEntity:
    return DetachedEntity(start_char=entity.start_char + by, end_char=entity.end_char + by, label_=entity.label_)
