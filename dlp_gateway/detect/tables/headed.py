"""Columns whose header alone says what each value is: "Religion", "Ethnic group", "Address line 1".

Their values need no pattern of their own: any value counts, but those that say "none" or "not told".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...model import Category
from ..overlap import Match
from ..patterns.context import has_phrase
from ..ruleset import TermFile
from .columns import Column

_SAYS_NOTHING = frozenset(
    ("", "-", "--", ".", "0", "?", "false", "n", "n/a", "na", "nil", "no", "none", "null", "not applicable",
     "not disclosed", "not known", "not recorded", "not stated", "prefer not to say", "pnts", "tba", "tbc", "unknown",
     "declined", "refused", "not specified", "none recorded", "no known", "none known")
)  # fmt: skip
_CONFIDENCE = 0.8
_LONGEST_ADDRESS = 120
_CODE = re.compile(r"\S*\d\S*|\d[\d -]*")
# "Home office", "property ref", "e-mail address", "street manager" head no addresses of people.
_NOT_OF_ADDRESSES = (
    "office", "ref", "reference", "no", "number", "id", "type", "status", "tel", "phone", "mobile", "e-mail", "email",
    "mail", "date", "band", "value", "code", "postcode", "manager", "officer", "ip", "mac", "web", "count", "size",
    "visit", "visits", "language", "school", "works", "care",
)  # fmt: skip
_ENOUGH_ADDRESSES = 4  # cells: two addresses type a column of few

Headed = tuple[Column, Iterator[Match]]
"""A column and the matches that its header makes of its values, all of one entity, made when they are asked for."""


def terms_by_header(columns: Sequence[Column], lexicons: Mapping[str, TermFile]) -> Iterator[Headed]:
    """The values of columns that a lexicon's `headers` name, where they say anything."""
    for column in columns:
        for name, file in lexicons.items():
            if column.header and file.headers and has_phrase(column.header.replace("_", " "), file.headers):
                yield column, _terms(column, name, file)


def address_columns(columns: Sequence[Column], headers: tuple[str, ...], found: Mapping[int, int]) -> Iterator[Headed]:
    """The values of the first column that is headed as one of addresses, and of each that holds them in half of its
    cells or more (`found`: how many by column): house names and farms have no number that a pattern could see."""
    headed = [c for c in columns if _heads_addresses(c.header.replace("_", " "), headers)][:1]
    yield from ((column, _addresses(column)) for column in headed)
    for column in columns:
        if column not in headed and found.get(column.number, 0) * 2 >= max(len(column.cells), _ENOUGH_ADDRESSES):
            yield column, _addresses(column)


def _heads_addresses(header: str, headers: tuple[str, ...]) -> bool:
    return bool(header) and has_phrase(header, headers) and not has_phrase(header, _NOT_OF_ADDRESSES)


def _terms(column: Column, name: str, file: TermFile) -> Iterator[Match]:
    for start, cell in _said(column):
        yield Match(
            entity=file.entity,
            category=file.category,
            recogniser=name,
            start=start,
            end=start + len(cell),
            confidence=_CONFIDENCE,
            mask=file.topic,
        )


def _addresses(column: Column) -> Iterator[Match]:
    for start, cell in _said(column):
        is_written = any(map(str.isalpha, cell)) and "@" not in cell and _CODE.fullmatch(cell) is None
        if is_written and len(cell) <= _LONGEST_ADDRESS:
            yield Match(
                entity="UK_ADDRESS",
                category=Category.CONTACT,
                recogniser="address-column",
                start=start,
                end=start + len(cell),
                confidence=_CONFIDENCE,
                mask="### ###",
            )


def _said(column: Column) -> Iterator[tuple[int, str]]:
    """The cells of people that say something, with their offsets in the column's text."""
    for index, cell in enumerate(column.text.split("\n")):
        text = cell.strip()
        if column.rows[index] >= column.below and text.lower() not in _SAYS_NOTHING:
            yield column.starts[index] + len(cell) - len(cell.lstrip()), text
