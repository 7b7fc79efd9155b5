"""What reviewers ask of the gateway through the console."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..model import Action
from .values import ReleaseManner


class DeskKind(StrEnum):
    REJECT = "reject"
    REVEAL = "reveal"  # show me what it says
    LOOK = "look"  # what would a release in this manner do?


class DeskState(StrEnum):
    OPEN = "open"
    BEGUN = "begun"  # of a reveal: it is on record, and about to be opened
    DONE = "done"
    TOO_LATE = "too_late"  # it no longer waited
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """A release that somebody thinks of. `overrides`: the rules that their page shows."""

    recipients: tuple[str, ...]
    overrides: frozenset[tuple[str, str]]
    manner: ReleaseManner


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientOutlook:
    """What would become of one recipient's copy, and why it would be stopped."""

    recipient: str
    action: Action
    why: tuple[str, ...] = ()
    why_cy: tuple[str, ...] = ()

    @property
    def goes(self) -> bool:
        return self.action < Action.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOutlook:
    """What a release would do if it were asked for now. `undone`: why parts can't be taken away, in fixed words; then
    there are no recipients."""

    recipients: tuple[RecipientOutlook, ...] = ()
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWish:
    """What somebody asks for. `by` is the record's actor, `case` the reference of a reveal, `code` and `note` the
    reason code of a rejection and the sentence for the sender, `plan` what is looked ahead at."""

    held_id: str
    kind: DeskKind
    by: str
    reason: str = field(repr=False)
    case: str = ""
    code: str = ""
    note: str = field(default="", repr=False)
    plan: ReleasePlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRequest:
    """A wish that was written down, and what became of it. `sealed` opens with the console's key until `good_until`."""

    id: str
    message_id: str
    wish: DeskWish
    state: DeskState
    asked_at: datetime
    sealed: bytes = field(default=b"", repr=False)
    good_until: datetime | None = None
    outlook: ReleaseOutlook | None = None
