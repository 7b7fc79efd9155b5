"""The context enhancer: 60 characters before a match, by phrases. presidio's own is quadratic in the
number of results, needs lemmas, and finds "lic" in "duplicate"."""

from __future__ import annotations

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts

from ..context import follows_in_list, same_length_lower, score
from ..pattern import FLOOR, Candidate
from .patterns import CANDIDATE

LABELLED = "labelled"


class WindowEnhancer(ContextAwareEnhancer):
    """Gives each result of a pattern the confidence that its surroundings deserve."""

    def __init__(self, other_labels: tuple[str, ...]) -> None:
        super().__init__(
            context_similarity_factor=0.0,
            min_score_with_context_similarity=0.0,
            context_prefix_count=0,
            context_suffix_count=0,
        )
        self._other_labels = other_labels

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The same results, scored in place; `context` is one column header, or nothing."""
        lower = same_length_lower(text)
        header = " ".join(context or ())
        previous: RecognizerResult | None = None
        for result in raw_results:
            candidate: Candidate | None = result.recognition_metadata.get(CANDIDATE)
            if candidate is None:
                continue
            result.score, labelled = score(
                candidate.rule,
                lower,
                result.start,
                result.end,
                match_start=candidate.match_start,
                other_labels=self._other_labels,
                header=header,
            )
            if (
                not labelled
                and previous is not None
                and previous.recognition_metadata[CANDIDATE].rule is candidate.rule
                and previous.recognition_metadata.get(LABELLED)
                and follows_in_list(lower, previous.end, result.start)
            ):
                result.score, labelled = candidate.rule.file.confidence.with_context, True
            result.recognition_metadata[LABELLED] = labelled and result.score >= FLOOR
            previous = result
        return raw_results
