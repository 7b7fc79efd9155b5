"""`partners add, edit, suspend, expire, import, restore, approve, refuse`: what changes the registry."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..config import Config
from ..decide import partner_tables, registry
from ..decide.partners import PartnerEntry
from ..errors import ConfigError, Fault
from ..rule_changes import (
    InForce,
    answer,
    check_together,
    checked,
    ended,
    fault,
    in_force,
    joined,
    put_in_force,
    today,
    waiting,
)
from ..rule_changes import version as rule_version
from ..store import RuleProposal, RuleVersion, Store
from .partner_registry import show_difference
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
    rules = in_force(config, store)
    after = ended(rules.entry(options.id), today(config))
    return change(options.reason, config, store, rules, registry.with_entry(rules.entries, after))


def import_(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    read = partner_tables.entries_in(_text_of(Path(options.file)), options.file, rules.entries)
    after = joined(rules.entries, read, replace=options.replace)
    if options.yes:
        return change(options.reason, config, store, rules, after)
    show_difference(rules.entries, after)
    print("\nNothing is changed yet; add --yes and --reason to put it in force.")
    check_together(rules, registry.text_of(after))
    return 0


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError([Fault(file=str(path), text=f"can't be read ({error.strerror})")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(file=str(path), text="is not UTF-8 text; save it as UTF-8")]) from None


def restore(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    old = registry.entries_of(version(store, options.number).text, f"version {options.number}")
    return change(options.reason, config, store, rules, old)


def approve(options: argparse.Namespace, config: Config, store: Store) -> int:
    rules = in_force(config, store)
    wanted = waiting(store, registry.FILE, options.number)
    answer(config, store, options.number, by=who(), approve=True)
    if wanted is not None:
        show_difference(rules.entries, registry.entries_of(wanted.text))
    print("\nIn force; running gateways take it up within seconds.")
    return 0


def refuse(options: argparse.Namespace, config: Config, store: Store) -> int:
    answer(config, store, options.number, by=who(), approve=False)
    print("Refused.")
    return 0


def version(store: Store, number: int) -> RuleVersion:
    """Raises ConfigError where there is none."""
    found = rule_version(store, registry.FILE, number)
    if found is None:
        raise fault(f"there is no version {number}; `partners history` shows all")
    return found


def proposal(store: Store, number: int) -> RuleProposal:
    """Raises ConfigError where none of that number waits."""
    found = waiting(store, registry.FILE, number)
    if found is None:
        raise fault(f"no proposal {number} waits; `partners proposals` shows all")
    return found


def change(reason: str, config: Config, store: Store, rules: InForce, after: Sequence[PartnerEntry]) -> int:
    """Put these entries in force, or let them wait for a second administrator. Raises ConfigError for faults, and
    DecidedError where somebody changed the registry meanwhile."""
    check_reason(reason)
    if not registry.difference(rules.entries, after):
        check_together(rules, registry.text_of(after))
        print("Nothing would change.")
        return 0
    written = put_in_force(config, store, rules, after, by=who(), reason=reason)
    show_difference(rules.entries, after)
    if written.version is not None:
        print(f"\nVersion {written.version}. Running gateways take it up within seconds.")
        return 0
    if written.proposal is None:
        print("\nThe same change waits already.")
        return 1
    number = written.proposal
    print(f"\nProposal {number}: another administrator puts it in force with `partners approve {number}`.")
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
