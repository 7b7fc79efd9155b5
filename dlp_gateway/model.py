"""The values that flow through the gateway. All frozen, keyword-only, and free of behaviour that
touches the world.

Order of the file is the order of the way: envelope and message, what a worker reads (Part,
Passage), what it answers (Finding, Gap, Inspection), what policy makes of it (Facts, Verdict), and
what is done (Delivery, Disposition). Values marked "worker only" hold clear text and never leave a
worker process; all others are safe to store.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, StrEnum

from .moment import Moment
from .octets import Octets
from .secure_way import WayFact
from .vocabulary import (
    HIGH,
    PERSONAL,
    Action,
    Area,
    AskNames,
    Category,
    GapReason,
    GapScope,
    Likeness,
    MarkingKind,
    Outcome,
    RecipientClass,
)

# The words of vocabulary.py, for all who import them from here with the values.
__all__ = [
    "Action",
    "Area",
    "AskNames",
    "Category",
    "GapReason",
    "GapScope",
    "HIGH",
    "Likeness",
    "MarkingKind",
    "Outcome",
    "PERSONAL",
    "RecipientClass",
]

# -- What SMTP said --


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParams:
    """Parameters of MAIL FROM, verbatim, None where not given."""

    body: str | None = None  # RFC 6152: "7BIT" or "8BITMIME"
    smtputf8: bool = False  # RFC 6531
    ret: str | None = None  # RFC 3461, 4.3: "FULL" or "HDRS"
    envid: str | None = None  # RFC 3461, 4.4: xtext, as it came
    forwarded: tuple[tuple[str, str], ...] = ()  # XFORWARD, XCLIENT: the client before ours, by name; "" not known
    require_tls: bool = False  # RFC 8689: on under proven TLS to hosts that keep this, or not at all


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientParams:
    """Parameters of one RCPT TO, verbatim, None where not given (RFC 3461, 4.1 and 4.2)."""

    notify: str | None = None  # "NEVER" or a comma list of SUCCESS, FAILURE, DELAY
    orcpt: str | None = None  # "rfc822;xtext", as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What SMTP said apart from the message.

    Addresses are as the client sent them, without angle brackets: never rewritten, never decoded.
    `recipients` has no repeats and its order is the order of RCPT.
    """

    reverse_path: str | None  # None is the null reverse-path <>
    recipients: tuple[str, ...]
    params: MailParams = MailParams()
    recipient_params: tuple[RecipientParams, ...] = ()  # same order as recipients; () when none gave any
    client_ip: str = ""
    client_name: str = ""  # the entry of `clients` in the configuration that let this client in
    client_user: str | None = None  # authenticated user
    vouches_for_sender: bool = False  # the client entry says its senders are who they claim to be
    helo: str = ""
    tls: bool = False
    tls_text: str = ""  # version and cipher suite, for Received

    def params_of(self, recipient: str) -> RecipientParams:
        """The RCPT parameters of one of `recipients`."""
        if not self.recipient_params:
            return RecipientParams()
        return self.recipient_params[self.recipients.index(recipient)]

    def only(self, recipients: tuple[str, ...]) -> Envelope:
        """The same envelope with only those of its recipients."""
        params = tuple(self.params_of(r) for r in recipients) if self.recipient_params else ()
        return replace(self, recipients=recipients, recipient_params=params)

    def vouches_for(self, author: str | None) -> bool:
        """Whether there is proof that the author is who the header says: the client vouches for its
        senders, and the reverse-path is the author's own. A typed From alone proves nothing."""
        if not self.vouches_for_sender or author is None or self.reverse_path is None:
            return False
        return self.reverse_path.lower() == author.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail transaction. Its octets never change; CRLF line ends, no dot-stuffing."""

    id: str  # ours, public: in replies, logs, header, console
    envelope: Envelope
    octets: Octets = field(repr=False)
    received_at: Moment  # aware, UTC
    from_mta: bool = False  # by milter: the mail server that shows it keeps what is relayed as usual, and sends it on

    @property
    def size_bytes(self) -> int:
        return len(self.octets)


# -- The question, and what a worker reads (worker only: MimePart, Part, Passage) --


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What inspection must answer for these recipients. Computed by `decide` from envelope and
    policy before inspecting, so that the costly part is asked only where it can change a verdict."""

    entities: frozenset[str] | None = None  # None: every entity
    names: AskNames = AskNames.ALWAYS
    reverse_path: str | None = None
    recipients: tuple[str, ...] = ()  # outside recipients whose own data does not count
    own_domains: tuple[str, ...] = ()  # address patterns of the council's own domains
    own_contact_points: tuple[str, ...] = ()  # published addresses, telephone numbers and bank accounts of the council
    received_at: Moment | None = None  # when "now" is, for embargo lines: workers have no clock
    time_zone: str = "Europe/London"
    surroundings: bool = False  # also places, organisations and groups, which never count: for people who look
    indexes: frozenset[str] | None = frozenset()  # of the council's records, to be looked through; None: all
    documents: bool = False  # whether passages of registered documents are looked for

    @property
    def asks_nothing(self) -> bool:
        """Whether no answer could change a verdict."""
        return self.entities == frozenset() and self.indexes == frozenset() and not self.documents


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField:
    """One header field. `raw` is the whole field with its folds and line end; `text` the decoded value."""

    name: str  # as spelled
    text: str
    start: int  # offset of the field's first octet in the message
    end: int  # offset after its line end
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MimePart:
    """One node of the MIME tree with its byte map. All offsets are into the whole message.

    `path` counts as IMAP does (RFC 9051, 6.4.5): "" is the root of a multipart message, "1" its first
    child, "1" also the only part of a message that is not multipart; parts of a nested message
    continue the number ("3.1").
    """

    path: str
    media_type: str  # lower case, "text/plain" where absent
    params: tuple[tuple[str, str], ...] = ()  # of Content-Type, names in lower case
    charset: str | None = None  # lower case, as declared
    encoding: str = "7bit"  # content transfer encoding, lower case
    disposition: str | None = None  # "inline", "attachment" or what it says, lower case
    filename: str | None = None
    filenames: tuple[str, ...] = ()  # every form of it that was given, `filename` first; each once
    header: tuple[HeaderField, ...] = ()
    header_start: int
    body_start: int
    body_end: int  # offset after the body's last octet, before the CRLF that belongs to a delimiter
    children: tuple[MimePart, ...] = ()
    first_delimiter: int | None = None  # offset of the first delimiter line of a multipart

    def param(self, name: str) -> str | None:
        """The first Content-Type parameter of that (lower case) name."""
        return next((value for key, value in self.params if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One MIME leaf, decoded from its transfer encoding."""

    path: str
    media_type: str  # as declared
    charset: str | None
    filename: str | None
    disposition: str | None
    params: tuple[tuple[str, str], ...] = ()
    is_body: bool  # shown as the message's own text, not as an attachment
    filenames: tuple[str, ...] = ()  # every form of the file name that was given; each once
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMessage:
    """The answer of `parse_message`: the tree with offsets, its leaves, and what was unclear."""

    root: MimePart
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of text and where it came from.

    A table (`table`) has rows as lines and cells separated by TAB in `text`; its first cell is that of
    `first_row` and `first_column` (1-based), so that a finding's place can name the cell.
    """

    part: str  # "HEADER", "2", "2/clients.csv", "3.HEADER"
    place: str  # as a reviewer says it: "page 3", "sheet Clients (hidden)", "subject", ""
    text: str = field(repr=False)
    area: Area
    hidden: bool = False  # hidden sheet, row, column, tracked deletion, comment, invisible text
    table: bool = False
    first_row: int = 1
    first_column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The answer of `extract_text`."""

    passages: tuple[Passage, ...]
    gaps: tuple[Gap, ...]
    attachments: tuple[Attachment, ...]


# -- What a worker answers: safe to store --


class Exemption(StrEnum):
    """Why a finding is not personal data to protect. Findings that belong to a recipient are not
    marked here: that depends on who receives (see `Individual.recipients`)."""

    AUTHOR = "author"  # the author's own details
    COLLEAGUE = "colleague"  # own domain, signature, greeting
    COUNCIL = "council"  # a published contact point of the council
    PUBLIC_ROLE = "public-role"  # councillor or officer named as such
    INVITATION = "invitation"  # organiser or attendee of a meeting
    CONTEXT = "context"  # a place, an organisation or a group of people: nobody in particular


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of personal data, without the data."""

    entity: str  # Presidio's name where it has one
    category: Category
    recogniser: str  # id of the rule or recogniser, e.g. "uk-nhs-number"
    part: str
    place: str
    start: int  # code points in the passage
    end: int
    confidence: float  # 0..1
    fingerprint: str  # HMAC of the normalised value under the installation's key, hex
    masked: str  # only what the rule file allows to be shown
    area: Area
    hidden: bool = False
    quoted: bool = False  # stands in text quoted from an earlier message
    exempt: Exemption | None = None
    indexes: tuple[str, ...] = ()  # names of the indexes of the council's own records that it stands in


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What we could not see into. Data, never a skip."""

    part: str
    reason: GapReason
    scope: GapScope
    detail: str  # fixed words of ours, never text of the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    kind: MarkingKind
    part: str
    place: str
    until: Moment | None = None  # of an embargo: aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    part: str
    filename: str | None
    media_type: str  # by content where known, else as declared
    size_bytes: int
    original_spreadsheet: bool = False  # XLSX, XLS, ODS, CSV: not a print of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Individual:
    """One person whom the message is about: findings that stand together."""

    fingerprint: str
    findings: tuple[int, ...]  # indexes into Inspection.findings
    is_author: bool = False
    recipients: tuple[str, ...] = ()  # recipients that this person appears to be (display name or local part)
    indexes: tuple[str, ...] = ()  # of all its findings
    known_to: tuple[str, ...] = ()  # recipients who are recorded as acting for this person


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMatch:
    """A substantial passage of a registered document, in one part of the message."""

    kind: str  # "internal", "partner", or another word of the council's
    document: str  # its id in the register
    name: str  # as whoever registered it calls it
    partner: str | None = None  # id of the partner whose content it is
    part: str
    words: int  # about so many words in common


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the message's header says that policy and manners need; addresses in lower case."""

    author: str | None = None  # the From: header's mailbox, None when absent or more than one
    author_count: int = 0
    visible_recipients: tuple[str, ...] = ()  # in To and Cc
    message_id_header: str | None = None
    auto_submitted: bool = False  # RFC 3834, 5: any value but "no", or Precedence bulk/junk/auto_reply
    auto_forwarded: bool = False
    forwarded: bool = False  # the subject says Fw: or Fwd: (a forward carries References too, like a reply)
    thread_reply: bool = False  # In-Reply-To or References present
    salutation_mismatch: tuple[str, ...] = ()  # recipients whose address clearly names somebody else
    trusted_headers: tuple[str, ...] = ()  # "Name: value" of the header fields that sender groups ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All that was learned, and what was asked."""

    question: Question
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    markings: tuple[Marking, ...] = ()
    controls: Controls = Controls()
    attachments: tuple[Attachment, ...] = ()
    individuals: tuple[Individual, ...] = ()
    ruleset: str = ""  # version of the recognisers and lexicons that looked
    names_asked: bool = False
    documents: tuple[DocumentMatch, ...] = ()
    looked_in: tuple[str, ...] = ()  # "name version" of each index of records that was there to be looked in
    seconds: float = 0.0


# -- Judging --


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store, the session and the clock know that the decision needs; passed in, so that
    deciding stays pure."""

    now: Moment  # aware, UTC
    vouched: bool = False  # there is proof that the author is who the header says
    enforce_all: bool = False  # decide as if every rule were enforced for every sender
    never_written_to: frozenset[str] | None = None  # outside recipients, by the council; None: nobody keeps count
    history_days: int = 0  # since when the council's contacts are learned
    similar_known: frozenset[tuple[str, Likeness]] = frozenset()  # recipients that are nearly whom one often writes to
    unusual_in_group: frozenset[str] = frozenset()  # never before with the others, who usually are together
    added_to_internal_thread: frozenset[str] = frozenset()  # outside recipients of a thread that was inside so far
    known_relationships: frozenset[tuple[str, str]] = frozenset()  # (recipient, individual's fingerprint)
    overridden: frozenset[tuple[str, str]] = frozenset()  # (rule id, policy version) a reviewer has lifted
    encrypted_only: bool = False  # a reviewer lets it go encrypted or not at all
    ways: tuple[WayFact, ...] = ()  # whether encrypting routes can be met, as far as that was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Policy's answer for one recipient, and why."""

    recipient: str
    recipient_class: RecipientClass
    partner: str | None = None  # id of the partner entry or sector
    action: Action
    route: str
    changes: tuple[str, ...] = ()  # e.g. "disclaimer"
    rules: tuple[str, ...] = ()  # ids of the rules that applied, in policy order
    main_rule: str = ""  # of those behind the action, the one that is told first; "" where no rule is
    observed: tuple[str, ...] = ()  # rules that would have acted, had they been enforced
    reasons: tuple[str, ...] = ()  # plain English, no personal data, one for each rule behind the action
    reasons_cy: tuple[str, ...] = ()  # the same in Welsh, where the council writes it; English where a rule has none
    hold_until: Moment | None = None
    reviewers: str | None = None  # reviewer group, for a hold
    approvals: int = 1
    expires_days: int = 14
    notify: tuple[str, ...] = ()

    def reasons_in(self, language: str) -> tuple[str, ...]:
        """The reasons in this language (“en”, “cy”); in English where there are none."""
        return self.reasons_cy if language == "cy" and self.reasons_cy else self.reasons


# -- What is told of the partner registry --


class PartnerStanding(Enum):
    DUE = "due"
    IN_GRACE = "in_grace"
    EXPIRED = "expired"


ReviewKey = tuple[str, date, str]
"""Entry (or key), its date, how it stands: what is told once. A date that is moved is told of anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReview:
    """An entry of the partner registry that somebody must be told of: due for review, in grace, or expired."""

    id: str
    organisation: str
    owners: tuple[str, ...]
    standing: PartnerStanding
    stage: str  # how it stands in the words of the registry: "due_60", "in_grace"
    review_by: date
    works_until: date  # its last day
    is_news: bool = True  # else it was over long before anybody looked: it goes into the record, without a mail

    @property
    def key(self) -> ReviewKey:
        return (self.id, self.review_by, self.stage)


# -- Acting --


class RouteKind(Enum):
    RELAY = "relay"  # next hop as usual
    TLS = "tls"  # verified TLS, to the recipient's own servers or through a next hop
    GATEWAY = "gateway"  # a secure-mail product as next hop


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Recipients that get the same octets by the same way: one SMTP transaction."""

    recipients: tuple[str, ...]
    action: Action
    route: str
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # once its octets are made: which of its changes were left undone, in fixed words


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What became of one recipient. `detail` is the next hop's reply or our fixed words."""

    recipient: str
    outcome: Outcome
    detail: str = ""
    notes: tuple[str, ...] = ()  # why the copy left without a change that policy asked for, in fixed words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the client hears: code (RFC 5321, 4.2), enhanced code (RFC 3463), one line of text."""

    code: int
    enhanced_code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced_code} {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """The answer of `detect`: findings, who they are about, markings, and names that a salutation
    addresses although the recipient's address clearly names somebody else."""

    findings: tuple[Finding, ...] = ()
    individuals: tuple[Individual, ...] = ()
    markings: tuple[Marking, ...] = ()
    salutation_mismatch: tuple[str, ...] = ()
    names_asked: bool = False
    gaps: tuple[Gap, ...] = ()  # a recogniser that ran out of time
    documents: tuple[DocumentMatch, ...] = ()
