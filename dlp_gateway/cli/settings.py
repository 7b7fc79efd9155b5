"""What commands share: the configuration they run under and the rules they read."""

from __future__ import annotations

import asyncio
import os
import pwd
import secrets
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from ..config import Config, ExactMatch
from ..config_file import find_config, load_config
from ..errors import ConfigError, Fault, StoreUnavailableError
from ..keys import KEY_BYTES, load_keys
from ..rule_changes import SHORTEST_REASON
from ..rules_folder import load_texts
from ..store import Store, StoredRules, rules_in_store


def required_config(options: Namespace) -> Config:
    """The configuration; its absence is a fault."""
    return load_config(find_config(options.config))


def config_or_defaults(options: Namespace) -> Config:
    """The configuration, or the defaults where none was named and none exists: looking at a mail
    file needs no installation."""
    path = find_config(options.config)
    if options.config is None and not path.exists():
        return Config()
    return load_config(path)


def rules_folder(options: Namespace, config: Config) -> Path | None:
    """The folder of `--rules`, else the configuration's."""
    if options.rules is None:
        return config.rules
    folder = Path(options.rules)
    if not folder.is_dir():
        raise ConfigError([Fault(file=str(folder), text="is not a folder; --rules takes a folder of rule files")])
    return folder


def stored_rules(options: Namespace, config: Config, folder: Mapping[str, str]) -> StoredRules | None:
    """What the store of an installation says beside these texts of its folder; None with `--rules`, without a
    configuration, before the first start, and, with a warning, where the store can't be read."""
    if options.rules is not None or not find_config(options.config).exists():
        return None
    try:
        return rules_in_store(config.store.url, folder)
    except StoreUnavailableError as error:
        print(f"dlp-gateway: warning: {error}, so the rules folder is read instead", file=sys.stderr)
        return None


def rules_in_force(options: Namespace, config: Config) -> dict[str, str]:
    """The texts that a gateway under this configuration decides by: those of `--rules`, else the store's, else the
    folder's. Warns where the folder has changes that no gateway has taken up."""
    texts = load_texts(rules_folder(options, config))
    stored = stored_rules(options, config, texts)
    if stored is None:
        return texts
    if stored.changed:
        names = ", ".join(stored.changed)
        text = f"not in force yet, so not used here: {names}; a gateway reads the folder at its start and at SIGHUP"
        print(f"dlp-gateway: warning: {text}", file=sys.stderr)
    return texts | dict(stored.current)


def fingerprint_key(config: Config) -> bytes:
    """The installation's key where it can be read; else one for this run, so that values can still
    be counted but not compared with those of other runs."""
    try:
        return load_keys(config.keys.folder).fingerprint
    except ConfigError:
        return secrets.token_bytes(KEY_BYTES)


def records_settings(config: Config) -> ExactMatch:
    """Where the council's own records lie; nowhere, with a warning, for who can't read the key that they are under."""
    try:
        load_keys(config.keys.folder)
    except ConfigError:
        folder = config.exact_match.folder
        if folder is not None and folder.exists():
            text = "the keys can't be read here, so the council's own records are not looked in"
            print(f"dlp-gateway: warning: {text}", file=sys.stderr)
        return ExactMatch(folder=None)
    return config.exact_match


def check_reason(reason: str) -> None:
    """Raises ConfigError for a `--reason` that says nothing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ConfigError(
            [Fault(file="--reason", text="says too little; write why, for whoever reads the record later")]
        )


def who() -> str:
    """Whoever runs this command: the record names the system account, which no variable of the
    environment may choose, or one person could give two approvals."""
    user = os.getuid()
    try:
        return f"system:{pwd.getpwuid(user).pw_name}"
    except KeyError:  # an account without a name, as in some containers
        return f"system:{user}"


def run_in_store(options: Namespace, action: Callable[[Namespace, Config, Store], Awaitable[int]]) -> int:
    """The exit code of an action that is given the configuration and the open store."""
    config = required_config(options)
    store = open_store(config)

    async def work() -> int:
        return await action(options, config, store)

    try:
        return asyncio.run(work())
    finally:
        store.close()


def open_store(config: Config) -> Store:
    """The store beside a gateway that may be running: this process takes over nothing of its."""
    who = f"{config.hostname}:{os.getpid()}"
    return Store.open(config.store, load_keys(config.keys.folder), gateway_id=who, role="cli")
