"""Fingerprints and masks: how a value is counted without being known, and shown without being told."""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache

from .checks import letters_and_digits, national_number

_SHOWN = re.compile(r"\{(\^?)(\d)\}")
_MOST_SHOWN = 4


def fingerprint(key: bytes, entity: str, value: str) -> str:
    """HMAC-SHA256 of the entity and the value in its normal form: 32 hexadecimal digits."""
    text = f"{entity}\x00{normal_value(entity, value)}".encode()
    return hmac.digest(key, text, hashlib.sha256).hex()[:32]


def normal_value(entity: str, value: str) -> str:
    """A value in the one form that all its spellings share."""
    if entity == "PHONE_NUMBER":
        return national_number(value)
    if entity == "EMAIL_ADDRESS":
        return value.strip().lower()
    if entity == "PERSON":
        lower = value.lower()
        if not lower.isalpha():  # most are a word, or words and blanks
            lower = "".join(c if c.isalpha() else " " for c in lower)
        return " ".join(lower.split())
    return letters_and_digits(value)


def mask(form: str, value: str) -> str:
    """A value as a recogniser file lets it be shown.

    In the form `{2}` stands for the value's last two letters or digits, `{^2}` for its first two;
    everything else stands for itself. Never more than four characters, nor half the value, is shown.
    """
    text, shown = _parts(form)
    if not shown:
        return form
    known = letters_and_digits(value)
    left = min(_MOST_SHOWN, len(known) // 2)
    for of_start, wanted, following in shown:
        count = min(wanted, left)
        left -= count
        if count:
            text += known[:count] if of_start else known[-count:]
        text += following
    return text


@lru_cache(maxsize=1024)
def _parts(form: str) -> tuple[str, list[tuple[bool, int, str]]]:
    """A form taken apart: what stands first, and of each shown piece whether it is of the start, its length, and what
    follows it."""
    first, *rest = _SHOWN.split(form)
    pieces = zip(rest[0::3], rest[1::3], rest[2::3], strict=True)
    return first, [(mark == "^", int(count), following) for mark, count, following in pieces]
