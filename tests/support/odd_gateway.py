"""The gateway, but what a message asks for happens to it: `X-Odd: slow` takes three seconds to inspect, `X-Odd: hangs`
for ever, and with `X-Odd: dies` the gateway is killed when all is durable, before anybody hears so.

Run as a module in place of `dlp_gateway`. Its log says `test:at-it` when it has such a message in hand.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from dlp_gateway.act.carry_out import Carrier, Job
from dlp_gateway.cli import main
from dlp_gateway.model import Disposition, Inspection
from dlp_gateway.pool import Pool

_inspect = Pool.inspect
_make_live = Carrier._make_live
_SECONDS = {b"X-Odd: slow": 3.0, b"X-Odd: hangs": 3600.0}


async def _slowly(self: Pool, octets: bytes, *rest: Any) -> Inspection:
    for word, seconds in _SECONDS.items():
        if word in bytes(octets):
            print('{"event": "test:at-it"}', file=sys.stderr, flush=True)
            await asyncio.sleep(seconds)
    return await _inspect(self, octets, *rest)


async def _and_die(self: Carrier, job: Job, dispositions: tuple[Disposition, ...], *, relayed: bool) -> None:
    await _make_live(self, job, dispositions, relayed=relayed)
    if b"X-Odd: dies" in bytes(job.message.octets):
        os.kill(os.getpid(), signal.SIGKILL)


Pool.inspect = _slowly  # type: ignore[method-assign]
Carrier._make_live = _and_die  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
