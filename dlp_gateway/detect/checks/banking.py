"""Sort codes and account numbers of the United Kingdom.

Whether an account number fits its sort code is checked where an administrator has supplied the weights
(`modulus_weights.py`): the published table may not be passed on.
"""

from __future__ import annotations

import re

from .characters import digits_of

_ACCOUNT_DIGITS = 8
_GROUPS = re.compile(r"\d{4}[ \-]?\d{4}|\d+")


def sort_code_and_account(text: str) -> bool:
    """A sort code of six digits and an account number of eight, in any order."""
    digits = digits_of(text)
    return len(digits) == 14 and len(set(digits)) > 2


def sort_code_no_date(text: str) -> bool:
    """A sort code that can be no date, and an account number behind it."""
    digits = digits_of(text)
    return sort_code_and_account(text) and not _is_date(digits[:6])


def sort_code(text: str) -> bool:
    """A sort code: six digits, not all the same."""
    digits = digits_of(text)
    return len(digits) == 6 and len(set(digits)) > 1


def _is_date(digits: str) -> bool:
    """Whether six digits are a day, a month and a year of this century, or year, month and day."""
    one, month, other = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return 1 <= month <= 12 and ((1 <= one <= 31 and other <= 39) or (1 <= other <= 31 and one <= 39))


def parts_of_account(text: str) -> tuple[str, str]:
    """Sort code and account number of what passed `sort_code_and_account`: the account stands first where its eight
    digits do."""
    groups = _GROUPS.findall(text)
    digits = digits_of(text)
    account_first = bool(groups) and len(digits_of(groups[0])) == _ACCOUNT_DIGITS
    return (digits[_ACCOUNT_DIGITS:], digits[:_ACCOUNT_DIGITS]) if account_first else (digits[:6], digits[6:])
