"""`gateway` runs the mail side; `serve` runs all there is of the installation (the console joins it later)."""

from __future__ import annotations

import argparse

import uvloop

from ..app import run_gateway
from ..log import start_logging
from .settings import required_config


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = required_config(options)
    start_logging(config.log_level)
    uvloop.run(run_gateway(config, ready=lambda: print("ready", flush=True)))
    return 0
