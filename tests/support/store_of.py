"""The store of a gateway that runs, opened beside it: what a command would do, without its process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from dlp_gateway.config import Config
from dlp_gateway.config_file import load_config
from dlp_gateway.keys import load_keys
from dlp_gateway.store import Store
from tests.support.gateway_process import GatewayProcess

R = TypeVar("R")


def in_store(gateway: GatewayProcess, work: Callable[[Config, Store], R]) -> R:
    """What `work` answers or raises; it runs in a thread of its own, since a browser's loop runs in the caller's."""
    results: list[R] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            config = load_config(gateway.config)
            store = Store.open(config.store, load_keys(config.keys.folder), gateway_id="tests", role="cli")
            try:
                results.append(work(config, store))
            finally:
                store.close()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return results[0]
