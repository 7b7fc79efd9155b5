"""Fingerprints and masks: how a value is counted without being known, and shown without being told."""

from __future__ import annotations

import hashlib
import hmac
import re

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
        return " ".join("".join(c if c.isalpha() else " " for c in value.lower()).split())
    return letters_and_digits(value)


def mask(form: str, value: str) -> str:
    """A value as a recogniser file lets it be shown.

    In the form `{2}` stands for the value's last two letters or digits, `{^2}` for its first two;
    everything else stands for itself. Never more than four characters, nor half the value, is shown.
    """
    known = letters_and_digits(value)
    left = min(_MOST_SHOWN, len(known) // 2)

    def shown(match: re.Match[str]) -> str:
        nonlocal left
        count = min(int(match[2]), left)
        left -= count
        if not count:
            return ""
        return known[:count] if match[1] else known[-count:]

    return _SHOWN.sub(shown, form)
