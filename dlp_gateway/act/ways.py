"""Whether encrypting routes can be met for recipients: asked before a message is decided, since what can't is held."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..secure_way import WayFact
from .direct.evidence import Evidence
from .sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """`direct_routes` lead straight to the servers of recipients' domains, `key_routes` encrypt to recipients' keys; a
    route may do both. Of other routes nothing need be asked: their one next hop is there or not, and each delivery
    finds out."""

    direct_routes: Collection[str]
    key_routes: Collection[str]
    evidence: Evidence
    sealer: Sealer

    async def facts(self, wanted: Sequence[tuple[str, str]], seconds: float) -> tuple[WayFact, ...]:
        """What is known of these routes and recipients: of keys for each recipient, of TLS for each domain once.
        Nothing of what can't be found out within `seconds`: such mail is taken into our custody, and waits there."""
        keys = tuple(self.sealer.fact(route, recipient) for route, recipient in wanted if route in self.key_routes)
        asked = {
            (route, recipient.rpartition("@")[2].lower()): None
            for route, recipient in wanted
            if route in self.direct_routes
        }
        found = await asyncio.gather(*(self._fact(route, domain, seconds) for route, domain in asked))
        return (*keys, *(fact for fact in found if fact is not None))

    async def _fact(self, route: str, domain: str, seconds: float) -> WayFact | None:
        try:
            async with asyncio.timeout(seconds):
                way = await self.evidence.way_to(domain)
        except TimeoutError:  # the look-up behind it goes on, for whoever asks next
            return None
        return WayFact(route=route, recipient=f"@{domain}", proof=way.proof, fault=way.fault) if way.known else None
