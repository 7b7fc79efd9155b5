"""Findings of the further readings of a passage: what is nearly certain, and was not found in the plain reading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ..model import Category
from .found import Found, Reading
from .normalise import canonical
from .overlap import Match, Spans, resolve
from .pattern import Rule
from .recognisers.engine import Engine
from .tables import MOST_OF_ONE_ENTITY, place_of_cell
from .views import View, views_of

_BELIEVED = frozenset({Category.IDENTITY, Category.FINANCIAL, Category.CREDENTIALS})


class DisguiseReader:
    """Reads views with the rules of a ruleset. A view joins and turns round what may not belong together: it is
    believed where a rule's form is strong or its value checked, in the context that the rule asks for anyhow."""

    def __init__(self, engine: Engine, rules: Sequence[Rule]) -> None:
        self._engine = engine
        self._strong = frozenset(rule.id for rule in rules if _is_strong(rule))

    def read(self, reading: Reading, entities: frozenset[str] | None, found: Sequence[Found]) -> Iterator[Found]:
        """What the views of a passage show beside `found`, what was found in it already."""
        text = canonical(reading.passage.text) if reading.passage.table else reading.canonical
        taken: dict[str, Spans] = {}
        for item in found:
            _take(taken, item.entity, item.start, item.end)
        counts: dict[str, int] = {}
        places = _Places(reading)
        for view in views_of(reading.passage, text):
            matches = [m for m in self._engine.patterns(view.text, entities) if self._counts(view, m)]
            for match in resolve(matches):
                start, end = view.span(match.start, match.end)
                counts[match.entity] = counts.get(match.entity, 0) + 1
                if counts[match.entity] <= MOST_OF_ONE_ENTITY and _take(taken, match.entity, start, end):
                    yield places.found(match, view.text[match.start : match.end], start, end)

    def _counts(self, view: View, match: Match) -> bool:
        if match.recogniser not in self._strong or not view.is_altered(match.start, match.end):
            return False
        value = view.text[match.start : match.end]
        return view.digits_alone or match.labelled or any(c.isalpha() for c in value)


def _is_strong(rule: Rule) -> bool:
    return rule.file.category in _BELIEVED or rule.entity == "EMAIL_ADDRESS"


def _take(taken: dict[str, Spans], entity: str, start: int, end: int) -> bool:
    """Note a span as taken by an entity; False where it was."""
    spans = taken.setdefault(entity, Spans())
    free = spans.free(start, end)
    if free:
        spans.add(start, end)
    return free


class _Places:
    """Where findings stand in a passage, in the terms that a Found has."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._lines: list[int] = []  # of a table: where its rows begin

    def found(self, match: Match, value: str, start: int, end: int) -> Found:
        reading, passage = self._reading, self._reading.passage
        at, until, row, place = start, end, None, passage.place
        if passage.table:
            row, column = self._cell(passage.text, start)
            place = place_of_cell(passage, row, column)
        else:
            at, until = reading.canonical.position(start), reading.canonical.position(end - 1) + 1
        return Found(
            reading=reading,
            entity=match.entity,
            category=Category(match.category),
            recogniser=match.recogniser,
            at=at,
            until=until,
            start=start,
            end=end,
            place=place,
            value=value,
            confidence=match.confidence,
            mask=match.mask,
            row=row,
            quoted=row is None and reading.layout.is_quoted(at),
        )

    def _cell(self, text: str, offset: int) -> tuple[int, int]:
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        row = bisect_right(self._lines, offset) - 1
        return row, text.count("\t", self._lines[row], offset)
