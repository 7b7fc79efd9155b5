"""Numbers in lists of people: names one below or behind the other, each with a number of the same make.

Nobody writes beside each of them what they are; often the heading does, or the sentence before, or the subject, or only
what the mail is about. Whatever that is, such numbers are those of the people beside whom they stand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from ..checks import CHECKS
from ..found import Found, Reading, position
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower, score
from ..patterns.pattern import Candidate, Hit, PatternScanner, PatternSet, Rule, candidates, match_of, shadow
from .lines import NUMBER, NamedPeople, end_of_line, runs_of, start_of_line
from .told import Headed, Told, heading_of, told_by

_FEWEST = 3  # people with values made alike
_FEWEST_TOLD = 2  # where heading, topic or check tell what they are; two pass a check by chance once in 121
_FURTHER = 3  # lines before and after that go on with a list
_BELOW = 3  # lines that a value may stand below its person
_SHARE_OF_CHECKED = 0.8
_FEWEST_DIGITS = 4
_GOES_ON = re.compile(r"[/\-]?\d")
_NO_NUMBER = re.compile(  # headers of columns of other things
    r"\b(?:amounts?|balances?|totals?|paid|owed|owing|due|qty|quantity|price|cost|debts?|value|dates?|time|hours|rates?|"
    r"score|points|year|age|miles|mileage|weight|postcode|address|payroll|staff|employee|post|room|ext|extension|"
    r"desk|locker|key|code|pin|page|item|line|row|count|number of|plot|cell|grid|budget|fee|charge|weeks?|days?)\b"
)
_VAGUE = frozenset(
    {"", "ref", "refs", "reference", "no", "nos", "number", "id", "our ref", "your ref"}
)  # vague_headers.py
_CAPITALS = re.compile(r"[ ,]+[A-Z]{1,6}$")
_is_date_of_calendar = CHECKS["date"]
_is_reference = CHECKS["reference"]
_CARRIED = frozenset(
    {"UK_BLUE_BADGE", "UK_CASE_REF", "UK_COUNCIL_TAX_REF", "UK_COURT_CASE", "UK_CRIME_REF", "UK_DBS"}
    | {"UK_HOME_OFFICE_REF", "UK_HOUSING_BENEFIT_REF", "UK_PASSPORT", "UK_PCN", "UK_PROFESSIONAL_REG", "UK_RENT_REF"}
    | {"UK_UPRN", "UK_VEHICLE_REGISTRATION"}
)
"""What goes on in a list in whose first row it was found."""
_CHECKED = frozenset({"UK_NHS", "UK_NINO", "UK_ULN", "UK_UPN", "UK_UTR"})
"""What does so where most of a list pass the check: the others are slips of the pen."""
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ATTACHED = re.compile(r"[ :.#(\-]{0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A stretch of a text, `start` to `end`, in which people (spans of their names, in order) stand one below or behind
    the other. The lines around them may go on with it."""

    text: str
    lower: str
    octets: bytes
    start: int
    end: int
    people: Sequence[tuple[int, int]]

    @property
    def first(self) -> int:
        """Where the first name or number of its first line with a number stands: its heading ends there."""
        number = NUMBER.search(self.text, self.start, self.end)
        if number is None:
            return self.start
        line = start_of_line(self.text, number.start())
        person = next((start for start, _ in self.people if start >= line), number.start())
        return min(person, number.start())

    def speaks_against(self, rule: Rule, start: int) -> bool:
        """Whether a word in its own line before a value says that it is something else."""
        if rule.book is None:
            return False
        line = start_of_line(self.text, start)
        hits = rule.book.index(self.lower).between(line, start)
        return any(hit.role.is_of_others(rule.id, rule.entity) for hit in hits)

    def owner_of(self, start: int, end: int) -> int | None:
        """Whose value stands there: the nearest person's in its line, else of the one above; by number, None where
        nobody is near."""
        first, last = start_of_line(self.text, start), end_of_line(self.text, end)
        after = bisect_left(self.people, (start, start))
        before = after - 1
        here = [
            (gap, index)
            for index, gap in (
                (before, start - self.people[before][1] if before >= 0 else 0),
                (after, self.people[after][0] - end if after < len(self.people) else 0),
            )
            if 0 <= index < len(self.people) and first <= self.people[index][0] < last
        ]
        if here:
            return min(here)[1]
        if before >= 0 and self.text.count("\n", self.people[before][1], start) <= _BELOW:
            return before
        return None


class ListFinder:
    """Looks in lists of people for the values of the rules that say `listed`, and of those that the heading names."""

    def __init__(self, scanner: PatternScanner) -> None:
        self._book = scanner.book
        listed = [rule for rule in scanner.rules if rule.file.listed or rule.file.listed_where_told]
        self._listed = PatternSet(listed)
        self._labelled: dict[str, list[Hit]] = {}
        for hit in scanner.labelled:
            if hit[0].file.labels:
                self._labelled.setdefault(hit[0].id, []).append(hit)

    def find(
        self, names: NamedPeople, found: Sequence[Found], entities: frozenset[str] | None, told: Told
    ) -> Iterator[tuple[Reading, Match]]:
        """What stands in lists of the people in `names`, in canonical texts, where nothing else was found.

        `told`: what the message says of the kinds of its numbers.
        """
        for reading, spans in names.by_reading():
            text = reading.canonical.text
            lists = _lists(text, spans)
            if not lists:
                continue
            here = sorted((item for item in found if item.reading is reading), key=position)
            names_there = (_without_head(text, *span) for span in spans)
            known = Spans.of([*names_there, *((item.at, item.until) for item in here)])
            for one in lists:
                inside = here[bisect_left(here, one.start, key=position) : bisect_left(here, one.end, key=position)]
                for match in self._in_list(one, known, inside, entities, told):
                    if self._may_stand_in_column(reading, match):
                        yield reading, match

    def _may_stand_in_column(self, reading: Reading, match: Match) -> bool:
        """Whether the header of a pasted table's column, if a value stands in one, does not say that it is something
        else."""
        header = reading.header_at(match.start)
        if header is None:
            return True
        roles = self._book.of_header(header)
        return (
            not any(role.is_of_others(match.recogniser, match.entity) for role in roles)
            and _NO_NUMBER.search(header) is None
            and header not in _VAGUE
        )

    def of_text(self, text: str) -> list[Match]:
        """The same of a bare text in which titles and well-known names alone tell the people."""
        lower = same_length_lower(text)
        spans = [(hit.start, hit.end) for hit in self._book.index(lower).hits if hit.role.person]
        told = told_by(self._book, [lower])
        return [match for one in _lists(text, spans) for match in self._in_list(one, Spans.of(spans), (), None, told)]

    def _in_list(
        self, one: _List, known: Spans, found: Sequence[Found], entities: frozenset[str] | None, told: Told
    ) -> Iterator[Match]:
        """`found`: what else was found in the list, in order."""
        heading = heading_of(self._book, one.lower, one.first)
        if heading is None or (not heading and not heading.topics and told.names_others):
            return
        headed = heading or told.headed
        support = {(f.at, f.until): f.entity for f in found if f.entity in _CARRIED}
        for match in _made_like_found(one, found, known):
            wanted = entities is None or match.entity in entities
            if wanted and not self._is_named_otherwise(one, match.start, match.entity):
                known.add(match.start, match.end)
                yield match
        hits = [hit for rule, of_rule in self._labelled.items() if rule in headed.rules for hit in of_rule]
        hits += self._listed.occurring(one.octets[one.start : one.end])
        hits = [hit for hit in hits if entities is None or hit[0].entity in entities]
        hits = [h for h in hits if h[0].file.listed or h[0].entity in headed.entities or told.speaks_of(h[0])]
        hits.sort(key=lambda hit: _order(hit, headed, heading.topics, told))
        for rule, of_rule in groupby(hits, key=lambda hit: hit[0]):
            labelled = rule.entity in headed.entities
            is_told = labelled or rule.check is not None or (rule.file.listed and rule.id in told.topics)
            fewest = _FEWEST_TOLD if is_told else _FEWEST
            patterns = [pattern for _, pattern in of_rule]
            for candidate in _of_one_make(one, rule, patterns, known, support, fewest=fewest):
                if self._is_named_otherwise(one, candidate.start, rule.entity):
                    continue
                if known.free(candidate.start, candidate.end):
                    known.add(candidate.start, candidate.end)
                    yield match_of(candidate, rule.file.confidence.with_context, labelled=labelled)

    def _is_named_otherwise(self, one: _List, start: int, entity: str) -> bool:
        """Whether right before a value stands what speaks of another kind."""
        for hit in self._book.index(one.lower).before(start):
            if _ATTACHED.fullmatch(one.lower, hit.end, start) is None:
                return False
            kinds = hit.role.entities | self._book.entities_of(hit.role.topics)
            return bool(kinds) and entity not in kinds
        return False


def _order(hit: Hit, headed: Headed, topics: frozenset[str], told: Told) -> tuple[bool, bool, bool, int, float, str]:
    """What the heading names first, then what a check tells, then what the heading speaks of, then what the message
    speaks of most, then the surer."""
    rule = hit[0]
    weight = told.weight_of(rule) if told.speaks_of(rule) else 0
    sure = rule.file.confidence.with_context
    return rule.entity not in headed.entities, rule.check is None, rule.id not in topics, -weight, -sure, rule.id


def _lists(text: str, names: Sequence[tuple[int, int]]) -> list[_List]:
    """The lists of people in a text: two names or more with digits beside them, not far from each other."""
    runs = [run for run in runs_of(text, names, fewest=_FEWEST_TOLD) if _has_number(text, run)]
    if not runs:
        return []
    octets, lower = shadow(text), same_length_lower(text)
    return [
        _List(
            text=text,
            lower=lower,
            octets=octets,
            start=_further(text, start_of_line(text, run[0][0]), -1),
            end=_further(text, end_of_line(text, run[-1][1]), 1),
            people=tuple(run),
        )
        for run in runs
    ]


def _without_head(text: str, start: int, end: int) -> tuple[int, int]:
    """A name without the capitals that begin the number right behind it: "Bogdan Ilie SG/6609"."""
    if _GOES_ON.match(text, end) is None:
        return start, end
    head = _CAPITALS.search(text, start, end)
    return (start, head.start()) if head is not None else (start, end)


def _further(text: str, edge: int, step: int) -> int:
    """The edge of a list after the lines that go on with it: few, and none of them empty."""
    for _ in range(_FURTHER):
        if step > 0:
            new = end_of_line(text, edge + 1)
            line = text[edge + 1 : new]
        else:
            new = start_of_line(text, max(0, edge - 1))
            line = text[new : max(0, edge - 1)]
        if not line.strip():
            break
        edge = new
    return edge


def _has_number(text: str, people: Sequence[tuple[int, int]]) -> bool:
    around = text[start_of_line(text, people[0][0]) : end_of_line(text, people[-1][1])]
    return sum(map(str.isdigit, around)) >= _FEWEST_DIGITS


def _of_one_make(
    one: _List,
    rule: Rule,
    patterns: Sequence[Any],
    known: Spans,
    support: Mapping[tuple[int, int], str],
    *,
    fewest: int,
) -> list[Candidate]:
    """The values of one rule in a list that are made alike and stand beside enough of its people. What was found before
    (`support`) counts as made alike, too."""
    text, octets = one.text[one.start : one.end], one.octets[one.start : one.end]
    free: list[Candidate] = []
    for pattern in patterns:
        moved = (_moved(c, one.start) for c in candidates(rule, pattern, text, octets))
        whole = [c for c in moved if is_whole(one.text, c.start, c.end)]
        of_pattern = [c for c in whole if (c.start, c.end) in support or known.free(c.start, c.end)]
        if rule.check is None or _mostly_pass(of_pattern, pattern, octets, one, known):
            free += of_pattern
    if len(free) < _FEWEST_TOLD:
        return []
    makes: dict[str, list[Candidate]] = {}
    for candidate in free:
        make = "" if rule.check is not None else _make(one.text[candidate.start : candidate.end])
        makes.setdefault(make, []).append(candidate)
    known_lines = {start_of_line(one.text, start) for (start, _), entity in support.items() if entity == rule.entity}
    counted = [
        candidate
        for alike in makes.values()
        if not _have_theirs(one, [c for c in alike if (c.start, c.end) not in support], known_lines)
        for candidate in _of_people(one, rule, alike, fewest)
    ]
    return [c for c in counted if (c.start, c.end) not in support]


def _have_theirs(one: _List, alike: Sequence[Candidate], known_lines: set[int]) -> bool:
    """Whether most of the lines in which these stand hold another of the same kind already."""
    return 2 * sum(start_of_line(one.text, c.start) in known_lines for c in alike) > len(alike)


def _of_people(one: _List, rule: Rule, alike: Sequence[Candidate], fewest: int) -> list[Candidate]:
    """Of values made alike those that count: none where they stand beside too few people, or are dates."""
    if all(_is_date(one.text[c.start : c.end]) for c in alike):
        return []
    likely = {c for c in alike if score(rule, one.lower, c.start, c.end, match_start=c.match_start)[0] > 0}
    if len({one.owner_of(c.start, c.end) for c in likely} - {None}) < fewest:
        return []
    return [c for c in alike if c in likely or not one.speaks_against(rule, c.start)]


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a value is no piece of a longer one, of a sum or of an address of the web."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    goes_on = len(after) == 2 and after[0] in "/-.,_=" and after[1].isalnum()
    return not goes_on and not (before and (before[-1] in "£$€=_#@" or (before[-1] in "/-." and before[0].isalnum())))


def _mostly_pass(free: Sequence[Candidate], pattern: Any, octets: bytes, one: _List, known: Spans) -> bool:
    """Whether nearly all numbers of the form pass the check: where many do not, those that do are chance."""
    alike = sum(known.free(one.start + m.start(), one.start + m.end()) for m in pattern.finditer(octets))
    return len(free) >= _SHARE_OF_CHECKED * alike


def _moved(candidate: Candidate, by: int) -> Candidate:
    return replace(
        candidate, start=candidate.start + by, end=candidate.end + by, match_start=candidate.match_start + by
    )


def _make(value: str) -> str:
    """How a value is made: how many letters and digits it has, and what parts them ("OM88213377", "OM8822014A")."""
    return "".join("9" if c.isalnum() else c for c in value)


def _made_like_found(one: _List, found: Sequence[Found], known: Spans) -> Iterator[Match]:
    """What stands in a list beside people made like what was found in its first row, or in most of its rows."""
    seeds: dict[tuple[str, str], list[Found]] = {}
    for item in found:
        if item.entity in _CARRIED | _CHECKED and item.exempt is None:
            make = _like(one.text[item.at : item.until])
            if make:
                seeds.setdefault((item.entity, make), []).append(item)
    for (entity, make), items in seeds.items():
        item = items[0]
        spans = [
            match.span()
            for match in re.compile(rf"(?<![\w/\-.£]){make}(?![\w/\-]|\.\d)").finditer(one.text, one.start, one.end)
            if known.free(*match.span())
            and one.owner_of(*match.span()) is not None
            and _is_reference(match[0])
            and not _is_date(match[0])
        ]
        is_first = all(item.at < start for start, _ in spans)
        if not spans or not (len(items) > len(spans) or (is_first and entity in _CARRIED)):
            continue
        for start, end in spans:
            yield Match(
                entity=entity,
                category=item.category,
                recogniser=item.recogniser,
                start=start,
                end=end,
                confidence=item.confidence,
                mask=item.mask,
            )


def _like(value: str) -> str:
    """A pattern of values made like this one: what begins with letters begins so, and may have letters further on.
    Empty where too many other things are made so."""
    if sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
        return ""
    head = len(value) - len(value.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    further = "[0-9A-Z]" if head else "[0-9]"
    return "".join(
        "[A-Z]" if index < head else further if c.isalnum() and c.isascii() else re.escape(c)
        for index, c in enumerate(value)
    )


def _is_date(value: str) -> bool:
    return _is_date_of_calendar(value) or _COMPACT_DATE.fullmatch(value) is not None
