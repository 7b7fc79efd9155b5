"""Tells owners and administrators by mail of partners that are due for review or expired, once each."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Message, PartnerReview
from ..store import PreparedDelivery, Subject
from .due_desk import DueDesk
from .partner_notice import partner_notice


class PartnerDesk(DueDesk[PartnerReview]):
    about = Subject.PARTNERS

    def _owners(self, due: PartnerReview) -> tuple[str, ...]:
        return due.owners

    async def _mail(self, message: Message, to: str, theirs: Sequence[PartnerReview]) -> tuple[PreparedDelivery, ...]:
        return await self._notices.on_due(message, to, lambda occasion, texts: partner_notice(occasion, theirs, texts))
