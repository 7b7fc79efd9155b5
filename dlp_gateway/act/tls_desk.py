"""Tells administrators by mail of domains to which encrypted mail does not get through, once a day each."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Message
from ..store import PreparedDelivery, Subject
from .due_desk import DueDesk
from .tls_notice import TlsTrouble, tls_notice


class TlsDesk(DueDesk[TlsTrouble]):
    about = Subject.TLS

    def _owners(self, _due: TlsTrouble) -> tuple[str, ...]:
        return ()

    async def _mail(self, message: Message, to: str, theirs: Sequence[TlsTrouble]) -> tuple[PreparedDelivery, ...]:
        return await self._notices.on_due(message, to, lambda occasion, texts: tls_notice(occasion, theirs, texts))
