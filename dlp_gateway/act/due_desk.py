"""Tells people by mail of what is due or has ended, once each. What there is to tell of is its children's:
`partner_desk.py`, `key_desk.py`."""

from __future__ import annotations

import hashlib
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from ..config import Config
from ..log import event
from ..model import Envelope, Message, ReviewKey
from ..store import MessageRecord, PreparedDelivery, Store, Subject
from .follow_up import or_discard
from .notices import NoticeWriter

_log = logging.getLogger("dlp_gateway.act")


class Due(Protocol):
    """`key`: what is told once. `is_news`: else it goes into the record, without a mail."""

    @property
    def key(self) -> ReviewKey: ...

    @property
    def is_news(self) -> bool: ...


D = TypeVar("D", bound=Due)


class DueDesk(ABC, Generic[D]):
    """`wake_retries` lets what is queued go at once."""

    about: ClassVar[Subject]

    def __init__(
        self,
        *,
        config: Config,
        store: Store,
        notices: NoticeWriter,
        wake_retries: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config = config
        self._store = store
        self._notices = notices
        self._wake = wake_retries
        self._clock = clock

    @abstractmethod
    def _owners(self, due: D) -> tuple[str, ...]:
        """Who looks after it, besides the administrators."""

    @abstractmethod
    async def _mail(self, message: Message, to: str, theirs: Sequence[D]) -> tuple[PreparedDelivery, ...]:
        """The mail that tells `to` of these."""

    async def tell(self, due: Sequence[D]) -> bool:
        """One mail to each addressee of all that concerns them. Only addresses of the council's own are told; where an
        entry has none, the fallback owner of notices is. False when another gateway was quicker."""
        if not due:
            return True
        letters = self._letters(due)
        message = message_of_ours(tuple(letters), self._clock())
        prepared: list[PreparedDelivery] = []
        for to, theirs in letters.items():
            prepared += await self._mail(message, to, theirs)
        told = self._store.reviews.tell([one.key for one in due], record_of_ours(message), prepared, about=self.about)
        if not await or_discard(self._store, told, prepared):
            return False
        event(_log, f"{self.about.value}:told", entries=len(due), mails=len(prepared))
        self._wake()
        return True

    def _letters(self, due: Sequence[D]) -> dict[str, list[D]]:
        administrators = [a for a in self._config.partners.administrators if self._notices.rules.is_internal(a)]
        letters: dict[str, list[D]] = {}
        for one in (one for one in due if one.is_news):
            own = [address for address in self._owners(one) if self._notices.rules.is_internal(address)]
            for to in dict.fromkeys([*own, *administrators] or [self._config.notices.fallback_owner]):
                letters.setdefault(to, []).append(one)
        return letters


def message_of_ours(to: tuple[str, ...], now: datetime) -> Message:
    """What stands for mails of ours to these in the record: nothing that anybody sent."""
    return Message(
        id=secrets.token_hex(10), envelope=Envelope(reverse_path=None, recipients=to), octets=b"", received_at=now
    )


def record_of_ours(message: Message) -> MessageRecord:
    """Its record."""
    return MessageRecord(
        message_id=message.id,
        received_at=message.received_at,
        envelope=message.envelope,
        size_bytes=0,
        identity=hashlib.sha256(message.id.encode()).hexdigest(),
        scope="out-of-scope",
    )
