"""`Store.reviews`: what people were told of entries of the partner registry that are due for review or expired, and of
recipients' keys that end; and of held messages whose time to decide has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..model import ReviewKey
from . import escalation, messages, partner_reviews
from .clock_values import Waiting
from .reading import Read
from .values import MessageRecord, PreparedDelivery, Subject
from .writer import Writer


class Reviews:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    async def told(self) -> frozenset[ReviewKey]:
        """All that was ever told, but for digests."""
        return await self._read(partner_reviews.told_keys)

    async def told_digests(self) -> frozenset[ReviewKey]:
        """The digests that groups of reviewers got these days."""
        return await self._read(partner_reviews.told_digests)

    # -- the clock of held messages --------------------------------------------------------------------

    async def running(self, before: datetime) -> tuple[Waiting, ...]:
        """What was held before then, still waits for a person, and was not escalated; oldest first."""
        return await self._read(lambda alias: escalation.running(alias, before))

    async def waiting(self, group: str, *, unassigned: bool) -> tuple[Waiting, ...]:
        """What waits for a group, also what was escalated to it; `unassigned`: and what is nobody's in particular."""
        return await self._read(lambda alias: escalation.waiting(alias, group, unassigned=unassigned))

    async def escalate(
        self,
        held: Sequence[Waiting],
        to: str,
        record: MessageRecord,
        prepared: Sequence[PreparedDelivery],
        *,
        at: datetime,
    ) -> bool:
        """Bring these before a second group, with the mail that tells it, at once. False when one of them waits no
        more, is another group's by now, or another gateway was quicker: nothing was changed, nothing is sent."""
        new = messages.new_message(record, prepared)
        work = escalation.Escalating(held=tuple(held), to=to, new=new, at=at)
        return await self._writer.submit(escalation.ESCALATE, work)

    async def tell(
        self,
        keys: Sequence[ReviewKey],
        record: MessageRecord,
        prepared: Sequence[PreparedDelivery],
        about: Subject = Subject.PARTNERS,
    ) -> bool:
        """Take custody of the mails that tell this, and remember that it was told, at once. `prepared` may be empty:
        nobody can be told. False when another gateway told any of it already: nothing was changed, nothing is sent."""
        new = messages.new_message(record, prepared) if prepared else None
        telling = partner_reviews.Telling(keys=tuple(keys), new=new, about=about)
        return await self._writer.submit(partner_reviews.TELL, telling)
