"""`Store.desk`: what reviewers see and do in the console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from . import desk, queue
from .desk_values import DeskRequest, DeskState, DeskWish, ReleaseOutlook
from .queue_values import QueueFilter, QueuePage
from .reading import Read
from .values import PreparedDelivery
from .writer import Writer


class Desk:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    # -- the queue -------------------------------------------------------------------------------------

    async def page(self, wanted: QueueFilter) -> QueuePage:
        """A page of the hold queue, oldest first."""
        return await self._read(lambda alias: queue.queue_page(alias, wanted))

    async def counts(self, groups: tuple[str, ...] | None, *, unassigned: bool = True) -> dict[str, int]:
        """How many wait, by the rule that holds them first of all, most first; `groups` None: of all reviewers."""
        return await self._read(lambda alias: queue.queue_counts(alias, groups, unassigned=unassigned))

    # -- wishes ----------------------------------------------------------------------------------------

    async def ask(self, wish: DeskWish) -> DeskRequest:
        """Write it down for the gateway. Raises DecidedError when it can't be any more."""
        return await self._writer.submit(desk.ASK, wish)

    async def hand_over(self, held_id: str, *, to: str, by: str, reason: str) -> None:
        """Let another group decide: its clock begins now. Raises DecidedError."""
        wish = desk.HandOver(held_id=held_id, to=to, by=by, reason=reason, at=datetime.now(UTC))
        await self._writer.submit(desk.HAND_OVER, wish)

    async def request(self, request_id: str) -> DeskRequest | None:
        return await self._read(lambda alias: desk.request(alias, request_id))

    async def requests_of(self, message_id: str) -> tuple[DeskRequest, ...]:
        """All about one message, oldest first; without what was revealed."""
        return await self._read(lambda alias: desk.requests_of(alias, message_id))

    # -- carrying them out -----------------------------------------------------------------------------

    async def open_requests(self, limit: int) -> tuple[DeskRequest, ...]:
        """Oldest first."""
        return await self._read(lambda alias: desk.open_requests(alias, limit))

    async def reject(self, request: DeskRequest, *, at: datetime, follow_up: Sequence[PreparedDelivery]) -> None:
        """End the hold that it is about: nobody gets it. Raises DecidedError."""
        await self._writer.submit(desk.REJECT, desk.Rejected(request=request, at=at, follow_up=tuple(follow_up)))

    async def begin_reveal(self, request: DeskRequest) -> None:
        """Put it on record, before anything is opened. Raises DecidedError when another gateway did."""
        await self._writer.submit(desk.BEGIN_REVEAL, request)

    async def reveal(self, request: DeskRequest, sealed: bytes, good_until: datetime) -> None:
        """Keep what was opened, sealed under the console's key."""
        await self._writer.submit(desk.REVEAL, desk.Revealed(request=request, sealed=sealed, good_until=good_until))

    async def look(self, request: DeskRequest, outlook: ReleaseOutlook) -> None:
        """Keep what a release would do."""
        await self._writer.submit(desk.LOOK, (request, outlook))

    async def close(self, request: DeskRequest, state: DeskState) -> None:
        """It was not done, and why: too late, or failed."""
        await self._writer.submit(desk.CLOSE, (request, state))

    async def forget(self, now: datetime) -> None:
        """What was revealed and has outlived its time is gone."""
        if await self._read(lambda alias: desk.any_sealed(alias, now)):
            await self._writer.submit(desk.FORGET, now)
