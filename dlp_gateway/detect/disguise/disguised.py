"""Findings of the further readings of a passage: what is nearly certain, and was not found in the plain reading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ...model import Category
from ..found import Found, Reading
from ..normalise import Canonical, canonical
from ..overlap import Match, Spans, resolve
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import FLOOR, PatternScanner, Rule, candidates, match_of, shadow
from ..recognisers.engine import Engine
from ..tables.cells import place_of_cell
from ..tables.table_reader import MOST_OF_ONE_ENTITY
from .disguises import Disguise, disguised_values
from .stretch import Stretch
from .views import View, views_of

_BEFORE, _AFTER = 200, 60  # characters around a value: as many as any rule looks at
_LONGEST_ADDRESS = 2000
_LONGEST_VALUE = 60
_WITHIN_ADDRESS = re.compile(r"https?://[^\s\"'<>]{0,2000}$")
_LONG_NUMBER = 11  # digits that chance hardly puts together
_BELIEVED = frozenset({Category.IDENTITY, Category.FINANCIAL, Category.CREDENTIALS})


class DisguiseReader:
    """Reads disguised values with the rules of a ruleset. A disguise joins, turns round and undoes what may be none:
    it is believed where a rule's form is strong or its value checked, in the context that the rule asks for anyhow."""

    def __init__(self, engine: Engine, scanner: PatternScanner) -> None:
        self._engine = engine
        self._scanner = scanner
        self._strong = frozenset(rule.id for rule in scanner.rules if _is_strong(rule))

    def read(self, reading: Reading, entities: frozenset[str] | None, found: Sequence[Found]) -> Iterator[Found]:
        """What the views of a passage and its disguised values show beside `found`, what was found in it already."""
        text = canonical(reading.passage.text) if reading.passage.table else reading.canonical
        taken: dict[str, Spans] = {}
        known = Spans()  # of the canonical text: what reads plainly is not disguised
        for item in found:
            _take(taken, item.entity, item.start, item.end)
            if known.free(item.at, item.until):
                known.add(item.at, item.until)
        counts: dict[str, int] = {}
        places = _Places(reading)
        for match, value, start, end in (
            *self._of_views(reading, text, entities),
            *self._of_values(text, entities, known, table=reading.passage.table),
        ):
            counts[match.entity] = counts.get(match.entity, 0) + 1
            if counts[match.entity] <= MOST_OF_ONE_ENTITY and _take(taken, match.entity, start, end):
                yield places.found(match, value, start, end)

    def _of_views(
        self, reading: Reading, text: Canonical, entities: frozenset[str] | None
    ) -> Iterator[tuple[Match, str, int, int]]:
        """Matches in views with their values and their spans in the passage."""
        for view in views_of(reading.passage, text):
            matches = [m for m in self._engine.patterns(view.text, entities) if self._counts(view, m)]
            for match in resolve(matches):
                yield match, view.text[match.start : match.end], *view.span(match.start, match.end)

    def _of_values(
        self, text: Canonical, entities: frozenset[str] | None, known: Spans, *, table: bool
    ) -> Iterator[tuple[Match, str, int, int]]:
        """Matches in disguised values, read one by one between the words that stand around them."""
        lower = same_length_lower(text.text)
        wanting = [] if table else self._wanting(lower, known)  # in a table the label heads a column, rows away
        for disguise, stretch in disguised_values(text.text, _zones(text.text, wanting)):
            if known.holds(stretch.start, stretch.end):
                continue
            if table and "\n" in text.text[stretch.start : stretch.end]:
                continue  # the end of one row and the beginning of the next
            if disguise.checked_only and not _follows(wanting, stretch):
                continue
            matches = resolve(list(self._of_value(text.text, lower, stretch, disguise, entities)))
            for match in matches:
                origins = stretch.origins[match.start : match.end]
                start, end = text.span(min(origins), max(origins) + 1)
                yield match, stretch.text[match.start : match.end], start, end

    def _wanting(self, lower: str, known: Spans) -> list[int]:
        """Where labels end behind which no value was found: any number reads backwards as another, so that such
        readings are tried only for a value that is missing."""
        hits = self._scanner.book.index(lower).hits
        return sorted(hit.end for hit in hits if hit.role.labels and not known.touches(hit.end, hit.end + _AFTER))

    def _of_value(
        self, text: str, lower: str, stretch: Stretch, disguise: Disguise, entities: frozenset[str] | None
    ) -> Iterator[Match]:
        octets = shadow(stretch.text)
        first = max(0, stretch.start - _BEFORE - _LONGEST_ADDRESS)
        first = first if "://" in text[first : stretch.start] else stretch.start - _BEFORE
        within = same_length_lower(stretch.text)
        hits = self._scanner.occurring_near(octets, entities, lower, first, stretch.end + _AFTER, within=within)
        if not hits:
            return
        before = text[max(0, stretch.start - _BEFORE - _LONGEST_ADDRESS) : stretch.start]
        before = _WITHIN_ADDRESS.sub("", before)[-_BEFORE:]  # the words that name a value stand before its web address
        around = same_length_lower(f"{before}{stretch.text}{text[stretch.end : stretch.end + _AFTER]}")
        shift = len(before)
        for rule, pattern in hits:
            for candidate in candidates(rule, pattern, stretch.text, octets):
                confidence, labelled = score(
                    rule,
                    around,
                    candidate.start + shift,
                    candidate.end + shift,
                    match_start=candidate.match_start + shift,
                )
                lettered = any(map(str.isalpha, stretch.text[candidate.start : candidate.end]))
                if disguise.checked_only and rule.check is None and (rule.form is not None or not lettered):
                    continue
                alone = lettered and rule.id in self._strong
                if rule.check is not None:
                    whole = candidate.end - candidate.start == len(stretch.text.strip()) >= _LONG_NUMBER
                    alone |= disguise.digits_alone or (whole and not disguise.checked_only)
                if confidence >= FLOOR and (labelled or alone):
                    yield match_of(candidate, confidence, labelled=labelled)

    def _counts(self, view: View, match: Match) -> bool:
        if not view.is_altered(match.start, match.end):
            return False
        if match.recogniser not in self._strong:
            return match.labelled
        value = view.text[match.start : match.end]
        return view.digits_alone or match.labelled or any(c.isalpha() for c in value)


def _zones(text: str, ends: Sequence[int]) -> list[tuple[int, int]]:
    """The spans around the ends of labels in which a value of theirs may stand, from blank to blank, in order."""
    zones: list[tuple[int, int]] = []
    for end in ends:
        first = max(text.rfind(" ", 0, max(0, end - _AFTER)), text.rfind("\n", 0, max(0, end - _AFTER))) + 1
        last = text.find("\n", end + _AFTER + _LONGEST_VALUE)
        last = len(text) if last < 0 else last
        if zones and first <= zones[-1][1]:
            zones[-1] = (zones[-1][0], max(last, zones[-1][1]))
        else:
            zones.append((first, last))
    return zones


def _follows(ends: Sequence[int], stretch: Stretch) -> bool:
    """Whether a stretch begins shortly after one of the ends, or holds one."""
    index = bisect_right(ends, stretch.end) - 1
    return index >= 0 and stretch.start - ends[index] <= _AFTER


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
