"""What is asked of the hold queue, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .values import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """`groups` None: of all reviewers; else of these, and, if `unassigned`, what is nobody's in particular. `rules`:
    held first of all by one of these; empty: by any. `text`: somewhere in addresses, ids, file names and masked
    findings. `escalated_to`: only what was escalated to one of these, whoever's it is else. `after`: behind that
    message."""

    groups: tuple[str, ...] | None = None
    unassigned: bool = True
    rules: tuple[str, ...] = ()
    text: str = ""
    question: str = ""  # to the sender: only what is "waiting" or "answered"
    held_before: datetime | None = None
    escalated_to: tuple[str, ...] | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A held message in a line. `recipients` are those who wait. `clock_since`: when the clock of whoever decides
    began."""

    id: str
    message_id: str
    state: DeliveryState
    held_at: datetime
    clock_since: datetime
    hold_until: datetime | None
    expires_at: datetime | None
    reviewers: str | None
    main_rule: str
    reasons: tuple[str, ...]
    reasons_cy: tuple[str, ...]
    author: str | None
    reverse_path: str | None
    recipients: tuple[str, ...]
    size_bytes: int
    approvals: int
    approvals_given: int
    question: str | None = None
    escalated_to: str | None = None
    urgent: bool = False

    def reasons_in(self, language: str) -> tuple[str, ...]:
        return self.reasons_cy if language == "cy" and self.reasons_cy else self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    more: bool
