"""Exact match: what a message holds of the people in the council's own records.

Single fields (a reference, a telephone number) are looked up by themselves, combinations (a name and a date of birth)
where their parts stand near one another, in one row of a table, or anywhere in a message that has few of them. What
matches is certain: its finding gets confidence 1 and the names of the indexes; where nothing was found yet, a finding
is made. Only the indexes that a question asks for are looked through for all that the text might hold; the others
only for what was found anyhow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from ...model import Area, Category, Individual, Question
from ..found import Found, Reading
from ..people.exempt import Exempter
from ..tables.cells import place_of_cell
from .candidates import Candidate, forms_of, of_findings, of_piece, pieces_of
from .combinations import FEW, combinations
from .index_table import CouncilRecords, IndexTable, KeyMaker, part_label
from .normal_forms import email_form, known_by

RECOGNISER = "exact-match"
CERTAIN = 1.0

_STRETCH = 512  # characters: findings are looked for by the stretches of text that they stand in
_ENTITY = {
    "name": ("PERSON", Category.NAME, "{^1}###"),
    "date_of_birth": ("DATE_OF_BIRTH", Category.CONTACT, "##/##/####"),
    "postcode": ("UK_POSTCODE", Category.CONTACT, "###"),
    "phone": ("PHONE_NUMBER", Category.CONTACT, "###{2}"),
    "email": ("EMAIL_ADDRESS", Category.CONTACT, "###"),
    "reference": ("COUNCIL_REFERENCE", Category.REFERENCE, "###{2}"),
}
_Form = tuple[str, bool, int, int]
"""A form of a candidate, whether it may stand alone, where it starts and ends."""
_MOST_REMEMBERED = 200_000  # values that were looked up for one message
_OF_NAMES = frozenset({"forename", "surname"})
_NAMES = _OF_NAMES | {"name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One part of a key that matched."""

    candidate: Candidate
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    index: str
    parts: tuple[_Part, ...]


class ExactMatcher:
    """Looks up in the open indexes. `short_names` are lines of a given name and its short forms."""

    def __init__(self, records: CouncilRecords, short_names: Sequence[str]) -> None:
        self._indexes = records.indexes
        self._maker = records.maker
        self._others = known_by(short_names)

    def match(
        self, readings: Sequence[Reading], found: Sequence[Found], question: Question, exempter: Exempter
    ) -> list[Found]:
        """Mark those of `found` that are recorded; answers the findings that are new.

        A single field that is exempt (the author's own name below the mail) does not match; a combination always does.
        """
        if self._maker is None or not self._indexes:
            return []
        asked = [t for name, t in self._indexes.items() if question.indexes is None or name in question.indexes]
        places = _Places(found)
        fresh: list[Found] = []
        known = list(of_findings(found))
        rest = [table for table in self._indexes.values() if all(table.name != t.name for t in asked)]
        for tables, portions in ((rest, [known]), (asked, _portions(readings, known, asked))):
            lookup = _Lookup(self._maker, tables, self._others)
            for candidates in portions if tables else ():
                for hit in lookup.hits(candidates):
                    fresh += places.note(hit, exempter)
        return fresh

    def known_to(
        self, individuals: Sequence[Individual], found: Sequence[Found], question: Question
    ) -> tuple[Individual, ...]:
        """The individuals with the indexes that their findings are in, and with the recipients who are recorded as
        acting for them. `found` are the findings that the individuals count."""
        if self._maker is None or not self._indexes:
            return tuple(individuals)
        tables = [table for table in self._indexes.values() if any("contact" in kinds for kinds in table.kinds)]
        contacts = self._contacts(question.recipients, tables)
        answer = []
        for person in individuals:
            names = {name for n in person.findings for name in found[n].indexes}
            known = self._acting_for([found[n] for n in person.findings], contacts) if contacts else ()
            answer.append(replace(person, indexes=tuple(sorted(names)), known_to=known) if names or known else person)
        return tuple(answer)

    def _contacts(
        self, recipients: Iterable[str], tables: Sequence[IndexTable]
    ) -> list[tuple[str, str, list[IndexTable]]]:
        """The recipients that stand in an index at all: address, its form, the indexes."""
        contacts = []
        for address in recipients if self._maker and tables else ():
            form = email_form(address)
            if form is not None:
                key = self._maker.key(part_label("contact"), (form,)) if self._maker else b""
                listing = [table for table in tables if table.find(key)]
                if listing:
                    contacts.append((address, form, listing))
        return contacts

    def _acting_for(
        self, found: Sequence[Found], contacts: Iterable[tuple[str, str, list[IndexTable]]]
    ) -> tuple[str, ...]:
        candidates = [replace(c, start=0, end=0, row=None) for c in of_findings(found)]
        acting = []
        for address, form, tables in contacts:
            here = Candidate(reading=found[0].reading, kind="contact", start=0, end=0, forms=((form, 0, 0),))
            lookup = _Lookup(self._require_maker(), tables, self._others, only_with="contact")
            if next(lookup.hits([here, *candidates]), None) is not None:
                acting.append(address)
        return tuple(acting)

    def _require_maker(self) -> KeyMaker:
        assert self._maker is not None
        return self._maker


def _portions(
    readings: Sequence[Reading], known: Sequence[Candidate], tables: Sequence[IndexTable]
) -> Iterator[list[Candidate]]:
    """All candidates, in portions of what may belong together."""
    wanted, anchors = _wanted(tables)
    by_reading: dict[int, list[Candidate]] = {}
    for candidate in known:
        if not candidate.reading.passage.table:  # of a table every cell is looked at anyhow
            by_reading.setdefault(candidate.reading.index, []).append(candidate)
    for pieces in pieces_of(reading for reading in readings if _may_tell(reading)):
        portion: list[Candidate] = []
        for piece in pieces:
            found = by_reading.get(piece.reading.index, ())
            portion += [c for c in found if piece.start <= c.start < piece.end]
            portion += of_piece(piece, wanted, anchors)
        yield portion
    silent = [c for reading in readings if not _may_tell(reading) for c in by_reading.get(reading.index, ())]
    if silent:
        yield silent


def _wanted(tables: Iterable[IndexTable]) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds of candidates that keys of these indexes are made of, and those that stand in a key with a name."""
    keys = {kinds for table in tables for kinds in table.kinds if "contact" not in kinds}
    fields = {name for kinds in keys for name in kinds}
    anchors = {name for kinds in keys if not _NAMES.isdisjoint(kinds) for name in kinds}
    return frozenset({*fields, *(("name",) if fields & _OF_NAMES else ())}), frozenset(anchors) - _NAMES


def _may_tell(reading: Reading) -> bool:
    """A message's own address fields are no text about people; its subject is."""
    passage = reading.passage
    return passage.area is not Area.HEADER and "properties" not in passage.place


class _Lookup:
    """One look through candidates for the keys of some indexes; `only_with`: only keys with that field."""

    def __init__(
        self,
        maker: KeyMaker,
        tables: Sequence[IndexTable],
        others: Mapping[str, frozenset[str]],
        *,
        only_with: str | None = None,
    ) -> None:
        self._maker = maker
        self._others = others
        self._hits: dict[tuple[str, str], tuple[IndexTable, ...]] = {}
        self._forms: dict[tuple[int, str], list[_Form]] = {}
        self._tables: dict[tuple[str, ...], list[IndexTable]] = {}
        for table in tables:
            for kinds in table.kinds:
                if (only_with in kinds and len(kinds) > 1) if only_with else "contact" not in kinds:
                    self._tables.setdefault(kinds, []).append(table)

    def _tables_with(self, label: str, form: str, tables: Sequence[IndexTable]) -> tuple[IndexTable, ...]:
        """Those that have a key of one value; each value is looked up once for a message."""
        known = self._hits.get((label, form))
        if known is None:
            if len(self._hits) >= _MOST_REMEMBERED:
                self._hits.clear()
            key = self._maker.key(label, (form,))
            known = self._hits[label, form] = tuple(table for table in tables if table.find(key))
        return known

    def hits(self, candidates: Sequence[Candidate]) -> Iterator[_Hit]:
        """What matches, of candidates in any order."""
        self._forms.clear()  # it goes by the identity of candidates, which others may have had before
        by_kind: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            by_kind.setdefault(candidate.kind, []).append(candidate)
        for kinds in self._tables:
            members = [by_kind.get("name" if kind in _OF_NAMES else kind, []) for kind in kinds]
            if len(kinds) == 1:
                for candidate in members[0]:
                    if candidate.beside is None:
                        yield from self._ask(kinds, (candidate,))
                continue
            few = prod(sum(c.beside is None for c in each) for each in members) <= FEW
            for together in combinations(self._usable(kinds, members), anywhere=few):
                yield from self._ask(kinds, together)

    def _usable(self, kinds: tuple[str, ...], members: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
        """The candidates of each kind that are part of any combination: of most words of a text no form is. What is a
        name only beside a number waits for what the numbers say."""
        usable: dict[str, list[Candidate]] = {}
        anchors: set[tuple[int, int]] = set()
        for kind, each in sorted(zip(kinds, members, strict=True), key=lambda pair: pair[0] in _NAMES):
            usable[kind] = [
                c for c in each if (c.beside is None or (c.reading.index, c.beside) in anchors) and self._parts(c, kind)
            ]
            if kind not in _NAMES:
                anchors.update((c.reading.index, c.start) for c in usable[kind])
        return [usable[kind] for kind in kinds]

    def _ask(self, kinds: tuple[str, ...], candidates: Sequence[Candidate]) -> Iterator[_Hit]:
        """All forms of these candidates under one kind of key. A name by itself counts only in full."""
        label, tables = "+".join(kinds), self._tables[kinds]
        if len(kinds) == 1:
            for form in forms_of(candidates[0], kinds[0], self._others):
                for table in self._tables_with(label, form[0], tables) if form[1] else ():
                    yield _hit(table, candidates, (form,))
            return
        for forms in product(*(self._parts(c, kind) for c, kind in zip(candidates, kinds, strict=True))):
            key = self._maker.key(label, tuple(form[0] for form in forms))
            for table in tables:
                if table.find(key):
                    yield _hit(table, candidates, forms)

    def _parts(self, candidate: Candidate, kind: str) -> list[_Form]:
        """The forms of a candidate that are part of any combination in the indexes."""
        known = self._forms.get((id(candidate), kind))
        if known is None:
            tables = [t for kinds, each in self._tables.items() if len(kinds) > 1 and kind in kinds for t in each]
            forms = forms_of(candidate, kind, self._others)
            known = [form for form in forms if self._tables_with(part_label(kind), form[0], tables)]
            self._forms[id(candidate), kind] = known
        return known


def _hit(table: IndexTable, candidates: Sequence[Candidate], forms: Sequence[_Form]) -> _Hit:
    parts = (_Part(candidate=c, start=form[2], end=form[3]) for c, form in zip(candidates, forms, strict=True))
    return _Hit(index=table.name, parts=tuple(parts))


class _Places:
    """The findings so far, by where they stand: what matches is one of them, or new."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._found: dict[tuple[int, str, int], list[Found]] = {}
        for item in found:
            self._add(item)

    def _add(self, item: Found) -> None:
        for stretch in _stretches(item.at, item.until):
            self._found.setdefault((item.reading.index, item.entity, stretch), []).append(item)

    def note(self, hit: _Hit, exempter: Exempter) -> Iterator[Found]:
        """Mark what a hit is about; answers the findings that are new."""
        combined = len(hit.parts) > 1
        for part in hit.parts:
            item = self._finding(part)
            new = item is None
            if item is None:
                item = _new_finding(part)
                exempter.mark([item])
            if item.exempt is not None and not combined:
                continue
            item.confidence = CERTAIN
            item.indexes = tuple(sorted({*item.indexes, hit.index}))
            if new:
                self._add(item)
                yield item

    def _finding(self, part: _Part) -> Found | None:
        candidate = part.candidate
        if candidate.found is not None:
            return candidate.found
        reading, entity = candidate.reading.index, _ENTITY[candidate.kind][0]
        for stretch in _stretches(part.start, part.end):
            for item in self._found.get((reading, entity, stretch), ()):
                if item.at < part.end and part.start < item.until:
                    return item
        return None


def _stretches(start: int, end: int) -> range:
    return range(start // _STRETCH, max(start, end - 1) // _STRETCH + 1)


def _new_finding(part: _Part) -> Found:
    candidate = part.candidate
    reading = candidate.reading
    entity, category, mask = _ENTITY[candidate.kind]
    start, end, place, value = part.start, part.end, reading.passage.place, ""
    if candidate.row is None:
        value = reading.canonical.text[part.start : part.end]
        start, end = reading.canonical.span(part.start, part.end)
    else:
        text = reading.passage.text
        value = text[part.start : part.end].replace("\t", " ")
        column = text.count("\t", text.rfind("\n", 0, part.start) + 1, part.start)
        place = place_of_cell(reading.passage, candidate.row, column)
    return Found(
        reading=reading,
        entity=entity,
        category=category,
        recogniser=RECOGNISER,
        at=part.start,
        until=part.end,
        start=start,
        end=end,
        place=place,
        value=value,
        confidence=CERTAIN,
        mask=mask,
        row=candidate.row,
        quoted=candidate.row is None and reading.layout.is_quoted(part.start),
    )
