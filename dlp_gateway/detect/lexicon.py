"""Terms that say something sensitive about a person: health, offences, safeguarding.

A term alone is a topic, and councils write about topics all day. It counts where a person stands
near it, and not in the fixed phrases of policies, teams and campaigns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import re2

from .overlap import Match, Spans
from .ruleset import TermFile

_STRONG_WINDOW = 150
_SENTENCE = 200  # a sentence is looked at this far to each side
_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\n[ \t]*[-*•]")
_NEGATED_WITHIN = 30

# Who is spoken of. A third person makes weak terms count; the reader ("your") only strong ones.
_THIRD = re2.compile(
    r"(?i:\b(?:he|she|him|her|his|hers|herself|himself|(?:my|his|her|their|your) (?:mum|mother|dad|father|son|daughter|"
    r"brother|sister|wife|husband|partner|child|children|grandson|granddaughter|nan|grandmother)|the (?:child|children|"
    r"mother|father|patient|client|tenant|resident|claimant|applicant|defendant|perpetrator|victim|pupil|"
    r"student|young person|service user|baby|family|carer|foster carers?)|this (?:child|lady|gentleman|man|woman|"
    r"patient|client|tenant|resident|pupil|young person)|patient|client|pupil|service user|employee|"
    r"(?:mr|mrs|miss|ms|mx|master|dr)\.? [a-z]+))\b|\b[A-Z]\.? ?[A-Z]\.?(?: is| was| has| had)\b"
)
_READER = re2.compile(r"(?i)\b(?:your|you were|you have|you are|yourself|my|i am|i was|i have|i've)\b")
_GENERAL = re2.compile(
    r"(?i)\b(?:if you|anyone|anybody|people with|residents with|those with|whether you|do you|support for)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatch:
    """One term that counts. `lexicon` is the lexicon's id."""

    lexicon: str
    entity: str
    start: int
    end: int
    confidence: float
    weak: bool


class TermScanner:
    """Searches a text for the terms of all lexicons at once."""

    def __init__(self, lexicons: Mapping[str, TermFile]) -> None:
        self._lexicons = {
            name: (file, _alternatives(file.strong), _alternatives(file.weak), _alternatives(file.not_in),
                   _alternatives(file.negated_by))
            for name, file in lexicons.items()
        }  # fmt: skip

    def scan(
        self,
        text: str,
        persons: Iterable[tuple[int, int]],
        entities: frozenset[str] | None = None,
        *,
        row: bool = False,
    ) -> Iterator[TermMatch]:
        """The terms that count. `persons` are spans of names known in the text, in order; `row`: the
        text is a cell of a table whose rows are people."""
        people = _spans(persons)
        for name, (file, strong, weak, not_in, negated_by) in self._lexicons.items():
            if entities is not None and file.entity not in entities:
                continue
            lifted = _spans(m.span() for m in not_in.finditer(text)) if not_in else Spans()
            for pattern, is_strong in ((strong, True), (weak, False)):
                for match in pattern.finditer(text) if pattern else ():
                    start, end = match.span()
                    if lifted.holds(start, end):
                        continue
                    if negated_by and negated_by.search(text[max(0, start - _NEGATED_WITHIN) : start]):
                        continue
                    confidence = 0.8 if row else _confidence(text, start, end, people, is_strong=is_strong)
                    if confidence:
                        yield TermMatch(
                            lexicon=name,
                            entity=file.entity,
                            start=start,
                            end=end,
                            confidence=confidence,
                            weak=not is_strong,
                        )


def match_of_term(term: TermMatch, file: TermFile) -> Match:
    """A term as a match: its mask is its topic, never its words."""
    return Match(
        entity=term.entity,
        category=file.category,
        recogniser=term.lexicon,
        start=term.start,
        end=term.end,
        confidence=term.confidence,
        mask=file.topic,
    )


def _confidence(text: str, start: int, end: int, persons: Spans, *, is_strong: bool) -> float:
    first, last = _sentence(text, start, end)
    sentence = text[first:last]
    if _THIRD.search(sentence) or persons.touches(first, last):
        return 0.9 if is_strong else 0.75
    if not is_strong or _GENERAL.search(sentence):
        return 0.0
    if _READER.search(sentence):
        return 0.8
    first, last = max(0, start - _STRONG_WINDOW), end + _STRONG_WINDOW
    if _THIRD.search(text[first:last]) or persons.touches(first, last):
        return 0.8
    return 0.0


def _spans(spans: Iterable[tuple[int, int]]) -> Spans:
    kept = Spans()
    for start, end in spans:
        if kept.free(start, end):
            kept.add(start, end)
    return kept


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    first = max(0, start - _SENTENCE)
    for match in _END.finditer(text, first, start):
        first = match.end()
    after = _END.search(text, end, end + _SENTENCE)
    return first, after.start() if after else min(len(text), end + _SENTENCE)


def _alternatives(phrases: tuple[str, ...]) -> Any:
    """Phrases as one pattern on word limits; a `*` at a word's end stands for any ending. None for none."""
    if not phrases:
        return None
    words = sorted(set(phrases), key=len, reverse=True)
    pattern = "|".join(
        r"\s+".join(
            re2.escape(word.removesuffix("*")) + (r"[a-z]*" if word.endswith("*") else "") for word in phrase.split()
        )
        for phrase in words
    )
    return re2.compile(rf"(?i)\b(?:{pattern})\b")
