"""`users add, list, role, disable, enable, password, second-factor`: accounts of the console.

The first administrator is made here; so is a new start for somebody who lost a password or a telephone.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from ..config import Config
from ..config_console import ROLES
from ..errors import ConfigError, Fault
from ..store import DecidedError, Store, UserAccount
from .settings import run_in_store, who


def add_to(actions: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    add = actions.add_parser(
        "add", parents=[common], help="an account of the console; asks for a password, which its owner changes at once"
    )
    add.add_argument("name", help="to sign in with")
    _take_roles(add)
    add.add_argument("--email", default="", help="by which they are known as a member of reviewers' groups")
    add.add_argument("--display-name", default="", help="as others see them")
    add.set_defaults(run=lambda options: run_in_store(options, _add))
    listing = actions.add_parser("list", parents=[common], help="accounts of the console and their roles")
    listing.add_argument("--json", action="store_true", help="one JSON object per account")
    listing.set_defaults(run=lambda options: run_in_store(options, _list))
    role = actions.add_parser("role", parents=[common], help="give an account exactly these roles")
    role.add_argument("name", help="as `users list` shows it")
    _take_roles(role)
    role.set_defaults(run=lambda options: run_in_store(options, _role))
    for name, active, text in (
        ("disable", False, "sign them out at once, and let them in no more; what they did stays on record"),
        ("enable", True, "let them in again"),
    ):
        action = actions.add_parser(name, parents=[common], help=text)
        action.add_argument("name", help="as `users list` shows it")
        action.set_defaults(active=active, run=lambda options: run_in_store(options, _activate))
    password = actions.add_parser("password", parents=[common], help="ask for a new password for an account")
    password.add_argument("name", help="as `users list` shows it")
    password.set_defaults(run=lambda options: run_in_store(options, _password))
    factor = actions.add_parser("second-factor", parents=[common], help="forget it, so that they set up a new one")
    factor.add_argument("name", help="as `users list` shows it")
    factor.set_defaults(run=lambda options: run_in_store(options, _second_factor))


def _take_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", dest="roles", nargs="+", required=True, metavar="ROLE", choices=ROLES)


def _typed_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise ConfigError([Fault(file="password", text="is not the same twice")])
    return password


async def _add(options: argparse.Namespace, config: Config, store: Store) -> int:
    account = UserAccount(
        name=options.name,
        display_name=options.display_name,
        email=options.email,
        roles=tuple(options.roles),
        is_active=True,
        must_change_password=True,
    )
    try:
        await store.users.create(account, _typed_password(), by=who())
    except DecidedError as error:
        raise ConfigError([Fault(file="users", text=str(error))]) from None
    print(f"{options.name} can sign in{_where(config)}, and is asked for a password and a second factor of their own.")
    return 0


async def _list(options: argparse.Namespace, _config: Config, store: Store) -> int:
    accounts = await store.users.all()
    for account in accounts:
        if options.json:
            shown = {
                "name": account.name,
                "display_name": account.display_name,
                "email": account.email,
                "roles": list(account.roles),
                "is_active": account.is_active,
            }
            print(json.dumps(shown, ensure_ascii=False))
        else:
            state = "" if account.is_active else "disabled"
            print(f"{account.name:<24} {', '.join(account.roles):<40} {account.email:<32} {state}".rstrip())
    if not accounts and not options.json:
        print("No accounts. `dlp-gateway users add NAME --role administrator` makes the first one.")
    return 0


async def _role(options: argparse.Namespace, _config: Config, store: Store) -> int:
    return await _change(options.name, store, roles=tuple(options.roles))


async def _activate(options: argparse.Namespace, _config: Config, store: Store) -> int:
    return await _change(options.name, store, is_active=options.active)


async def _password(options: argparse.Namespace, _config: Config, store: Store) -> int:
    return await _change(options.name, store, password=_typed_password())


async def _second_factor(options: argparse.Namespace, _config: Config, store: Store) -> int:
    return await _change(options.name, store, no_second_factor=True)


async def _change(
    name: str,
    store: Store,
    *,
    roles: tuple[str, ...] | None = None,
    is_active: bool | None = None,
    password: str | None = None,
    no_second_factor: bool = False,
) -> int:
    try:
        account = await store.users.change(
            name, by=who(), roles=roles, is_active=is_active, password=password, no_second_factor=no_second_factor
        )
    except DecidedError as error:
        raise ConfigError([Fault(file="users", text=str(error))]) from None
    print(f"{account.name}: {', '.join(account.roles) or 'no role'}{'' if account.is_active else ', disabled'}")
    return 0


def _where(config: Config) -> str:
    return f" at {config.console.url}" if config.console.url else ""
