"""The rules in a store, for commands that only look: without keys, without migrating, without leaving a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connections

from ..errors import StoreUnavailableError
from . import rules
from .database import in_thread
from .django_setup import alias_of
from .models import RuleText, table


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRules:
    """`current` are the newest texts by their names; `changed` those of a folder that the next import would bring."""

    current: Mapping[str, str]
    changed: Mapping[str, str]


def rules_in_store(url: str, folder: Mapping[str, str]) -> StoredRules | None:
    """None where no store was made yet, or none with rules. Raises StoreUnavailableError when it can't be read."""
    alias = alias_of(url)
    settings = connections.databases[alias]
    if "sqlite" in str(settings["ENGINE"]) and not Path(str(settings["NAME"])).exists():
        return None  # to connect would make it

    def look() -> StoredRules | None:
        if table(RuleText) not in connections[alias].introspection.table_names():
            return None
        current = rules.current_rules(alias)
        return StoredRules(current=current, changed=rules.changed_by_file(alias, folder)) if current else None

    try:
        return in_thread(look)
    except DatabaseError as error:
        raise StoreUnavailableError(f"the database can't be read: {type(error).__name__}") from None
