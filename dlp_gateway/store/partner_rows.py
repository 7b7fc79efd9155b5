"""What the audit chain says of a change of the partner registry: a row for each entry, without the values."""

from __future__ import annotations

from typing import Any

from ..decide import registry
from ..errors import ConfigError
from .values import Verb

PartnerRow = tuple[Verb, dict[str, Any]]

_VERBS = {
    registry.Kind.ADDED: Verb.PARTNERS_ADDED,
    registry.Kind.EDITED: Verb.PARTNERS_EDITED,
    registry.Kind.REMOVED: Verb.PARTNERS_REMOVED,
}


def rows_of(before: str | None, after: str) -> tuple[PartnerRow, ...]:
    """Verb and body for each entry that differs; `before` is None where there was no registry.

    None at all where a text is no registry that this version can read: the version itself stands in the chain.
    """
    try:
        old = () if before is None else registry.entries_of(before)
        found = registry.difference(old, registry.entries_of(after))
    except ConfigError:
        return ()
    return tuple((_verb(one), {"id": one.id, "fields": [name for name, _, _ in one.fields]}) for one in found)


def _verb(one: registry.Difference) -> Verb:
    suspends = any(name == "status" and value == "suspended" for name, _, value in one.fields)
    return Verb.PARTNERS_SUSPENDED if one.kind is registry.Kind.EDITED and suspends else _VERBS[one.kind]
