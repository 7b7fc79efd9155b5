"""What holds for every test: its mark follows from its folder, it talks to loopback only, and chance is seeded."""

from __future__ import annotations

import ipaddress
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from dlp_gateway.one_thread import ONE_THREAD

TESTS = Path(__file__).parent
FOLDERS = ("unit", "properties", "dialogs", "corpus", "evasion", "fuzz", "system", "accuracy", "console", "proof")
_LONGEST_FIRST = {folder: place for place, folder in enumerate(("system", "console", "accuracy", "fuzz"))}

# Derandomised: a push never fails by luck. `make proof` looks further.
settings.register_profile("test", derandomize=True, max_examples=60, deadline=None)
settings.register_profile(
    "proof", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("test")


class OutsideWorldError(Exception):
    """A test tried to reach something other than this machine."""


def _refuse_the_outside_world(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = str(args[1][0])
    try:
        loopback = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise OutsideWorldError(f"tests run offline: connection to {host}")


sys.addaudithook(_refuse_the_outside_world)

os.environ.update(ONE_THREAD)  # the workers of pytest-xdist are as many as the processors
# Where a shell asks for it, each error of pysequoia, and there are many, takes a twentieth of a second to write.
os.environ["RUST_BACKTRACE"] = "0"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder_of = cache(lambda path: path.relative_to(TESTS).parts[0])
    for item in items:
        folder = folder_of(item.path)
        if folder not in FOLDERS:
            raise pytest.UsageError(f"{item.path}: tests live in one of tests/{{{','.join(FOLDERS)}}}")
        item.add_marker(folder)
    # Files are given out in this order: those that take longest first, so that no core waits for the other at the end.
    items.sort(key=lambda item: _LONGEST_FIRST.get(folder_of(item.path), len(_LONGEST_FIRST)))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the checkout."""
    return TESTS.parent


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Octets name a test only where a person can read them: compressed ones differ from run to run, since they hold
    the time, and two workers that collect different names can't share the tests."""
    if isinstance(val, bytes) and not (len(val) <= 40 and val.isascii() and val.decode().isprintable()):
        return argname
    return None
