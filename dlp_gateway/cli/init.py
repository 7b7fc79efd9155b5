"""`init`: make the keys and folders that the configuration names and that do not exist yet."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ConfigError, Fault
from ..keys import create_keys
from .settings import required_config


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = required_config(options)
    folders = [config.store.spool]
    if config.store.url.startswith("sqlite:///"):
        folders.append(Path(config.store.url.removeprefix("sqlite:///")).parent)
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = create_keys(config.keys.folder)
    except OSError as error:
        raise ConfigError([Fault(file=str(error.filename), text=f"can't be made ({error.strerror})")]) from None
    for path in made:
        print(f"made {path}")
    print(f"Keys are in {config.keys.folder}. Keep a copy away from this machine and from backups of the store:")
    print("without them held messages can't be opened, with them anybody can open a stolen copy.")
    return 0
