"""`Store.documents`: the register of documents, and what is asked about it in the console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from . import documents
from .document_values import (
    DocumentAnswer,
    DocumentRequest,
    DocumentState,
    DocumentWish,
    RegisteredDocument,
)
from .documents import DocumentHead
from .reading import Read
from .writer import Writer


class Documents:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    # -- the register ----------------------------------------------------------------------------------

    async def all(self, *, with_keys: bool = False) -> tuple[RegisteredDocument, ...]:
        """In the order in which they were registered; those that were taken off, too."""
        return await self._read(lambda alias: documents.all_documents(alias, with_keys=with_keys))

    async def head(self) -> DocumentHead:
        """Changes with every change: whoever holds the register makes it anew then."""
        return await self._read(documents.head)

    async def add(self, new: Sequence[RegisteredDocument]) -> None:
        """All of them or none."""
        await self._writer.submit(documents.ADD, tuple(new))

    async def take_in(self, found: Sequence[RegisteredDocument]) -> None:
        """Those that are not there yet: what a file of ours holds that the store does not know of."""
        await self._writer.submit(documents.TAKE_IN, tuple(found))

    async def remove(self, ids: Sequence[str], *, by: str, reason: str) -> tuple[RegisteredDocument, ...]:
        """They are not known again from now on. Raises DecidedError, whose text is the id that is not there, and then
        takes none off."""
        return await self._writer.submit(documents.REMOVE, documents.Removal(ids=tuple(ids), by=by, reason=reason))

    # -- wishes ----------------------------------------------------------------------------------------

    async def ask(self, wish: DocumentWish) -> None:
        """Write it down for the gateway. Raises DecidedError while too many wait."""
        await self._writer.submit(documents.ASK, wish)

    async def request(self, request_id: str) -> DocumentRequest | None:
        return await self._read(lambda alias: documents.request(alias, request_id))

    async def open_requests(self, limit: int) -> tuple[DocumentRequest, ...]:
        """Oldest first, with what is to be read."""
        return await self._read(lambda alias: documents.open_requests(alias, limit))

    async def settle(
        self,
        request: DocumentRequest,
        state: DocumentState,
        answer: DocumentAnswer,
        new: RegisteredDocument | None = None,
    ) -> None:
        """Answer it, and register what it asked for, at once; the document itself is gone then. Raises DecidedError
        when another gateway did."""
        await self._writer.submit(
            documents.SETTLE, documents.Settled(request=request, state=state, answer=answer, new=new)
        )

    async def forget(self, now: datetime) -> None:
        """What nobody has read in time is gone; so are answers of yesterday."""
        if await self._read(lambda alias: documents.any_old(alias, now)):
            await self._writer.submit(documents.FORGET, now)
