"""`Store.tls`: what is known of the TLS of other domains' servers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime

from ..secure_way import KeptPolicy, TlsCount
from . import tls
from .reading import Read
from .writer import Writer


class Tls:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    def keep(self, policy: KeptPolicy) -> None:
        """Keep a domain's MTA-STS policy in place of an earlier one; nobody waits."""
        self._writer.post(tls.KEEP, policy)

    async def policies(self) -> tuple[KeptPolicy, ...]:
        """Those whose time is not over."""
        now = datetime.now(UTC)
        return await self._read(lambda alias: tls.policies(alias, now))

    async def count(self, counts: Sequence[TlsCount]) -> None:
        """Add to what was counted."""
        await asyncio.gather(*(self._writer.submit(tls.COUNT, one) for one in counts))

    async def counts_of(self, day: date) -> tuple[TlsCount, ...]:
        """Everything that was counted on that day (UTC), by domain."""
        return await self._read(lambda alias: tls.counts_of(alias, day))
