"""What `Store.insight` answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HoldEnd(StrEnum):
    """What became of a hold."""

    OPEN = "open"
    RELEASED = "released"  # by a reviewer, as it was
    CHANGED = "changed"  # let go by a reviewer, but encrypted only, or without some of its parts
    REJECTED = "rejected"  # by a reviewer
    OVERRIDDEN = "overridden"  # let go by its author
    WITHDRAWN = "withdrawn"  # by its author
    EXPIRED = "expired"
    BY_ITSELF = "by itself"  # an embargo that ended


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFact:
    """One hold. `rules` are ids; `decided_at` is None while it is open."""

    held_at: datetime
    rules: tuple[str, ...]
    end: HoldEnd
    decided_at: datetime | None
