"""What reviewers may decide, and what their decision writes down for the gateway: the same for pages and programs."""

from __future__ import annotations

from collections.abc import Sequence

from ..act.words import REASON_WORDS
from ..store import DeskKind, DeskWish, ReleaseRequest, new_question
from .hold import Opened
from .hold_view import more_days
from .running import console

SHORTEST_REASON = 10
REASON_CHARACTERS = 1000
NOTE_CHARACTERS = 500
MOST_DAYS = 30

CODES = tuple(code for code in REASON_WORDS if code != "withdrawn")
"""Of a rejection: what the sender is told, in words of ours."""


def ask_release(opened: Opened, recipients: Sequence[str], reason: str) -> ReleaseRequest:
    """Have it sent to these, lifting exactly the rules that whoever decides was shown. Raises DecidedError."""
    here = console()
    wish = here.store.request_release(
        opened.held.id,
        by=opened.someone.actor,
        reason=reason,
        recipients=tuple(recipients),
        overrides=frozenset(opened.held.rules),
    )
    return here.ask(wish)


def ask_rejection(opened: Opened, reason: str, code: str, note: str) -> None:
    """Have nobody get it, and its sender told. Raises DecidedError."""
    here = console()
    wish = DeskWish(
        held_id=opened.held.id,
        kind=DeskKind.REJECT,
        by=opened.someone.actor,
        reason=reason,
        code=code,
        note=" ".join(note.split()),
    )
    here.ask(here.store.desk.ask(wish))


def ask_sender(opened: Opened, question: str) -> None:
    """Have its sender asked. Raises DecidedError."""
    here = console()
    new = new_question(here.key, opened.held.id, question, by=opened.someone.actor, now=here.now())
    here.ask(here.store.questions.ask(new))


def extend_by(opened: Opened, days: int, reason: str) -> None:
    """Give it so many days more. Raises DecidedError."""
    here = console()
    until = more_days(opened.held, days, here.now())
    here.ask(here.store.extend(opened.held.id, by=opened.someone.actor, reason=reason, until=until))
