"""Pages that wait for the gateway: what is asked for here is done there, mostly within a second or two."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_SECONDS = 0.2

T = TypeVar("T")


def wait_until(look: Callable[[], T], done: Callable[[T], bool], seconds: float) -> T:
    """What `look` answers once that is `done`, or as it is after so long."""
    end = time.monotonic() + seconds
    while not done(found := look()) and time.monotonic() < end:
        time.sleep(PAUSE_SECONDS)
    return found
