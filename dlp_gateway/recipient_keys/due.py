"""Which keys will end soon or have ended, and how all stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from ..model import ReviewKey
from .judge import fault_of
from .ring import KeyRing
from .values import KeyFault, RecipientKey

WARN_DAYS = (60, 30, 7)
"""So many days before its end people are told of a key."""

EXPIRED = "expired"
REPLACED = "replaced"
NOT_BEGUN = "not_begun"
USABLE = "usable"
UNUSABLE = "unusable"
STATES = (USABLE, *(f"due_{days}" for days in WARN_DAYS), EXPIRED, REPLACED, NOT_BEGUN, UNUSABLE)

NO_WORRY = frozenset({USABLE, REPLACED, NOT_BEGUN})
"""States that ask nothing of anybody."""

_NEWS = timedelta(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDue:
    """A key that people must be told of. `last_day` is the last on which it works, whole or in part."""

    id: int
    pattern: str
    kind: str
    stage: str  # "due_60", "due_30", "due_7", "expired"
    last_day: date
    is_news: bool = True  # else it was over long before anybody looked: it goes into the record, without a mail

    @property
    def is_over(self) -> bool:
        return self.stage == EXPIRED

    @property
    def key(self) -> ReviewKey:
        """What is told once. No partner's id holds a colon, so that both can be remembered in one place."""
        return (f"key:{self.id}", self.last_day, self.stage)


def stage_of(key: RecipientKey, now: datetime) -> str:
    """`usable`, `due_60`, `due_30`, `due_7` or `expired`, by its end alone."""
    if key.not_after is None:
        return USABLE
    if now >= key.not_after:
        return EXPIRED
    left = (key.not_after - now).days
    return next((f"due_{days}" for days in sorted(WARN_DAYS) if left < days), USABLE)


def keys_due(ring: KeyRing, now: datetime, zone: tzinfo, told: Collection[ReviewKey] = ()) -> tuple[KeyDue, ...]:
    """What is to be told now besides what was told already, what ends first standing first. A key that another of the
    same recipient outlives is nobody's worry; of what was missed only the latest is told."""
    found = []
    for key in ring.keys:
        stage = stage_of(key, now)
        if key.not_after is None or stage == USABLE or _is_outlived(key, ring, now):
            continue
        due = KeyDue(
            id=key.id,
            pattern=key.pattern,
            kind=key.kind.value,
            stage=stage,
            last_day=key.not_after.astimezone(zone).date(),
            is_news=now - key.not_after <= _NEWS,
        )
        if due.key not in told:
            found.append(due)
    return tuple(sorted(found, key=lambda due: (due.last_day, due.id)))


def count_by_state(ring: KeyRing, now: datetime) -> dict[str, int]:
    """How many keys stand how; each under one of STATES. `unusable` is what can't be used for another reason than its
    end; `replaced` what ends, or has, but is outlived by another key of the same recipient; `not_begun` what is not
    valid yet."""
    counts = Counter(state_of(key, ring, now) for key in ring.keys)
    return {state: counts[state] for state in STATES}


def state_of(key: RecipientKey, ring: KeyRing, now: datetime) -> str:
    stage = stage_of(key, now)
    if stage != USABLE and _is_outlived(key, ring, now):
        return REPLACED
    if stage == EXPIRED:
        return EXPIRED
    why = fault_of(key, ring.trust, now)
    if why is KeyFault.EXPIRED:
        return EXPIRED
    if why is KeyFault.NOT_YET_VALID:
        return NOT_BEGUN
    return UNUSABLE if why is not None else stage


def _is_outlived(key: RecipientKey, ring: KeyRing, now: datetime) -> bool:
    return any(
        other.id != key.id and _ends_later(other, key) and fault_of(other, ring.trust, now) is None
        for other in ring.by_pattern[key.pattern, key.kind]
    )


def _ends_later(one: RecipientKey, other: RecipientKey) -> bool:
    return other.not_after is not None and (one.not_after is None or one.not_after > other.not_after)
