"""References in what is said of somebody: "She rang again. Our case is ASB-26-00914."

No list names all systems that give people numbers. What looks like a reference, behind a word such as "ref" or "case",
or made of letters and strokes, is one of a person's where a person is spoken of around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import Candidate, PatternScanner, PatternSet, candidates, match_of, shadow
from .lines import NamedPeople, taken_in

_REACH = 200  # characters to each side in which somebody is spoken of
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|hers)\b")
_BREAK = re.compile(r"\n[ \t>]*\n")
_HAS_NUMBER = re.compile(r"\d{3}")


class MentionFinder:
    """Looks for the values of the rules that say `spoken_of`."""

    def __init__(self, scanner: PatternScanner) -> None:
        self._book = scanner.book
        self._patterns = PatternSet([rule for rule in scanner.rules if rule.file.spoken_of])

    def find(
        self, names: NamedPeople, found: Sequence[Found], entities: frozenset[str] | None, spoken: frozenset[str]
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands around the people in `names`, in canonical texts, where nothing else was found.
        `spoken`: the rules of whose topics the message speaks."""
        for reading, spans in names.by_reading():
            known = taken_in(reading, spans, found)
            for match in self._in_text(reading.canonical.text, spans, known, spoken):
                if (entities is None or match.entity in entities) and not reading.layout.is_signature(match.start):
                    yield reading, match

    def of_text(self, text: str) -> list[Match]:
        """The same of a bare text in which titles and well-known names alone tell the people."""
        index = self._book.index(same_length_lower(text))
        spans = [(hit.start, hit.end) for hit in index.hits if hit.role.person]
        return list(self._in_text(text, spans, Spans.of(spans), frozenset()))

    def _in_text(
        self, text: str, names: Sequence[tuple[int, int]], known: Spans, spoken: frozenset[str]
    ) -> Iterator[Match]:
        if not names or _HAS_NUMBER.search(text) is None:
            return
        octets, lower = shadow(text), same_length_lower(text)
        people = Spans.of(names)
        topics = self._book.index(lower).topics | spoken
        for rule, pattern in self._patterns.occurring(octets):
            if rule.file.topics and rule.id not in topics:
                continue
            for candidate in candidates(rule, pattern, text, octets):
                if not known.free(candidate.start, candidate.end) or not _is_of_somebody(lower, people, candidate):
                    continue
                plain, _ = score(rule, lower, candidate.start, candidate.end, match_start=candidate.match_start)
                if plain > 0:
                    known.add(candidate.start, candidate.end)
                    yield match_of(candidate, rule.file.confidence.with_context, labelled=False)


def _is_of_somebody(lower: str, people: Spans, candidate: Candidate) -> bool:
    """Whether somebody is spoken of around a value, in its paragraph or the one before: who stands in the next is often
    the writer."""
    start, end = candidate.match_start, candidate.end
    breaks = [match.start() for match in _BREAK.finditer(lower, max(0, start - _REACH), start)]
    first = breaks[-2] if len(breaks) > 1 else max(0, start - _REACH)
    after = _BREAK.search(lower, end, end + _REACH)
    last = after.start() if after is not None else end + _REACH
    return people.touches(first, last) or _PRONOUN.search(lower, first, last) is not None
