"""`gateway` runs the mail side; `serve` runs all there is of the installation: the console, too, where it is set up."""

from __future__ import annotations

import argparse

import uvloop

from ..config_file import find_config, load_config
from ..console_process import ConsoleProcess
from ..log import start_logging
from ..signals import run_gateway


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run, all_of_it=parser.prog.endswith(" serve"))


def run(options: argparse.Namespace) -> int:
    config_file = find_config(options.config)
    config = load_config(config_file)
    start_logging(config.log_level)
    console = ConsoleProcess(config_file) if options.all_of_it and config.console.url is not None else None
    uvloop.run(run_gateway(config, ready=lambda: print("ready", flush=True), console=console))
    return 0
