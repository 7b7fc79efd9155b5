"""Holds the recipients' keys in force in a gateway process, and tells of those that end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from . import metrics
from .act.key_desk import KeyDesk
from .config import Config
from .errors import ConfigError, StoreUnavailableError
from .file_watch import Stamps
from .key_trust import load_trust, stamps
from .log import event, fault
from .recipient_keys import KeyRing, count_by_state, keys_due
from .store import Store

_log = logging.getLogger("dlp_gateway.keys")

_Seen = tuple[tuple[int, int], Stamps]


class KeyKeeper:
    """`ring` is replaced as a whole when keys or files change; ask it anew for each recipient. It is empty until
    `look` was first called. Raises ConfigError where a file that the configuration names can't be read."""

    def __init__(
        self, *, config: Config, store: Store, desk: KeyDesk, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = config.recipient_keys
        self._zone = ZoneInfo(config.council.time_zone)
        self._store = store
        self._desk = desk
        self._clock = clock
        self._files = stamps(self._settings)  # before they are read: what comes between is taken up by the next look
        self.ring = KeyRing(trust=load_trust(self._settings))
        self._seen: _Seen | None = None
        self._counted: tuple[_Seen, datetime] | None = None

    async def look(self) -> None:
        """Take up what was changed; once an hour count how keys stand, and tell people of those that end."""
        try:
            await self._take_up()
            await self._count_and_tell()
        except StoreUnavailableError:
            return  # mail is answered 451 for the same reason; the next look tries again
        except Exception as error:  # noqa: BLE001 - a bug here must not end the gateway
            fault(_log, "keys:look_failed", error)

    async def _take_up(self) -> None:
        found = (await self._store.recipient_keys.head(), await asyncio.to_thread(stamps, self._settings))
        if found == self._seen:
            return
        trust = self.ring.trust
        if found[1] != self._files:
            try:
                trust = await asyncio.to_thread(load_trust, self._settings)
            except ConfigError as error:  # those in force stay in force, until they are out of date
                fault(_log, "keys:files_passed_over", error, faults=[str(one) for one in error.faults])
            self._files = found[1]
        self.ring = KeyRing.of(await self._store.recipient_keys.all(), trust)
        self._seen = found
        event(_log, "keys:taken_up", keys=len(self.ring.keys))

    async def _count_and_tell(self) -> None:
        now = self._clock()
        assert self._seen is not None, "what was not read can't be counted"
        counted = (self._seen, now.replace(minute=0, second=0, microsecond=0))
        if counted == self._counted:
            return
        self._counted = counted
        ring = self.ring
        for state, number in (await asyncio.to_thread(count_by_state, ring, now)).items():
            metrics.recipient_keys.labels(state).set(number)
        told = await self._store.reviews.told()
        due = await asyncio.to_thread(keys_due, ring, now, self._zone, told)
        try:
            if not await self._desk.tell(due):
                self._counted = None  # another gateway told some of it: look again at what is left
        except StoreUnavailableError:
            self._counted = None
            raise
