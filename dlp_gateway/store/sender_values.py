"""What is told of senders who decide about their own held mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ..errors import GatewayError


class SenderChoice(StrEnum):
    WITHDRAW = "withdraw"  # nobody is to get it
    REVIEW = "review"  # asked of the reviewers, with a reason
    RELEASE = "release"  # by the sender's own decision, with a reason, where every rule that holds it allows that
    URGENT = "urgent"  # as RELEASE, because someone is at risk now, to partners and public bodies; looked at afterwards


class SenderRequestState(StrEnum):
    OPEN = "open"  # the gateway has not carried it out yet
    DONE = "done"  # carried out; of a release: the gateway tries to send it
    TOO_LATE = "too_late"  # somebody else had decided
    PASSED_ON = "passed_on"  # a release that the rules of today leave to the reviewers, who were asked


class SignIn(StrEnum):
    """What a typed code led to."""

    GOOD = "good"
    WRONG = "wrong"
    DEAD = "dead"  # too old, used, replaced by a newer one, or tried too often


class LinkUsedError(GatewayError):
    """A decision was made by this link already."""


class TooManyCodesError(GatewayError):
    """So many codes were asked for that this one waits until `again_at`."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__("too many codes were asked for")
        self.again_at = again_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLimits:
    """How often a code may be asked for, and tried."""

    between: timedelta = timedelta(minutes=1)
    per_link: int = 5  # a day
    per_author: int = 10  # an hour, over all their links
    tries: int = 5  # of one code


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCode:
    """A code that the gateway is to make and mail to the author of the message."""

    id: str
    message_id: str
    author: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRequest:
    id: str
    link: str
    message_id: str
    kind: SenderChoice
    state: SenderRequestState
    by: str = field(repr=False)  # the author's address
    reason: str = field(repr=False)
    overrides: frozenset[tuple[str, str]]  # (rule id, policy version) that the sender was shown
    asked_at: datetime

    @property
    def actor(self) -> str:
        """As the record names who decided."""
        return actor_of(self.by)


def actor_of(author: str) -> str:
    """As the record names a sender; no account and no system user is called so."""
    return f"sender:{author}"
