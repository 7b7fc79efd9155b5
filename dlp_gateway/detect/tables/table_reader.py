"""Tables: columns typed by their header and by what their cells hold; each row is one person.

A table never goes through the language model or presidio's engine: a column is searched as one text,
and its header is the context of every cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from ...model import Category
from ..found import Found, Reading
from ..layout import Layout
from ..normalise import Canonical
from ..overlap import Match, resolve
from ..patterns.context import by_header, has_phrase, labels, same_length_lower, score
from ..patterns.pattern import FLOOR, Candidate, Hit, candidates, match_of, shadow
from ..ruleset import Ruleset
from ..sensitive.lexicon import TermScanner, match_of_term
from ..sensitive.statements import StatementReader
from .cells import in_cells, place_of_cell
from .columns import Column, read_columns
from .headed import address_columns, terms_by_header
from .pasted import Pasted, pasted_tables
from .vague_headers import with_meanings

MOST_OF_ONE_ENTITY = 5000
"""Findings of one entity that are listed for one table; the rest says nothing new and costs a store much."""

_ADDRESS = "UK_ADDRESS"
_FORM_ROWS = 12
_HEADER_ROWS = 6  # the header is looked for in the first rows: titles may stand above it
_ENOUGH_VALUES = 5  # values that must pass a rule's check before they type a column without header
_SAMPLE = 200
_SHARE = 0.8
_NO_NAME = frozenset("@/<>=")
_WORD = re.compile(r"[^\W\d_]{2}")
_NOTE = re.compile(r"(?<![^\s(])[a-z][a-z']+[ ,]+(?:[a-z]{2,}|\d)")
_PERSON_HEADERS = ("nhs", "dob", "date of birth", "client", "nino", "pupil", "upn", "service user")
_OF_ONE_PERSON = frozenset({"DATE_OF_BIRTH", "UK_BLUE_BADGE", "UK_NHS", "UK_NINO", "UK_PASSPORT", "UK_ULN", "UK_UPN"})
_LAST = ("surname", "last name", "family name", "lastname", "last_name")
_FIRST = ("forename", "forenames", "first name", "firstname", "given name", "first_name", "christian name")
_PARTS_OF_NAMES = (*_LAST, *_FIRST)
# The same where they are all of a header: "first contact" heads no names.
_LAST_ALONE = frozenset({"last", "sur", "family", "lname", "snm", "s name"})
_FIRST_ALONE = frozenset({"first", "fore", "given", "given names", "first names", "fname", "f name", "first/known as"})


class TableReader:
    """Reads tables with the rules of a ruleset."""

    def __init__(self, ruleset: Ruleset, term_scanner: TermScanner, statements: StatementReader | None) -> None:
        self._ruleset = ruleset
        self._term_scanner = term_scanner
        self._statements = statements
        self._full = ruleset.phrases("name-headers")
        self._names_or_parts = (*self._full, *_PARTS_OF_NAMES)
        self._not_names = ruleset.phrases("not-name-headers")
        self._addresses = ruleset.phrases("address-headers")
        headed = {phrase for file in ruleset.terms.values() for phrase in file.headers}
        self._known_headers = (
            *self._addresses,
            *sorted(headed),
            *labels(ruleset.scanner.rules),
            *self._names_or_parts,
            "email",
            "dob",
        )

    def pasted(self, text: str) -> tuple[Pasted, ...]:
        """The tables that were pasted into a text and whose columns have headers that are known."""
        return tuple(pasted_tables(text, self._are_headers))

    def read_pasted(
        self, reading: Reading, table: Pasted, entities: frozenset[str] | None, *, names: bool
    ) -> list[Found]:
        """The findings of a pasted table, as those of the text that it stands in."""
        passage = replace(reading.passage, text=table.text, table=True, place="")
        inner = Reading(index=reading.index, passage=passage, canonical=Canonical(text=""), layout=Layout())
        found = self.read(inner, entities, names=names)
        for item in found:
            item.reading = reading
            item.at, item.until = item.at + table.start, item.until + table.start
            item.start, item.end = reading.canonical.span(item.at, item.until)
            item.place = reading.passage.place
            item.quoted = reading.layout.is_quoted(item.at)
            if item.row is not None:
                item.row += table.first_line
        return found

    def _are_headers(self, cells: Sequence[str]) -> bool:
        """Whether cells in lower case head columns: nearly all are short, and two or half of them are known."""
        return len(cells) >= 2 and self._known_cells(list(cells)) * 2 >= min(len(cells), 4)

    def read(self, reading: Reading, entities: frozenset[str] | None, *, names: bool) -> list[Found]:
        """The findings of a table: by pattern, by term where its rows are people, and with `names` of its
        name columns."""
        columns = with_meanings(self._columns(reading))
        counts: dict[str, int] = {}
        found = [
            item
            for column in columns
            for item in in_cells(reading, column, _counted(resolve(list(self._matches(column, entities))), counts))
        ]
        if names and (entities is None or "PERSON" in entities):
            found += self._names(reading, columns)
        headed = any(self._is_name_header(c.header) or has_phrase(c.header, _PERSON_HEADERS) for c in columns)
        if headed or _rows_are_people(found):
            for column in columns:
                found += in_cells(reading, column, _counted(self._terms_of(column, entities), counts))
            found += [*self._by_header(reading, columns, entities, counts, found)]
        return found

    def _by_header(
        self,
        reading: Reading,
        columns: Sequence[Column],
        entities: frozenset[str] | None,
        counts: dict[str, int],
        found: Sequence[Found],
    ) -> Iterator[Found]:
        """What a column's header alone says of its values, in cells in which nothing of that kind was found."""
        wanted = {n: file for n, file in self._ruleset.terms.items() if entities is None or file.entity in entities}
        headed = [*terms_by_header(columns, wanted)]
        if entities is None or _ADDRESS in entities:
            headed += address_columns(columns, self._addresses, _addresses_by_column(reading, columns, found))
        known = {(item.entity, item.place) for item in found} if headed else set()
        for column, matches in headed:
            for item in in_cells(reading, column, matches):
                if (item.entity, item.place) in known:
                    continue
                if _is_enough(item.entity, counts):
                    break
                yield item

    def _terms_of(self, column: Column, entities: frozenset[str] | None) -> list[Match]:
        terms = self._term_scanner.scan(column.text, [], entities, row=True)
        matches = [match_of_term(term, self._ruleset.terms[term.lexicon]) for term in terms]
        if self._statements is not None and _holds_notes(column):
            matches += islice(self._statements.read_cells(column.text, matches, entities), MOST_OF_ONE_ENTITY)
        return resolve(matches)

    def _columns(self, reading: Reading) -> list[Column]:
        lines = reading.passage.text.split("\n", _FORM_ROWS)[:_FORM_ROWS]
        form = self._is_form(lines)
        header_row = None if form else self._header_row(lines)
        return read_columns(reading.passage.text, header_row, form=form)

    def _header_row(self, lines: list[str]) -> int | None:
        """The first of the rows that say most: a title above the header may hold a word of one, too."""
        known = [self._known_cells(line.split("\t")) for line in lines[:_HEADER_ROWS]]
        return known.index(max(known)) if any(known) else None

    def _is_form(self, lines: list[str]) -> bool:
        """Whether labels stand to the left of their values: the table is about one person, not one a row."""
        first = [line.split("\t")[0].strip(" :*").lower() for line in lines[:_FORM_ROWS] if "\t" in line]
        if any(line.count("\t") > 3 for line in lines[:_FORM_ROWS]):
            return False
        return sum(self._is_label(cell) for cell in first) >= max(2, len(first) // 3)

    def _is_label(self, cell: str) -> bool:
        return 0 < len(cell) <= 40 and has_phrase(cell.replace("_", " "), self._known_headers)

    def _known_cells(self, cells: list[str]) -> int:
        """How many cells of a row are known as headers; none where the row can't be a header."""
        filled = [c.strip().lower() for c in cells if c.strip()]
        if any(len(c) > 60 or sum(ch.isdigit() for ch in c) > 4 or "@" in c for c in filled):
            return 0
        known = sum(has_phrase(c.replace("_", " "), self._known_headers) for c in filled)
        return known if known * 4 >= len(filled) else 0

    def _matches(self, column: Column, entities: frozenset[str] | None) -> Iterator[Match]:
        """The matches of one column, at most MOST_OF_ONE_ENTITY of each pattern."""
        text = column.text
        lower = same_length_lower(text)
        octets = shadow(text)
        header = column.header.replace("_", " ")
        has_words: bool | None = None
        for hit in self._ruleset.scanner.occurring(octets, entities):
            rule, pattern = hit
            by_column = by_header(rule, header)
            if by_column == 0.0:
                continue
            if by_column is None and not header and self._types_column(hit, column, octets):
                by_column = rule.file.confidence.with_context
            if by_column is None and rule.needs_label:
                if has_words is None:
                    has_words = bool(column.left) or _WORD.search(text) is not None
                if not has_words:
                    continue  # no cell holds its own label
            in_column = candidates(rule, pattern, text, octets)
            found = (
                _typed(in_column, text, by_column) if by_column is not None else self._judged(in_column, column, lower)
            )
            yield from islice(found, MOST_OF_ONE_ENTITY)

    def _judged(self, in_column: Iterable[Candidate], column: Column, lower: str) -> Iterator[Match]:
        """Those of a column's candidates that are believed for what stands in their cells."""
        for candidate in in_column:
            confidence, labelled = self._score(candidate, column, lower)
            if confidence >= FLOOR:
                yield match_of(candidate, confidence, labelled=labelled)

    def _score(self, candidate: Candidate, column: Column, lower: str) -> tuple[float, bool]:
        cell = column.cell(candidate.start)
        first, last = column.starts[cell], column.end(cell)
        if candidate.end > last:
            return 0.0, False
        label = column.left.get(column.rows[cell], "").lower()
        if not label and candidate.start == first and candidate.end == last:
            return candidate.rule.file.confidence.plain, False  # nothing else stands in the cell
        text = f"{label} {lower[first:last]}" if label else lower[first:last]
        shift = len(text) - (last - first) - first
        return score(
            candidate.rule,
            text,
            candidate.start + shift,
            candidate.end + shift,
            match_start=candidate.match_start + shift,
        )

    def _types_column(self, hit: Hit, column: Column, octets: bytes) -> bool:
        """Whether nearly all cells of a column without header pass a rule's check: chance does not do that."""
        rule, pattern = hit
        if rule.check is None or len(column.starts) < _ENOUGH_VALUES:
            return False
        rows = min(len(column.starts), _SAMPLE)
        end = column.starts[rows] if rows < len(column.starts) else len(octets)
        return sum(1 for _ in candidates(rule, pattern, column.text, octets[:end])) >= _SHARE * rows

    def _names(self, reading: Reading, columns: list[Column]) -> list[Found]:
        full = [c for c in columns if self._is_full_name(c.header) or (not c.header and self._holds_names(c))]
        last = [c for c in columns if _heads(c.header, _LAST, _LAST_ALONE)]
        # Surname and forename are one name: the finding is the surname's cell, its value both.
        given = [c for c in columns if _heads(c.header, _FIRST, _FIRST_ALONE)]
        first = {row: cell for c in given for row, cell in zip(c.rows, c.cells, strict=True)}
        if not last and not full:
            last = given
            first = {}
        found: list[Found] = []
        for column in full:
            found += in_cells(reading, column, _names_in(column))
        for column in last:
            for item in in_cells(reading, column, _names_in(column)):
                if item.row in first:
                    item.value = f"{first[item.row]} {item.value}"
                found.append(item)
        return [*found, *self._names_of_form(reading, columns)]

    def _names_of_form(self, reading: Reading, columns: list[Column]) -> list[Found]:
        found: list[Found] = []
        for column in columns:
            texts = column.text.split("\n") if column.left else []
            named = [
                _name_match(start, cell)
                for row, start, cell in zip(column.rows, column.starts, texts, strict=False)
                if self._is_name_header(column.left.get(row, "").strip(" :*").lower()) and _looks_like_name(cell)
            ]
            found += in_cells(reading, column, named)
        return found

    def _is_name_header(self, header: str) -> bool:
        plain = header.replace("_", " ").strip(" :*")
        names = self._names_or_parts
        return plain in names or (_has_any(plain, names) and not has_phrase(plain, self._not_names))

    def _is_full_name(self, header: str) -> bool:
        return self._is_name_header(header) and not _has_any(header, _PARTS_OF_NAMES)

    def _holds_names(self, column: Column) -> bool:
        """Whether a column without header holds names: most cells begin with a known first name."""
        if column.left or len(column.cells) < _ENOUGH_VALUES:
            return False
        sample = column.cells[:_SAMPLE]
        known = self._ruleset.words.get("first-names", frozenset())
        likely = sum(
            2 <= len(cell.split()) <= 4 and cell.split()[0].lower() in known and _looks_like_name(cell)
            for cell in sample
        )
        return likely >= 0.6 * len(sample)


def _rows_are_people(found: Iterable[Found]) -> bool:
    """Whether two rows or more hold what only people have: headers may be missing, or say nothing ("X1")."""
    return len({item.row for item in found if item.entity in _OF_ONE_PERSON and item.row is not None}) > 1


def _addresses_by_column(reading: Reading, columns: Sequence[Column], found: Sequence[Found]) -> dict[int, int]:
    """How many cells of each column hold an address."""
    places = {item.place for item in found if item.entity == _ADDRESS}
    if not places:
        return {}
    return {
        c.number: sum(place_of_cell(reading.passage, row, c.number) in places for row in c.rows[:_SAMPLE])
        for c in columns
    }


def _holds_notes(column: Column) -> bool:
    """Whether a column's cells are written in words: names, streets and codes have capitals or digits."""
    sample = column.cells[:_SAMPLE]
    return sum(_NOTE.search(cell) is not None for cell in sample) * 5 >= len(sample)


def _typed(in_column: Iterable[Candidate], text: str, confidence: float) -> Iterator[Match]:
    """The candidates that lie in one cell each, all of them what the column is known to hold."""
    for candidate in in_column:
        if text.find("\n", candidate.start, candidate.end) < 0:
            yield match_of(candidate, confidence, labelled=True)


def _names_in(column: Column) -> Iterator[Match]:
    """What stands in the cells of a column of names, of MOST_OF_ONE_ENTITY at the most."""
    cells = column.text.split("\n")[:MOST_OF_ONE_ENTITY]
    for row, start, cell in zip(column.rows, column.starts, cells, strict=False):
        if row >= column.below and _looks_like_name(cell):
            yield _name_match(start, cell)


def _name_match(start: int, cell: str) -> Match:
    start += len(cell) - len(cell.lstrip())
    return Match(
        entity="PERSON",
        category=Category.NAME,
        recogniser="name-column",
        start=start,
        end=start + len(cell.strip()),
        confidence=0.9,
        mask="{^1}###",
    )


def _counted(matches: Iterable[Match], counts: dict[str, int]) -> Iterator[Match]:
    """Those that are listed; `counts` says how many of each entity there were already."""
    return (match for match in matches if not _is_enough(match.entity, counts))


def _is_enough(entity: str, counts: dict[str, int]) -> bool:
    """Count one more of an entity: whether it is one too many."""
    counts[entity] = counts.get(entity, 0) + 1
    return counts[entity] > MOST_OF_ONE_ENTITY


def _has_any(header: str, names: tuple[str, ...]) -> bool:
    return header.strip(" :*").replace("_", " ") in names or has_phrase(header.replace("_", " "), names)


def _heads(header: str, names: tuple[str, ...], alone: frozenset[str]) -> bool:
    return _has_any(header, names) or header.strip(" :*.").replace("_", " ") in alone


def _looks_like_name(cell: str) -> bool:
    cell = cell.strip()
    if not 2 <= len(cell) <= 60 or cell.lower() in ("n/a", "none", "unknown", "total", "tbc", "vacant", "various"):
        return False
    if cell.isalpha():
        return True
    letters, digits = any(map(str.isalpha, cell)), any(map(str.isdigit, cell))
    return letters and not digits and _NO_NAME.isdisjoint(cell)
