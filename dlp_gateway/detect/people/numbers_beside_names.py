"""Numbers that count with a person near, beside names that only grammar or the language model know for names.

A title or a well-known name is seen together with the number ("Mrs Obi, TB 2105 1134"); "Stanekzai" is found later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...model import Category
from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import FLOOR, PatternScanner, PatternSet, candidates, match_of, shadow

_LONGEST_LINE = 1000  # characters; in a longer one nobody sees what stands beside whom


class NumberFinder:
    """Looks in the lines in which people are named for the values of the rules that say `near_person`."""

    def __init__(self, scanner: PatternScanner) -> None:
        rules = [rule for rule in scanner.rules if rule.file.near_person and rule.file.category is not Category.CONTACT]
        self._patterns = PatternSet(rules)

    def find(
        self, named: Sequence[Found], found: Sequence[Found], entities: frozenset[str] | None
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands beside the names of people that count, in canonical texts, where nothing else was found. Names in
        pasted tables are among `found`: a row is a line too, and may have no heading."""
        readings: dict[int, Reading] = {}
        names: dict[int, list[tuple[int, int]]] = {}
        taken: dict[int, list[tuple[int, int]]] = {}
        for name in (*named, *found):
            if name.entity == "PERSON" and name.exempt is None and not name.greeting and not name.reading.passage.table:
                readings[name.reading.index] = name.reading
                names.setdefault(name.reading.index, []).append((name.at, name.until))
        for item in found:
            taken.setdefault(item.reading.index, []).append((item.at, item.until))
        for index, reading in readings.items():
            known = Spans.of(taken.get(index, ()))
            for match in self._beside(reading.canonical.text, sorted(names[index]), entities):
                if known.free(match.start, match.end):
                    known.add(match.start, match.end)
                    yield reading, match

    def _beside(self, text: str, names: Sequence[tuple[int, int]], entities: frozenset[str] | None) -> Iterator[Match]:
        lines = [line for line in _lines_of(text, names) if any(c.isdigit() for c in text[slice(*line)])]
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
                    sure, labelled = score(rule, lower, start, end, match_start=match_start, names=known)
                    if sure >= FLOOR and known.free(start, end):
                        moved = replace(one, start=start, end=end, match_start=match_start)
                        yield match_of(moved, sure, labelled=labelled)


def _lines_of(text: str, names: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines in which names stand, each once."""
    reached = 0
    for start, end in names:
        if start < reached:
            continue
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end)
        reached = len(text) if last < 0 else last
        if reached - first <= _LONGEST_LINE:
            yield first, reached
