"""`Store.contacts`: what mail taught, asked before deciding and written when it can wait.

What is learned gathers for a moment and is then written with somebody else's commit: no mail waits for it, and ten
mails to one address are one row. What has gathered and was not yet written is lost with a crash, and nothing else.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from typing import TypeVar

from . import contacts
from .reading import Read
from .values import Lesson
from .writer import Writer

R = TypeVar("R")

GATHER_SECONDS = 2.0
GATHER_ROWS = 2000


class Reader:
    """Asks the store, where that may block."""

    def __init__(self, alias: str) -> None:
        self._alias = alias

    def remembered(self, marks: Collection[int], thread: int | None, key: int) -> contacts.Remembered:
        """What is known of these marks and this thread. `key`: the mark of the key that they were made under."""
        return contacts.remembered(self._alias, marks, thread, key)

    def alike(self, spellings: Collection[int]) -> list[tuple[int, int, int]]:
        """(spelling, mark, mails) of everybody whose spelling is one of these."""
        return contacts.alike(self._alias, spellings)

    def counts(self, marks: Collection[int]) -> dict[int, int]:
        """Mails by mark; who was never written to is not in it."""
        return contacts.counts(self._alias, marks)


class Contacts:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer
        self._lock = threading.Lock()  # `write` is called from the closing thread too
        self._batch = contacts.Batch()
        self._timer: asyncio.TimerHandle | None = None

    def learn(self, lesson: Lesson) -> None:
        """Learn it, some time soon. Does not wait; called in the loop."""
        with self._lock:
            self._batch.add(lesson)
            full = self._batch.size >= GATHER_ROWS
        if full:
            self.write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.write)

    def write(self) -> None:
        """Hand over what has gathered, for the next commit."""
        self._timer = None
        with self._lock:
            batch, self._batch = self._batch, contacts.Batch()
        if batch.size:
            self._writer.post(contacts.LEARN, batch)

    def ask(self, work: Callable[[Reader], R]) -> asyncio.Future[R]:
        """Let `work` ask what it needs, in one of the store's reading threads: several questions are one errand. It
        begins at once, whenever the answer is waited for."""
        return self._read(lambda alias: work(Reader(alias)))

    async def so_far(self, key: int) -> contacts.LearnedSoFar:
        """How much was learned."""
        return await self._read(lambda alias: contacts.learned_so_far(alias, key))
