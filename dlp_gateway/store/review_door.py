"""`Store.reviews`: what people were told of entries of the partner registry that are due for review or expired, and of
recipients' keys that end."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import ReviewKey
from . import messages, partner_reviews
from .reading import Read
from .values import MessageRecord, PreparedDelivery, Subject
from .writer import Writer


class Reviews:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    async def told(self) -> frozenset[ReviewKey]:
        """All that was ever told."""
        return await self._read(partner_reviews.told_keys)

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
