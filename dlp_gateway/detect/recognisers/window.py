"""The context enhancer: 60 characters before a match, by phrases. presidio's own is quadratic in the
number of results, needs lemmas, and finds "lic" in "duplicate"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import accumulate

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts

from ...model import Category
from ..checks import letters_and_digits
from ..patterns.context import follows_in_lines, follows_in_list, follows_in_words, same_length_lower, score
from ..patterns.pattern import FLOOR, Candidate
from .patterns import CANDIDATE

LABELLED = "labelled"

_SERIES = re.compile(r"[A-Z]{1,4}[0-9]{5,}")
_MIXED = re.compile(r"[0-9][A-Z]+[0-9]|[A-Z][0-9]+[A-Z]")
_FEWEST_MIXED = 6
_MOST_OTHERS = 4
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Z]")


class WindowEnhancer(ContextAwareEnhancer):
    """Gives each result of a pattern the confidence that its surroundings deserve."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.0,
            min_score_with_context_similarity=0.0,
            context_prefix_count=0,
            context_suffix_count=0,
        )

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
        unnamed: list[RecognizerResult] = []
        ordered = _in_order(raw_results)
        for result in ordered:
            candidate: Candidate = result.recognition_metadata[CANDIDATE]
            rule = candidate.rule
            result.score, labelled = score(
                rule, lower, result.start, result.end, match_start=candidate.match_start, header=header
            )
            if not labelled and previous is not None and _goes_on(lower, previous, result):
                result.score, labelled = rule.file.confidence.with_context, True
            result.recognition_metadata[LABELLED] = labelled and result.score >= FLOOR
            if not labelled and result.score == rule.file.confidence.plain:
                unnamed.append(result)
            previous = result
        _lead_up(lower, ordered)
        _name_repeated(lower, raw_results, unnamed)
        _drop_pieces(raw_results)
        return raw_results


def _in_order(results: list[RecognizerResult]) -> list[RecognizerResult]:
    """The results of patterns, those of one rule in the order of the text."""
    ours = [result for result in results if CANDIDATE in result.recognition_metadata]
    return sorted(ours, key=lambda result: (result.recognition_metadata[CANDIDATE].rule.id, result.start))


def _goes_on(lower: str, previous: RecognizerResult, result: RecognizerResult) -> bool:
    """Whether a result goes on with a list whose last item was labelled."""
    rule = result.recognition_metadata[CANDIDATE].rule
    if previous.recognition_metadata[CANDIDATE].rule is not rule or not previous.recognition_metadata.get(LABELLED):
        return False
    if follows_in_list(lower, previous.end, result.start):
        return True
    if (rule.check is not None or _as_long(lower, previous, result)) and follows_in_words(
        lower, previous.end, result.start
    ):
        return True
    # Of a list of codes all are as long: below "key safe 4471" the next person's case number is none.
    if rule.file.category is Category.CREDENTIALS and previous.end - previous.start != result.end - result.start:
        return False
    return result.score > 0 and follows_in_lines(rule, lower, previous.end, result.start)


def _lead_up(lower: str, ordered: list[RecognizerResult]) -> None:
    """Give what stands before a labelled result in its list that label: "60233917 and 60240115 are her accounts"."""
    following: RecognizerResult | None = None
    for result in reversed(ordered):
        rule = result.recognition_metadata[CANDIDATE].rule
        if (
            following is not None
            and result.score == rule.file.confidence.plain
            and following.recognition_metadata[CANDIDATE].rule is rule
            and following.recognition_metadata.get(LABELLED)
            and not result.recognition_metadata.get(LABELLED)
            and "\n" not in lower[result.end : following.start]
            and follows_in_list(lower, result.end, following.start)
        ):
            result.score = rule.file.confidence.with_context
            result.recognition_metadata[LABELLED] = result.score >= FLOOR
        following = result


def _as_long(lower: str, one: RecognizerResult, other: RecognizerResult) -> bool:
    """Whether two values have as many letters and digits."""
    first, second = (letters_and_digits(lower[result.start : result.end]) for result in (one, other))
    return len(first) == len(second)


def _name_repeated(lower: str, results: list[RecognizerResult], unnamed: list[RecognizerResult]) -> None:
    """Give results without a label that of the same value, or of a value of the same make, elsewhere in the text."""
    labelled = [result for result in results if result.recognition_metadata.get(LABELLED)]
    if not labelled or not unnamed:
        return
    values = [letters_and_digits(lower[result.start : result.end]) for result in labelled]
    named = {(result.entity_type, value) for result, value in zip(labelled, values, strict=True)}
    makes = Counter(_make(result, value) for result, value in zip(labelled, values, strict=True))
    del makes[None]
    values = [letters_and_digits(lower[result.start : result.end]) for result in unnamed]
    made = [_make(result, value) for result, value in zip(unnamed, values, strict=True)]
    others = Counter(made)
    for result, value, make in zip(unnamed, values, made, strict=True):
        # A make that stands mostly without a label is that of something else.
        same_make = make in makes and others[make] <= _MOST_OTHERS * makes[make]
        if same_make or (result.entity_type, value) in named:
            result.score = result.recognition_metadata[CANDIDATE].rule.file.confidence.with_context
            result.recognition_metadata[LABELLED] = True


def _drop_pieces(results: list[RecognizerResult]) -> None:
    """Take a piece of a number that is known by its form for nothing: six digits of a telephone number."""
    whole = sorted((r.start, r.end) for r in results if r.score >= FLOOR and _stands_alone(r))
    starts = [start for start, _ in whole]
    reaches = list(accumulate((end for _, end in whole), max))  # the furthest end of all that begin before
    for result in results:
        if result.score >= FLOOR and not _stands_alone(result) and result.entity_type != "CREDENTIAL":
            last = bisect_right(starts, result.start) - 1
            if last >= 0 and reaches[last] >= result.end and (whole[last] != (result.start, result.end)):
                result.score = 0.0
                result.recognition_metadata[LABELLED] = False


def _stands_alone(result: RecognizerResult) -> bool:
    """Whether a result's rule has a form and a check that tell its values without any label."""
    candidate: Candidate | None = result.recognition_metadata.get(CANDIDATE)
    return candidate is not None and candidate.rule.check is not None and not candidate.rule.needs_label


def _make(result: RecognizerResult, value: str) -> tuple[str, str] | None:
    """How a value with letters is made: "TB" and eight digits, "9AA9AA". None where it could be anything."""
    if value.isdigit():
        return None
    rule = result.recognition_metadata[CANDIDATE].rule.id
    if _SERIES.fullmatch(value):
        return rule, _DIGIT.sub("9", value)
    if len(value) >= _FEWEST_MIXED and _MIXED.search(value):
        return rule, _LETTER.sub("A", _DIGIT.sub("9", value))
    return None
