"""What reviewers ask for in the console, carried out: rejections with their notice, reveals, and the mails about
questions to senders and their answers.

The console has no key of held mail and writes no mail. Whoever may ask is its business (`web/review_rights.py`); what
can still be done is looked at here, by compare-and-set.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..errors import TemporaryError
from ..log import event, fault
from ..octets import Octets
from ..store import (
    DecidedError,
    DeliveryState,
    DeskKind,
    DeskRequest,
    DeskState,
    DeskWish,
    HeldMessage,
    HeldQuestion,
    PreparedDelivery,
    QuestionState,
    ReleaseOutlook,
    Store,
)
from .follow_up import or_discard
from .notices import NoticeWriter

_log = logging.getLogger("dlp_gateway.act")

AT_ONCE = 20

REVEAL_TIME = timedelta(minutes=10)
"""How long what was revealed can be read."""

AGAIN_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class ReviewerDesk:
    """`show` answers what a message says, sealed for the request of this id: its text is read in a process of its
    own. `look_ahead` answers what a release would do. `reviewers` says who is of a reviewer group."""

    store: Store
    notices: NoticeWriter
    show: Callable[[str, Octets], Awaitable[bytes]]
    look_ahead: Callable[[HeldMessage, DeskWish], Awaitable[ReleaseOutlook]]
    reviewers: Callable[[str | None], tuple[str, ...]]
    wake_retries: Callable[[], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _again_at: dict[str, datetime] = field(default_factory=dict)  # by the id of what failed

    async def carry_out(self) -> int:
        """Do all that waits; answers how much. Raises TemporaryError when the store is not there."""
        now = self.clock()
        await self.store.desk.forget(now)
        self._again_at = {failed: at for failed, at in self._again_at.items() if at > now}
        wishes: list[DeskRequest | HeldQuestion] = [
            *await self.store.desk.open_requests(AT_ONCE),
            *await self.store.questions.to_tell(AT_ONCE),
        ]
        done = 0
        for wish in wishes:
            if wish.id not in self._again_at:
                done += await self._guarded(wish)
        if done:
            self.wake_retries()
        return done

    async def _guarded(self, wish: DeskRequest | HeldQuestion) -> bool:
        """Whether it was done."""
        try:
            kind = await self._carry_out(wish)
        except DecidedError:  # somebody was quicker
            event(_log, "desk:overtaken", level=logging.DEBUG, message_id=wish.message_id)
            return False
        except Exception as error:  # noqa: BLE001 - one wish must not keep the others from being done
            self._again_at[wish.id] = self.clock() + timedelta(seconds=AGAIN_SECONDS)
            fault(_log, "desk:failed", error, message_id=wish.message_id)
            return False
        event(_log, "desk:carried_out", message_id=wish.message_id, kind=kind)
        return True

    async def _carry_out(self, wish: DeskRequest | HeldQuestion) -> str:
        """Answers what kind of wish it was."""
        if isinstance(wish, HeldQuestion):
            await self._tell(wish)
            return "question" if wish.waits else "answer"
        do = {DeskKind.REJECT: self._reject, DeskKind.REVEAL: self._reveal, DeskKind.LOOK: self._look}
        await do[wish.wish.kind](wish)
        return wish.wish.kind.value

    async def _tell(self, question: HeldQuestion) -> None:
        """The sender of a question, the reviewers of an answer. Neither stands in the mail."""
        held = await self._waiting(question.held_id)
        notices: tuple[PreparedDelivery, ...] = ()
        if question.state is QuestionState.ASKED:
            notices = await self.notices.on_question(held) if held is not None else ()
            after = QuestionState.SENT if notices else QuestionState.NOT_SENT
        else:
            if held is not None:
                notices = await self.notices.on_answer(held, await self._who_decide(held, question))
            after = QuestionState.DONE
        await or_discard(self.store, self.store.questions.tell(question, after, notices), notices)

    async def _who_decide(self, held: HeldMessage, question: HeldQuestion) -> tuple[str, ...]:
        """The members of its groups, and whoever asked, who may be a deputy."""
        members = list(self.reviewers(held.reviewers))
        members += self.reviewers(held.escalated_to) if held.escalated_to else ()
        members += [
            one.email for one in await self.store.users.all() if f"user:{one.name}" == question.by and one.email
        ]
        return tuple({address.casefold(): address for address in members}.values())

    async def _waiting(self, held_id: str) -> HeldMessage | None:
        """The message while it waits for a decision."""
        held = await self.store.held(held_id)
        return held if held is not None and held.state is DeliveryState.HELD else None

    async def _reject(self, request: DeskRequest) -> None:
        wish = request.wish
        held = await self._waiting(wish.held_id)
        if held is None:
            await self.store.desk.close(request, DeskState.TOO_LATE)
            return
        notices = await self.notices.on_refusal(held, wish.code, wish.note)
        rejected = self.store.desk.reject(request, at=self.clock(), follow_up=notices)
        await or_discard(self.store, rejected, notices)

    async def _look(self, request: DeskRequest) -> None:
        held = await self._waiting(request.wish.held_id)
        if held is None:
            await self.store.desk.close(request, DeskState.TOO_LATE)
            return
        await self.store.desk.look(request, await self.look_ahead(held, request.wish))

    async def _reveal(self, request: DeskRequest) -> None:
        held = await self.store.held(request.wish.held_id)
        if held is None or not held.octets_key:
            await self.store.desk.close(request, DeskState.TOO_LATE)
            return
        await self.store.desk.begin_reveal(request)  # on record, before anything is opened
        try:
            sealed = await self.show(request.id, await self.store.unseal(held.octets_key))
        except TemporaryError as error:
            fault(_log, "desk:not_opened", error, message_id=request.message_id)
            begun = await self.store.desk.request(request.id)
            if begun is not None:
                await self.store.desk.close(begun, DeskState.FAILED)
            return
        begun = await self.store.desk.request(request.id)
        if begun is not None:
            await self.store.desk.reveal(begun, sealed, self.clock() + REVEAL_TIME)
