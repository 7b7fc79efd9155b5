"""Pupils' and learners' numbers."""

from __future__ import annotations

from .characters import digits_of, letters_and_digits, weighted

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # mod 23, without I, O, S (DfE, UPN guide)


def upn(text: str) -> bool:
    """Unique Pupil Number: a check letter, then twelve digits, the last of which is a letter in a temporary one
    (DfE, Unique pupil numbers guide)."""
    value = letters_and_digits(text)
    if len(value) != 13 or not value.isascii() or not value[1:12].isdigit():
        return False
    last = int(value[12]) if value[12].isdigit() else _UPN_LETTERS.find(value[12])
    return last >= 0 and _UPN_LETTERS[(weighted(value[1:12], range(2, 13)) + last * 13) % 23] == value[0]


def uln(text: str) -> bool:
    """Unique Learner Number: ten digits, modulus 11 with weights 10 to 2 (Learning Records Service)."""
    digits = digits_of(text)
    if len(digits) != 10 or digits[0] == "0":
        return False
    remainder = weighted(digits[:9], range(10, 1, -1)) % 11
    return remainder != 0 and 10 - remainder == int(digits[9])
