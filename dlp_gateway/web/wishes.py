"""What reviewers may decide, and what their decision writes down for the gateway: the same for pages and programs."""

from __future__ import annotations

from collections.abc import Sequence

from ..act.words import REASON_WORDS
from ..model import Attachment
from ..store import (
    AS_IT_IS,
    DeskKind,
    DeskRequest,
    DeskState,
    DeskWish,
    ReleaseManner,
    ReleasePlan,
    ReleaseRequest,
    new_question,
)
from .hold import Opened
from .hold_view import more_days
from .patience import wait_until
from .running import console

SHORTEST_REASON = 10
LOOK_SECONDS = 20.0
"""The longest that somebody waits to hear what a release would do."""

REASON_CHARACTERS = 1000
NOTE_CHARACTERS = 500
MOST_DAYS = 30

CODES = tuple(code for code in REASON_WORDS if code != "withdrawn")
"""Of a rejection: what the sender is told, in words of ours."""


def ask_release(
    opened: Opened, recipients: Sequence[str], reason: str, manner: ReleaseManner = AS_IT_IS
) -> ReleaseRequest:
    """Have it sent to these, lifting exactly the rules that whoever decides was shown. Raises DecidedError."""
    here = console()
    wish = here.store.request_release(
        opened.held.id,
        by=opened.someone.actor,
        reason=reason,
        recipients=tuple(recipients),
        overrides=frozenset(opened.held.rules),
        manner=manner,
    )
    return here.ask(wish)


def look_ahead(opened: Opened, recipients: Sequence[str], manner: ReleaseManner) -> DeskRequest:
    """Have the gateway say what a release in this manner would do; it does so in a second or two. Raises
    DecidedError."""
    here = console()
    plan = ReleasePlan(recipients=tuple(recipients), overrides=frozenset(opened.held.rules), manner=manner)
    wish = DeskWish(held_id=opened.held.id, kind=DeskKind.LOOK, by=opened.someone.actor, reason="", plan=plan)
    return here.ask(here.store.desk.ask(wish))


def once_answered(request_id: str, seconds: float) -> DeskRequest | None:
    """What somebody asked of the gateway once it has answered, or as it is after so long."""
    here = console()
    return wait_until(
        lambda: here.ask(here.store.desk.request(request_id)),
        lambda asked: asked is None or asked.state not in (DeskState.OPEN, DeskState.BEGUN),
        seconds,
    )


def removable(opened: Opened) -> tuple[Attachment, ...]:
    """Files of the message itself; what is inside an archive or another message goes with that."""
    stored = opened.stored
    inspection = stored.record.inspection if stored is not None else None
    files = [one for one in inspection.attachments if "/" not in one.part] if inspection is not None else []
    parts = {one.part for one in files}
    return tuple(
        one
        for one in files
        if not one.part.startswith("OTHER") and not any(one.part.startswith(f"{part}.") for part in parts)
    )


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
