"""How many messages the store records: `python bench/store.py [tasks] [seconds] [folder | postgresql url]`.

One pair is `record` (waited for, durable) and `note` (joins the next commit): what a relayed message costs.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway import config
from dlp_gateway.keys import create_keys, load_keys
from dlp_gateway.model import (
    Action,
    Area,
    Category,
    Disposition,
    Envelope,
    Finding,
    Inspection,
    Outcome,
    Question,
    RecipientClass,
    Verdict,
)
from dlp_gateway.store import MessageRecord, Store

FINDING = Finding(
    entity="UK_NHS",
    category=Category.IDENTITY,
    recogniser="uk-nhs-number",
    part="2",
    place="page 3",
    start=100,
    end=112,
    confidence=0.95,
    fingerprint="ab" * 32,
    masked="### ### ##19",
    area=Area.ATTACHMENT,
)


def record(number: int) -> MessageRecord:
    recipient = f"j.smith{number}@contractor.example"
    verdict = Verdict(
        recipient=recipient,
        recipient_class=RecipientClass.UNAPPROVED,
        action=Action.RELAY,
        route="relay",
        changes=("disclaimer",),
        rules=("external",),
        reasons=("External mail carries a disclaimer.",),
    )
    return MessageRecord(
        message_id=f"M{number:012d}",
        received_at=datetime.now(UTC),
        size_bytes=75_000,
        identity=f"{number:064x}",
        envelope=Envelope(reverse_path="a.officer@council.example", recipients=(recipient,), client_ip="10.1.2.3"),
        message_id_header=f"<{number}@council.example>",
        author="a.officer@council.example",
        policy_version="abc123",
        inspection=Inspection(question=Question(), findings=(FINDING,) * (number % 2)),
        verdicts=(verdict,),
    )


async def run(store: Store, tasks: int, seconds: float) -> None:
    waits: list[float] = []
    numbers = iter(range(10**9))
    end = time.perf_counter() + seconds
    relayed = (Disposition(recipient="", outcome=Outcome.RELAYED, detail="250 2.0.0 queued as 4XyZ"),)

    async def one() -> None:
        while time.perf_counter() < end:
            new = record(next(numbers))
            start = time.perf_counter()
            await store.record(new)
            waits.append(time.perf_counter() - start)
            store.note(new.message_id, relayed, answered=True)

    start, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(one())
    await store.flush()
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    waits.sort()
    print(
        f"{tasks} tasks: {len(waits) / elapsed:.0f} pairs/s, {cpu / len(waits) * 1e3:.3f} ms CPU per pair, "
        f"record p50 {waits[len(waits) // 2] * 1e3:.1f} ms, p99 {waits[len(waits) * 99 // 100] * 1e3:.1f} ms, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3
    where = sys.argv[3] if len(sys.argv) > 3 else ""
    folder = Path(tempfile.mkdtemp(prefix="bench-store-", dir=where if where and "://" not in where else None))
    create_keys(folder / "keys")
    url = where if "://" in where else f"sqlite:///{folder / 'gateway.db'}"
    store = Store.open(config.Store(url=url, spool=folder / "spool"), load_keys(folder / "keys"), gateway_id="bench")
    try:
        asyncio.run(run(store, tasks, seconds))
    finally:
        store.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
