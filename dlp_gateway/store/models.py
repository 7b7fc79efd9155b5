"""The one schema, for SQLite and PostgreSQL alike.

Values are kept as JSON text of `model.py`'s types, next to the few columns that are searched. Text
fields have no length: a limit here would turn an odd but legal message into a refused one. Only the
functions beside this file use these classes; everybody else gets the frozen values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from .document_models import DocumentRequest, RegisteredDocument

if TYPE_CHECKING:
    from .field_types import (
        BigKey,
        BigNumber,
        Char,
        Flag,
        JsonList,
        MaybeFlag,
        MaybeMoment,
        MaybeText,
        Moment,
        Number,
        Octets,
        Text,
    )

    Account = models.ForeignKey["User", "User"]

__all__ = ["DocumentRequest", "RegisteredDocument"]  # the rest stands here


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(name=username)


class User(AbstractBaseUser):
    """An account of the console. `roles` is a JSON list of reviewer, administrator, auditor, ..."""

    name: Char = models.CharField(max_length=200, unique=True)
    display_name: Text = models.TextField(default="", blank=True)
    email: Text = models.TextField(default="", blank=True)
    roles: JsonList = models.JSONField(default=list, blank=True)
    is_active: Flag = models.BooleanField(default=True)
    must_change_password: Flag = models.BooleanField(default=False)  # somebody else chose it
    created_at: Moment = models.DateTimeField()
    directory: Text = models.TextField(default="", blank=True, db_index=True)  # their id in the council's directory
    marks: Text = models.TextField(default="", blank=True)  # JSON: of which name and address, and the marks themselves

    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    objects = UserManager()

    def has_role(self, role: str) -> bool:
        return self.is_active and role in self.roles


class ApiTokenRow(models.Model):
    """A token of the JSON API. `permissions` is a JSON list; the account's own limit them further."""

    name: Char = models.CharField(max_length=200, unique=True)
    user: Account = models.ForeignKey(User, models.PROTECT)
    digest: Octets = models.BinaryField(max_length=32, unique=True)
    permissions: JsonList = models.JSONField(default=list)
    created_at: Moment = models.DateTimeField()
    expires_at: Moment = models.DateTimeField()
    revoked_at: MaybeMoment = models.DateTimeField(null=True)


class Boot(models.Model):
    """One run of one process. What it prepared or claimed is its own until it is dead."""

    id: Text = models.TextField(primary_key=True)
    gateway_id: Text = models.TextField()
    role: Text = models.TextField()  # gateway, console, cli
    state: Text = models.TextField()  # alive, dead
    started_at: Moment = models.DateTimeField()
    lease_until: Moment = models.DateTimeField()
    writer: Text = models.TextField(unique=True)  # its audit chain
    witnessed: Flag = models.BooleanField(default=False)  # its last hash stands in a later chain

    class Meta:
        indexes = (models.Index(fields=["state"], name="boot_alive", condition=Q(state="alive")),)


class Message(models.Model):
    """One mail transaction: what it was, what was found, what was decided, what became of it."""

    id: Text = models.TextField(primary_key=True)
    received_at: Moment = models.DateTimeField()
    state: Text = models.TextField()  # MessageState
    boot: Text = models.TextField()  # id of the Boot; no foreign key: this is the hot row
    gateway_id: Text = models.TextField()
    answered: MaybeFlag = models.BooleanField(null=True)
    prepared: Number = models.IntegerField(default=0)  # rows of Delivery that make_live must find
    identity: Text = models.TextField()
    size_bytes: BigNumber = models.BigIntegerField()
    scope: Text = models.TextField()
    policy_version: Text = models.TextField()
    author: MaybeText = models.TextField(null=True)  # None is "none or more than one"
    message_id_header: MaybeText = models.TextField(null=True)
    envelope: Text = models.TextField()
    inspection: MaybeText = models.TextField(null=True)  # None out of scope and after retention
    verdicts: Text = models.TextField()
    facts: MaybeText = models.TextField(null=True)  # None out of scope, and of records before there were any
    dispositions: Text = models.TextField(default="[]")

    class Meta:
        indexes = (
            models.Index(fields=["received_at"], name="message_received"),
            models.Index(fields=["boot"], name="message_open", condition=Q(state="open")),
            models.Index(fields=["identity"], name="message_unanswered", condition=Q(state="live")),
        )


class Crash(models.Model):
    """How often a gateway died with a message of this identity in its hands."""

    identity: Text = models.TextField(primary_key=True)
    count: Number = models.IntegerField()
    last_at: Moment = models.DateTimeField()


class Delivery(models.Model):
    """A delivery in our custody, or about to be."""

    id: Text = models.TextField(primary_key=True)
    message: models.ForeignKey[Message, Message] = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="deliveries"
    )
    message_id: str
    kind: Text = models.TextField()  # DeliveryKind
    state: Text = models.TextField()  # DeliveryState
    boot: Text = models.TextField()  # who prepared or claimed it
    delivery: Text = models.TextField()
    recipients: Text = models.TextField()  # JSON list of all recipients it began with
    reverse_path: MaybeText = models.TextField(null=True)  # None is <>
    params: Text = models.TextField()
    recipient_params: Text = models.TextField()
    octets_key: Text = models.TextField(db_index=True)
    created_at: Moment = models.DateTimeField()
    due_at: Moment = models.DateTimeField()
    route: Text = models.TextField(default="", blank=True)  # as `delivery` has it
    delay_told: Flag = models.BooleanField(default=False)  # the sender was told of the delay, or wants to hear nothing
    tries: Number = models.IntegerField(default=0)
    lease: Text = models.TextField(default="", blank=True)
    lease_until: MaybeMoment = models.DateTimeField(null=True)
    hold_until: MaybeMoment = models.DateTimeField(null=True)
    expires_at: MaybeMoment = models.DateTimeField(null=True)
    reviewers: MaybeText = models.TextField(null=True)  # None: nobody in particular
    approvals: Number = models.IntegerField(default=1)
    approvals_given: Text = models.TextField(default="[]")
    rules: Text = models.TextField(default="[]")
    reasons: Text = models.TextField(default="[]")
    reasons_cy: Text = models.TextField(default="[]")
    main_rule: Text = models.TextField(default="", blank=True)  # the one of `rules` that is told first: `queue.py`
    escalated_to: MaybeText = models.TextField(null=True)  # the second group, once it was told
    escalated_at: MaybeMoment = models.DateTimeField(null=True)
    clock_since: MaybeMoment = models.DateTimeField(null=True)  # since another group got it; None: since it was held
    urgent: Flag = models.BooleanField(default=False)  # its sender says that someone is at risk now
    search: Text = models.TextField(default="", blank=True)  # of a hold: what may be shown of it, in lower case
    decided_by: MaybeText = models.TextField(null=True)
    decided_at: MaybeMoment = models.DateTimeField(null=True)
    decision_reason: MaybeText = models.TextField(null=True)
    question: MaybeText = models.TextField(null=True)  # to the sender: waiting, answered; None where there was none

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(state__in=["live", "sending"])),
            models.Index(
                fields=["created_at"],
                name="delivery_held",
                condition=Q(state__in=["held", "release_requested", "releasing"]),
            ),
            models.Index(
                fields=["reviewers", "created_at", "id"],
                name="delivery_queue",
                condition=Q(state__in=["held", "release_requested", "releasing"]),
            ),
            models.Index(
                fields=["main_rule", "reviewers", "created_at"],
                name="delivery_reason",
                condition=Q(state__in=["held", "release_requested", "releasing"]),
            ),
            models.Index(
                fields=["question", "created_at", "id"],
                name="delivery_question",
                condition=Q(question__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="delivery_clock",
                condition=Q(state="held", escalated_at__isnull=True),
            ),
            models.Index(
                fields=["escalated_to", "created_at", "id"],
                name="delivery_escalated",
                condition=Q(state__in=["held", "release_requested", "releasing"], escalated_to__isnull=False),
            ),
            models.Index(fields=["boot"], name="delivery_boot", condition=Q(state__in=["prepared", "sending"])),
        )


class Release(models.Model):
    """A reviewer's request to let a held message go."""

    id: Text = models.TextField(primary_key=True)
    held: models.ForeignKey[Delivery, Delivery] = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="releases"
    )
    held_id: str
    state: Text = models.TextField()  # requested, claimed, done
    boot: Text = models.TextField(default="", blank=True)
    by: Text = models.TextField()
    reason: Text = models.TextField()
    recipients: Text = models.TextField()
    overrides: Text = models.TextField()
    encrypted: Flag = models.BooleanField(default=False)
    without: Text = models.TextField(default="[]")  # JSON list of parts that are taken away
    requested_at: Moment = models.DateTimeField()
    lease: Text = models.TextField(default="", blank=True)
    lease_until: MaybeMoment = models.DateTimeField(null=True)
    dispositions: Text = models.TextField(default="[]")

    class Meta:
        indexes = (
            models.Index(fields=["requested_at"], name="release_open", condition=Q(state__in=["requested", "claimed"])),
        )


class RuleText(models.Model):
    """One version of one file of rules. Versions are never changed or removed."""

    name: Text = models.TextField()
    number: Number = models.IntegerField()
    text: Text = models.TextField()
    sha256: Text = models.TextField()
    author: Text = models.TextField()
    reason: Text = models.TextField()
    created_at: Moment = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "number"], name="rule_version"),)


class Proposal(models.Model):
    """A text that would be the next version of a file of rules, once a second administrator agrees."""

    name: Text = models.TextField()
    base: Number = models.IntegerField()  # the version that it was made from
    text: Text = models.TextField()
    author: Text = models.TextField()
    reason: Text = models.TextField()
    created_at: Moment = models.DateTimeField()
    state: Text = models.TextField()  # open, approved, rejected
    decided_by: MaybeText = models.TextField(null=True)
    decided_at: MaybeMoment = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["name", "state"], name="proposal_open"),)


class Audit(models.Model):
    """One link of a writer's hash chain. Triggers refuse to change or remove it."""

    writer: Text = models.TextField()
    n: BigNumber = models.BigIntegerField()
    at: Moment = models.DateTimeField()
    verb: Text = models.TextField()
    actor: Text = models.TextField()
    message_id: MaybeText = models.TextField(null=True)
    body: Text = models.TextField()
    previous: Octets = models.BinaryField()
    hash: Octets = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["writer", "n"], name="audit_link"),)
        indexes = (models.Index(fields=["message_id"], name="audit_message"),)


class Habit(models.Model):
    """How many mails went to whom, or between whom, a mark stands for. A mark is a keyed hash (decide/contacts.py):
    who and from whom can't be had from it. Days count from 1970-01-01."""

    mark: BigKey = models.BigIntegerField(primary_key=True)
    mails: Number = models.IntegerField()
    last_day: Number = models.IntegerField(db_index=True)


class Spelling(models.Model):
    """A keyed hash of a spelling, and whose it is."""

    spelling: BigNumber = models.BigIntegerField()
    mark: BigNumber = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["spelling", "mark"], name="spelling_of_mark"),)


class InternalThread(models.Model):
    """A thread that began inside the council, by a keyed hash of its root."""

    thread: BigKey = models.BigIntegerField(primary_key=True)
    inside: Flag = models.BooleanField()  # so far
    last_day: Number = models.IntegerField(db_index=True)


class LearningDay(models.Model):
    """A day on which something was learned, under which key."""

    key: BigNumber = models.BigIntegerField()
    day: Number = models.IntegerField()
    mails: Number = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "day"], name="learning_day"),)


class SignInCode(models.Model):
    """A code that a sender asked for to sign in. Only a keyed hash of it is kept."""

    id: Text = models.TextField(primary_key=True)
    link: Text = models.TextField(db_index=True)  # digest of the link that led to it
    message_id: Text = models.TextField()
    author: Text = models.TextField(db_index=True)
    state: Text = models.TextField()  # wanted, sent, used, void
    asked_at: Moment = models.DateTimeField()
    digest: Text = models.TextField(default="", blank=True)
    good_until: MaybeMoment = models.DateTimeField(null=True)
    tries: Number = models.IntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="code_wanted", condition=Q(state="wanted")),)


class SenderRequest(models.Model):
    """What a sender decided about held mail; the gateway carries it out. A link leads to one at most."""

    id: Text = models.TextField(primary_key=True)
    link: Text = models.TextField(unique=True)
    message_id: Text = models.TextField(db_index=True)
    kind: Text = models.TextField()  # SenderChoice
    state: Text = models.TextField()  # SenderRequestState
    by: Text = models.TextField()
    reason: Text = models.TextField()
    overrides: Text = models.TextField()  # JSON list of (rule, policy version) that the sender was shown
    asked_at: Moment = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="sender_request_open", condition=Q(state="open")),)


class DeskRequest(models.Model):
    """What a reviewer asked for in the console; the gateway carries it out."""

    id: Text = models.TextField(primary_key=True)
    held_id: Text = models.TextField()
    message_id: Text = models.TextField(db_index=True)
    kind: Text = models.TextField()  # DeskKind
    state: Text = models.TextField()  # DeskState
    by: Text = models.TextField()
    reason: Text = models.TextField()
    case: Text = models.TextField(default="", blank=True)
    code: Text = models.TextField(default="", blank=True)
    note: Text = models.TextField(default="", blank=True)
    asked_at: Moment = models.DateTimeField()
    sealed: Octets = models.BinaryField(default=b"")  # what was revealed, under the console's key; for minutes
    good_until: MaybeMoment = models.DateTimeField(null=True, db_index=True)
    plan: Text = models.TextField(default="", blank=True)  # of a look ahead: a ReleasePlan
    answer: Text = models.TextField(default="", blank=True)  # the same: a ReleaseOutlook

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="desk_request_open", condition=Q(state="open")),)


class HeldQuestion(models.Model):
    """What a reviewer asked the sender of a held message, and the answer."""

    id: Text = models.TextField(primary_key=True)
    held_id: Text = models.TextField(db_index=True)
    message_id: Text = models.TextField(db_index=True)
    state: Text = models.TextField()  # QuestionState
    by: Text = models.TextField()
    asked_at: Moment = models.DateTimeField()
    answered_at: MaybeMoment = models.DateTimeField(null=True)
    sealed: Octets = models.BinaryField(default=b"")  # under the console's key
    answer: Octets = models.BinaryField(default=b"")  # the same

    class Meta:
        indexes = (
            models.Index(
                fields=["asked_at"], name="held_question_to_tell", condition=Q(state__in=["asked", "answered"])
            ),
        )


class PartnerTold(models.Model):
    """That somebody was told how an entry of the partner registry stands: once for each review date and standing. Of
    recipients' keys, too: their entries are “key:” and the key's number, which no partner's id can be."""

    entry: Text = models.TextField()
    review_by: Text = models.TextField()  # ISO 8601
    standing: Text = models.TextField()  # due_60, due_30, due_7, in_grace, expired
    told_at: Moment = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "review_by", "standing"], name="partner_told_once"),)


class RecipientKey(models.Model):
    """A key that somebody trusts for a recipient. Nothing of it ever changes but that it is withdrawn, once."""

    pattern: Text = models.TextField(db_index=True)  # an address, or @domain
    kind: Text = models.TextField()  # KeyKind
    octets: Octets = models.BinaryField()
    intermediates: Octets = models.BinaryField()
    fingerprint: Text = models.TextField()
    sha256: Text = models.TextField()  # of octets and intermediates: an OpenPGP key changes under its fingerprint
    not_after: MaybeMoment = models.DateTimeField(null=True)  # None: never
    source: Text = models.TextField()
    by_fingerprint: Flag = models.BooleanField()
    trusted_by: Text = models.TextField()
    trusted_at: Moment = models.DateTimeField()
    reason: Text = models.TextField()
    withdrawn_at: MaybeMoment = models.DateTimeField(null=True)
    withdrawn_by: MaybeText = models.TextField(null=True)
    withdrawn_reason: MaybeText = models.TextField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["pattern", "kind", "fingerprint"],
                name="recipient_key_once",
                condition=Q(withdrawn_at__isnull=True),
            ),
        )


class TlsPolicy(models.Model):
    """A domain's MTA-STS policy, which counts until its time is over, whatever DNS says meanwhile."""

    domain: Text = models.TextField(unique=True)
    policy_id: Text = models.TextField()
    mode: Text = models.TextField()
    hosts: Text = models.TextField()  # one a line
    max_age: Number = models.IntegerField()
    until: Moment = models.DateTimeField()


class TlsSession(models.Model):
    """How often TLS to other domains' servers went well, or failed and how, on one day."""

    key: Text = models.TextField(unique=True)  # hash of all but the number: a policy can be longer than an index takes
    day: Text = models.TextField(db_index=True)  # ISO 8601
    domain: Text = models.TextField()
    policy_type: Text = models.TextField()
    policy: Text = models.TextField()  # one line a line
    server: Text = models.TextField()
    address: Text = models.TextField()
    result: Text = models.TextField()
    sessions: Number = models.IntegerField()


def table(model: type[models.Model]) -> str:
    """The table's name, for the statements that are too hot for the ORM."""
    meta: Any = model._meta  # noqa: SLF001 - Django's public way to ask
    return str(meta.db_table)
