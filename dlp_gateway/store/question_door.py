"""`Store.questions`: what reviewers ask the senders of held mail, and what these answer."""

from __future__ import annotations

from collections.abc import Sequence

from . import questions
from .question_values import HeldQuestion, QuestionState
from .reading import Read
from .values import PreparedDelivery
from .writer import Writer


class Questions:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    async def ask(self, new: questions.NewQuestion) -> HeldQuestion:
        """Write it down; the gateway tells the sender. Raises DecidedError when the message no longer waits, or the
        sender has been asked before and has not answered."""
        return await self._writer.submit(questions.ASK, new)

    async def answer(self, new: questions.NewAnswer) -> None:
        """Keep the sender's answer. Raises DecidedError when the message no longer waits, or there is one."""
        await self._writer.submit(questions.ANSWER, new)

    async def to_tell(self, limit: int) -> tuple[HeldQuestion, ...]:
        """What senders or reviewers have not been told of yet, oldest first."""
        return await self._read(lambda alias: questions.to_tell(alias, limit))

    async def tell(
        self, question: HeldQuestion, state: QuestionState, follow_up: Sequence[PreparedDelivery] = ()
    ) -> None:
        """Take custody of the mails that tell of it. Raises DecidedError when another gateway did."""
        told = questions.Told(question=question, state=state, follow_up=tuple(follow_up))
        await self._writer.submit(questions.TELL, told)

    async def of(self, message_id: str) -> tuple[HeldQuestion, ...]:
        """All about one message, oldest first."""
        return await self._read(lambda alias: questions.questions_of(alias, message_id))
