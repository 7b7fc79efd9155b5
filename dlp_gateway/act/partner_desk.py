"""Tells owners and administrators by mail of partners that are due for review or expired, once each."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..config import Config
from ..log import event
from ..model import Envelope, Message
from ..store import MessageRecord, PreparedDelivery, ReviewKey, Store
from .notices import NoticeWriter
from .partner_notice import PartnerDue

_log = logging.getLogger("dlp_gateway.act")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEntry:
    """An entry to be told of: how it is told, to its owners, and what is remembered of that."""

    due: PartnerDue
    owners: tuple[str, ...]
    key: ReviewKey
    is_news: bool = True  # else it is remembered as told, and goes into the record, without a mail


class PartnerDesk:
    """`wake_retries` lets what is queued go at once."""

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

    async def tell(self, entries: Sequence[DueEntry]) -> bool:
        """One mail to each addressee of all that concerns them. Only addresses of the council's own are told; where an
        entry has none, the fallback owner of notices is. False when another gateway was quicker."""
        if not entries:
            return True
        letters = self._letters(entries)
        message = self._message(tuple(letters))
        prepared: list[PreparedDelivery] = []
        for to, due in letters.items():
            prepared += await self._notices.on_partners(message, to, due)
        record = MessageRecord(
            message_id=message.id,
            received_at=message.received_at,
            envelope=message.envelope,
            size_bytes=0,
            identity=hashlib.sha256(message.id.encode()).hexdigest(),
            scope="out-of-scope",
        )
        told = await self._store.tell_reviews([entry.key for entry in entries], record, prepared)
        if not told:
            for one in prepared:
                await self._store.discard(one.octets_key)
            return False
        event(_log, "partners:told", entries=len(entries), mails=len(prepared))
        self._wake()
        return True

    def _letters(self, entries: Sequence[DueEntry]) -> dict[str, list[PartnerDue]]:
        administrators = [a for a in self._config.partners.administrators if self._notices.is_internal(a)]
        letters: dict[str, list[PartnerDue]] = {}
        for entry in (one for one in entries if one.is_news):
            own = [address for address in entry.owners if self._notices.is_internal(address)]
            for to in dict.fromkeys([*own, *administrators] or [self._config.notices.fallback_owner]):
                letters.setdefault(to, []).append(entry.due)
        return letters

    def _message(self, to: tuple[str, ...]) -> Message:
        """What stands for these mails in the record: nothing that anybody sent."""
        return Message(
            id=secrets.token_hex(10),
            envelope=Envelope(reverse_path=None, recipients=to),
            octets=b"",
            received_at=self._clock(),
        )
