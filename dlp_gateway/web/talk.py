"""What reviewers asked the sender of a held message and what came back, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from ..act.notify import time_words
from ..act.words import shown
from ..language import ENGLISH, Language
from ..store import HeldQuestion, QuestionState, Words

STANDING_WORDS = {
    "waiting": "Waits for the sender’s answer",
    "answered": "The sender has answered",
}

_STATE_WORDS = {
    QuestionState.ASKED: "The sender is being told.",
    QuestionState.SENT: "The sender was told, and has not answered yet.",
    QuestionState.NOT_SENT: "The sender could not be told.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question to the sender, and the answer."""

    asked: HeldQuestion
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`question` and `answer` are as they were written, line ends and all; "" where they are not shown. `state`: where
    it stands while there is no answer."""

    asked_at: str
    by: str
    question: str = field(repr=False)
    answered_at: str
    answer: str = field(repr=False)
    state: str


def talk(exchanges: Sequence[Exchange], *, zone: tzinfo, language: Language = ENGLISH) -> tuple[Said, ...]:
    """Oldest first."""
    return tuple(
        Said(
            asked_at=time_words(one.asked.asked_at, zone, language),
            by=shown(one.asked.by),
            question=safe_lines(one.words.question or ""),
            answered_at=time_words(one.asked.answered_at, zone, language) if one.asked.answered_at else "",
            answer=safe_lines(one.words.answer or ""),
            state=language.say(_STATE_WORDS[one.asked.state]) if one.asked.state in _STATE_WORDS else "",
        )
        for one in exchanges
    )


def safe_lines(text: str) -> str:
    """What somebody else wrote, line by line, each made fit to be shown."""
    return "\n".join(shown(line, 2000) for line in text.splitlines())
