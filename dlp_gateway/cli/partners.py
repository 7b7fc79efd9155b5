"""`partners`: the registry of partner organisations. Every change is a numbered version with author and reason; a
running gateway takes it up within seconds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any, get_args

from ..config import Config
from ..decide import partner_tables, registry
from ..decide.partners import PartnerEntry
from ..rule_changes import in_force, today
from ..store import RuleProposal, RuleVersion, Store
from . import partner_changes, partner_evidence
from .mail_files import printable
from .partner_registry import difference_json, show_difference, shown
from .settings import open_store, required_config

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
        "add": ("a new entry", partner_changes.add),
        "edit": ("change an entry", partner_changes.edit),
        "suspend": ("an entry works no longer until it is edited to active", partner_changes.suspend),
        "expire": ("end an entry today, without grace", partner_changes.expire),
    }
    for name, (text, run) in of_one.items():
        made = action(name, text, run)
        made.add_argument("id")
        if name in ("add", "edit"):
            _add_fields(made)
        _add_reason(made)
    load = action(
        "import",
        "entries from CSV or YAML; shows the difference, and with --yes puts it in force",
        partner_changes.import_,
    )
    load.add_argument("file", help="a table with the fields' names as header, or a partners.yaml")
    load.add_argument("--replace", action="store_true", help="entries that the file lacks are removed")
    load.add_argument("--yes", action="store_true", help="put it in force")
    _add_reason(load, required=False)
    export = action("export", "all entries, as partners.yaml or as a table", _export)
    export.add_argument("--csv", action="store_true", help="as a table of comma-separated values")
    history = action("history", "the versions of the registry, newest first", _history)
    history.add_argument("number", nargs="?", type=int, help="what this version changed")
    history.add_argument("--json", action="store_true", help="one JSON object per version, or per changed entry")
    restore = action("restore", "an old version as a new one", partner_changes.restore)
    restore.add_argument("number", type=int, help="as `partners history` shows it")
    _add_reason(restore)
    check = action("check", "look up which hosts take mail for an entry's domains, by DNS", partner_evidence.check)
    check.add_argument("id", nargs="?", help="one entry (default: all that are active)")
    check.add_argument("--json", action="store_true", help="one JSON object per domain")
    check.add_argument("--record", action="store_true", help="keep what is found on the entries, as evidence")
    _add_reason(check, required=False)
    proposed = action("proposals", "changes that wait for a second administrator", _proposals)
    proposed.add_argument("number", nargs="?", type=int, help="what this one would change")
    proposed.add_argument("--json", action="store_true", help="one JSON object per proposal, or per changed entry")
    action("approve", "put a proposal in force", partner_changes.approve).add_argument("number", type=int)
    action("refuse", "refuse a proposal", partner_changes.refuse).add_argument("number", type=int)


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


# -- looking --


def _list(options: argparse.Namespace, config: Config, store: Store) -> int:
    day = today(config)
    entries = [
        (entry, registry.standing(entry, day)) for entry in sorted(in_force(config, store).entries, key=lambda e: e.id)
    ]
    if options.due:
        entries = [(entry, standing) for entry, standing in entries if standing != "active"]
    if options.json:
        _print_json(registry.plain(entry) | {"standing": standing} for entry, standing in entries)
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
    entry = in_force(config, store).entry(options.id)
    standing = registry.standing(entry, today(config))
    if options.json:
        _print_json([registry.plain(entry) | {"standing": standing}])
        return 0
    print(f"{'standing':<24}{standing}")
    for name, value in registry.plain(entry).items():
        print(f"{name.replace('_', ' '):<24}{shown(value)}")
    return 0


def _export(options: argparse.Namespace, config: Config, store: Store) -> int:
    entries = in_force(config, store).entries
    print(partner_tables.written(entries) if options.csv else registry.text_of(entries), end="")
    return 0


def _history(options: argparse.Namespace, config: Config, store: Store) -> int:
    in_force(config, store)
    if options.number is None:
        _list_texts(store.rule_versions(registry.FILE), as_json=options.json)
        return 0
    after = registry.entries_of(partner_changes.version(store, options.number).text)
    before = registry.entries_of(partner_changes.version(store, options.number - 1).text) if options.number > 1 else ()
    _tell_difference(before, after, as_json=options.json)
    return 0


def _proposals(options: argparse.Namespace, _config: Config, store: Store) -> int:
    if options.number is not None:
        wanted = partner_changes.proposal(store, options.number)
        made_from = partner_changes.version(store, wanted.base).text if wanted.base else ""
        before = registry.entries_of(made_from) if made_from else ()
        _tell_difference(before, registry.entries_of(wanted.text), as_json=options.json)
        return 0
    waiting = store.open_proposals(registry.FILE)
    if not waiting and not options.json:
        print("Nothing waits for a second administrator.")
    _list_texts(waiting, as_json=options.json)
    return 0


def _tell_difference(before: tuple[PartnerEntry, ...], after: tuple[PartnerEntry, ...], *, as_json: bool) -> None:
    if as_json:
        _print_json(difference_json(before, after))
    else:
        show_difference(before, after)


def _list_texts(texts: Iterable[RuleVersion | RuleProposal], *, as_json: bool) -> None:
    for one in texts:
        at = one.created_at.astimezone(UTC)
        if as_json:
            values = {"number": one.number, "at": at.isoformat(), "author": one.author, "reason": one.reason}
            _print_json([values])
        else:
            print(f"{one.number:>5}  {at:%Y-%m-%d %H:%MZ}  {one.author:<20} {printable(one.reason)}")


def _print_json(values: Iterable[dict[str, Any]]) -> None:
    for value in values:
        print(json.dumps(value, ensure_ascii=False))
