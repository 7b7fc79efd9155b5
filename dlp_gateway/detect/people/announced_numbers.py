"""One number of somebody's in a message that speaks of such numbers: "Ref 73004481: Mrs Bell, committal", "Delroy
Francis (XN12345678) wants to appeal".

A word such as "ref" in the line of a person, or the person right beside it, announces a number; the topic says which
kind it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..checks import CHECKS
from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import PatternScanner, PatternSet, Rule, candidates, match_of, shadow
from .lines import NamedPeople, end_of_line, start_of_line, taken_in
from .listed_numbers import is_whole
from .told import Told

_REACH = 40
_TOO_COMMON = frozenset({"UK_CASE_REF"})  # of cases nearly every message speaks: numbers_of_mentioned.py
_ANNOUNCED = re.compile(
    r"(?<![^\W_])(?:refs?|reference|account|a/c|acct?|notice|ticket|case|claim)\b\.?(?: (?:no|number|nr)\b\.?)?"
    r"(?: is| was)?[ :#.(]{1,3}\Z"
)
_BESIDE = re.compile(r"(?:'s|’s)?(?: \(|,? [\-–—] |, |: |[ ]{2,12}|\t| ?[|/] ?)\Z")
_TO_PERSON = re.compile(
    r"\)?(?: [\-–—] |, | \(|: |[ ]{1,12}|\t| ?[|/] ?)(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? (?:(?:and|&) Mrs )?)?\Z"
)
_is_date = CHECKS["date"]


class AnnouncedFinder:
    """Looks for the values of the rules that say `listed_where_told` outside of lists."""

    def __init__(self, scanner: PatternScanner) -> None:
        self._book = scanner.book
        rules = [r for r in scanner.rules if r.file.listed_where_told and r.entity not in _TOO_COMMON]
        self._patterns = PatternSet(rules)

    def find(
        self, names: NamedPeople, found: Sequence[Found], entities: frozenset[str] | None, told: Told
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands beside the people in `names`, or is announced in their lines, in canonical texts, where
        nothing else was found."""
        for reading, spans in names.by_reading():
            known = taken_in(reading, spans, found)
            for match in self._in_text(reading.canonical.text, Spans.of(spans), known, told):
                if (entities is None or match.entity in entities) and not reading.layout.is_signature(match.start):
                    yield reading, match

    def _in_text(self, text: str, people: Spans, known: Spans, told: Told) -> Iterator[Match]:
        octets, lower = shadow(text), same_length_lower(text)
        hits = [hit for hit in self._patterns.occurring(octets) if told.speaks_of(hit[0])]
        hits.sort(key=lambda hit: (-told.weight_of(hit[0]), -hit[0].file.confidence.with_context, hit[0].id))
        for rule, pattern in hits:
            for one in candidates(rule, pattern, text, octets):
                if (
                    not known.free(one.start, one.end)
                    or not is_whole(text, one.start, one.end)
                    or _is_date(text[one.start : one.end])
                ):
                    continue
                is_beside = _is_beside(text, people, one.start, one.end)
                is_announced = _ANNOUNCED.search(lower, max(0, one.start - _REACH), one.start) is not None
                if not is_beside and not (is_announced and _is_in_line_of_somebody(text, people, one.start)):
                    continue
                if self._speaks_otherwise(rule, lower, one.start):
                    continue
                if score(rule, lower, one.start, one.end, match_start=one.match_start)[0] > 0:
                    known.add(one.start, one.end)
                    yield match_of(one, rule.file.confidence.with_context, labelled=False)

    def _speaks_otherwise(self, rule: Rule, lower: str, start: int) -> bool:
        """Whether the words right before a value, in its line, name or speak of something else."""
        line = max(start_of_line(lower, start), start - _REACH)
        for hit in reversed(self._book.index(lower).between(line, start)):
            if hit.role.other or rule.id in hit.role.against:
                return True
            kinds = hit.role.entities | self._book.entities_of(hit.role.topics)
            if kinds:
                return rule.entity not in kinds
        return False


def _is_in_line_of_somebody(text: str, people: Spans, position: int) -> bool:
    """Whether a name stands in the line of a position."""
    return people.touches(start_of_line(text, position), end_of_line(text, position))


def _is_beside(text: str, people: Spans, start: int, end: int) -> bool:
    """Whether a name stands right before a value, or right behind it."""
    before = people.last_before(start)
    if before is not None and _BESIDE.fullmatch(text, before, start) is not None:
        return True
    after = people.first_after(end)
    return after is not None and _TO_PERSON.fullmatch(text, end, after) is not None
