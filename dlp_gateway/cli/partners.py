"""`partners`: the registry of partner organisations. Every change is a numbered version with author and reason; a
running gateway takes it up within seconds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from ..act.mail_hosts import mail_hosts
from ..config import Config
from ..decide import load_rulebook, registry
from ..decide.partners import PartnerEntry
from ..errors import ConfigError, Fault
from ..rules_folder import load_texts
from ..store import BY_FILE, RuleVersion, Store
from . import partner_tables
from .mail_files import printable
from .settings import check_reason, open_store, required_config, who

_HELP = {
    "domains": "comma-separated domains",
    "addresses": "comma-separated exact addresses",
    "may_receive": "comma-separated data categories",
    "sender_groups": "comma-separated groups that may send there; empty for all",
    "basis": "sharing-agreement, processor-contract, statutory or one-off",
    "review_by": "date, such as 2027-03-31",
    "valid_from": "date; today where it is left out",
}


_Action = Callable[[argparse.Namespace, Config, Store], int]


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, text: str, run: _Action) -> argparse.ArgumentParser:
        made = actions.add_parser(name, parents=[common], help=text, description=f"{text[0].upper()}{text[1:]}.")
        made.set_defaults(run=lambda options: _run(options, run))
        return made

    listing = action("list", "the entries in force", _list)
    listing.add_argument(
        "--due", action="store_true", help="only those to be looked at: in grace, expired, due, suspended"
    )
    listing.add_argument("--json", action="store_true", help="one JSON object per entry")
    show = action("show", "one entry", _show)
    show.add_argument("id")
    show.add_argument("--json", action="store_true", help="as one JSON object")
    of_one: dict[str, tuple[str, _Action]] = {
        "add": ("a new entry", _add),
        "edit": ("change an entry", _edit),
        "suspend": ("an entry works no longer until it is edited to active", _suspend),
        "expire": ("end an entry today, without grace", _expire),
    }
    for name, (text, run) in of_one.items():
        made = action(name, text, run)
        made.add_argument("id")
        if name in ("add", "edit"):
            _add_fields(made)
        _add_reason(made)
    load = action("import", "entries from CSV or YAML; shows the difference, and with --yes puts it in force", _import)
    load.add_argument("file", help="a table with the fields' names as header, or a partners.yaml")
    load.add_argument("--replace", action="store_true", help="entries that the file lacks are removed")
    load.add_argument("--yes", action="store_true", help="put it in force")
    _add_reason(load, required=False)
    export = action("export", "all entries, as partners.yaml or as a table", _export)
    export.add_argument("--csv", action="store_true", help="as a table of comma-separated values")
    history = action("history", "the versions of the registry, newest first", _history)
    history.add_argument("number", nargs="?", type=int, help="what this version changed")
    restore = action("restore", "an old version as a new one", _restore)
    restore.add_argument("number", type=int, help="as `partners history` shows it")
    _add_reason(restore)
    check = action("check", "look up which hosts take mail for an entry's domains, by DNS", _check)
    check.add_argument("id", nargs="?", help="one entry (default: all that are active)")
    check.add_argument("--record", action="store_true", help="keep what is found on the entries, as evidence")
    _add_reason(check, required=False)
    proposed = action("proposals", "changes that wait for a second administrator", _proposals)
    proposed.add_argument("number", nargs="?", type=int, help="what this one would change")
    action("approve", "put a proposal in force", _approve).add_argument("number", type=int)
    action("refuse", "refuse a proposal", _refuse).add_argument("number", type=int)


def _add_fields(parser: argparse.ArgumentParser) -> None:
    for name, field in PartnerEntry.model_fields.items():
        if name != "id":
            choices = [str(v) for v in get_args(field.annotation)] if name in ("basis", "status") else None
            text = _HELP.get(name, name.replace("_", " "))
            flag = f"--{name.replace('_', '-')}"
            parser.add_argument(flag, dest=name, metavar="VALUE", choices=choices, help=text)


def _add_reason(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--reason", required=required, default="", help="why; kept with the version")


def _run(options: argparse.Namespace, action: _Action) -> int:
    config = required_config(options)
    store = open_store(config)
    try:
        return action(options, config, store)
    finally:
        store.close()


def _texts(config: Config, store: Store) -> dict[str, str]:
    """The rules in force. A store that no gateway has used yet is seeded from the rules folder first."""
    texts = load_texts(config.rules)
    if not store.rule_versions(registry.FILE):
        load_rulebook(texts)
        store.import_rules(texts, author=BY_FILE, reason="rules folder, before the gateway's first start")
    return texts | store.current_rules()


def _entries(config: Config, store: Store) -> tuple[PartnerEntry, ...]:
    return registry.entries_of(_texts(config, store)[registry.FILE])


def _found(entries: Sequence[PartnerEntry], id_: str) -> PartnerEntry:
    entry = next((e for e in entries if e.id == id_), None)
    if entry is None:
        raise ConfigError([Fault(file="partners", text=f"there is no entry “{id_}”; `partners list` shows all")])
    return entry


def _today(config: Config) -> date:
    return datetime.now(ZoneInfo(config.council.time_zone)).date()


# -- looking --


def _list(options: argparse.Namespace, config: Config, store: Store) -> int:
    today = _today(config)
    entries = [
        (entry, registry.standing(entry, today)) for entry in sorted(_entries(config, store), key=lambda e: e.id)
    ]
    if options.due:
        entries = [(entry, standing) for entry, standing in entries if standing != "active"]
    if options.json:
        for entry, standing in entries:
            print(json.dumps(registry.plain(entry) | {"standing": standing}, ensure_ascii=False))
        return 0
    if not entries:
        print("No entry." if not options.due else "No entry needs to be looked at.")
        return 0
    width = max(len(entry.id) for entry, _ in entries)
    print(f"{'id':<{width}}  {'standing':<24} {'review by':<11} {'may receive':<44} organisation")
    for entry, standing in entries:
        allowed = ", ".join(category.value for category in entry.may_receive)
        print(
            f"{entry.id:<{width}}  {standing:<24} {entry.review_by!s:<11} {allowed:<44} {printable(entry.organisation)}"
        )
    return 0


def _show(options: argparse.Namespace, config: Config, store: Store) -> int:
    entry = _found(_entries(config, store), options.id)
    standing = registry.standing(entry, _today(config))
    if options.json:
        print(json.dumps(registry.plain(entry) | {"standing": standing}, ensure_ascii=False))
        return 0
    print(f"{'standing':<24}{standing}")
    for name, value in registry.plain(entry).items():
        print(f"{name.replace('_', ' '):<24}{_shown(value)}")
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else "(none)" if value is None else str(value)
    return printable(text)


def _export(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = _entries(config, store)
    print(partner_tables.written(entries) if options.csv else registry.text_of(entries), end="")
    return 0


# -- changing --


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields named on the command line; an empty value takes one out."""
    values: dict[str, Any] = {}
    for name in PartnerEntry.model_fields:
        text = getattr(options, name, None) if name != "id" else None
        if text is not None:
            values[name] = partner_tables.value_of(name, text)
    return values


def _add(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = _entries(config, store)
    if any(entry.id == options.id for entry in entries):
        raise ConfigError(
            [Fault(file="partners", text=f"the entry “{options.id}” exists; change it with `partners edit`")]
        )
    values = {"id": options.id, "valid_from": _today(config).isoformat()} | _given(options)
    return _change(options, config, store, entries, registry.with_entry(entries, _checked(values)))


def _edit(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = _entries(config, store)
    values = registry.changed(_found(entries, options.id), _given(options))
    return _change(options, config, store, entries, registry.with_entry(entries, _checked(values)))


def _checked(values: dict[str, Any]) -> PartnerEntry:
    """The entry, its faults told by field. Raises ConfigError."""
    return partner_tables.entry_of(values, f"entry {values.get('id', '')}")


def _suspend(options: argparse.Namespace, config: Config, store: Store) -> int:
    return _altered(options, config, store, {"status": "suspended"})


def _expire(options: argparse.Namespace, config: Config, store: Store) -> int:
    yesterday = _today(config) - timedelta(days=1)
    entry = _found(_entries(config, store), options.id)
    begun = min(entry.valid_from, yesterday)
    values = {"review_by": yesterday.isoformat(), "valid_from": begun.isoformat(), "grace_days": 0}
    return _altered(options, config, store, values)


def _altered(options: argparse.Namespace, config: Config, store: Store, values: dict[str, Any]) -> int:
    entries = _entries(config, store)
    after = _checked(registry.changed(_found(entries, options.id), values))
    return _change(options, config, store, entries, registry.with_entry(entries, after))


def _import(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = _entries(config, store)
    read = partner_tables.read(Path(options.file))
    kept = () if options.replace else tuple(e for e in entries if e.id not in {new.id for new in read})
    if not options.yes:
        _show_difference(entries, (*kept, *read))
        print("\nNothing is changed yet; add --yes and --reason to put it in force.")
        _refuse_faults(config, store, (*kept, *read))
        return 0
    return _change(options, config, store, entries, (*kept, *read))


def _refuse_faults(config: Config, store: Store, after: Sequence[PartnerEntry]) -> str:
    """The registry as text, once it holds together with all other rules. Raises ConfigError."""
    text = registry.text_of(after)
    load_rulebook(_texts(config, store) | {registry.FILE: text})
    return text


def _change(
    options: argparse.Namespace,
    config: Config,
    store: Store,
    before: Sequence[PartnerEntry],
    after: Sequence[PartnerEntry],
) -> int:
    check_reason(options.reason)
    text = _refuse_faults(config, store, after)
    if not registry.difference(before, after):
        print("Nothing would change.")
        return 0
    _show_difference(before, after)
    if config.partners.second_approval:
        number = store.propose_rules(registry.FILE, text, author=who(), reason=options.reason)
        if number is None:
            print("\nThe same change waits already, or was refused.")
            return 1
        print(f"\nProposal {number}: another administrator puts it in force with `partners approve {number}`.")
        return 0
    store.import_rules({registry.FILE: text}, author=who(), reason=options.reason)
    number = store.rule_versions(registry.FILE)[0].number
    print(f"\nVersion {number}. Running gateways take it up within seconds.")
    return 0


def _show_difference(before: Sequence[PartnerEntry], after: Sequence[PartnerEntry]) -> None:
    found = registry.difference(before, after)
    if not found:
        print("No difference.")
    for one in found:
        print(f"{one.kind.value}: {one.id}")
        for name, old, new in one.fields if one.kind is registry.Kind.EDITED else ():
            print(f"    {name.replace('_', ' ')}: {_shown(old)} -> {_shown(new)}")


def _check(options: argparse.Namespace, config: Config, store: Store) -> int:
    """Answers 1 where a domain takes no mail, or other hosts than the evidence on its entry says."""
    entries = _entries(config, store)
    today = _today(config)
    chosen = [_found(entries, options.id)] if options.id else [e for e in entries if e.works_on(today)]
    after = entries
    good = True
    for entry in chosen:
        hosts: list[str] = []
        for found in map(mail_hosts, entry.domains):
            print(f"{entry.id}: {found.domain}: {', '.join(found.hosts) or found.fault}")
            good = good and bool(found.hosts)
            hosts += found.hosts
        known = entry.mail_evidence
        if known is not None and set(known.hosts) != set(hosts):
            good = False
            print(
                f"{entry.id}: on {known.last_checked} it was {', '.join(known.hosts) or 'nobody'}; ask the partner why"
            )
        evidence = {"last_checked": today, "hosts": hosts}
        after = registry.with_entry(after, _checked(registry.changed(entry, {"mail_evidence": evidence})))
    if options.record:
        _change(options, config, store, entries, after)
    return 0 if good else 1


# -- versions --


def _version(store: Store, number: int) -> RuleVersion:
    versions = {version.number: version for version in store.rule_versions(registry.FILE)}
    if number not in versions:
        raise ConfigError([Fault(file="partners", text=f"there is no version {number}; `partners history` shows all")])
    return versions[number]


def _history(options: argparse.Namespace, config: Config, store: Store) -> int:
    _texts(config, store)
    if options.number is not None:
        after = registry.entries_of(_version(store, options.number).text)
        before = registry.entries_of(_version(store, options.number - 1).text) if options.number > 1 else ()
        _show_difference(before, after)
        return 0
    for version in store.rule_versions(registry.FILE):
        at = version.created_at.astimezone(UTC)
        print(f"{version.number:>5}  {at:%Y-%m-%d %H:%MZ}  {version.author:<20} {printable(version.reason)}")
    return 0


def _restore(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = _entries(config, store)
    return _change(options, config, store, entries, registry.entries_of(_version(store, options.number).text))


def _proposals(options: argparse.Namespace, config: Config, store: Store) -> int:
    waiting = store.open_proposals(registry.FILE)
    if options.number is not None:
        one = next((proposal for proposal in waiting if proposal.number == options.number), None)
        if one is None:
            raise ConfigError([Fault(file="partners", text=f"no proposal {options.number} waits")])
        _show_difference(_entries(config, store), registry.entries_of(one.text))
        return 0
    if not waiting:
        print("Nothing waits for a second administrator.")
    for proposal in waiting:
        at = proposal.created_at.astimezone(UTC)
        print(f"{proposal.number:>5}  {at:%Y-%m-%d %H:%MZ}  {proposal.author:<20} {printable(proposal.reason)}")
    return 0


def _approve(options: argparse.Namespace, _config: Config, store: Store) -> int:
    store.answer_proposal(options.number, by=who(), approve=True)
    print("In force; running gateways take it up within seconds.")
    return 0


def _refuse(options: argparse.Namespace, _config: Config, store: Store) -> int:
    store.answer_proposal(options.number, by=who(), approve=False)
    print("Refused.")
    return 0
