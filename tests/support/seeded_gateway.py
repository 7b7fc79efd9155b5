"""The gateway with a bug seeded into it: it answers 250 before its durable deliveries are live.

Run as a module in place of `dlp_gateway` by the crash tests, which must notice: a test of loss that can't
see loss proves nothing.
"""

from __future__ import annotations

import asyncio
import sys

from dlp_gateway.act.carry_out import Carrier, Job
from dlp_gateway.cli import main
from dlp_gateway.model import Disposition

_honest = Carrier._make_live
_late: set[asyncio.Task[None]] = set()


async def _answer_first(self: Carrier, job: Job, dispositions: tuple[Disposition, ...], *, relayed: bool) -> None:
    async def later() -> None:
        await asyncio.sleep(0.2)
        await _honest(self, job, dispositions, relayed=relayed)

    task = asyncio.create_task(later())  # noqa: TID251 - the seeded bug itself
    _late.add(task)
    task.add_done_callback(_late.discard)


Carrier._make_live = _answer_first  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
