"""Tables: columns typed by their header and by what their cells hold; each row is one person.

A table never goes through the language model or presidio's engine: a column is searched as one text,
and its header is the context of every cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...model import Category, Passage
from ..found import Found, Reading
from ..layout import Layout
from ..normalise import Canonical
from ..overlap import Match, resolve
from ..patterns.context import by_header, has_phrase, labels, same_length_lower, score
from ..patterns.pattern import FLOOR, Candidate, Rule, candidates, match_of, shadow
from ..ruleset import Ruleset
from ..sensitive.lexicon import TermScanner, match_of_term
from .accounts import with_meanings
from .columns import Column, read_columns
from .headed import addresses_by_header, terms_by_header
from .pasted import Pasted, pasted_tables

MOST_OF_ONE_ENTITY = 5000
"""Findings of one entity that are listed for one table; the rest says nothing new and costs a store much."""

_FORM_ROWS = 12
_HEADER_ROWS = 6  # the header is looked for in the first rows: titles may stand above it
_ENOUGH_VALUES = 5  # values that must pass a rule's check before they type a column without header
_SAMPLE = 200
_SHARE = 0.8
_WORD = re.compile(r"[^\W\d_]{2}")
_PERSON_HEADERS = ("nhs", "dob", "date of birth", "client", "nino", "pupil", "upn", "service user")
_LAST = ("surname", "last name", "family name", "lastname", "last_name")
_FIRST = ("forename", "forenames", "first name", "firstname", "given name", "first_name", "christian name")


class TableReader:
    """Reads tables with the rules of a ruleset."""

    def __init__(self, ruleset: Ruleset, term_scanner: TermScanner) -> None:
        self._ruleset = ruleset
        self._term_scanner = term_scanner
        self._full = ruleset.phrases("name-headers")
        self._not_names = ruleset.phrases("not-name-headers")
        self._addresses = ruleset.phrases("address-headers")
        headed = {phrase for file in ruleset.terms.values() for phrase in file.headers}
        self._known_headers = (
            *self._addresses,
            *sorted(headed),
            *labels(ruleset.scanner.rules),
            *self._full,
            *_LAST,
            *_FIRST,
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
        first = reading.canonical.text.count("\n", 0, table.start)
        found = self.read(inner, entities, names=names)
        for item in found:
            item.reading = reading
            item.at, item.until = item.at + table.start, item.until + table.start
            item.start, item.end = reading.canonical.span(item.at, item.until)
            item.place = reading.passage.place
            item.quoted = reading.layout.is_quoted(item.at)
            if item.row is not None:
                item.row += first
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
            _in_cell(reading, column, match)
            for column in columns
            for match in resolve(list(self._matches(column, entities)))
            if _counted(match.entity, counts)
        ]
        if names and (entities is None or "PERSON" in entities):
            found += self._names(reading, columns)
        if any(self._is_name_header(c.header) or has_phrase(c.header, _PERSON_HEADERS) for c in columns):
            found += [
                _in_cell(reading, column, match)
                for column in columns
                for match in self._terms_of(column, entities)
                if _counted(match.entity, counts)
            ]
            found += self._by_header(reading, columns, entities, counts, found)
        return found

    def _by_header(
        self,
        reading: Reading,
        columns: Sequence[Column],
        entities: frozenset[str] | None,
        counts: dict[str, int],
        found: Sequence[Found],
    ) -> list[Found]:
        """What a column's header alone says of its values, in cells in which nothing of that kind was found."""
        known = {(item.entity, item.place) for item in found}
        headed = (*terms_by_header(columns, self._ruleset.terms), *addresses_by_header(columns, self._addresses))
        items = [_in_cell(reading, c, match) for c, match in headed if entities is None or match.entity in entities]
        return [i for i in items if (i.entity, i.place) not in known and _counted(i.entity, counts)]

    def _terms_of(self, column: Column, entities: frozenset[str] | None) -> list[Match]:
        terms = self._term_scanner.scan(column.text, [], entities, row=True)
        return resolve([match_of_term(term, self._ruleset.terms[term.lexicon]) for term in terms])

    def _columns(self, reading: Reading) -> list[Column]:
        lines = reading.passage.text.split("\n")
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
        no_words = not column.left and _WORD.search(text) is None  # no cell holds its own label
        for rule, pattern in self._ruleset.scanner.occurring(octets, entities):
            by_column = by_header(rule, header)
            if by_column == 0.0:
                continue
            if by_column is None and not header and self._types_column(rule, pattern, column, octets):
                by_column = rule.file.confidence.with_context
            if by_column is None and rule.needs_label and no_words:
                continue
            count = 0
            for candidate in candidates(rule, pattern, text, octets):
                if count == MOST_OF_ONE_ENTITY:
                    break
                confidence, labelled = self._score(candidate, column, lower, by_column)
                if confidence >= FLOOR:
                    count += 1
                    yield match_of(candidate, confidence, labelled=labelled)

    def _score(self, candidate: Candidate, column: Column, lower: str, by_column: float | None) -> tuple[float, bool]:
        cell = column.cell(candidate.start)
        first, last = column.starts[cell], column.end(cell)
        if candidate.end > last:
            return 0.0, False
        if by_column is not None:
            return by_column, True
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

    def _types_column(self, rule: Rule, pattern: Any, column: Column, octets: bytes) -> bool:
        """Whether nearly all cells of a column without header pass a rule's check: chance does not do that."""
        if rule.check is None or len(column.starts) < _ENOUGH_VALUES:
            return False
        rows = min(len(column.starts), _SAMPLE)
        end = column.starts[rows] if rows < len(column.starts) else len(octets)
        return sum(1 for _ in candidates(rule, pattern, column.text, octets[:end])) >= _SHARE * rows

    def _names(self, reading: Reading, columns: list[Column]) -> list[Found]:
        full = [c for c in columns if self._is_full_name(c.header) or (not c.header and self._holds_names(c))]
        last = [c for c in columns if _has_any(c.header, _LAST)]
        # Surname and forename are one name: the finding is the surname's cell, its value both.
        given = [c for c in columns if _has_any(c.header, _FIRST)]
        first = {row: cell for c in given for row, cell in zip(c.rows, c.cells, strict=True)}
        if not last and not full:
            last = given
            first = {}
        found = []
        for column in [*full, *last]:
            for index, cell in enumerate(column.text.split("\n")[:MOST_OF_ONE_ENTITY]):
                if column.rows[index] >= column.below and _looks_like_name(cell):
                    item = _in_cell(reading, column, _name_match(column.starts[index], cell))
                    if column in last and column.rows[index] in first:
                        item.value = f"{first[column.rows[index]]} {item.value}"
                    found.append(item)
        return [*found, *self._names_of_form(reading, columns)]

    def _names_of_form(self, reading: Reading, columns: list[Column]) -> list[Found]:
        found = []
        for column in columns:
            texts = column.text.split("\n") if column.left else []
            for index, (row, cell) in enumerate(zip(column.rows, texts, strict=False)):
                label = column.left.get(row, "").strip(" :*").lower()
                if self._is_name_header(label) and _looks_like_name(cell):
                    found.append(_in_cell(reading, column, _name_match(column.starts[index], cell)))
        return found

    def _is_name_header(self, header: str) -> bool:
        plain = header.replace("_", " ").strip(" :*")
        names = (*self._full, *_LAST, *_FIRST)
        return plain in names or (_has_any(plain, names) and not has_phrase(plain, self._not_names))

    def _is_full_name(self, header: str) -> bool:
        return self._is_name_header(header) and not _has_any(header, (*_LAST, *_FIRST))

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


def _in_cell(reading: Reading, column: Column, match: Match) -> Found:
    passage = reading.passage
    cell = column.cell(match.start)
    row = column.rows[cell]
    start, end = column.span(cell, match.start - column.starts[cell], match.end - column.starts[cell])
    return Found(
        reading=reading,
        entity=match.entity,
        category=Category(match.category),
        recogniser=match.recogniser,
        at=start,
        until=end,
        start=start,
        end=end,
        place=place_of_cell(passage, row, column.number),
        value=column.text[match.start : match.end],
        confidence=match.confidence,
        mask=match.mask,
        row=-1 if column.left else row,
    )


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


def place_of_cell(passage: Passage, row: int, column: int) -> str:
    """The place of a cell in words; `row` and `column` are those of the passage's text, from 0."""
    name = f"cell {_letters(passage.first_column + column)}{passage.first_row + row}"
    return f"{passage.place}, {name}" if passage.place else name


def _letters(number: int) -> str:
    """A column's letters as spreadsheets count: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _counted(entity: str, counts: dict[str, int]) -> bool:
    counts[entity] = counts.get(entity, 0) + 1
    return counts[entity] <= MOST_OF_ONE_ENTITY


def _has_any(header: str, names: tuple[str, ...]) -> bool:
    return header.strip(" :*").replace("_", " ") in names or has_phrase(header.replace("_", " "), names)


def _looks_like_name(cell: str) -> bool:
    cell = cell.strip()
    if not 2 <= len(cell) <= 60 or cell.lower() in ("n/a", "none", "unknown", "total", "tbc", "vacant", "various"):
        return False
    return any(c.isalpha() for c in cell) and not any(c.isdigit() or c in "@/<>=" for c in cell)
