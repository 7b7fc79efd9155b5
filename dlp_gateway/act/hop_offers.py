"""Know what the next hop of ordinary mail offers before a client asks us: it is greeted now and then where no delivery
did so lately."""

from __future__ import annotations

import asyncio

from ..errors import NextHopError
from .relay import Relay

REFRESH_SECONDS = 300.0
AGAIN_SECONDS = 30.0
"""After a greeting that failed. What was known before counts on: a next hop that is down for a minute offers the same
afterwards, as a rule."""


async def keep_asking(relay: Relay, route: str) -> None:
    """Never ends by itself."""
    while True:
        try:
            await relay.refresh(route, REFRESH_SECONDS)
            seconds = REFRESH_SECONDS
        except NextHopError:  # deliveries and `doctor` say so
            seconds = AGAIN_SECONDS
        await asyncio.sleep(seconds)
