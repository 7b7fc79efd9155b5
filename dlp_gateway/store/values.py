"""What the store takes and gives: frozen values and the two errors of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from ..errors import GatewayError, StoreUnavailableError
from ..model import (
    Delivery,
    Disposition,
    Envelope,
    Facts,
    Inspection,
    MailParams,
    RecipientParams,
    Verdict,
)

NO_PARAMS = MailParams()

BY_FILE = "file"
"""The author of rules that came from the rules folder."""


class BodyDamagedError(StoreUnavailableError):
    """Sealed octets are missing, cut short, altered, or sealed under a key we do not have."""


class DecidedError(GatewayError):
    """Somebody was quicker: the held message is no longer waiting for this decision, or the same
    reviewer tried to approve twice. The text is for the person who tried; it holds no personal data."""


class OvertakenError(DecidedError):
    """The rules that a change was made from are no longer in force; `newest` is the version that is."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"version {newest} came meanwhile; look at it, then make the change again")
        self.newest = newest


class DeliveryKind(StrEnum):
    QUEUE = "queue"  # we must deliver or report
    HOLD = "hold"  # kept for a person
    NOTICE = "notice"  # a report or notice of ours


class DeliveryState(StrEnum):
    """The life of a delivery in our custody."""

    PREPARED = "prepared"  # written, but promised to nobody
    LIVE = "live"  # to be sent when due
    SENDING = "sending"  # claimed under a lease
    HELD = "held"
    RELEASE_REQUESTED = "release_requested"
    RELEASING = "releasing"  # a gateway inspects, decides and sends it again
    DONE = "done"  # every recipient has a final outcome
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # by the sender; kept as long as what was rejected
    DROPPED = "dropped"  # never promised: the client still had the message


class MessageState(StrEnum):
    OPEN = "open"  # recorded; nobody knows yet what became of it
    LIVE = "live"  # its durable deliveries are ours; whether the client heard 250 is not known
    CLOSED = "closed"
    IN_DOUBT = "in_doubt"  # the gateway died with it


class Subject(StrEnum):
    """What people are told of when it is due or has ended."""

    PARTNERS = "partners"
    KEYS = "keys"
    TLS = "tls"  # with other domains' servers
    TLS_REPORTS = "tls-reports"  # to those domains
    DIGEST = "digest"  # of what waits for a group of reviewers


class Verb(StrEnum):
    """What the audit chain records, in the past tense."""

    CHAIN_OPENED = "chain:opened"
    MESSAGE_RECORDED = "message:recorded"
    MESSAGE_CLOSED = "message:closed"
    MESSAGE_LEFT_IN_DOUBT = "message:left_in_doubt"
    DELIVERIES_PREPARED = "deliveries:prepared"
    CUSTODY_TAKEN = "custody:taken"
    CUSTODY_DROPPED = "custody:dropped"
    DELIVERY_TRIED = "delivery:tried"
    DELIVERY_RETURNED = "delivery:returned"
    HELD_APPROVED = "held:approved"
    HELD_RELEASE_REQUESTED = "held:release_requested"
    HELD_RELEASED = "held:released"
    HELD_RETURNED = "held:returned"
    HELD_REJECTED = "held:rejected"
    HELD_EXTENDED = "held:extended"
    HELD_EXPIRED = "held:expired"
    HELD_WITHDRAWN = "held:withdrawn"
    HELD_REVIEW_ASKED = "held:review_asked"
    HELD_HANDED_OVER = "held:handed_over"
    HELD_ESCALATED = "held:escalated"
    DIGEST_SENT = "digest:sent"
    HELD_REJECTION_ASKED = "held:rejection_asked"
    HELD_REVEAL_ASKED = "held:reveal_asked"
    HELD_REVEALED = "held:revealed"
    DESK_NOT_DONE = "desk:not_done"
    HELD_OVERRIDDEN = "held:overridden"
    HELD_QUESTION_ASKED = "held:question_asked"
    HELD_QUESTION_SENT = "held:question_sent"
    HELD_QUESTION_NOT_SENT = "held:question_not_sent"
    HELD_QUESTION_ANSWERED = "held:question_answered"
    SENDER_CODE_ASKED = "sender:code_asked"
    SENDER_CODE_SENT = "sender:code_sent"
    SENDER_SIGNED_IN = "sender:signed_in"
    SENDER_SIGN_IN_FAILED = "sender:sign_in_failed"
    SENDER_DECIDED = "sender:decided"
    SENDER_OVERTAKEN = "sender:overtaken"
    BODY_READ = "body:read"
    RULES_IMPORTED = "rules:imported"
    RULES_PROPOSED = "rules:proposed"
    RULES_ANSWERED = "rules:answered"
    PARTNERS_ADDED = "partners:added"
    PARTNERS_EDITED = "partners:edited"
    PARTNERS_SUSPENDED = "partners:suspended"
    PARTNERS_REMOVED = "partners:removed"
    PARTNERS_DUE = "partners:due"
    PARTNERS_EXPIRED = "partners:expired"
    KEYS_TRUSTED = "keys:trusted"
    KEYS_WITHDRAWN = "keys:withdrawn"
    DOCUMENT_REGISTERED = "document:registered"
    DOCUMENT_REFUSED = "document:refused"
    DOCUMENT_REMOVED = "document:removed"
    DOCUMENT_TRIED = "document:tried"
    TLS_FAILED = "tls:failed"
    TLS_REPORTED = "tls:reported"
    KEYS_DUE = "keys:due"
    KEYS_EXPIRED = "keys:expired"
    GATEWAY_STARTED = "gateway:started"
    GATEWAY_STOPPED = "gateway:stopped"
    GATEWAY_FENCED = "gateway:fenced"
    AUDIT_EXPORTED = "audit:exported"
    AUDIT_VERIFIED = "audit:verified"
    RETENTION_APPLIED = "retention:applied"
    TOKEN_CREATED = "token:created"  # noqa: S105
    TOKEN_REVOKED = "token:revoked"  # noqa: S105
    USER_CREATED = "user:created"
    USER_CHANGED = "user:changed"
    USER_SIGNED_IN = "user:signed_in"
    USER_SIGN_IN_FAILED = "user:sign_in_failed"
    USER_SIGNED_OUT = "user:signed_out"
    USER_SECOND_FACTOR_CHANGED = "user:second_factor_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """What is written before anything is relayed."""

    message_id: str
    received_at: datetime  # aware, UTC
    envelope: Envelope
    size_bytes: int
    identity: str  # of the attempt: a retry of the same message has the same
    message_id_header: str | None = None
    author: str | None = None
    scope: Literal["inspected", "out-of-scope"] = "inspected"
    inspection: Inspection | None = None
    verdicts: tuple[Verdict, ...] = ()
    policy_version: str = ""
    facts: Facts | None = None  # what else the verdicts followed from; None out of scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDelivery:
    """A delivery made durable before it is promised."""

    id: str
    kind: DeliveryKind
    delivery: Delivery
    reverse_path: str | None  # None is the null reverse-path <>
    params: MailParams = NO_PARAMS
    recipient_params: tuple[RecipientParams, ...] = ()  # order of delivery.recipients; () when none gave any
    octets_key: str  # in the spool
    due_at: datetime | None = None  # first try of a queued delivery; None: at once
    hold_until: datetime | None = None
    expires_at: datetime | None = None  # of a held message
    reviewers: str | None = None
    approvals: int = 1
    rules: tuple[tuple[str, str], ...] = ()  # (rule id, policy version) that hold it
    main_rule: str = ""  # what the queue counts and filters by
    reasons: tuple[str, ...] = ()
    reasons_cy: tuple[str, ...] = ()  # in Welsh; () where the council does not write it


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedDelivery:
    """A delivery that this gateway has claimed: it must be settled under `lease` before `lease_until`."""

    id: str
    lease: str
    lease_until: datetime
    message_id: str
    kind: DeliveryKind
    delivery: Delivery
    reverse_path: str | None
    params: MailParams
    recipient_params: tuple[RecipientParams, ...]
    octets_key: str
    tries: int  # earlier claims
    created_at: datetime
    delay_told: bool = False
    author: str | None
    message_id_header: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Whose turn it is to be tried. `at_most`: deliveries by route, any number by routes not named. Of routes in
    `resting` only what its sender must hear of now: made before `give_up_before`, or before `delayed_before` and not
    yet told of."""

    at_most: Mapping[str, int] = field(default_factory=dict)
    resting: frozenset[str] = frozenset()
    give_up_before: datetime | None = None
    delayed_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseManner:
    """How a held message is let go. `encrypted`: encrypted to each recipient or not at all. `without`: parts that are
    taken away first."""

    encrypted: bool = False
    without: tuple[str, ...] = ()

    def __or__(self, other: ReleaseManner) -> ReleaseManner:
        """What satisfies both: the stricter of each."""
        return ReleaseManner(
            encrypted=self.encrypted or other.encrypted,
            without=tuple(dict.fromkeys((*self.without, *other.without))),
        )

    @classmethod
    def of_words(cls, told: Mapping[str, Any]) -> ReleaseManner:
        """As the record, or an approval, tells it; those of earlier versions tell nothing."""
        without = tuple(str(part) for part in told.get("without", ()))
        return cls(encrypted=told.get("encrypted") is True, without=without)

    @property
    def words(self) -> dict[str, object]:
        """As the record tells it; nothing of what is as usual."""
        told: dict[str, object] = {"encrypted": self.encrypted, "without": list(self.without)}
        return {name: value for name, value in told.items() if value}


AS_IT_IS = ReleaseManner()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven:
    by: str
    reason: str
    at: datetime
    manner: ReleaseManner = AS_IT_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A message kept for a person, or what became of it. `delivery.recipients` are those still held."""

    id: str
    message_id: str
    state: DeliveryState
    delivery: Delivery
    reverse_path: str | None
    params: MailParams
    recipient_params: tuple[RecipientParams, ...]
    octets_key: str
    held_at: datetime
    hold_until: datetime | None
    expires_at: datetime | None
    reviewers: str | None
    approvals: int  # how many different reviewers must agree to a release
    approvals_given: tuple[ApprovalGiven, ...]
    rules: tuple[tuple[str, str], ...]
    main_rule: str = ""
    reasons: tuple[str, ...]
    reasons_cy: tuple[str, ...] = ()
    escalated_to: str | None = None  # the second group, once it was told
    urgent: bool = False  # its sender says that someone is at risk now
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    envelope: Envelope
    author: str | None
    message_id_header: str | None
    received_at: datetime
    size_bytes: int
    question: str | None = None  # to the sender: "waiting", "answered"

    def reasons_in(self, language: str) -> tuple[str, ...]:
        """The reasons in this language (“en”, “cy”); in English where there are none."""
        return self.reasons_cy if language == "cy" and self.reasons_cy else self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequest:
    """A reviewer's wish to let a held message go. The gateway carries it out: `lease` is set once claimed.

    `approvals_left` > 0: recorded as an approval, the message stays held until that many others agree.
    """

    id: str
    held_id: str
    message_id: str
    by: str
    reason: str
    recipients: tuple[str, ...]
    overrides: frozenset[tuple[str, str]]  # (rule id, policy version) the reviewers were shown
    requested_at: datetime
    approvals_left: int = 0
    lease: str = ""
    manner: ReleaseManner = AS_IT_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """The record of a message as it is now. `inspection` is None out of scope and after its retention."""

    record: MessageRecord
    state: MessageState
    answered: bool | None  # whether the client heard a final reply; None: not known
    dispositions: tuple[Disposition, ...]
    gateway_id: str

    def verdicts_of(self, recipients: Collection[str]) -> tuple[Verdict, ...]:
        """The verdicts on these recipients, as they were when the message came."""
        return tuple(verdict for verdict in self.record.verdicts if verdict.recipient in recipients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What recovery at the start did."""

    boots: tuple[str, ...] = ()  # dead boots that were cleared up after
    dropped: int = 0  # prepared deliveries that nobody was promised
    returned: int = 0  # claimed deliveries that are to be tried again
    in_doubt: int = 0  # messages in whose hands a gateway died
    swept: int = 0  # sealed files that no delivery names


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposal:
    """A text that waits for a second administrator."""

    number: int
    name: str
    base: int  # the number of the version that it was made from
    text: str = field(repr=False)
    author: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    name: str
    number: int
    text: str = field(repr=False)
    sha256: str
    author: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one mail teaches. `key`: mark of the key under which all other marks were made."""

    day: date  # UTC
    key: int
    marks: tuple[int, ...] = ()  # one mail more for each
    spellings: tuple[tuple[int, int], ...] = ()  # (spelling, mark of whom)
    wrote_outside: bool = False
    thread: int | None = None
    thread_inside: bool = True  # False: somebody outside takes part from now on
    thread_begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What is kept for how long."""

    inspections: timedelta = timedelta(days=90)
    held_bodies: timedelta = timedelta(days=30)  # after the decision
    crashes: timedelta = timedelta(days=30)
    contacts: timedelta = timedelta(days=400)  # since they were last written to
    threads: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the audit chain; `body` is JSON."""

    writer: str
    n: int
    at: datetime
    verb: str
    actor: str
    message_id: str | None
    body: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What to look for; oldest first. `after`: behind the entry with this time, writer and number."""

    message_id: str | None = None
    actor: str | None = None
    verb: Verb | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str, int] | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAccount:
    name: str
    display_name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    must_change_password: bool = False
    directory: str = ""  # who they are in the council's directory, by which they sign in
    marks: frozenset[str] | None = None  # fingerprints of their address and name; None: the gateway made none yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """By what a program asks the JSON API in the name of the account `user`."""

    name: str
    user: str
    permissions: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
