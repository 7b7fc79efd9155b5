"""What a test does to logging ends with it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def logged_as_before() -> Iterator[None]:
    """For tests in which logging starts: its handler writes to a standard error that is gone after them."""
    ours, root = logging.getLogger("dlp_gateway"), logging.getLogger()
    before = (ours.handlers[:], ours.level, ours.propagate, root.handlers[:])
    yield
    ours.handlers[:], _, ours.propagate, root.handlers[:] = before
    ours.setLevel(before[1])
