"""What stands around a match: the words that make a number an identifier, or something else.

The label nearest before the match decides. A number that follows another of its kind in a list takes
over that one's label ("NHS numbers: ..., ... and ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .pattern import Rule

_AFTER = 25  # characters after the match, on its line: "943 476 5919 (NHS number)"
_LIST_GAP = re.compile(r"[\s,;&/|]*(?:and|or)?[\s,;&/|]*")


@lru_cache(maxsize=1024)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Literal phrases on word limits, spaces of any width. Searched in windows of 200 characters at most."""
    words = sorted({phrase.lower() for phrase in phrases}, key=len, reverse=True)
    alternatives = "|".join(r"[\s\-]+".join(re.escape(word) for word in phrase.split()) for phrase in words)
    return re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?:['’]?s)?(?![a-z0-9])")


def last_phrase(text: str, phrases: tuple[str, ...]) -> int:
    """Where the last of the phrases ends in `text` (lower case), -1 where there is none."""
    if not phrases:
        return -1
    end = -1
    for match in _phrases(phrases).finditer(text):
        end = match.end()
    return end


def has_phrase(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in `text` (lower case)."""
    return bool(phrases) and _phrases(phrases).search(text) is not None


def score(
    rule: Rule, lower: str, start: int, end: int, *, match_start: int, other_labels: tuple[str, ...], header: str = ""
) -> tuple[float, bool]:
    """A match's confidence and whether a word of context made it.

    `lower` is the text in lower case (same length), `other_labels` the words that make a number
    something else for every rule ("order number"), `header` the column's header in a table.
    """
    file = rule.file
    typed = by_header(rule, header, other_labels)
    if typed is not None:
        return typed, typed > 0
    before = lower[max(0, match_start - file.window) : match_start]
    paragraph = before.rfind("\n\n")
    if paragraph >= 0:
        before = before[paragraph:]
    label = last_phrase(before, file.context)
    other = last_phrase(before[-40:], (*file.not_context, *(other_labels if _counts_as_number(rule) else ())))
    if other >= 0:
        other += max(0, len(before) - 40)
    if other > label:
        return 0.0, False
    if label >= 0 or (match_start < start and has_phrase(lower[match_start:start], file.context)):
        return file.confidence.with_context, True
    after = lower[end : end + _AFTER].partition("\n")[0]
    if has_phrase(after, file.context):
        return file.confidence.with_context, True
    return file.confidence.plain, False


@lru_cache(maxsize=4096)
def by_header(rule: Rule, header: str, other_labels: tuple[str, ...]) -> float | None:
    """The confidence that a column's header (lower case) gives a rule's matches; None where it says nothing."""
    if not header:
        return None
    if has_phrase(header, rule.file.context + rule.file.headers):
        return rule.file.confidence.with_context
    if has_phrase(header, rule.file.not_context) or (_needs_label(rule) and has_phrase(header, other_labels)):
        return 0.0
    return None


def follows_in_list(text: str, previous_end: int, start: int) -> bool:
    """Whether only list punctuation stands between two matches."""
    return 0 <= start - previous_end <= 12 and _LIST_GAP.fullmatch(text, previous_end, start) is not None


def _needs_label(rule: Rule) -> bool:
    return rule.file.confidence.plain < 0.5


def _counts_as_number(rule: Rule) -> bool:
    """Whether order numbers and the like could pass for this rule's values: where it is all digits."""
    return rule.file.entity not in _NEVER_A_NUMBER


_NEVER_A_NUMBER = frozenset({"EMAIL_ADDRESS", "UK_POSTCODE", "UK_ADDRESS", "CREDENTIAL", "UK_NINO", "DATE_OF_BIRTH"})


def labels(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every phrase that some rule takes as a label or header: what a header row is known by."""
    return tuple(sorted({p for rule in rules for p in (*rule.file.context, *rule.file.headers)}))


def same_length_lower(text: str) -> str:
    """Lower case with the same offsets: "İ" would become two characters."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
