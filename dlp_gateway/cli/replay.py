"""`replay`: what a draft policy or registry would have changed over recorded mail. Nothing is sent, held or written."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..config import Config
from ..decide import Change, Outcome, load_rulebook
from ..errors import ConfigError, Fault
from ..replaying import Tally, replayed, way_of
from ..rules_folder import load_texts
from ..store import Store, StoredMessage
from .mail_files import printable
from .settings import open_store, required_config
from .times import time_past

_DRAFTS = {"policy": "policy.yaml", "partners": "partners.yaml"}


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", metavar="FILE", help="draft of policy.yaml")
    parser.add_argument("--partners", metavar="FILE", help="draft of partners.yaml")
    parser.add_argument("--rules", metavar="DIR", help="folder of drafts; a file missing there is the shipped one")
    parser.add_argument(
        "--since", metavar="T", default="28d", help="days back (28d) or a time such as 2026-11-01 (default: 28d)"
    )
    parser.add_argument("--list", action="store_true", help="every change, with message id and recipient")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = required_config(options)
    if not (options.policy or options.partners or options.rules):
        raise ConfigError([Fault(file="replay", text="name a draft: --policy FILE, --partners FILE or --rules DIR")])
    since = time_past("--since", options.since, config)
    drafts = _drafts(options)
    store = open_store(config)
    try:
        draft = load_rulebook(_base(options, store, config) | drafts)
        tally = asyncio.run(replayed(store, config, draft, since))
    finally:
        store.close()
    if options.json:
        print(json.dumps(_as_json(tally, since), ensure_ascii=False))
    else:
        _show(tally, since, config, every=options.list)
    return 0


def _drafts(options: argparse.Namespace) -> dict[str, str]:
    texts: dict[str, str] = {}
    for option, name in _DRAFTS.items():
        path = getattr(options, option)
        if path is not None:
            try:
                texts[name] = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                raise ConfigError([Fault(file=path, text="can't be read as UTF-8 text")]) from None
    return texts


def _base(options: argparse.Namespace, store: Store, config: Config) -> dict[str, str]:
    """The rules that the drafts stand among: of `--rules`, else those in force, which the store holds."""
    if options.rules is not None:
        folder = Path(options.rules)
        if not folder.is_dir():
            raise ConfigError([Fault(file=str(folder), text="is not a folder; --rules takes a folder of rule files")])
        return load_texts(folder)
    return load_texts(config.rules) | store.current_rules()


def _as_json(tally: Tally, since: datetime) -> dict[str, Any]:
    return {
        "since": since.isoformat(),
        "messages": tally.messages,
        "recipients": tally.outcomes.total(),
        **{outcome.value: tally.outcomes[outcome] for outcome in Outcome},
        "rules": [_way_json(way, count) for way, count in tally.ways.most_common()],
        "changes": [_change_json(message, change) for message, change in tally.changes],
    }


def _way_json(way: tuple[str, str, str, tuple[str, ...]], count: int) -> Mapping[str, Any]:
    before, after, recipient_class, rules = way
    return {"from": before, "to": after, "class": recipient_class, "rules": list(rules), "recipients": count}


def _change_json(message: StoredMessage, change: Change) -> Mapping[str, Any]:
    before, after, recipient_class, rules = way_of(change)
    return {
        "message_id": message.record.message_id,
        "received_at": message.record.received_at.isoformat(),
        "recipient": change.recipient,
        "class": recipient_class,
        "from": before,
        "to": after,
        "rules": list(rules),
    }


def _show(tally: Tally, since: datetime, config: Config, *, every: bool) -> None:
    local = since.astimezone(ZoneInfo(config.council.time_zone))
    print(f"{tally.messages:,} messages since {local:%d %B %Y %H:%M}, {tally.outcomes.total():,} recipients.")
    if not tally.messages:
        print("Nothing that was inspected is kept from that time.")
        return
    print(f"{tally.outcomes[Outcome.SAME]:,} would be as they were, {tally.outcomes[Outcome.CHANGED]:,} would change.")
    if unknown := tally.outcomes[Outcome.UNKNOWN]:
        print(f"{unknown:,} can't be told: the draft asks for what nobody looked for then.")
    if tally.ways:
        print(f"\n{'was':<8} {'would be':<9} {'class':<14} {'recipients':>10}  rules that make the difference")
    for (before, after, recipient_class, rules), count in tally.ways.most_common():
        names = ", ".join(rules) or "(route, clock or reviewers only)"
        print(f"{before:<8} {after:<9} {recipient_class:<14} {count:>10,}  {names}")
    if not every:
        if tally.ways:
            print("\n--list shows every one of them.")
        return
    print()
    for message, change in tally.changes:
        before, after, _, rules = way_of(change)
        at = message.record.received_at.astimezone(ZoneInfo(config.council.time_zone))
        print(f"{at:%d %b %H:%M}  {message.record.message_id}  {before} -> {after}  {printable(change.recipient)}")
        if rules:
            print(f"{'':14}{', '.join(rules)}")
