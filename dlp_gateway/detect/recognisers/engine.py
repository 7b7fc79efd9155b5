"""presidio's AnalyzerEngine with our registry: the façade behind which every recogniser stands."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult

from ..overlap import Match
from ..patterns.pattern import FLOOR, FOUND_ELSEWHERE, PatternScanner, match_of
from .names import MODEL_ENTITIES, ModelNameRecogniser, NameEngine, artifacts
from .patterns import CANDIDATE, PatternRecogniser
from .window import LABELLED, WindowEnhancer

# presidio logs what it reads; a worker's clear text must die with its memory.
logging.getLogger("presidio-analyzer").addHandler(logging.NullHandler())
logging.getLogger("presidio-analyzer").propagate = False
logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A span that the language model calls a name of this `kind`: PERSON, LOCATION, ORGANIZATION or NRP."""

    kind: str
    start: int
    end: int


class _Registry(RecognizerRegistry):
    """The two recognisers of ours: presidio's own way to choose among dozens takes longer than a short text does."""

    def get_recognizers(
        self,
        language: str,
        entities: list[str] | None = None,
        all_fields: bool = False,
        ad_hoc_recognizers: list[EntityRecognizer] | None = None,
    ) -> list[EntityRecognizer]:
        """Those that know one of the entities."""
        wanted = frozenset(entities or ())
        return [one for one in self.recognizers if not wanted.isdisjoint(one.supported_entities)]


class Engine:
    """Patterns, and names by the language model where one is loaded. `common_words` are what many a text holds."""

    def __init__(self, scanner: PatternScanner, *, names: bool, common_words: Sequence[str] = ()) -> None:
        self.name_engine = NameEngine(wanted=names, common_words=common_words)
        self._nothing = artifacts([])
        self._entities = sorted({rule.entity for rule in scanner.rules})
        self._by_default = [entity for entity in self._entities if entity not in FOUND_ELSEWHERE]
        self._analyzer = AnalyzerEngine(
            registry=_Registry(
                recognizers=[PatternRecogniser(scanner), ModelNameRecogniser()], supported_languages=["en"]
            ),
            nlp_engine=self.name_engine,
            supported_languages=["en"],
            context_aware_enhancer=WindowEnhancer(),
        )

    def patterns(self, text: str, entities: frozenset[str] | None = None, header: str = "") -> list[Match]:
        """The matches of the pattern rules at or above the floor, by default without those that are found elsewhere.
        `header` is the column's, in lower case."""
        wanted = self._by_default if entities is None else [e for e in self._entities if e in entities]
        if not wanted or not text:
            return []
        results = self._analyzer.analyze(
            text=text,
            language="en",
            entities=wanted,
            score_threshold=FLOOR,
            context=[header] if header else None,
            nlp_artifacts=self._nothing,
        )
        return [_match(result) for result in results]

    @property
    def reads_names(self) -> bool:
        """Whether there is a language model to ask for names."""
        return self.name_engine.wanted

    def names(self, text: str) -> list[ModelName]:
        """The names that the language model sees, in order; none where it is not loaded."""
        if not self.reads_names:
            return []
        found = self._analyzer.analyze(text=text, language="en", entities=list(MODEL_ENTITIES), score_threshold=0.0)
        return sorted(
            (ModelName(kind=r.entity_type, start=r.start, end=r.end) for r in found), key=lambda n: (n.start, n.end)
        )


def _match(result: RecognizerResult) -> Match:
    labelled = bool(result.recognition_metadata.get(LABELLED))
    return match_of(result.recognition_metadata[CANDIDATE], round(result.score, 3), labelled=labelled)
