"""`Store.recipient_keys`: whose keys we encrypt to, as administrators trust them."""

from __future__ import annotations

from ..recipient_keys import RecipientKey
from . import recipient_keys
from .reading import Read
from .recipient_keys import KeyHead
from .writer import Writer


class RecipientKeys:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    async def trust(self, key: RecipientKey) -> int:
        """Keep it, with who trusts it and why; answers its number. A copy of the same key for the same recipient is
        withdrawn at once with that. Raises DecidedError where exactly this is trusted already."""
        return await self._writer.submit(recipient_keys.TRUST, key)

    async def withdraw(self, id_: int, *, by: str, reason: str) -> None:
        """It is not used from now on. Raises DecidedError where it is not there, or was withdrawn."""
        await self._writer.submit(recipient_keys.WITHDRAW, recipient_keys.Withdrawal(id=id_, by=by, reason=reason))

    async def all(self) -> tuple[RecipientKey, ...]:
        """Withdrawn ones, too; the oldest first."""
        return await self._read(recipient_keys.all_keys)

    async def head(self) -> KeyHead:
        """Changes with every change: whoever holds keys reads them again then."""
        return await self._read(recipient_keys.head)
