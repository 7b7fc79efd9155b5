"""One presidio recogniser that serves every pattern rule of the rules folder."""

from __future__ import annotations

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from ..patterns.pattern import Candidate, PatternScanner

CANDIDATE = "candidate"
"""Key of a result's metadata under which the window enhancer finds what matched."""


class PatternRecogniser(EntityRecognizer):
    """Searches a text for all rules at once on RE2."""

    def __init__(self, scanner: PatternScanner) -> None:
        self._scanner = scanner
        super().__init__(supported_entities=sorted({r.entity for r in scanner.rules}), name="patterns")

    def load(self) -> None:
        """Nothing to load: the rules are compiled."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The candidates with their plain confidence; the window enhancer judges their surroundings."""
        return [_result(candidate) for candidate in self._scanner.likely(text, frozenset(entities))]


def _result(candidate: Candidate) -> RecognizerResult:
    return RecognizerResult(
        entity_type=candidate.rule.entity,
        start=candidate.start,
        end=candidate.end,
        score=candidate.rule.file.confidence.plain,
        recognition_metadata={CANDIDATE: candidate},
    )
