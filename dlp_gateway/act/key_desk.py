"""Tells administrators by mail of recipients' keys that will end or have ended, once each."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Message
from ..recipient_keys import KeyDue
from ..store import PreparedDelivery, Subject
from .due_desk import DueDesk
from .key_notice import key_notice


class KeyDesk(DueDesk[KeyDue]):
    about = Subject.KEYS

    def _owners(self, _due: KeyDue) -> tuple[str, ...]:
        return ()

    async def _mail(self, message: Message, to: str, theirs: Sequence[KeyDue]) -> tuple[PreparedDelivery, ...]:
        return await self._notices.on_due(message, to, lambda occasion, texts: key_notice(occasion, theirs, texts))
