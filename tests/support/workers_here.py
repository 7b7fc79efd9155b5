"""What a command asks of worker processes, done in this process: a pool takes seconds to start, for each command anew.

`tests/unit/cli/test_inspect.py` runs the same through real workers and expects the same answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from dlp_gateway.change import Manner
from dlp_gateway.cli.settings import fingerprint_key, records_settings
from dlp_gateway.config import Config
from dlp_gateway.detect.records.index_table import NOTHING_REGISTERED
from dlp_gateway.exact_index import open_records
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import Extraction, Inspection, Question
from dlp_gateway.pool import Reworked


class WorkersHere:
    """The part of `pool.Pool` that commands use."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    async def inspect(self, octets: bytes, question: Question) -> Inspection:
        return self._inspector.inspect(octets, question)

    async def passages(self, octets: bytes) -> Extraction:
        return self._inspector.passages(octets)

    async def change(self, octets: bytes, changes: tuple[str, ...], manner: Manner) -> Reworked:
        changed = self._inspector.change(octets, changes, manner)
        return Reworked(octets=changed.octets, notes=changed.notes)


@asynccontextmanager
async def workers_here(config: Config, texts: Mapping[str, str]) -> AsyncIterator[WorkersHere]:
    """In place of `cli.workers.worker_pool`."""
    key, settings = fingerprint_key(config), records_settings(config)
    records = NOTHING_REGISTERED
    if settings.folder is not None:
        records = open_records(settings.folder, key, tuple(settings.required))
    yield WorkersHere(
        Inspector(texts, names=config.workers.names, fingerprint_key=key, council=config.council.name, records=records)
    )
