"""Dates of birth in all their spellings as one form: 1980-02-01."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WELSH = ("ion", "chw", "maw", "ebr", "mai", "meh", "gor", "aws", "med", "hyd", "tac", "rha")
_MONTHS = {name: number for names in (_ENGLISH, _WELSH) for number, name in enumerate(names, start=1)}
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,7}}"
_NUMBERS = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[ ]?[-/.][ ]?\d{1,2}[ ]?[-/.][ ]?(?:\d{4}|\d{2})|\d{1,2}[ ]\d{1,2}[ ]\d{4}"
)
_DAY_FIRST = rf"\d{{1,2}}(?:st|nd|rd|th)?(?:[ ]of)?[ ,.-]{{0,2}}{_MONTH}[ ,.-]{{0,2}}(?:\d{{4}}|'?\d{{2}})"
_MONTH_FIRST = rf"{_MONTH}[ ,.-]{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?,?[ ]{{1,2}}\d{{4}}"
_DATE = re.compile(rf"(?<![\w/-])(?:{_NUMBERS}|{_DAY_FIRST}|{_MONTH_FIRST})(?![\w/])", re.IGNORECASE)
_PIECE = re.compile(r"\d+|[a-z]+")
_OLDEST, _THIS_CENTURY = 1900, 2029


def dates_in(text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Each date of a person's life in a text: its forms and its span. A year of two digits has two forms."""
    for match in _DATE.finditer(text):
        forms = date_forms(match.group())
        if forms:
            yield forms, match.start(), match.end()


def date_forms(text: str) -> tuple[str, ...]:
    """What a date can mean, as YYYY-MM-DD; the day stands before the month, as is usual here. Empty where it is no
    date from 1900 to 2029."""
    pieces = _PIECE.findall(text.lower())
    numbers = [p for p in pieces if p.isdigit()]
    month = next((_MONTHS[p[:3]] for p in pieces if p[:3] in _MONTHS), None)
    if month is not None and len(numbers) == 2:
        return _forms(numbers[1], month, numbers[0])
    if len(numbers) != 3 or month is not None:
        # 19800201 stands in exports only.
        if len(numbers) == 1 and len(pieces) == 1 and len(numbers[0]) == 8:
            return _forms(numbers[0][:4], int(numbers[0][4:6]), numbers[0][6:])
        # A time may follow, as it does in exports of databases: 1980-02-01 00:00:00.
        if len(numbers) <= 3 or len(numbers[0]) != 4 or month is not None:
            return ()
    if len(numbers[0]) == 4:
        return _forms(numbers[0], int(numbers[1]), numbers[2])
    return _forms(numbers[2], int(numbers[1]), numbers[0])


def _forms(year: str, month: int, day: str) -> tuple[str, ...]:
    if len(year) == 2:
        years = [1900 + int(year), *([2000 + int(year)] if 2000 + int(year) <= _THIS_CENTURY else [])]
    else:
        years = [int(year)]
    found = []
    for each in years:
        try:
            found.append(date(each, month, int(day)).isoformat())
        except ValueError:
            continue
    return tuple(f for f in found if _OLDEST <= int(f[:4]) <= _THIS_CENTURY)
