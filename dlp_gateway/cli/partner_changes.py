"""`partners add, edit, suspend, expire, import, restore, approve, refuse`: what changes the registry."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from ..config import Config
from ..decide import registry
from ..decide.partners import PartnerEntry
from ..store import RuleProposal, RuleVersion, Store
from . import partner_tables
from .partner_registry import InForce, check_together, fault, in_force, show_difference, today
from .settings import check_reason, who


def add(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    if any(entry.id == options.id for entry in rules.entries):
        raise fault(f"the entry “{options.id}” exists; change it with `partners edit`")
    values = {"id": options.id, "valid_from": today(config).isoformat()} | _given(options)
    return change(options.reason, config, store, rules, registry.with_entry(rules.entries, checked(values)))


def edit(options: argparse.Namespace, config: Config, store: Store) -> int:
    return _altered(options, config, store, _given(options))


def suspend(options: argparse.Namespace, config: Config, store: Store) -> int:
    return _altered(options, config, store, {"status": "suspended"})


def expire(options: argparse.Namespace, config: Config, store: Store) -> int:
    yesterday = today(config) - timedelta(days=1)
    begun = min(in_force(config, store).entry(options.id).valid_from, yesterday)
    values = {"review_by": yesterday.isoformat(), "valid_from": begun.isoformat(), "grace_days": 0}
    return _altered(options, config, store, values)


def import_(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    read = partner_tables.read(Path(options.file), rules.entries)
    kept = () if options.replace else tuple(e for e in rules.entries if e.id not in {new.id for new in read})
    after = (*kept, *read)
    if options.yes:
        return change(options.reason, config, store, rules, after)
    show_difference(rules.entries, after)
    print("\nNothing is changed yet; add --yes and --reason to put it in force.")
    check_together(rules, registry.text_of(after))
    return 0


def restore(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    old = registry.entries_of(version(store, options.number).text, f"version {options.number}")
    return change(options.reason, config, store, rules, old)


def approve(options: argparse.Namespace, config: Config, store: Store) -> int:
    """What held together when it was proposed need not today: other rules may have changed."""
    rules = in_force(config, store)
    wanted = _waiting(store, options.number)
    if wanted is not None and wanted.base == rules.number:
        check_together(rules, wanted.text)
        show_difference(rules.entries, registry.entries_of(wanted.text))
    store.answer_proposal(options.number, by=who(), approve=True)
    print("\nIn force; running gateways take it up within seconds.")
    return 0


def refuse(options: argparse.Namespace, _config: Config, store: Store) -> int:
    store.answer_proposal(options.number, by=who(), approve=False)
    print("Refused.")
    return 0


def version(store: Store, number: int) -> RuleVersion:
    """Raises ConfigError where there is none."""
    found = next((one for one in store.rule_versions(registry.FILE) if one.number == number), None)
    if found is None:
        raise fault(f"there is no version {number}; `partners history` shows all")
    return found


def proposal(store: Store, number: int) -> RuleProposal:
    """Raises ConfigError where none of that number waits."""
    found = _waiting(store, number)
    if found is None:
        raise fault(f"no proposal {number} waits; `partners proposals` shows all")
    return found


def _waiting(store: Store, number: int) -> RuleProposal | None:
    return next((one for one in store.open_proposals(registry.FILE) if one.number == number), None)


def checked(values: dict[str, Any]) -> PartnerEntry:
    """The entry, its faults told by field. Raises ConfigError."""
    return partner_tables.entry_of(values, f"entry {values.get('id', '')}")


def change(reason: str, config: Config, store: Store, rules: InForce, after: Sequence[PartnerEntry]) -> int:
    """Put these entries in force, or let them wait for a second administrator. Raises ConfigError for faults, and
    DecidedError where somebody changed the registry meanwhile."""
    check_reason(reason)
    text = registry.text_of(after)
    check_together(rules, text)
    if not registry.difference(rules.entries, after):
        print("Nothing would change.")
        return 0
    show_difference(rules.entries, after)
    if config.partners.second_approval:
        number = store.propose_rules(registry.FILE, text, author=who(), reason=reason, base=rules.number)
        if number is None:
            print("\nThe same change waits already.")
            return 1
        print(f"\nProposal {number}: another administrator puts it in force with `partners approve {number}`.")
        return 0
    store.import_rules({registry.FILE: text}, author=who(), reason=reason, base=rules.number)
    print(f"\nVersion {rules.number + 1}. Running gateways take it up within seconds.")
    return 0


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields named on the command line; an empty value takes one out."""
    values: dict[str, Any] = {}
    for name in PartnerEntry.model_fields:
        text = getattr(options, name, None) if name != "id" else None
        if text is not None:
            values[name] = partner_tables.value_of(name, text)
    return values


def _altered(options: argparse.Namespace, config: Config, store: Store, values: dict[str, Any]) -> int:
    rules = in_force(config, store)
    after = checked(registry.changed(rules.entry(options.id), values))
    return change(options.reason, config, store, rules, registry.with_entry(rules.entries, after))
