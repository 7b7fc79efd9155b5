"""References that organisations give in forms of their own: what such a thing can't be."""

from __future__ import annotations

import re

from .characters import digits_of, letters_and_digits
from .contact import postcode

_FEWEST_DIGITS = 4
_VEHICLE = re.compile(r"[A-Z]{2}\d\d[A-Z]{3}")
_OF_OFFICES = ("0300", "0303", "0330", "0345", "0370", "0800", "0808", "0844", "0845")  # often ten digits
_NUMBERED = re.compile(r"[A-Z]{2}\d{4}")  # as offices number the badges that they give themselves
_DATE = re.compile(
    r"(?:[0-3]?\d[./\-][01]?\d[./\-](?:\d\d)?\d\d|(?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d[/\-](?:\d\d)?\d\d)"
)


def reference(text: str) -> bool:
    """A reference with at least four digits that is neither a telephone number nor a date, financial year or sum."""
    digits = digits_of(text)
    if (
        len(digits) < _FEWEST_DIGITS
        or len(digits.lstrip("0")) < 2
        or len(set(digits)) < 2
        or _DATE.fullmatch(text) is not None
    ):
        return False
    plain = letters_and_digits(text)
    if len(plain) == len(digits) == 10 and digits.startswith(_OF_OFFICES):
        return False
    return not (len(plain) == len(digits) == 11 and digits[:2] in ("01", "02", "03", "07", "08"))


def badge(text: str) -> bool:
    """A Blue Badge number: six letters and digits of both kinds (Blue Badge Digital Service), then what the card adds:
    a figure, and when it expires."""
    plain = letters_and_digits(text)
    value = plain[:6]
    if _NUMBERED.fullmatch(value) or _VEHICLE.fullmatch(plain):
        return False
    return len(value) == 6 and not value.isalpha() and not value.isdigit() and not postcode(text)


def registration(text: str) -> bool:
    """A professional's registration: at least four digits, not all the same."""
    digits = digits_of(text)
    return len(digits) >= _FEWEST_DIGITS and len(set(digits)) > 1
