"""Pattern rules: what a recogniser file says, compiled, and the search for all of them at once.

One set of all patterns says which of them occur in a text; of those only are searched for their places whose value can
be told from the text: by its form, or by a label that stands somewhere in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import re2

from ..checks import LOOSE, Check
from ..overlap import Match
from .labels import LabelBook
from .phrase_book import same_length_lower
from .recogniser_file import FLOOR, Phrase, RecogniserFile, compile_octets, octet_options

__all__ = [
    "FLOOR",
    "FOUND_ELSEWHERE",
    "Candidate",
    "PatternScanner",
    "Phrase",
    "RecogniserFile",
    "Rule",
    "candidates",
    "compile_octets",
    "match_of",
    "shadow",
]

# A set of patterns is one automaton, which is built as texts ask for its states, and never ends: of twice as many
# patterns it has far more than twice as many. Texts that are new to four small ones take a third of the time that
# they take with one for all (measured with the shipped rules; sets of 12 and of 60 are slower than of 20 to 30).
_MOST_OF_ONE_SET = 24
_SET_MEMORY_BYTES = 32 * 2**20
FOUND_ELSEWHERE = frozenset({"UK_ADDRESS", "LOCATION"})
"""Entities whose rules are only where other readers begin (`street_address.py`)."""

_SENTINEL = 0
_VALUE = b"value"  # RE2 names the groups of octets in octets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One recogniser of patterns. `id` is its file's name without ending. Equal only to itself.

    `check` is passed by chance only rarely, `form` by many a number. `book` holds the labels of all rules of a folder.
    """

    id: str
    file: RecogniserFile
    check: Check | None
    form: Check | None = None
    book: LabelBook | None = None

    @property
    def entity(self) -> str:
        return self.file.entity

    @property
    def needs_label(self) -> bool:
        """Whether its values are nothing without a word that names them."""
        return self.file.confidence.plain < FLOOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A match that passed its rule's check, before its surroundings are asked. Offsets of the value,
    and of the whole match (label included) in which it stands."""

    rule: Rule
    start: int
    end: int
    match_start: int


Hit = tuple[Rule, Any]
"""A rule and one of its patterns, compiled."""

_rule = itemgetter(0)


def shadow(text: str) -> bytes:
    """The text as octets with the same offsets: a character beyond Latin-1 is one that no pattern of
    letters or digits matches."""
    return text.encode("latin-1", "replace")


class PatternSet:
    """Patterns of which a few passes tell which of them occur."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.patterns: list[Hit] = [
            (rule, compile_octets(pattern, case_sensitive=rule.file.case_sensitive))
            for rule in rules
            for pattern in rule.file.patterns
        ]
        octets = [pattern.encode("latin-1") for rule in rules for pattern in rule.file.patterns]
        self._sets = [
            (first, _set_of(octets[first : first + _MOST_OF_ONE_SET]))
            for first in range(0, len(octets), _MOST_OF_ONE_SET)
        ]

    def occurring(self, octets: bytes) -> list[Hit]:
        """Those that occur in a text's `shadow`, in their order."""
        hits: list[Hit] = []
        for first, patterns in self._sets:
            found = patterns.Match(octets) or ()
            if _SENTINEL not in found:
                hits += self.patterns[first : first + _MOST_OF_ONE_SET]
            elif len(found) > 1:
                hits += [self.patterns[first + index - 1] for index in sorted(found) if index != _SENTINEL]
        return hits


def _set_of(patterns: Sequence[bytes]) -> Any:
    """A set of these. Its first pattern matches every text: where it is not among the answers the set has failed, and
    every pattern is to be searched."""
    options = octet_options(case_sensitive=False)
    options.max_mem = _SET_MEMORY_BYTES
    made = re2.Set.SearchSet(options)
    for pattern in (b"", *patterns):
        made.Add(pattern)
    made.Compile()
    return made


class PatternScanner:
    """Searches a text for all rules at once. `others` are words that name numbers of no person, `names` words
    that are nothing but names of people.

    Each kind of rule has sets of its own: those known by their form, those known by a label, and those whose findings
    are made elsewhere.
    """

    def __init__(self, rules: Sequence[Rule], others: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.book = LabelBook({rule.id: rule.file for rule in rules}, others, names)
        self.rules = tuple(_complete(rule, self.book) for rule in rules)
        apart = [rule for rule in self.rules if rule.entity in FOUND_ELSEWHERE]
        here = [rule for rule in self.rules if rule.entity not in FOUND_ELSEWHERE]
        self._by_form = PatternSet([rule for rule in here if not rule.needs_label])
        self._by_label = PatternSet([rule for rule in here if rule.needs_label])
        self._apart = PatternSet(apart)
        # By rule, so that one look at the rules that a text speaks of tells which to search for.
        self._patterns_by_label = [
            (rule.id, rule.file.near_person, list(hits)) for rule, hits in groupby(self._by_label.patterns, _rule)
        ]

    @property
    def labelled(self) -> Sequence[Hit]:
        """The rules whose values are nothing without a word, a person or a list of people, and their patterns."""
        return self._by_label.patterns

    def scan(self, text: str, entities: frozenset[str] | None = None) -> Iterator[Candidate]:
        """The candidates of all rules for `entities` (None: all), rule by rule."""
        octets = shadow(text)
        for rule, pattern in self.occurring(octets, entities):
            yield from candidates(rule, pattern, text, octets)

    def likely(self, text: str, entities: frozenset[str]) -> Iterator[Candidate]:
        """The same, without the rules that need a label where the text has none of theirs."""
        octets = shadow(text)
        hits = self._by_form.occurring(octets)
        if not entities.isdisjoint(FOUND_ELSEWHERE):
            hits = [*hits, *self._apart.occurring(octets)]
        index = self.book.index(same_length_lower(text))
        known, has_person = index.known, index.has_person
        # A handful of searches of their own costs less than one for all of them together.
        labelled = [
            hits for rule, near_person, hits in self._patterns_by_label if rule in known or (near_person and has_person)
        ]
        for rule, pattern in chain(hits, *labelled):
            if rule.entity in entities:
                yield from candidates(rule, pattern, text, octets)

    def occurring_near(
        self, octets: bytes, entities: frozenset[str] | None, lower: str, start: int, end: int, *, within: str
    ) -> list[Hit]:
        """The rules and patterns that occur in a stretch (`octets` and, in small letters, `within`), of those that
        need a label the ones that have it there or from `start` to `end` of the text (`lower`) around it."""
        hits = self._by_form.occurring(octets)
        known, person = self.book.near(lower, start, end)
        known |= self.book.near(within, 0, len(within))[0]
        if known or person:
            hits = [
                *hits,
                *(
                    hit
                    for hit in self._by_label.occurring(octets)
                    if hit[0].id in known or (person and hit[0].file.near_person)
                ),
            ]
        return _of_entities(hits, entities)

    def occurring(self, octets: bytes, entities: frozenset[str] | None = None) -> list[Hit]:
        """The rules and those of their patterns that occur somewhere in a text's `shadow`."""
        hits = [*self._by_form.occurring(octets), *self._by_label.occurring(octets)]
        if entities is None or not entities.isdisjoint(FOUND_ELSEWHERE):
            hits += self._apart.occurring(octets)
        return _of_entities(hits, entities)


def _of_entities(hits: list[Hit], entities: frozenset[str] | None) -> list[Hit]:
    return hits if entities is None else [hit for hit in hits if hit[0].file.entity in entities]


def _complete(rule: Rule, book: LabelBook) -> Rule:
    is_loose = rule.file.validator in LOOSE
    return replace(rule, book=book, check=None if is_loose else rule.check, form=rule.check if is_loose else rule.form)


def candidates(rule: Rule, pattern: Any, text: str, octets: bytes) -> Iterator[Candidate]:
    """The matches of one pattern that pass its rule's check, in order."""
    group = _group(pattern)
    check = rule.check or rule.form
    for match in pattern.finditer(octets):
        start, end = match.span(group)
        if start < end and (check is None or check(text[start:end])):
            yield Candidate(rule=rule, start=start, end=end, match_start=match.start())


@lru_cache(maxsize=4096)
def _group(pattern: Any) -> int:
    """The number of the group of the value, 0 for the whole match. RE2 takes longer to say so than to search."""
    return int(pattern.groupindex.get(_VALUE, 0))


def match_of(candidate: Candidate, confidence: float, *, labelled: bool) -> Match:
    """A candidate as a match, once its surroundings have given it a confidence."""
    return Match(
        entity=candidate.rule.entity,
        category=candidate.rule.file.category,
        recogniser=candidate.rule.id,
        start=candidate.start,
        end=candidate.end,
        confidence=confidence,
        mask=candidate.rule.file.mask,
        labelled=labelled,
    )
