"""What a draft of the rules would have changed over recorded mail: for the command and for the console alike. Nothing
is sent, held or written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from .config import Config
from .decide import Change, Outcome, Rulebook, replay
from .store import Store, StoredMessage

_AT_ONCE = 200

Way = tuple[str, str, str, tuple[str, ...]]
"""Was, would be, class of the recipient, rules that make the difference."""


@dataclass(kw_only=True)
class Tally:
    """What came of all messages. `until` is when the last of them came; `is_whole`: there were no more."""

    messages: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    ways: Counter[Way] = field(default_factory=Counter)
    changes: list[tuple[StoredMessage, Change]] = field(default_factory=list)
    until: datetime | None = None
    is_whole: bool = True

    def add(self, message: StoredMessage, changes: tuple[Change, ...], *, keep: bool = True) -> None:
        """`keep`: every change is kept, for who wants to see each."""
        self.messages += 1
        self.until = message.record.received_at
        for change in changes:
            self.outcomes[change.outcome] += 1
            if change.outcome is Outcome.CHANGED:
                self.ways[way_of(change)] += 1
                if keep:
                    self.changes.append((message, change))


async def replayed(
    store: Store, config: Config, draft: Rulebook, since: datetime, *, seconds: float | None = None, keep: bool = True
) -> Tally:
    """Ask the draft about all that was inspected since then, oldest first, for at most so many seconds."""
    tally, end = Tally(), None if seconds is None else time.monotonic() + seconds
    async for message in _messages(store, since):
        if end is not None and time.monotonic() > end:
            tally.is_whole = False
            break
        record = message.record
        if record.inspection is None or record.facts is None:
            continue
        changes = replay(
            record.envelope,
            record.inspection,
            record.facts,
            record.verdicts,
            draft,
            routes=set(config.routes),
            default_route=config.default_route,
            default_encrypt_route=config.default_encrypt_route,
        )
        tally.add(message, changes, keep=keep)
    return tally


async def _messages(store: Store, since: datetime) -> AsyncIterator[StoredMessage]:
    after: tuple[datetime, str] | None = None
    while True:
        batch = await store.inspected_since(since, after, _AT_ONCE)
        for message in batch:
            yield message
        if len(batch) < _AT_ONCE:
            return
        after = (batch[-1].record.received_at, batch[-1].record.message_id)


def way_of(change: Change) -> Way:
    after = change.after.action.word if change.after is not None else ""
    return change.before.action.word, after, change.recipient_class.value, change.rules
