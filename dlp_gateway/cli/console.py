"""`console`: the web console, a process of its own beside the gateway."""

from __future__ import annotations

import argparse
import os

from ..config_file import find_config, load_config
from ..log import start_logging
from ..sandbox import end_with_parent
from ..web.server import run_console


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    # What `serve` says of itself: a console that it started must not outlive it, however it ends.
    parser.add_argument("--beside", type=int, default=None, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.beside is not None:
        end_with_parent()
        if os.getppid() != options.beside:  # it ended before it could be said that we end with it
            return 1
    config = load_config(find_config(options.config))
    start_logging(config.log_level)
    run_console(config, ready=lambda: print("ready", flush=True))
    return 0
