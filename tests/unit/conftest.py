"""What a test does to logging ends with it; the shipped rules are loaded once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.support import shipped_rules


@pytest.fixture(scope="session", autouse=True)
def shipped_rules_are_loaded_once() -> Iterator[None]:
    with shipped_rules.loaded_once():
        yield


@pytest.fixture
def logged_as_before() -> Iterator[None]:
    """For tests in which logging starts: its handler writes to a standard error that is gone after them."""
    ours, root = logging.getLogger("dlp_gateway"), logging.getLogger()
    before = (ours.handlers[:], ours.level, ours.propagate, root.handlers[:])
    yield
    ours.handlers[:], _, ours.propagate, root.handlers[:] = before
    ours.setLevel(before[1])
