"""Numbers in lists of people: lines one below the other, each with a name and a number of the same make.

Nobody writes beside each of them what they are; often the heading does, or the sentence before, or only what the mail
is about. Whatever that is, such numbers are those of the people whose lines they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from ..checks import CHECKS
from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import Candidate, Hit, PatternScanner, candidates, match_of, shadow
from .lines import NamedPeople, named_lines, runs_of_lines

_FEWEST = 3  # lines with values made alike
_FEWEST_TOLD = 2  # where heading, topic or check tell what they are; two pass a check by chance once in 121
_FURTHER = 3  # lines before and after that go on with a list
_HEADING = 200  # characters before a list in which its heading stands
_SHARE_OF_CHECKED = 0.8
_FEWEST_DIGITS = 4
_is_date = CHECKS["date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A stretch of a text, `start` to `end`, in whose lines people stand one below the other; `lines` are those with
    a name. The lines around them may go on with it."""

    text: str
    lower: str
    octets: bytes
    start: int
    end: int
    lines: Sequence[tuple[int, int]]

    @property
    def heading(self) -> tuple[int, int]:
        """Where what stands before the list may say what its numbers are."""
        first = self.lines[0][0]
        return max(0, first - _HEADING), first

    def line_of(self, position: int) -> int:
        """Where the line at a position begins."""
        return self.text.rfind("\n", 0, position) + 1


class ListFinder:
    """Looks in lists of people for the values of the rules that say `listed`, and of those that the heading names."""

    def __init__(self, scanner: PatternScanner) -> None:
        self._book = scanner.book
        self._listed = [hit for hit in scanner.labelled if hit[0].file.listed]
        self._labelled = [hit for hit in scanner.labelled if hit[0].file.labels]

    def find(
        self, names: NamedPeople, found: Sequence[Found], entities: frozenset[str] | None, spoken: frozenset[str]
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands in lists of the people in `names`, in canonical texts, where nothing else was found.

        `spoken`: the rules of whose topics the message speaks.
        """
        for reading, spans in names.by_reading():
            lists = _lists(reading.canonical.text, spans)
            if not lists:
                continue
            tables = ((table.start, table.end) for table in reading.tables)  # their columns have headers
            here = ((item.at, item.until) for item in found if item.reading is reading)
            known = Spans.of([*tables, *spans, *here])
            for one in lists:
                for match in self._in_list(one, known, entities, spoken):
                    yield reading, match

    def of_text(self, text: str) -> list[Match]:
        """The same of a bare text in which titles and well-known names alone tell the people."""
        lower = same_length_lower(text)
        spans = [(hit.start, hit.end) for hit in self._book.index(lower).hits if hit.role.person]
        return [
            match for one in _lists(text, spans) for match in self._in_list(one, Spans.of(spans), None, frozenset())
        ]

    def _in_list(
        self, one: _List, known: Spans, entities: frozenset[str] | None, spoken: frozenset[str]
    ) -> Iterator[Match]:
        headed = self._headed(one)
        if headed is None:
            return
        hits = [*(hit for hit in self._labelled if hit[0].id in headed), *self._listed]
        hits.sort(key=lambda hit: _order(hit, headed, spoken))
        for rule, of_rule in groupby(hits, key=lambda hit: hit[0]):
            if entities is not None and rule.entity not in entities:
                continue
            for _, pattern in of_rule:
                labelled = rule.id in headed
                told = labelled or rule.id in spoken or rule.check is not None
                for candidate in _of_one_make(one, (rule, pattern), known, fewest=_FEWEST_TOLD if told else _FEWEST):
                    if known.free(candidate.start, candidate.end):
                        known.add(candidate.start, candidate.end)
                        yield match_of(candidate, rule.file.confidence.with_context, labelled=labelled)

    def _headed(self, one: _List) -> frozenset[str] | None:
        """The rules that the heading names, none where it names nothing; None where it names numbers of no person."""
        for hit in reversed(self._book.index(one.lower).between(*one.heading)):
            if not hit.names or hit.reach > hit.end:
                continue
            if hit.role.other:
                return None
            if hit.role.entities:
                return frozenset(hit.role.labels)
        return frozenset()


def _order(hit: Hit, headed: frozenset[str], spoken: frozenset[str]) -> tuple[bool, bool, bool, float, str]:
    """What the heading names first, then what a check tells, then what the message speaks of, then the surer."""
    rule = hit[0]
    is_told = rule.id in headed
    return not is_told, rule.check is None, rule.id not in spoken, -rule.file.confidence.with_context, rule.id


def _lists(text: str, names: Sequence[tuple[int, int]]) -> list[_List]:
    """The lists of people in a text: two lines or more with names and digits, not far from each other."""
    lines = [line for line in named_lines(text, names) if _has_number(text[slice(*line)])]
    runs = runs_of_lines(text, lines, fewest=_FEWEST_TOLD)
    if not runs:
        return []
    octets, lower = shadow(text), same_length_lower(text)
    return [
        _List(
            text=text,
            lower=lower,
            octets=octets,
            start=_further(text, run[0][0], -1),
            end=_further(text, run[-1][1], 1),
            lines=tuple(run),
        )
        for run in runs
    ]


def _further(text: str, edge: int, step: int) -> int:
    """The edge of a list after the lines that go on with it: few, and none of them empty."""
    for _ in range(_FURTHER):
        if step > 0:
            last = text.find("\n", edge + 1)
            new = len(text) if last < 0 else last
            line = text[edge + 1 : new]
        else:
            new = text.rfind("\n", 0, max(0, edge - 1)) + 1
            line = text[new : max(0, edge - 1)]
        if not line.strip():
            break
        edge = new
    return edge


def _has_number(line: str) -> bool:
    return sum(map(str.isdigit, line)) >= _FEWEST_DIGITS


def _of_one_make(one: _List, hit: Hit, known: Spans, *, fewest: int) -> list[Candidate]:
    """The values of one rule in a list that are made alike and stand in enough of its people's lines."""
    rule, pattern = hit
    text, octets = one.text[one.start : one.end], one.octets[one.start : one.end]
    free = [c for c in (_moved(c, one.start) for c in candidates(rule, pattern, text, octets)) if _is_free(c, known)]
    if len(free) < _FEWEST_TOLD or (rule.check is not None and not _mostly_pass(free, pattern, octets, one, known)):
        return []
    kept = [c for c in free if score(rule, one.lower, c.start, c.end, match_start=c.match_start)[0] > 0]
    makes: dict[str, list[Candidate]] = {}
    for candidate in kept:
        make = "" if rule.check is not None else _make(one.text[candidate.start : candidate.end])
        makes.setdefault(make, []).append(candidate)
    named = {first for first, _ in one.lines}
    return [
        candidate
        for alike in makes.values()
        if len({one.line_of(c.start) for c in alike} & named) >= fewest
        and not all(_is_date(one.text[c.start : c.end]) for c in alike)
        for candidate in alike
    ]


def _mostly_pass(free: Sequence[Candidate], pattern: Any, octets: bytes, one: _List, known: Spans) -> bool:
    """Whether nearly all numbers of the form pass the check: where many do not, those that do are chance."""
    alike = sum(known.free(one.start + m.start(), one.start + m.end()) for m in pattern.finditer(octets))
    return len(free) >= _SHARE_OF_CHECKED * alike


def _is_free(candidate: Candidate, known: Spans) -> bool:
    return known.free(candidate.start, candidate.end)


def _moved(candidate: Candidate, by: int) -> Candidate:
    return replace(
        candidate, start=candidate.start + by, end=candidate.end + by, match_start=candidate.match_start + by
    )


def _make(value: str) -> str:
    """How a value is made: how many letters and digits it has, and what parts them ("OM88213377", "OM8822014A")."""
    return "".join("9" if c.isalnum() else c for c in value)


def spoken_of(scanner: PatternScanner, texts: Iterable[str]) -> frozenset[str]:
    """The rules of whose topics one of the texts speaks."""
    return frozenset[str]().union(*(scanner.book.index(same_length_lower(text)).topics for text in texts))
