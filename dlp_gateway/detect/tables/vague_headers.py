"""What a column headed "Account", "Claim" or "Ref" holds: the columns beside it tell a bank's accounts from council
tax and rent, a claim of benefits from one of insurance, and the reference of a person's case from that of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..patterns.context import has_phrase
from .columns import Column


@dataclass(frozen=True, slots=True)
class _Vague:
    """Headers that say too little. `meanings`: words of other columns and what the header means then, the first that
    fits."""

    headers: frozenset[str]
    meanings: tuple[tuple[tuple[str, ...], str], ...]


_ACCOUNT = _Vague(
    headers=frozenset(
        ("account", "account no", "account number", "account ref", "acc", "acc no", "acct", "acct no", "a/c", "a/c no")
    ),
    meanings=(
        (("sort", "sort code", "sortcode", "bank", "payee"), "bank account"),
        (("council tax", "ctax", "ct", "band", "liable", "liable party", "charge payer"), "council tax account"),
        (("rent", "tenancy", "tenant", "tenants", "hb", "bal", "balance", "arrears", "repair", "what"), "rent account"),
    ),
)
_CLAIM = _Vague(
    headers=frozenset(("claim", "claim no", "claim number", "claim ref", "claim reference", "claim id", "claimref")),
    meanings=(
        (("policy", "policy no", "insurer", "incident date", "loss date", "invoice", "supplier", "excess"), ""),
        (
            (
                *("nino", "ni no", "ni number", "ni", "national insurance", "claimant", "customer name", "tenant"),
                *("landlord", "award", "weekly award", "hb", "benefit", "lha", "uc", "partner", "household"),
            ),
            "housing benefit claim",
        ),
    ),
)
_OF_THINGS = ("order", "invoice", "supplier", "item", "asset", "application type", "proposal", "post", "vacancy")
_OF_SOMEBODYS_CASE = (
    *("dob", "d o b", "date of birth", "born", "nhs", "nhs no", "nhs number", "ni no", "nino", "next of kin", "nok"),
    *("patient", "pupil", "child", "child's name", "placement"),
    *("diagnosis", "medication", "disability", "ethnicity", "social worker", "allocated worker"),
    *("allegation", "alleged victim", "perpetrator", "victim", "suspect", "defendant", "offence"),
)
_REFERENCE = _Vague(
    headers=frozenset(
        (
            *("ref", "ref no", "ref number", "reference", "reference no", "our ref", "case", "case no"),
            *("id", "id no", "file", "file no", "file ref", "no", "number"),
        )
    ),
    meanings=((_OF_THINGS, ""), (_OF_SOMEBODYS_CASE, "case ref")),
)


def with_meanings(columns: Sequence[Column]) -> list[Column]:
    """The columns, with a header that says what a value is where one says "account" or "ref" alone."""
    headers = [column.header for column in columns]
    return [
        replace(column, header=_meaning(vague, column.header, headers)) if vague is not None else column
        for column in columns
        for vague in [_vague(column.header)]
    ]


def _vague(header: str) -> _Vague | None:
    plain = header.replace("_", " ").strip(" .:*")
    return next((vague for vague in (_ACCOUNT, _CLAIM, _REFERENCE) if plain in vague.headers), None)


def _meaning(vague: _Vague, header: str, headers: Sequence[str]) -> str:
    others = [other.replace("_", " ") for other in headers if other != header]
    for words, meaning in vague.meanings:
        if any(has_phrase(other, words) for other in others):
            return meaning or header
    return header
