"""The running console: what views reach by `console()`. The store is asked through one loop in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connections

from ..config import Config
from ..decide import ReviewClock, Rulebook
from ..errors import StoreUnavailableError, TemporaryError
from ..last_good import last_good
from ..log import fault
from ..review_times import review_clock
from ..store import Store

_log = logging.getLogger("dlp_gateway.web")

R = TypeVar("R")

STORE_SECONDS = 15.0
LEASE_SECONDS = 20.0


@dataclass(kw_only=True)
class Console:
    """One console process. `key` signs links and codes."""

    config: Config
    store: Store
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="console-store", daemon=True)
        self._rules_lock = threading.Lock()
        self._rules: tuple[int, Rulebook] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """In which times are told."""
        return ZoneInfo(self.config.council.time_zone)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def start(self) -> None:
        self._thread.start()
        self._lease = asyncio.run_coroutine_threadsafe(self._keep_lease(), self._loop)

    def stop(self) -> None:
        """Answer no more; close the store. Blocks."""
        self._lease.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.store.close()

    def ask(self, work: Coroutine[Any, Any, R], seconds: float = STORE_SECONDS) -> R:
        """Do it and wait. Raises whatever it raises; StoreUnavailableError also when it takes too long."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)
        except TimeoutError:
            raise StoreUnavailableError("the store did not answer in time") from None

    def check_store(self) -> None:
        """Raises StoreUnavailableError where the store does not answer."""
        self.ask(asyncio.to_thread(self.store.rules_head))

    def rulebook(self) -> Rulebook:
        """The rules in force now, as a gateway starts by them; read anew when there is a newer version of any file."""
        head = self.store.rules_head()
        with self._rules_lock:
            if self._rules is None or self._rules[0] != head:
                self._rules = head, last_good(self.store.current_rules(), self._earlier_texts).rulebook
            return self._rules[1]

    def _earlier_texts(self, name: str) -> list[str]:
        return [version.text for version in self.store.rule_versions(name)]

    def review_clock(self) -> ReviewClock:
        """When what is held must be decided, by the rules of today."""
        return review_clock(self.config, self.rulebook())

    async def _keep_lease(self) -> None:
        while True:
            try:
                await self.store.renew_lease()
                await asyncio.to_thread(_clear_sessions)
            except (TemporaryError, DatabaseError) as error:
                fault(_log, "console:upkeep", error)
            await asyncio.sleep(LEASE_SECONDS)


def _clear_sessions() -> None:
    SessionStore.clear_expired()
    connections.close_all()  # this thread's own


_running: list[Console] = []


def start_console(made: Console) -> None:
    """From now on views work for this one."""
    _running[:] = [made]
    made.start()


def console() -> Console:
    """The console of this process."""
    return _running[0]
