"""All that one run of the bench measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .clean import CleanFigures
from .figures import Figures
from .variants import Share

Rows = Mapping[str, Mapping[str, Figures]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """The figures of one part. Rows are by system, then by type, by overlap; empty where a set was not given."""

    part: str
    documents: Mapping[str, int]
    mails: Rows
    mails_in_capitals: Rows
    shared: Rows
    shared_in_capitals: Rows
    clean: CleanFigures
    variants: Mapping[tuple[str, str, str], Share]
