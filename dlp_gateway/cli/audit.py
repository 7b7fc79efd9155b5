"""`audit`: the record. Every process that writes keeps a chain of its own, in which each entry holds the hash of the
one before; `verify` computes all of them anew and compares the records of messages with what the chains say of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from ..config import Config
from ..errors import ConfigError, Fault
from ..store import AuditEntry, AuditSearch, Store, Verb
from ..store.record_export import entry_as_json
from .mail_files import printable
from .settings import run_in_store
from .times import time_past

_AT_ONCE = 1000


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verify = actions.add_parser(
        "verify", parents=[common], help="compute the chains anew; exit code 1 where one does not hold"
    )
    verify.add_argument(
        "--heads",
        metavar="FILE",
        help="what `audit heads` wrote earlier and was kept elsewhere: finds also a chain whose end was cut off",
    )
    verify.set_defaults(run=lambda options: run_in_store(options, _verify))
    heads = actions.add_parser("heads", parents=[common], help="the last entry of each chain, to be kept elsewhere")
    heads.set_defaults(run=lambda options: run_in_store(options, _heads))
    search = actions.add_parser("search", parents=[common], help="entries, oldest first")
    _add_filters(search)
    search.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many (default: 100)")
    search.add_argument("--json", action="store_true", help="one JSON object per entry")
    search.set_defaults(run=lambda options: run_in_store(options, _search))
    export = actions.add_parser("export", parents=[common], help="entries with their hashes, as JSON Lines")
    _add_filters(export)
    export.set_defaults(run=lambda options: run_in_store(options, _export))


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--message", metavar="ID", help="about this message (our id)")
    parser.add_argument("--actor", metavar="WHO", help="by this one, such as user:r.patel, system:root, gateway")
    parser.add_argument("--verb", metavar="VERB", help="such as held:released")
    parser.add_argument("--since", metavar="T", help="from then on: 28d, or a time such as 2026-11-01")
    parser.add_argument("--until", metavar="T", help="before then")


async def _verify(options: argparse.Namespace, _config: Config, store: Store) -> int:
    known = None if options.heads is None else _known(Path(options.heads))
    problems = await store.verify_audit(known=known)
    for problem in problems:
        print(problem)
    if problems:
        print("The record does not hold.")
        return 1
    heads = await store.audit_heads()
    print(f"The record holds: {sum(n for n, _ in heads.values())} entries in {len(heads)} chains.")
    return 0


async def _heads(_options: argparse.Namespace, _config: Config, store: Store) -> int:
    for writer, (n, head) in sorted((await store.audit_heads()).items()):
        print(json.dumps({"writer": writer, "n": n, "hash": head.hex()}))
    return 0


def _known(path: Path) -> dict[str, tuple[int, bytes]]:
    known = {}
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                one = json.loads(line)
                known[str(one["writer"])] = int(one["n"]), bytes.fromhex(one["hash"])
            except (ValueError, KeyError, TypeError):
                fault = Fault(file=str(path), line=number, text="is no line that `audit heads` has written")
                raise ConfigError([fault]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Fault(file=str(path), text=f"can't be read ({type(error).__name__})")]) from None
    return known


async def _search(options: argparse.Namespace, config: Config, store: Store) -> int:
    if options.limit < 1:
        raise ConfigError([Fault(file="--limit", text="is a number from 1")])
    found = 0
    async for entry in _entries(options, config, store):
        if found == options.limit:
            print("There are more; `--limit` shows them.") if not options.json else None
            break
        found += 1
        print(json.dumps(entry_as_json(entry), ensure_ascii=False) if options.json else _in_a_line(entry))
    if not found and not options.json:
        print("The record has no such entry.")
    return 0


async def _export(options: argparse.Namespace, config: Config, store: Store) -> int:
    async for entry in _entries(options, config, store):
        print(json.dumps(entry_as_json(entry), ensure_ascii=False))
    return 0


async def _entries(options: argparse.Namespace, config: Config, store: Store) -> AsyncIterator[AuditEntry]:
    wanted = _wanted(options, config)
    while page := await store.search_audit(wanted):
        for entry in page:
            yield entry
        wanted = replace(wanted, after=(page[-1].at, page[-1].writer, page[-1].n))


def _wanted(options: argparse.Namespace, config: Config) -> AuditSearch:
    if options.verb is not None and options.verb not in list(Verb):
        raise ConfigError([Fault(file="--verb", text=f"“{options.verb}” is none; there are {', '.join(sorted(Verb))}")])
    return AuditSearch(
        message_id=options.message,
        actor=options.actor,
        verb=None if options.verb is None else Verb(options.verb),
        since=None if options.since is None else time_past("--since", options.since, config),
        until=None if options.until is None else time_past("--until", options.until, config),
        limit=_AT_ONCE,
    )


def _in_a_line(entry: AuditEntry) -> str:
    at = f"{entry.at:%Y-%m-%d %H:%M:%SZ}"
    return printable(f"{at}  {entry.verb:<24} {entry.actor:<24} {entry.message_id or '-':<18} {entry.body}")
