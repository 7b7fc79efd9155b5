"""Terms that say something sensitive about a person: health, offences, safeguarding.

A term alone is a topic, and councils write about topics all day. It counts where it is tied to a person, and not in
the names of policies, teams and campaigns, nor where people in general are spoken of.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ..overlap import Match, Spans
from ..patterns.pattern import shadow
from ..ruleset import TermFile
from .form_lines import FormLines
from .phrase_index import PhraseIndex
from .ties import Tie, is_of_papers, tie_before
from .whom import OF_TOPICS, Sentence, Sentences

_WINDOW = 150  # a person named so near to a strong term is the one it speaks of
_SHORT = 60  # so much of a sentence is a note rather than prose
_IN_ROW = 0.8
_OPENING, _CLOSING = ('"', "“"), ('"', "”")
_LONGEST_TITLE = 60
_FEWEST_CAPITALS = 2
_MOST_BEFORE, _MOST_BEHIND = 3, 5  # words beside a term in a note


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
    labelled: bool = False  # the label of a form's line says so, or it fills a note in a line about one person


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tier:
    """The phrases of one lexicon and strength; those in which nothing sensitive is said have no strength."""

    lexicon: str
    entity: str
    strength: Strength | None


_WITHOUT_ACCENTS = bytes(
    ord(plain) if (plain := unicodedata.normalize("NFKD", chr(code))[0]).isascii() and plain.isalpha() else code
    for code in range(256)
)
"""Letters of Latin-1 without their accents, at the same offsets."""


class TermScanner:
    """Searches a text for the terms of all lexicons at once. `lexicons` maps ids to files whose phrases are good."""

    def __init__(self, lexicons: Mapping[str, TermFile]) -> None:
        phrases = []
        for name, file in lexicons.items():
            for strength, of_strength in (
                (Strength.SAYS, file.says),
                (Strength.STRONG, file.strong),
                (Strength.WEAK, file.weak),
                (None, file.not_in),
            ):
                tier = _Tier(lexicon=name, entity=file.entity, strength=strength)
                phrases += [(phrase, tier) for phrase in of_strength]
        self._index = PhraseIndex(phrases)
        self._form_lines = FormLines(lexicons)
        self._entities = {name: file.entity for name, file in lexicons.items()}

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
        octets = shadow(text).translate(_WITHOUT_ACCENTS)  # "café" as lexicons have it
        persons = list(persons)
        if not row:
            yield from self._of_forms(octets, persons, entities)
        found = _found(self._index, octets, entities)
        if not found:
            return
        judge = _Judge(text, octets, persons)
        counted: dict[str, int] = {}  # lexicon -> where its last term that counts ends
        for start, end, tier in found:
            if end <= counted.get(tier.lexicon, 0):
                continue  # a part of what has been counted
            strength = tier.strength or Strength.WEAK
            confidence, noted = judge.in_row(end, strength) if row else judge.confidence(start, end, strength)
            if confidence:
                counted[tier.lexicon] = end
                yield TermMatch(
                    lexicon=tier.lexicon,
                    entity=tier.entity,
                    start=start,
                    end=end,
                    confidence=confidence,
                    weak=tier.strength is Strength.WEAK,
                    labelled=noted,
                )

    def _of_forms(
        self, octets: bytes, persons: Sequence[tuple[int, int]], entities: frozenset[str] | None
    ) -> Iterator[TermMatch]:
        for start, end, name in self._form_lines.find(octets, persons):
            entity = self._entities[name]
            if entities is None or entity in entities:
                yield TermMatch(
                    lexicon=name, entity=entity, start=start, end=end, confidence=_IN_ROW, weak=False, labelled=True
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
        labelled=term.labelled,
    )


def _found(index: PhraseIndex[_Tier], octets: bytes, entities: frozenset[str] | None) -> list[tuple[int, int, _Tier]]:
    """What stands in a text of the phrases for some entities, in its order, the longer and stronger first."""
    found: list[tuple[int, int, _Tier]] = []
    lifted: dict[str, list[tuple[int, int]]] = {}
    for start, end, tier in index.find(octets):
        if tier.strength is None:
            lifted.setdefault(tier.lexicon, []).append((start, end))
        elif entities is None or tier.entity in entities:
            found.append((start, end, tier))
    by_lexicon = {name: _Lifted(spans) for name, spans in lifted.items()}
    counted = (f for f in found if f[2].lexicon not in by_lexicon or not by_lexicon[f[2].lexicon].holds(f[0], f[1]))
    return sorted(counted, key=lambda f: (f[0], -f[1], -(f[2].strength or 0)))


class _Lifted:
    """Where a text holds one of the phrases of a lexicon that nothing sensitive is said in."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._spans = sorted(spans)
        self._longest = max(end - start for start, end in spans)

    def holds(self, start: int, end: int) -> bool:
        """Whether one holds all of a stretch, or its second half and goes on: "is a member of Unite Housing"."""
        index = bisect_left(self._spans, (end, 0)) - 1
        while index >= 0 and self._spans[index][0] >= start - self._longest:
            first, last = self._spans[index]
            if last >= end and (first <= start or (last > end and 2 * first <= start + end)):
                return True
            index -= 1
        return False


def _is_in_title(text: str, start: int, end: int) -> bool:
    """Whether a stretch stands in a title in quotation marks, of a talk, a course or a leaflet: "Living Well with
    Arthritis". What somebody said is quoted as a sentence, in small letters."""
    first = max(text.rfind(mark, max(0, start - _LONGEST_TITLE), start) for mark in _OPENING)
    if first < 0:
        return False
    ends = [at for mark in _CLOSING if (at := text.find(mark, end, end + _LONGEST_TITLE)) >= 0]
    if not ends or "\n\n" in text[first : min(ends)]:
        return False
    words = [word for word in text[first + 1 : min(ends)].split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return capitals >= _FEWEST_CAPITALS and 2 * capitals > len(words)


class _Judge:
    """Judges the terms of one text by what stands around them."""

    def __init__(self, text: str, octets: bytes, persons: Iterable[tuple[int, int]]) -> None:
        self._text = text
        self._sentences = Sentences(octets)
        self._persons = Spans.of(persons)

    def confidence(self, start: int, end: int, strength: Strength) -> tuple[float, bool]:
        """How sure it is that a term speaks of a person (0.0: it does not), and whether it is a note in a line that
        names one, which says so by where it stands."""
        if self._persons.holds(start, end):
            return 0.0, False  # a name: Christian, Gay, Burns
        if _is_in_title(self._text, start, end) or self._sentences.is_of_anybody(start, end):
            return 0.0, False
        sentence = self._sentences.around(start, end)
        if sentence.is_general(start) or (sentence.to_all and not sentence.specific):
            return 0.0, False
        person = sentence.third or self._persons.touches(sentence.start, sentence.end)
        if strength is Strength.SAYS:
            return self._of_statement(start, end, sentence, person=person), False
        tie = tie_before(self._text, start, sentence.start)
        if is_of_papers(self._text, end, tie) or (sentence.papers and tie < Tie.TIGHT):
            return 0.0, False
        note = self._note(start, end)
        if note is not None:
            is_of_one = self._persons.touches(*self._sentences.line(start, end))
            return 0.8, is_of_one and (strength is Strength.STRONG or not any(note))
        return self._of_term(start, end, strength, sentence, tie, person=person), False

    def _of_term(
        self, start: int, end: int, strength: Strength, sentence: Sentence, tie: Tie, *, person: bool
    ) -> float:
        if tie is Tie.NONE and self._sentences.is_subject(sentence, start, end):
            return 0.0
        if strength is Strength.WEAK:
            near = tie > Tie.NONE and (person or sentence.names(start))
            return 0.75 if near or (sentence.reader and tie is Tie.TIGHT) else 0.0
        if person:
            return 0.9 if tie > Tie.NONE else 0.8
        if sentence.reader or sentence.names(start):
            return 0.8 if tie > Tie.NONE else 0.0
        short = sentence.end - sentence.start <= _SHORT
        return 0.7 if (short or tie > Tie.NONE) and self._has_person_near(start, end) else 0.0

    def in_row(self, end: int, strength: Strength) -> tuple[float, bool]:
        """The same for a term in a cell, of the person whose row it is."""
        of_papers = strength < Strength.SAYS and is_of_papers(self._text, end, Tie.NONE)
        return (0.0, False) if of_papers else (_IN_ROW, False)

    def _of_statement(self, start: int, end: int, sentence: Sentence, *, person: bool) -> float:
        if self._sentences.is_of_thing(start) or is_of_papers(self._text, end, Tie.TIGHT):
            return 0.0
        if person or sentence.names(start) or self._sentences.follows_name(sentence.start, start):
            return 0.9
        if sentence.reader:
            return 0.8
        # Notes leave out of whom they speak: "Suffers from angina." stands by itself.
        has_subject = self._sentences.has_words(sentence.start, start)
        return 0.7 if not has_subject and not sentence.papers and self._has_person_near(start, end) else 0.0

    def _note(self, start: int, end: int) -> tuple[list[bytes], list[bytes]] | None:
        """The words beside a term that fills, give or take a few words that name no topic, an entry in the line of a
        list that is about one person: "Ash, Tom (12/3/04) - asthma"; None where it does not."""
        first, last = self._sentences.line(start, end)
        if not self._sentences.is_record(first, last, has_person=self._persons.touches(first, last)):
            return None
        beside = self._sentences.words_beside(start, end)
        if beside is None or len(beside[0]) > _MOST_BEFORE or len(beside[1]) > _MOST_BEHIND:
            return None
        return None if OF_TOPICS.intersection(word.lower() for word in beside[0]) else beside

    def _has_person_near(self, start: int, end: int) -> bool:
        first, last = self._sentences.near(start, end, _WINDOW)
        return self._persons.touches(first, last) or self._sentences.speaks_of_person(first, last)
