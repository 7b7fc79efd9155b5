"""`users`: accounts of the console (`accounts.py`), and `users hash`: what to write into `users` of the configuration,
or into a file of users, for SMTP AUTH."""

from __future__ import annotations

import argparse
import getpass
import sys

from ..errors import ConfigError, Fault
from ..receive.password import hash_password
from . import accounts


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    action = actions.add_parser(
        "hash", help="ask for a password and print its hash for `users` in the configuration or a file of users"
    )
    action.set_defaults(run=run)
    accounts.add_to(actions, common)


def run(_options: argparse.Namespace) -> int:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 12:
        raise ConfigError([Fault(file="password", text="is too short; use at least 12 characters")])
    print(hash_password(password))
    return 0
