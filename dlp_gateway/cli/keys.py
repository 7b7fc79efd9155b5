"""`keys`: recipients' S/MIME certificates and OpenPGP keys. Each is used only once an administrator trusts it; every
change is recorded with who made it and why, and a running gateway takes it up within seconds. `keys rotate` alone is
about a key of our own, that of what is held at rest."""

from __future__ import annotations

import argparse
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..config import Config
from ..errors import ConfigError, Fault
from ..key_trust import load_trust
from ..keys import load_keys, rotate_seal
from ..recipient_keys import (
    FAULT_WORDS,
    NO_WORRY,
    KeyFault,
    KeyKind,
    KeyRing,
    RecipientKey,
    fault_of,
    names_of,
    state_of,
    without_list,
)
from ..store import Store
from . import key_changes
from .key_directories import news_of
from .partner_registry import shown
from .settings import required_config, run_in_store

_Action = Callable[[argparse.Namespace, Config, Store], Awaitable[int]]


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, text: str, run: _Action) -> argparse.ArgumentParser:
        made = actions.add_parser(name, parents=[common], help=text, description=f"{text[0].upper()}{text[1:]}.")
        made.set_defaults(run=lambda options: run_in_store(options, run))
        return made

    add = action("add", "trust the key in a file", key_changes.add)
    add.add_argument("file", help="a certificate (PEM, DER, PKCS #7; with its chain) or an OpenPGP key")
    add.add_argument(
        "--for",
        dest="pattern",
        required=True,
        metavar="ADDRESS|@DOMAIN",
        help="whose it is; @partner.example: all there",
    )
    _add_trust(add)
    add.add_argument("--reason", required=True, help="why, and how it was checked; kept with the key")
    fetch = action("fetch", "look for a key in the web key directory of an address, or by LDAP", key_changes.fetch)
    fetch.add_argument("address")
    fetch.add_argument("--ldap", metavar="NAME", help="a certificate, in that one of recipient_keys.directories")
    fetch.add_argument(
        "--for", dest="pattern", metavar="@DOMAIN", help="use it for this whole domain (default: for the address alone)"
    )
    _add_trust(fetch)
    fetch.add_argument("--reason", default="", help="why, and how it was checked; needed to trust it")
    listing = action("list", "the keys in use, and how each stands", _list)
    listing.add_argument(
        "--expiring", type=int, metavar="DAYS", help="only those that end within so many days, or have"
    )
    listing.add_argument("--all", action="store_true", help="withdrawn ones, too")
    listing.add_argument("--json", action="store_true", help="one JSON object per key")
    show = action("show", "one key", _show)
    show.add_argument("number", type=int, help="as `keys list` shows it")
    show.add_argument("--json", action="store_true", help="as one JSON object")
    withdraw = action("withdraw", "a key is used no longer", key_changes.withdraw)
    withdraw.add_argument("number", type=int, help="as `keys list` shows it")
    withdraw.add_argument("--reason", required=True, help="why; kept in the record")
    check = action("check", "judge all keys again: dates, usage, names, chains, revocation lists", _check)
    check.add_argument(
        "--fetch",
        action="store_true",
        help="ask the web key directories whether OpenPGP keys were revoked or prolonged",
    )
    check.add_argument("--json", action="store_true", help="one JSON object per key")
    rotate = actions.add_parser(
        "rotate", parents=[common], help="make a new key of our own for what is held at rest; older ones are kept"
    )
    rotate.set_defaults(run=_rotate)


def _rotate(options: argparse.Namespace) -> int:
    folder = required_config(options).keys.folder
    load_keys(folder)
    try:
        path = rotate_seal(folder)
    except OSError as error:
        raise ConfigError([Fault(file=str(folder), text=f"takes no new key ({error.strerror})")]) from None
    print(f"made {path}. Keep a copy where you keep those of the other keys, then restart the gateway,")
    print("which seals with it from then on. Leave the older ones there: what they sealed is opened by them.")
    return 0


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust", metavar="FINGERPRINT", help="trust it by this fingerprint, which its owner told you by another way"
    )


async def _list(options: argparse.Namespace, config: Config, store: Store) -> int:
    now = datetime.now(UTC)
    known = await store.recipient_keys.all()
    ring = KeyRing.of(known, load_trust(config.recipient_keys))
    chosen = [key for key in known if options.all or key.withdrawn_at is None]
    if options.expiring is not None:
        until = now + timedelta(max(0, options.expiring))
        chosen = [key for key in chosen if key.not_after is not None and key.not_after <= until]
    if options.json:
        for key in chosen:
            print(json.dumps(_as_json(key, ring, now), ensure_ascii=False))
        return 0
    if not chosen:
        print("No key ends within that time." if options.expiring is not None else "No key.")
        return 0
    width = max(3, *(len(key.pattern) for key in chosen))
    print(f"{'no':>4}  {'for':<{width}}  {'kind':<7}  {'ends':<10}  {'state':<9}  fingerprint")
    for key in chosen:
        ends = "never" if key.not_after is None else f"{key.not_after:%Y-%m-%d}"
        state = _state(key, ring, now)
        print(f"{key.id:>4}  {key.pattern:<{width}}  {key.kind:<7}  {ends:<10}  {state:<9}  {key.fingerprint}")
    return 0


async def _show(options: argparse.Namespace, config: Config, store: Store) -> int:
    now = datetime.now(UTC)
    known = await store.recipient_keys.all()
    key = next((one for one in known if one.id == options.number), None)
    if key is None:
        raise ConfigError([Fault(file="keys", text=f"there is no key {options.number}; `keys list --all` shows all")])
    values = _as_json(key, KeyRing.of(known, load_trust(config.recipient_keys)), now)
    if options.json:
        print(json.dumps(values, ensure_ascii=False))
        return 0
    for name, value in values.items():
        print(f"{name.replace('_', ' '):<20}{shown(value)}")
    return 0


async def _check(options: argparse.Namespace, config: Config, store: Store) -> int:
    """Answers 1 where one that nothing replaces can't be used, or a directory has news of one."""
    now = datetime.now(UTC)
    ring = KeyRing.of(await store.recipient_keys.all(), load_trust(config.recipient_keys))
    good = True
    for key in ring.keys:
        why = fault_of(key, ring.trust, now)
        good = good and (why is None or _state(key, ring, now) in NO_WORRY)
        news = news_of(key, config, ring.trust, now) if options.fetch else None
        good = good and news is None
        if options.json:
            print(json.dumps(_as_json(key, ring, now) | {"news": news}, ensure_ascii=False))
            continue
        print(f"{key.id}: {key.pattern} ({key.kind}): {_verdict(key, ring, why, now)}{f'; {news}' if news else ''}")
    if not ring.keys and not options.json:
        print("No key.")
    return 0 if good else 1


def _verdict(key: RecipientKey, ring: KeyRing, why: KeyFault | None, now: datetime) -> str:
    if why is not None:
        return f"can't be used: {FAULT_WORDS[why]}"
    ends = "without an end" if key.not_after is None else f"until {key.not_after:%Y-%m-%d %H:%MZ}"
    beside = "; no revocation list says whether it was revoked" if without_list(key, ring.trust, now) else ""
    return f"can be used {ends}{beside}"


def _state(key: RecipientKey, ring: KeyRing, now: datetime) -> str:
    return "withdrawn" if key.withdrawn_at is not None else state_of(key, ring, now)


def _as_json(key: RecipientKey, ring: KeyRing, now: datetime) -> dict[str, Any]:
    why = None if key.withdrawn_at is not None else fault_of(key, ring.trust, now)
    return {
        "number": key.id,
        "for": key.pattern,
        "kind": key.kind.value,
        "fingerprint": key.fingerprint,
        "made_out_to": list(names_of(key)),
        "not_after": _moment(key.not_after),
        "state": _state(key, ring, now),
        "fault": why.value if why is not None else None,
        "no_revocation_list": key.kind is KeyKind.SMIME and without_list(key, ring.trust, now),
        "source": key.source,
        "by_fingerprint": key.by_fingerprint,
        "trusted_by": key.trusted_by,
        "trusted_at": _moment(key.trusted_at),
        "reason": key.reason,
        "withdrawn_at": _moment(key.withdrawn_at),
        "withdrawn_by": key.withdrawn_by,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
