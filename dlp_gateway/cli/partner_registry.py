"""What the `partners` commands print: values and differences, in words or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..decide import registry
from ..decide.partners import PartnerEntry
from .mail_files import printable


def shown(value: Any) -> str:
    """A field's value for a person."""
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {shown(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else "(none)" if value is None else str(value)
    return printable(text)


def show_difference(before: Sequence[PartnerEntry], after: Sequence[PartnerEntry]) -> None:
    found = registry.difference(before, after)
    if not found:
        print("No difference.")
    for one in found:
        print(f"{one.kind.value}: {one.id}")
        for name, old, new in one.fields:
            change = f"{shown(old)} -> {shown(new)}" if one.kind is registry.Kind.EDITED else shown(new)
            print(f"    {name.replace('_', ' ')}: {change}")


def difference_json(before: Sequence[PartnerEntry], after: Sequence[PartnerEntry]) -> list[dict[str, Any]]:
    """One object per entry: {"change", "id", "fields": {name: {"from", "to"}}}."""
    return [
        {
            "change": one.kind.value,
            "id": one.id,
            "fields": {name: {"from": old, "to": new} for name, old, new in one.fields},
        }
        for one in registry.difference(before, after)
    ]
