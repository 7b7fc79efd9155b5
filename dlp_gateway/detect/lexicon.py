"""Terms that say something sensitive about a person: health, offences, safeguarding.

A term alone is a topic, and councils write about topics all day. It counts where it is tied to a person, and not in
the names of policies, teams and campaigns, nor where people in general are spoken of. One automaton of all lexicons
says which of them occur in a text at all; in ordinary mail it is all that runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import re2

from .overlap import Match, Spans
from .pattern import shadow
from .phrases import compile_source, options_of_phrases, source_of
from .ruleset import TermFile
from .ties import Tie, is_of_papers, tie_before
from .whom import Sentence, Sentences

_WINDOW = 150  # a person named so near to a strong term is the one it speaks of
_SET_MEMORY_BYTES = 128 * 2**20
_SHORT = 60  # so much of a sentence is a note rather than prose
_IN_ROW = 0.8


class Strength(IntEnum):
    """How much a phrase says by itself."""

    WEAK = 0  # has other meanings: counts only tied to a person
    STRONG = 1  # counts with a person near
    SAYS = 2  # says it of a person


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatch:
    """One term that counts. `lexicon` is the lexicon's id."""

    lexicon: str
    entity: str
    start: int
    end: int
    confidence: float
    weak: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tier:
    """The phrases of one lexicon and strength."""

    lexicon: str
    entity: str
    strength: Strength
    pattern: Any
    not_in: Any  # None where the lexicon has no such phrases


class TermScanner:
    """Searches a text for the terms of all lexicons at once. `lexicons` maps ids to files whose phrases are good."""

    def __init__(self, lexicons: Mapping[str, TermFile]) -> None:
        self._set = re2.Set.SearchSet(options_of_phrases(_SET_MEMORY_BYTES))
        # Matches every text: where it is not among the answers the set has failed, and every tier is searched.
        self._sentinel = self._set.Add(b"")
        self._tiers: list[_Tier] = []
        for name, file in lexicons.items():
            lifted = source_of(file.not_in, file.groups)
            not_in = compile_source(lifted) if lifted else None
            for strength, phrases in (
                (Strength.SAYS, file.says),
                (Strength.STRONG, file.strong),
                (Strength.WEAK, file.weak),
            ):
                source = source_of(phrases, file.groups)
                if source:
                    self._set.Add(source.encode("latin-1"))
                    self._tiers.append(
                        _Tier(
                            lexicon=name,
                            entity=file.entity,
                            strength=strength,
                            pattern=compile_source(source),
                            not_in=not_in,
                        )
                    )
        self._set.Compile()

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
        octets = shadow(text)
        tiers = [tier for tier in self._occurring(octets) if entities is None or tier.entity in entities]
        if not tiers:
            return
        judge = _Judge(text, octets, persons)
        counted: dict[str, int] = {}  # lexicon -> where its last term that counts ends
        for start, end, tier in _found(tiers, octets):
            if end <= counted.get(tier.lexicon, 0):
                continue  # a part of what has been counted
            confidence = judge.in_row(end, tier.strength) if row else judge.confidence(start, end, tier.strength)
            if confidence:
                counted[tier.lexicon] = end
                yield TermMatch(
                    lexicon=tier.lexicon,
                    entity=tier.entity,
                    start=start,
                    end=end,
                    confidence=confidence,
                    weak=tier.strength is Strength.WEAK,
                )

    def _occurring(self, octets: bytes) -> list[_Tier]:
        found = self._set.Match(octets)
        if self._sentinel not in found:
            return self._tiers
        return [self._tiers[index - 1] for index in sorted(found) if index != self._sentinel]


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


def _found(tiers: Iterable[_Tier], octets: bytes) -> list[tuple[int, int, _Tier]]:
    """What stands in a text of the phrases of some tiers, in its order, the longer and stronger first."""
    lifted: dict[str, _Lifted] = {}
    found = []
    for tier in tiers:
        if tier.lexicon not in lifted:
            lifted[tier.lexicon] = _Lifted(tier.not_in, octets)
        spans = [match.span() for match in tier.pattern.finditer(octets)]
        found += [(start, end, tier) for start, end in spans if not lifted[tier.lexicon].holds(start, end)]
    return sorted(found, key=lambda item: (item[0], -item[1], -item[2].strength))


class _Lifted:
    """Where a text holds one of the phrases that nothing sensitive is said in. `pattern`: None where there are none."""

    def __init__(self, pattern: Any, octets: bytes) -> None:
        spans = [m.span() for m in pattern.finditer(octets)] if pattern else []
        self._starts: list[int] = [start for start, _ in spans]
        self._ends: list[int] = [end for _, end in spans]

    def holds(self, start: int, end: int) -> bool:
        """Whether one holds all of a stretch, or its second half and goes on: "is a member of Unite Housing"."""
        index = bisect_left(self._starts, end) - 1
        if index < 0:
            return False
        first, last = self._starts[index], self._ends[index]
        return last >= end and (first <= start or (last > end and 2 * first <= start + end))


class _Judge:
    """Judges the terms of one text by what stands around them."""

    def __init__(self, text: str, octets: bytes, persons: Iterable[tuple[int, int]]) -> None:
        self._text = text
        self._sentences = Sentences(octets)
        self._persons = _spans(persons)

    def confidence(self, start: int, end: int, strength: Strength) -> float:
        """How sure it is that a term speaks of a person; 0.0: it does not."""
        sentence = self._sentences.around(start, end)
        if sentence.is_general(start) or (sentence.to_all and not sentence.specific):
            return 0.0
        person = sentence.third or self._persons.touches(sentence.start, sentence.end)
        if strength is Strength.SAYS:
            return self._of_statement(start, end, sentence, person=person)
        tie = tie_before(self._text, start, sentence.start)
        if is_of_papers(self._text, end, tie) or (sentence.papers and tie < Tie.TIGHT):
            return 0.0
        if self._is_in_record(start, end):
            return 0.8
        if tie is Tie.NONE and self._sentences.is_subject(sentence, start, end):
            return 0.0
        if strength is Strength.WEAK:
            near = tie > Tie.NONE and (person or sentence.named)
            return 0.75 if near or (sentence.reader and tie is Tie.TIGHT) else 0.0
        if person:
            return 0.9 if tie > Tie.NONE else 0.8
        if sentence.reader or sentence.named:
            return 0.8 if tie > Tie.NONE else 0.0
        short = sentence.end - sentence.start <= _SHORT
        return 0.7 if (short or tie > Tie.NONE) and self._has_person_near(start, end) else 0.0

    def in_row(self, end: int, strength: Strength) -> float:
        """How sure it is that a term in a cell speaks of the person whose row it is."""
        return 0.0 if strength < Strength.SAYS and is_of_papers(self._text, end, Tie.NONE) else _IN_ROW

    def _of_statement(self, start: int, end: int, sentence: Sentence, *, person: bool) -> float:
        if self._sentences.is_of_thing(start):
            return 0.0
        if person or sentence.named or self._sentences.follows_name(sentence.start, start):
            return 0.9
        if sentence.reader:
            return 0.8
        # Notes leave out of whom they speak: "Suffers from angina." stands by itself.
        has_subject = self._sentences.has_words(sentence.start, start)
        return 0.7 if not has_subject and not sentence.papers and self._has_person_near(start, end) else 0.0

    def _is_in_record(self, start: int, end: int) -> bool:
        """Whether a term is an entry in the line of a list that is about one person: "Ash, Tom (12/3/04) - asthma"."""
        first, last = self._sentences.line(start, end)
        has_person = self._persons.touches(first, last)
        return self._sentences.is_record(first, last, has_person=has_person) and self._sentences.is_entry(start, end)

    def _has_person_near(self, start: int, end: int) -> bool:
        first, last = start - _WINDOW, end + _WINDOW
        return self._persons.touches(first, last) or self._sentences.speaks_of_person(first, last)


def _spans(spans: Iterable[tuple[int, int]]) -> Spans:
    kept = Spans()
    for start, end in spans:
        if kept.free(start, end):
            kept.add(start, end)
    return kept
