"""What is known of the contacts of a message before deciding, and what is learned once it was relayed.

The judging of both is `decide/contacts.py`, pure; here the store is asked and told.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from . import metrics
from .config import Learning
from .decide import contacts
from .decide.contacts import NOBODY_SIMILAR, NOTHING_KNOWN, Alike, Asked, Habits, Known, Marker, Similar
from .errors import TemporaryError
from .log import fault
from .model import Envelope, Facts, Outcome
from .parse import thread_of
from .store import Lesson, Store
from .store.contact_door import Reader

_log = logging.getLogger("dlp_gateway.learning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """All that is known of the contacts of one message, to decide with and to learn on."""

    asked: Asked
    known: Known = NOTHING_KNOWN
    similar: Similar = NOBODY_SIMILAR


def _at_once(answer: Recalled | None) -> asyncio.Future[Recalled | None]:
    found: asyncio.Future[Recalled | None] = asyncio.get_running_loop().create_future()
    found.set_result(answer)
    return found


def _noted(found: asyncio.Future[Recalled | None]) -> None:
    """An error that nobody waits for any more is not to be told of."""
    if not found.cancelled():
        found.exception()


class Learner:
    """Asks the store and teaches it. `key`: 32 octets, of which nothing in the store can be undone without."""

    def __init__(
        self,
        *,
        store: Store,
        key: bytes,
        settings: Learning,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._marker = Marker(key)
        self.key_mark = self._marker.key_mark
        self._habits = Habits(often=settings.often_mails, together=settings.together_mails)
        self._enabled = settings.enabled
        self._clock = clock

    def recall(
        self, envelope: Envelope, octets: bytes, is_internal: Callable[[str], bool]
    ) -> asyncio.Future[Recalled | None]:
        """What is known; None where nothing is to be learned at all. One question to the store, none for mail inside
        the council, and two more where the sender never wrote to somebody and others are alike. The store is asked at
        once, in a thread: whoever has other things to do first may wait for the answer later, or not at all."""
        if not self._enabled:
            return _at_once(None)
        thread = thread_of(octets)
        asked = contacts.ask(
            self._marker,
            envelope,
            is_internal,
            root=thread.root,
            is_reply=thread.is_reply,
            people=lambda: thread.people,
        )
        if not asked.worth_asking:
            return _at_once(Recalled(asked=asked))
        found: asyncio.Future[Recalled | None] = self._store.contacts.ask(lambda reader: self._recall(asked, reader))
        found.add_done_callback(_noted)
        return found

    def _recall(self, asked: Asked, reader: Reader) -> Recalled:
        started = time.perf_counter()
        remembered = reader.remembered(asked.marks, asked.thread, self.key_mark)
        days = 0 if remembered.since is None else (self._clock().date() - remembered.since).days
        known = Known(counts=remembered.counts, internal_thread=remembered.thread_inside, history_days=days)
        recalled = Recalled(asked=asked, known=known, similar=self._similar(asked, known, reader))
        metrics.recall_seconds.observe(time.perf_counter() - started)
        metrics.history_days.set(days)
        return recalled

    def _similar(self, asked: Asked, known: Known, reader: Reader) -> Similar:
        unfamiliar = contacts.unfamiliar(self._marker, asked, known)
        if not unfamiliar.wanted:
            return NOBODY_SIMILAR
        found = reader.alike(unfamiliar.wanted.keys())
        alike = tuple(Alike(spelling=spelling, mark=mark, mails=mails) for spelling, mark, mails in found)
        by_sender = contacts.marks_by_sender(self._marker, asked, alike)
        mails = reader.counts(by_sender.values()) if by_sender else {}
        return Similar(
            unfamiliar=unfamiliar,
            alike=alike,
            by_sender={mark: mails.get(own, 0) for mark, own in by_sender.items()},
        )

    def remember(self, facts: Facts, recalled: Recalled | None) -> Facts:
        """The facts with what is known of the contacts."""
        if recalled is None:
            return facts
        return contacts.remember(facts, recalled.asked, recalled.known, recalled.similar, self._habits)

    def learn(self, recalled: Recalled | None, relayed: Collection[str], *, before: Collection[str] = ()) -> None:
        """These recipients got it now, those `before` got it earlier. Does not wait."""
        if recalled is None or not relayed:
            return
        learned = contacts.lesson(
            self._marker, recalled.asked, recalled.known, frozenset(relayed), self._habits, before=before
        )
        self._store.contacts.learn(
            Lesson(
                day=self._clock().date(),
                key=self.key_mark,
                marks=learned.marks,
                spellings=learned.spellings,
                wrote_outside=learned.wrote_outside,
                thread=learned.thread,
                thread_inside=learned.thread_inside,
                thread_begins=learned.thread_begins,
            )
        )

    async def learn_later(
        self,
        message_id: str,
        relayed: Collection[str],
        octets: bytes,
        is_internal: Callable[[str], bool],
    ) -> None:
        """Some recipients of a message got it after the others: released, or tried again. Its record must say so
        already. A store that can't be asked costs the lesson and nothing else."""
        if not self._enabled or not relayed:
            return
        try:
            stored = await self._store.message_record(message_id)
            if stored is None or stored.record.scope != "inspected":
                return
            recalled = await self.recall(stored.record.envelope, octets, is_internal)
        except TemporaryError as error:
            fault(_log, "learning:skipped", error, message_id=message_id)
            return
        before = {d.recipient for d in stored.dispositions if d.outcome is Outcome.RELAYED} - set(relayed)
        self.learn(recalled, relayed, before=before)
