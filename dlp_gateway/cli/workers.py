"""Inspection for commands: the same worker processes as the gateway's, several messages at once, in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager

from ..config import Config
from ..model import Inspection, Question
from ..pool import Pool
from .mail_files import MailFile
from .settings import fingerprint_key, records_settings


@asynccontextmanager
async def worker_pool(config: Config, texts: Mapping[str, str]) -> AsyncIterator[Pool]:
    """A started pool over these rules."""
    pool = Pool(
        config.workers,
        config.times,
        texts,
        fingerprint_key(config),
        council=config.council.name,
        records=records_settings(config),
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def inspect_all(
    pool: Pool, files: Iterable[tuple[MailFile, Question]], at_once: int
) -> AsyncIterator[tuple[MailFile, Inspection]]:
    """Inspections in the order of the files, with at most `at_once` under way: a folder of thousands
    is never read into memory at one time."""
    waiting: list[tuple[MailFile, asyncio.Task[Inspection]]] = []
    source: Iterator[tuple[MailFile, Question]] = iter(files)
    done = 0
    try:
        while True:
            while len(waiting) < at_once and (item := next(source, None)) is not None:
                file, question = item
                task = asyncio.create_task(pool.inspect(file.octets, question))  # noqa: TID251 - awaited below, in order
                waiting.append((file, task))
            if not waiting:
                return
            file, task = waiting.pop(0)
            yield file, await task
            done += 1
            show_progress(f"{done} inspected")
    finally:
        for _, task in waiting:
            task.cancel()
        show_progress("")


def show_progress(text: str) -> None:
    """A passing line on a terminal; nothing anywhere else."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
