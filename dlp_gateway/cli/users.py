"""`users hash`: what to write into `users` of the configuration, or into a file of users, for SMTP AUTH."""

from __future__ import annotations

import argparse
import getpass
import sys

from ..errors import ConfigError, Fault
from ..receive.password import hash_password


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    action = actions.add_parser(
        "hash", help="ask for a password and print its hash for `users` in the configuration or a file of users"
    )
    action.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 12:
        raise ConfigError([Fault(file="password", text="is too short; use at least 12 characters")])
    print(hash_password(password))
    return 0
