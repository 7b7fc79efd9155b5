"""What is told of questions that reviewers put to the sender of a held message."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Standing = Literal["waiting", "answered"]
"""Of a held message: the last question still waits for the sender's answer, or has one."""

SHORTEST_QUESTION = 10
QUESTION_CHARACTERS = 1000
ANSWER_CHARACTERS = 2000


class QuestionState(StrEnum):
    ASKED = "asked"  # the gateway has not told the sender yet
    SENT = "sent"
    ANSWERED = "answered"  # the gateway has not told the reviewers yet
    DONE = "done"
    NOT_SENT = "not_sent"  # there was nobody who could be told, or nothing was held any more


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldQuestion:
    """`sealed` and `answer` open with the console's key (`questions.words_of`); both are empty once the message itself
    is not kept any more. `by` is the record's actor."""

    id: str
    held_id: str
    message_id: str
    state: QuestionState
    by: str
    asked_at: datetime
    answered_at: datetime | None = None
    sealed: bytes = field(repr=False)
    answer: bytes = field(default=b"", repr=False)

    @property
    def waits(self) -> bool:
        """Whether the sender can answer it, so far as it goes by the question."""
        return self.state in (QuestionState.ASKED, QuestionState.SENT)
