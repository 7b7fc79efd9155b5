"""Dates of birth and ages."""

from __future__ import annotations

import re

from .characters import digits_of

_NUMBER = re.compile(r"[0-9]{1,4}")
_OLDEST = 119
_LONGEST_DATE = 40
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WELSH = ("ion", "chw", "maw", "ebr", "mai", "meh", "gor", "aws", "med", "hyd", "tac", "rha")
_MONTH = re.compile("|".join((*_ENGLISH, *_WELSH)))
_DIGITS = re.compile("[0-9]+")
_YEARS = range(1900, 2030)


def date(text: str) -> bool:
    """A date of a person's life: day and month exist and the year, where it has four digits, is 1900 to 2029."""
    if len(text) > _LONGEST_DATE:
        return False
    value = text.lower()
    numbers = [int(n) for n in _DIGITS.findall(value)]
    if _MONTH.search(value) is not None:
        return 1 <= len(numbers) <= 2 and 1 <= numbers[0] <= 31 and _year(numbers[-1])
    if len(numbers) == 1 and len(digits_of(text)) == 8:  # 12031931
        digits = digits_of(text)
        numbers = [int(digits[:2]), int(digits[2:4]), int(digits[4:])]
        if numbers[2] not in _YEARS:
            numbers = [int(digits[6:]), int(digits[4:6]), int(digits[:4])]
    if len(numbers) != 3:
        return False
    if numbers[0] > 31:
        numbers.reverse()
    return 1 <= numbers[0] <= 31 and 1 <= numbers[1] <= 12 and _year(numbers[2])


def year_of_birth(text: str) -> bool:
    """A year in which somebody alive may have been born, alone or with day and month."""
    digits = digits_of(text)
    return len(digits) >= 4 and int(digits[-4:]) in _YEARS


def age(text: str) -> bool:
    """An age in years: digits up to 119, or in words."""
    return all(int(number) <= _OLDEST for number in _NUMBER.findall(text))


def _year(number: int) -> bool:
    return number < 100 or number in _YEARS
