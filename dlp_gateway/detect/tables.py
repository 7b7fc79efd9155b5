"""Tables: columns typed by their header and by what their cells hold; each row is one person.

A table never goes through the language model or presidio's engine: a column is searched as one text,
and its header is the context of every cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ..model import Category
from .context import has_phrase, labels, score
from .found import Found, Reading
from .lexicon import TermScanner
from .normalise import Canonical, canonical
from .overlap import Match, resolve
from .pattern import FLOOR, Candidate
from .ruleset import Ruleset

MOST_OF_ONE_ENTITY = 5000
"""Findings of one entity that are listed for one table; the rest says nothing new and costs a store much."""

_HEADER_ROWS = 6  # the header is looked for in the first rows: titles may stand above it
_ENOUGH_VALUES = 5  # values that must pass a rule's check before they type a column without header
_SHARE = 0.8
_FULL = ("name", "full name", "client", "client name", "tenant", "tenant name", "patient", "patient name", "resident",
         "pupil", "pupil name", "child", "child name", "child's name", "customer", "customer name", "applicant", "claimant", "employee",
         "employee name", "parent", "carer", "service user", "contact name", "person", "student", "student name", "account holder",
         "householder", "occupier", "next of kin", "payee", "liable party", "name of child", "learner")  # fmt: skip
_LAST = ("surname", "last name", "family name", "lastname", "last_name")
_FIRST = ("forename", "forenames", "first name", "firstname", "given name", "first_name", "christian name")
_NOT_A_PERSON = ("street", "road", "file", "school", "company", "organisation", "business", "product", "site", "team",
                 "service", "project", "event", "building", "ward", "supplier", "trading", "user", "host", "server", "provider",
                 "scheme", "department", "directorate", "course", "asset", "item", "location", "venue", "council")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column below the header as a text of cells between LF. `starts` are the cells' offsets in
    that text, `rows` and `offsets` their rows and their offsets in the passage."""

    number: int
    header: str
    text: Canonical
    starts: list[int]
    rows: list[int]
    offsets: list[int]

    def cell(self, position: int) -> int:
        """The index of the cell at an offset of the column's own text."""
        return bisect_right(self.starts, position) - 1


class TableReader:
    """Reads tables with the rules of a ruleset."""

    def __init__(self, ruleset: Ruleset, other_labels: tuple[str, ...]) -> None:
        self._ruleset = ruleset
        self._other_labels = other_labels
        self._known_headers = (*labels(ruleset.scanner.rules), *_FULL, *_LAST, *_FIRST, "address", "email", "dob")

    def read(self, reading: Reading, entities: frozenset[str] | None, *, names: bool) -> list[Found]:
        """The findings of a table by pattern and, with `names`, of its name columns."""
        found: list[Found] = []
        counts: dict[str, int] = {}
        columns = self._columns(reading)
        for column in columns:
            for match in resolve(list(self._matches(column, entities))):
                if counts.setdefault(match.entity, 0) < MOST_OF_ONE_ENTITY:
                    counts[match.entity] += 1
                    found.append(_in_cell(reading, column, match))
        if names and (entities is None or "PERSON" in entities):
            found += self._names(reading, columns)
        return found

    def terms(self, reading: Reading, scanner: TermScanner, entities: frozenset[str] | None) -> list[Found]:
        """The sensitive terms in the cells of a table whose rows are people."""
        columns = self._columns(reading)
        if not any(_is_name_header(c.header) or has_phrase(c.header, ("nhs", "dob", "date of birth", "client", "nino")) for c in columns):
            return []
        found = []
        for column in columns:
            matches = [
                Match(
                    entity=t.entity,
                    category=self._ruleset.terms[t.lexicon].category,
                    recogniser=t.lexicon,
                    start=t.start,
                    end=t.end,
                    confidence=t.confidence,
                    mask=self._ruleset.terms[t.lexicon].topic,
                )
                for t in scanner.scan(column.text.text, [], entities, row=True)
            ]
            found += [_in_cell(reading, column, match) for match in resolve(matches)[:MOST_OF_ONE_ENTITY]]
        return found

    def _columns(self, reading: Reading) -> list[_Column]:
        lines = reading.passage.text.split("\n")
        header_row = next(
            (i for i, line in enumerate(lines[:_HEADER_ROWS]) if self._is_header(line.split("\t"))), None
        )
        headers = [h.strip().lower() for h in lines[header_row].split("\t")] if header_row is not None else []
        cells: list[list[tuple[int, int, str]]] = []
        offset = 0
        for row, line in enumerate(lines):
            if row != header_row:
                at = offset
                for number, cell in enumerate(line.split("\t")):
                    while number >= len(cells):
                        cells.append([])
                    if cell:
                        cells[number].append((row, at, cell))
                    at += len(cell) + 1
            offset += len(line) + 1
        return [_column(n, headers[n] if n < len(headers) else "", column) for n, column in enumerate(cells) if column]

    def _is_header(self, cells: list[str]) -> bool:
        filled = [c.strip().lower() for c in cells if c.strip()]
        if not filled or any(len(c) > 60 or sum(ch.isdigit() for ch in c) > 4 or "@" in c for c in filled):
            return False
        known = sum(has_phrase(c.replace("_", " "), self._known_headers) or c in self._known_headers for c in filled)
        return known >= 1 and (len(filled) == 1 or known * 4 >= len(filled))

    def _matches(self, column: _Column, entities: frozenset[str] | None) -> Iterator[Match]:
        lower = column.text.text.lower()
        if len(lower) != len(column.text.text):
            lower = column.text.text
        header = column.header.replace("_", " ")
        typed: dict[str, bool] = {}
        candidates = list(self._ruleset.scanner.scan(column.text.text, entities))
        for candidate in candidates:
            rule = candidate.rule
            cell = column.cell(candidate.start)
            first = column.starts[cell]
            last = column.starts[cell + 1] - 1 if cell + 1 < len(column.starts) else len(lower)
            if candidate.end > last:
                continue
            confidence, labelled = score(
                rule, lower[first:last], candidate.start - first, candidate.end - first,
                match_start=candidate.match_start - first, other_labels=self._other_labels, header=header,
            )  # fmt: skip
            if confidence < FLOOR and not header and rule.check is not None:
                if rule.id not in typed:
                    typed[rule.id] = _is_column_of(rule.id, candidates, column)
                if typed[rule.id]:
                    confidence, labelled = rule.file.confidence.with_context, True
            if confidence >= FLOOR:
                yield Match(
                    entity=rule.entity,
                    category=rule.file.category,
                    recogniser=rule.id,
                    start=candidate.start,
                    end=candidate.end,
                    confidence=confidence,
                    mask=rule.file.mask,
                    labelled=labelled,
                )

    def _names(self, reading: Reading, columns: list[_Column]) -> list[Found]:
        full = [c for c in columns if _is_name_header(c.header) and not _has_any(c.header, (*_LAST, *_FIRST))]
        last = [c for c in columns if _has_any(c.header, _LAST)]
        # Surname and forename are one name: the finding is the surname's cell, its value both.
        first = {
            c.rows[i]: cell for c in columns if _has_any(c.header, _FIRST) for i, cell in enumerate(c.text.text.split("\n"))
        }
        if not last and not full:
            last = [c for c in columns if _has_any(c.header, _FIRST)]
            first = {}
        found = []
        for column in [*full, *last]:
            for index, cell in enumerate(column.text.text.split("\n")[:MOST_OF_ONE_ENTITY]):
                if not _looks_like_name(cell):
                    continue
                item = _in_cell(reading, column, _name_match(column.starts[index], cell))
                if column in last and column.rows[index] in first:
                    item.value = f"{first[column.rows[index]]} {item.value}"
                found.append(item)
        return found


def _column(number: int, header: str, cells: list[tuple[int, int, str]]) -> _Column:
    texts = [canonical(cell).text.replace("\n", " ") if not cell.isascii() else cell for _, _, cell in cells]
    starts, position = [], 0
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    return _Column(
        number=number,
        header=header,
        text=Canonical(text="\n".join(texts)),
        starts=starts,
        rows=[row for row, _, _ in cells],
        offsets=[offset for _, offset, _ in cells],
    )


def _in_cell(reading: Reading, column: _Column, match: Match) -> Found:
    passage = reading.passage
    cell = column.cell(match.start)
    row, offset = column.rows[cell], column.offsets[cell]
    original = passage.text[offset:].partition("\n")[0].partition("\t")[0] if not passage.text.isascii() else None
    inside = match.start - column.starts[cell], match.end - column.starts[cell]
    start, end = canonical(original).span(*inside) if original is not None else inside
    name = f"cell {_letters(passage.first_column + column.number)}{passage.first_row + row}"
    return Found(
        reading=reading,
        entity=match.entity,
        category=Category(match.category),
        recogniser=match.recogniser,
        at=offset + start,
        until=offset + end,
        start=offset + start,
        end=offset + end,
        place=f"{passage.place}, {name}" if passage.place else name,
        value=column.text.text[match.start : match.end],
        confidence=match.confidence,
        mask=match.mask,
        row=row,
    )


def _name_match(start: int, cell: str) -> Match:
    return Match(
        entity="PERSON",
        category=Category.NAME,
        recogniser="name-column",
        start=start,
        end=start + len(cell),
        confidence=0.9,
        mask="{^1}###",
    )


def _letters(number: int) -> str:
    """A column's letters as spreadsheets count: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _is_column_of(rule: str, candidates: list[Candidate], column: _Column) -> bool:
    values = sum(1 for c in candidates if c.rule.id == rule)
    return values >= _ENOUGH_VALUES and values >= _SHARE * len(column.rows)


def _is_name_header(header: str) -> bool:
    header = header.replace("_", " ").strip(" :*")
    if header in _FULL or header in _LAST or header in _FIRST:
        return True
    return _has_any(header, (*_FULL, *_LAST, *_FIRST)) and not has_phrase(header, (*_NOT_A_PERSON, "id", "ref", "no", "number", "reference", "date", "address", "type", "status"))


def _has_any(header: str, names: tuple[str, ...]) -> bool:
    return header.strip(" :*").replace("_", " ") in names or has_phrase(header.replace("_", " "), names)


def _looks_like_name(cell: str) -> bool:
    cell = cell.strip()
    return 2 <= len(cell) <= 60 and not any(c.isdigit() or c in "@/<>=" for c in cell) and any(c.isalpha() for c in cell) and (
        cell.lower() not in ("n/a", "none", "unknown", "total", "tbc", "vacant", "various")
    )
