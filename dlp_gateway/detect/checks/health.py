"""Patients' numbers of the United Kingdom: ten digits, the last of which checks the others by modulus 11."""

from __future__ import annotations

from .characters import digits_of, weighted


def nhs_mod_11(text: str) -> bool:
    """NHS number (NHS Data Dictionary, NHS NUMBER): ten digits, modulus 11, not all the same."""
    digits = digits_of(text)
    if len(digits) != 10 or len(set(digits)) < 3:
        return False
    check = 11 - weighted(digits[:9], range(10, 1, -1)) % 11
    return check != 10 and check % 11 == int(digits[9])


def chi(text: str) -> bool:
    """Community Health Index number of Scotland: a birth date DDMMYY, then the NHS check digit."""
    digits = digits_of(text)
    return nhs_mod_11(digits) and 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def health_and_care(text: str) -> bool:
    """Health and Care number of Northern Ireland: 320 000 0001 to 399 999 9999, with the NHS check digit."""
    digits = digits_of(text)
    return nhs_mod_11(digits) and "32" <= digits[:2] <= "39"
