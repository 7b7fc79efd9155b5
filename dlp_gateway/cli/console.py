"""`console`: the web console, a process of its own beside the gateway."""

from __future__ import annotations

import argparse

from ..config import find_config, load_config
from ..log import start_logging
from ..web.server import run_console


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = load_config(find_config(options.config))
    start_logging(config.log_level)
    run_console(config, ready=lambda: print("ready", flush=True))
    return 0
