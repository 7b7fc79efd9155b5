"""What the `partners` commands share: the registry in force, its entries, and differences in words or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..config import Config
from ..decide import load_rulebook, registry
from ..decide.partners import PartnerEntry
from ..errors import ConfigError, Fault
from ..rules_folder import load_texts
from ..store import BY_FILE, Store
from .mail_files import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rules in force, read at once: `number` is the registry's version, `texts` are all rules by their names."""

    number: int
    texts: dict[str, str]
    entries: tuple[PartnerEntry, ...]

    def entry(self, id_: str) -> PartnerEntry:
        """Raises ConfigError where there is none."""
        found = next((entry for entry in self.entries if entry.id == id_), None)
        if found is None:
            raise fault(f"there is no entry “{id_}”; `partners list` shows all")
        return found


def in_force(config: Config, store: Store) -> InForce:
    """A store that no gateway has used yet is seeded from the rules folder first. Raises ConfigError."""
    texts = load_texts(config.rules)
    versions = store.rule_versions(registry.FILE)
    if not versions:
        load_rulebook(texts)
        store.import_rules(texts, author=BY_FILE, reason="rules folder, before the gateway's first start")
        versions = store.rule_versions(registry.FILE)
    newest = versions[0]
    texts |= store.current_rules() | {registry.FILE: newest.text}
    return InForce(number=newest.number, texts=texts, entries=registry.entries_of(newest.text))


def fault(text: str) -> ConfigError:
    return ConfigError([Fault(file="partners", text=text)])


def check_together(rules: InForce, text: str) -> None:
    """Raises ConfigError, every fault by its entry, where this registry does not hold together with all other rules."""
    try:
        load_rulebook(rules.texts | {registry.FILE: text})
    except ConfigError as error:
        raise ConfigError([_by_entry(one, text) for one in error.faults]) from None


def _by_entry(one: Fault, text: str) -> Fault:
    """Lines of a text that a command wrote would only puzzle."""
    id_ = registry.entry_at(text, one.line) if one.file == registry.FILE and one.line is not None else None
    return one if id_ is None else Fault(file=f"entry {id_}", text=one.text)


def today(config: Config) -> date:
    return datetime.now(ZoneInfo(config.council.time_zone)).date()


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
