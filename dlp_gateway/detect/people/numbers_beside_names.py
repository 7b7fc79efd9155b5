"""Numbers that count with a person near, beside names that only grammar or the language model know for names.

A title or a well-known name is seen together with the number ("Mrs Obi, TB 2105 1134"); "Stanekzai" is found later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...model import Category
from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import FLOOR, PatternScanner, PatternSet, candidates, match_of, shadow
from .lines import NamedPeople, named_lines


class NumberFinder:
    """Looks in the lines in which people are named for the values of the rules that say `near_person`."""

    def __init__(self, scanner: PatternScanner) -> None:
        rules = [rule for rule in scanner.rules if rule.file.near_person and rule.file.category is not Category.CONTACT]
        self._patterns = PatternSet(rules)

    def find(
        self, names: NamedPeople, found: Sequence[Found], entities: frozenset[str] | None, spoken: frozenset[str]
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands beside the names of people that count, in canonical texts, where nothing else was found.
        `spoken`: the rules of whose topics the message speaks."""
        taken: dict[int, list[tuple[int, int]]] = {}
        for item in found:
            taken.setdefault(item.reading.index, []).append((item.at, item.until))
        for reading, spans in names.by_reading():
            known = Spans.of(taken.get(reading.index, ()))
            for match in self._beside(reading.canonical.text, spans, entities, spoken):
                if known.free(match.start, match.end):
                    known.add(match.start, match.end)
                    yield reading, match

    def _beside(
        self, text: str, names: Sequence[tuple[int, int]], entities: frozenset[str] | None, spoken: frozenset[str]
    ) -> Iterator[Match]:
        lines = [line for line in named_lines(text, names) if any(c.isdigit() for c in text[slice(*line)])]
        if not lines:
            return
        octets, lower = shadow(text), same_length_lower(text)
        known = Spans.of(names)
        for rule, pattern in self._patterns.occurring(b"\n".join(octets[start:end] for start, end in lines)):
            if entities is not None and rule.entity not in entities:
                continue
            for first, last in lines:
                for one in candidates(rule, pattern, text[first:last], octets[first:last]):
                    start, end, match_start = first + one.start, first + one.end, first + one.match_start
                    sure, labelled = score(rule, lower, start, end, match_start=match_start, names=known, spoken=spoken)
                    if sure >= FLOOR and known.free(start, end):
                        moved = replace(one, start=start, end=end, match_start=match_start)
                        yield match_of(moved, sure, labelled=labelled)
