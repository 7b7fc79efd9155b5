"""Numbers that the state gives people: tax, National Insurance, licences, residence."""

from __future__ import annotations

import re

from .characters import digits_of, letters_and_digits, weighted

_NOT_NINO_PREFIXES = frozenset({"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"})  # HMRC, NIM39110
_NINO = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}")
_TEMPORARY = re.compile(r"TN[0-9]{6}[MF]")
# Surname filled up with nines, year, month and day of birth apart, two initials (9: none), a digit, two check letters.
_DRIVER = re.compile(
    r"(?P<surname>[A-Z]{1,5}9{0,4})(?P<year>[0-9])(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]"
    r"(?:[A-Z][A-Z9]|99)[0-9A-Z][A-Z]{2}(?:[0-9]{2})?"
)


def nino(text: str) -> bool:
    """National Insurance number: allowed prefix, six digits, suffix A to D (HMRC, NIM39110); or a temporary one, TN,
    date of birth and sex (NIM39120)."""
    value = letters_and_digits(text)
    if value.startswith("TN"):
        return _TEMPORARY.fullmatch(value) is not None and _is_day(value[2:4], value[4:6])
    return len(value) == 9 and value[8] in "ABCD" and nino_without_suffix(value[:8])


def nino_without_suffix(text: str) -> bool:
    """A National Insurance number whose last letter was left out."""
    value = letters_and_digits(text)
    return _NINO.fullmatch(value) is not None and value[:2] not in _NOT_NINO_PREFIXES and len(set(value[2:])) > 1


def utr(text: str) -> bool:
    """Unique Taxpayer Reference: the first of ten digits checks the other nine (modulus 11)."""
    digits = digits_of(text)
    if len(digits) != 10:
        return False
    return "21987654321"[weighted(digits[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] == digits[0]


def driving_licence(text: str) -> bool:
    """Driver number of Great Britain (DVLA): a surname of five letters, filled up with nines; month (plus 50 for women)
    and day of birth must exist; of initials the second stands only with the first."""
    value = letters_and_digits(text)
    match = _DRIVER.fullmatch(value) if value.isascii() else None
    if match is None or len(match["surname"]) != 5:
        return False
    month = int(match["month"])
    return _is_day(match["day"], str(month - 50 if month > 50 else month))


def share_code(text: str) -> bool:
    """Code of nine letters and digits by which somebody shows a right to work, rent or stay (Home Office)."""
    value = letters_and_digits(text)
    return len(value) == 9 and value[0] in "WRS" and not value.isalpha() and not value[1:].isdigit()


def us_ssn(text: str) -> bool:
    """Social Security number of the United States: no group of zeros, area neither 666 nor from 900 on (SSA)."""
    digits = digits_of(text)
    return (
        len(digits) == 9
        and digits[:3] not in ("000", "666")
        and digits[0] != "9"
        and digits[3:5] != "00"
        and digits[5:] != "0000"
    )


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12
