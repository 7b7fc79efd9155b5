"""`tokens add, list, revoke`: by which programs ask the JSON API. A token acts for an account of the console and can do
no more than that; it is shown once."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta

from ..config import Config
from ..errors import ConfigError, Fault
from ..store import ApiToken, DecidedError, Store
from ..web.permissions import Permission, permissions_of
from .settings import run_in_store, who

_MOST_DAYS = 731


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add = actions.add_parser("add", parents=[common], help="a new token, printed once")
    add.add_argument("name", help="what it is for, such as siem; names are never used again")
    add.add_argument("--for", dest="user", required=True, metavar="USER", help="the account that it acts for")
    add.add_argument(
        "--may",
        dest="permissions",
        nargs="+",
        required=True,
        metavar="PERMISSION",
        choices=[permission.value for permission in Permission],
        help=f"all that it may do: {', '.join(Permission)}",
    )
    add.add_argument("--days", type=int, default=365, help="how long it works (default: 365)")
    add.set_defaults(run=lambda options: run_in_store(options, _add))
    listing = actions.add_parser("list", parents=[common], help="all tokens, without what is secret")
    listing.add_argument("--json", action="store_true", help="one JSON object per token")
    listing.set_defaults(run=lambda options: run_in_store(options, _list))
    revoke = actions.add_parser("revoke", parents=[common], help="it works no longer, at once")
    revoke.add_argument("name", help="as `tokens list` shows it")
    revoke.set_defaults(run=lambda options: run_in_store(options, _revoke))


async def _add(options: argparse.Namespace, _config: Config, store: Store) -> int:
    if not 1 <= options.days <= _MOST_DAYS:
        raise ConfigError([Fault(file="--days", text=f"is a number from 1 to {_MOST_DAYS}")])
    account = next((one for one in await store.users.all() if one.name == options.user), None)
    if account is None:
        raise ConfigError([Fault(file="--for", text="there is no user of that name; `users list` shows all")])
    lacking = sorted(set(options.permissions) - permissions_of(account.roles))
    if lacking:
        text = f"{', '.join(lacking)}: the roles of {account.name} don't give that"
        raise ConfigError([Fault(file="--may", text=text)])
    until = datetime.now(UTC) + timedelta(days=options.days)
    try:
        token = await store.tokens.create(
            options.name,
            user=account.name,
            permissions=tuple(sorted(set(options.permissions))),
            expires_at=until,
            by=who(),
        )
    except DecidedError as error:
        raise ConfigError([Fault(file="tokens", text=str(error))]) from None
    print(token)
    return 0


async def _list(options: argparse.Namespace, _config: Config, store: Store) -> int:
    tokens = await store.tokens.all()
    now = datetime.now(UTC)
    for token in tokens:
        if options.json:
            shown = {
                "name": token.name,
                "user": token.user,
                "permissions": list(token.permissions),
                "expires_at": token.expires_at.isoformat(),
                "state": _state(token, now),
            }
            print(json.dumps(shown, ensure_ascii=False))
        else:
            print(
                f"{token.name:<24} {token.user:<24} {_state(token, now):<8} until {token.expires_at:%Y-%m-%d}  "
                f"{', '.join(token.permissions)}"
            )
    if not tokens and not options.json:
        print("No tokens.")
    return 0


async def _revoke(options: argparse.Namespace, _config: Config, store: Store) -> int:
    try:
        await store.tokens.revoke(options.name, by=who())
    except DecidedError as error:
        raise ConfigError([Fault(file="tokens", text=str(error))]) from None
    print(f"{options.name} works no longer.")
    return 0


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= now else "works"
