"""What a column headed "Account" holds: the columns beside it tell a bank's accounts from council tax and rent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..patterns.context import has_phrase
from .columns import Column

_HEADERS = frozenset(
    ("account", "account no", "account number", "account ref", "acc", "acc no", "acct", "acct no", "a/c", "a/c no")
)
# The words beside it, and what it means then; the first that fits.
_MEANINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("sort", "sort code", "sortcode", "bank", "payee"), "bank account"),
    (("council tax", "ctax", "ct", "band", "liable", "liable party", "charge payer"), "council tax account"),
    (("rent", "tenancy", "tenant", "tenants"), "rent account"),
)


def with_meanings(columns: Sequence[Column]) -> list[Column]:
    """The columns, with a header that says which kind of account where one says account alone."""
    headers = [column.header for column in columns]
    return [
        replace(column, header=_meaning(column.header, headers)) if _is_account(column.header) else column
        for column in columns
    ]


def _is_account(header: str) -> bool:
    return header.replace("_", " ").strip(" .:*") in _HEADERS


def _meaning(header: str, headers: Sequence[str]) -> str:
    others = [other.replace("_", " ") for other in headers if other != header]
    for words, meaning in _MEANINGS:
        if any(has_phrase(other, words) for other in others):
            return meaning
    return header
