"""A process that writes to a store until it is killed: `python -m tests.support.store_victim URL SPOOL FIRST`.

Prints a line for everything it was told is durable: "recorded ID", "prepared ID", "live ID KEY".
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from dlp_gateway import config
from dlp_gateway.keys import Keys
from dlp_gateway.model import Outcome
from dlp_gateway.store import Store
from tests.support.store_values import RESIDENT, became, prepared, record

KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")


def octets_of(message_id: str) -> bytes:
    return f"Subject: {message_id}\r\n\r\nDear resident\r\n".encode() * 50


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


async def write(store: Store, numbers: itertools.count[int]) -> None:
    while True:
        number = next(numbers)
        message_id = f"M{number}"
        key = await store.seal(octets_of(message_id))
        await store.record(record(message_id), [prepared(f"D{number}", octets_key=key)] if number % 2 else [])
        if not number % 2:
            say("recorded", message_id)
            store.note(message_id, became(Outcome.RELAYED, RESIDENT), answered=True)
            continue
        say("prepared", message_id)
        await store.make_live(message_id, became(Outcome.DEFERRED, RESIDENT))
        say("live", message_id, key)


async def main() -> None:
    url, spool, first = sys.argv[1:]
    store = Store.open(config.Store(url=url, spool=Path(spool)), KEYS, gateway_id="gateway-1")
    numbers = itertools.count(int(first))
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(write(store, numbers))


if __name__ == "__main__":
    asyncio.run(main())
