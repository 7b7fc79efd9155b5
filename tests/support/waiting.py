"""Waiting for something to become true: the only place where tests let time pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_SECONDS = 0.02
SECONDS = 60.0
"""Long enough for a machine that is busy with other tests; what comes in time costs none of it."""

BROWSER_MS = SECONDS * 1000 / 2
"""The same for what stands on a page, which a test asks for step by step."""

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, *, seconds: float = SECONDS) -> T:
    """The first true answer of `condition`. Raises TimeoutError that says `what` was waited for."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(PAUSE_SECONDS)
    return answer


async def wait_until_async(condition: Callable[[], T], what: str, *, seconds: float = SECONDS) -> T:
    """The same for a test whose event loop must go on meanwhile."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        await asyncio.sleep(PAUSE_SECONDS)
    return answer
