"""Held messages as the clock of their review sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A held message as its clock sees it. `rule` holds it first of all; its clock runs since `since`, for a group that
    it was handed to from then on."""

    id: str
    rule: str
    reviewers: str | None
    held_at: datetime
    since: datetime
    expires_at: datetime | None
    escalated_to: str | None
