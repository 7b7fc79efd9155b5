"""`demo`: the sample mails through a gateway on this machine, with a table of what became of them."""

from __future__ import annotations

import argparse
import sys

import uvloop

from ..demo.run import SMTP_PORT, Demonstration


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--once", action="store_true", help="stop after the table; exit 0 only when all went as expected"
    )
    parser.add_argument(
        "--port", type=int, default=SMTP_PORT, help=f"port of the gateway (default: {SMTP_PORT}; 0: any)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    demonstration = Demonstration(port=options.port)
    return 0 if uvloop.run(demonstration.run(once=options.once)) else 1
