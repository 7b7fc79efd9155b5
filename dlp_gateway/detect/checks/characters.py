"""What of a value counts: its letters and digits, not what stands between them."""

from __future__ import annotations

import re
from operator import mul

_NO_DIGITS = re.compile(r"[^0-9]+")
_SEPARATORS = re.compile(r"[\W_]+")


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return _NO_DIGITS.sub("", text)


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text, upper case."""
    return _SEPARATORS.sub("", text).upper()


def weighted(digits: str, weights: range | tuple[int, ...]) -> int:
    """The sum of the digits by weight, as far as there are weights."""
    return sum(map(mul, map(int, digits), weights))


def passes_luhn(digits: str) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1, annex B)."""
    odd = [int(d) for d in digits[-1::-2]]
    even = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(odd) + sum(d - 9 if d > 9 else d for d in even)) % 10 == 0
