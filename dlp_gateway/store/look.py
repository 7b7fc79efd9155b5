"""The rules and recipients' keys in a store, for commands that only look: without secrets, migrating, or a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import DatabaseError, connections
from django.db.models import Model

from ..errors import StoreUnavailableError
from ..recipient_keys import RecipientKey
from . import models, recipient_keys, rules
from .database import in_thread
from .django_setup import alias_of
from .models import RuleText, table

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRules:
    """`current` are the newest texts by their names; `changed` those of a folder that the next import would bring."""

    current: Mapping[str, str]
    changed: Mapping[str, str]


def rules_in_store(url: str, folder: Mapping[str, str]) -> StoredRules | None:
    """None where no store was made yet, or none with rules. Raises StoreUnavailableError when it can't be read."""

    def look(alias: str) -> StoredRules | None:
        current = rules.current_rules(alias)
        return StoredRules(current=current, changed=rules.changed_by_file(alias, folder)) if current else None

    return _looked(url, RuleText, look)


def keys_in_store(url: str) -> tuple[RecipientKey, ...] | None:
    """Withdrawn ones, too; None where no store was made yet, or one before there were keys. Raises
    StoreUnavailableError when it can't be read."""
    return _looked(url, models.RecipientKey, recipient_keys.all_keys)


def _looked(url: str, of: type[Model], look: Callable[[str], R | None]) -> R | None:
    """What `look` finds where the table is there."""
    alias = alias_of(url)
    settings = connections.databases[alias]
    if "sqlite" in str(settings["ENGINE"]) and not Path(str(settings["NAME"])).exists():
        return None  # to connect would make it
    try:
        return in_thread(lambda: look(alias) if table(of) in connections[alias].introspection.table_names() else None)
    except DatabaseError as error:
        raise StoreUnavailableError(f"the database can't be read: {type(error).__name__}") from None
