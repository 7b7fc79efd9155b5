"""Keeps the register of documents of a gateway process as the store has it, and reads what people give the console to
be registered or compared.

The console has neither a process to read documents in nor the key of fingerprints; what it was given waits in the
store, sealed, and is gone once it was read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .detect.records.index_table import KeyMaker
from .document_register import ReadDocument, as_mail, bring_up, is_usable, new_document, read_document
from .errors import ConfigError, TemporaryError
from .log import event, fault
from .model import AskNames, Question
from .pool import Pool
from .store import (
    DecidedError,
    DocumentAnswer,
    DocumentAsk,
    DocumentFault,
    DocumentRequest,
    DocumentState,
    FoundDocument,
    Given,
    Store,
    given_of,
)
from .store.documents import DocumentHead

_log = logging.getLogger("dlp_gateway.documents")

LOOK_SECONDS = 1.0
AGAIN = timedelta(seconds=30)
AT_ONCE = 3

_PASSAGES = Question(entities=frozenset(), names=AskNames.NEVER, documents=True)


class DocumentKeeper:
    """`folder` None: the configuration names none, and nothing can be registered. `console_key` None: there is no
    console. `changed`: have workers look into the new file."""

    def __init__(
        self,
        *,
        store: Store,
        pool: Pool,
        folder: Path | None,
        maker: KeyMaker,
        console_key: bytes | None,
        changed: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._pool = pool
        self._folder = folder
        self._maker = maker
        self._console_key = console_key
        self._changed = changed
        self._clock = clock
        self._seen: DocumentHead | None = None
        self._again_at: datetime | None = None

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Do what is due."""
        try:
            if self._console_key is not None:
                await self._carry_out(self._console_key)
            if await self.take_up():
                await self._changed()
        except TemporaryError:
            return  # of the store: mail is answered 451 for the same reason; the next look tries again
        except Exception as error:  # noqa: BLE001 - a bug here must not end the gateway
            self._again_at = self._clock() + AGAIN
            fault(_log, "documents:look_failed", error)

    async def take_up(self, *, anew: bool = False) -> bool:
        """Make the file what the store says; answers whether it was another. `anew`: also where nothing has changed in
        the store."""
        if self._folder is None or (self._again_at is not None and self._clock() < self._again_at):
            return False
        head = await self._store.documents.head()
        if head == self._seen and not anew:
            return False
        try:
            is_new = await bring_up(self._store, self._folder, self._maker)
        except ConfigError as error:  # those that are in force stay in force
            self._again_at = self._clock() + AGAIN
            fault(_log, "documents:not_taken_up", error, faults=[str(one) for one in error.faults])
            return False
        self._seen, self._again_at = head, None
        kept = [one for one in await self._store.documents.all() if not one.is_removed]
        useless = sum(1 for one in kept if not is_usable(self._maker, one))
        level = logging.WARNING if useless else logging.INFO
        event(_log, "documents:taken_up", level=level, documents=len(kept) - useless, to_register_again=useless)
        return is_new

    async def _carry_out(self, key: bytes) -> None:
        await self._store.documents.forget(self._clock())
        for request in await self._store.documents.open_requests(AT_ONCE):
            try:
                await self._answer(request, given_of(key, request.wish))
            except DecidedError:  # another gateway was quicker
                event(_log, "documents:overtaken", level=logging.DEBUG)
            else:
                event(_log, "documents:read", ask=request.wish.ask.value)

    async def _answer(self, request: DocumentRequest, given: Given | None) -> None:
        try:
            if given is None:
                raise TemporaryError("what waits was sealed under another key")
            do = self._register if request.wish.ask is DocumentAsk.REGISTER else self._try
            await do(request, given)
        except TemporaryError as error:
            fault(_log, "documents:not_read", error)
            await self._refuse(request, DocumentFault.FAILED)

    async def _register(self, request: DocumentRequest, given: Given) -> None:
        if self._folder is None:
            await self._refuse(request, DocumentFault.NO_FOLDER)
            return
        read: ReadDocument = await read_document(self._pool, given.file_name, given.octets)
        if read.gap is not None:
            await self._refuse(request, DocumentFault.UNREADABLE, read.gap.reason)
            return
        wish = request.wish
        try:
            new = await asyncio.to_thread(
                new_document,
                self._maker,
                read.words,
                name=wish.name,
                kind=wish.kind,
                partner=wish.partner,
                by=wish.by,
                reason=wish.reason,
            )
        except ConfigError:
            await self._refuse(request, DocumentFault.TOO_SHORT, words=len(read.words))
            return
        answer = DocumentAnswer(document=new.id, words=new.words)
        await self._store.documents.settle(request, DocumentState.DONE, answer, new)

    async def _try(self, request: DocumentRequest, given: Given) -> None:
        """As mail is looked through: with the same text, the same file, the same register."""
        text = "" if given.file_name else given.octets.decode("utf-8", "replace")
        inspection = await self._pool.inspect(as_mail(given.file_name, given.octets, text), _PASSAGES)
        found = {
            one.document: FoundDocument(
                id=one.document, name=one.name, kind=one.kind, partner=one.partner, words=one.words
            )
            for one in sorted(inspection.documents, key=lambda one: one.words)
        }
        gap = inspection.gaps[0].reason.value if inspection.gaps else ""
        answer = DocumentAnswer(found=tuple(reversed(found.values())), gap=gap)
        await self._store.documents.settle(request, DocumentState.DONE, answer)

    async def _refuse(self, request: DocumentRequest, why: DocumentFault, gap: str = "", words: int = 0) -> None:
        answer = DocumentAnswer(fault=why, gap=gap, words=words)
        await self._store.documents.settle(request, DocumentState.REFUSED, answer)
