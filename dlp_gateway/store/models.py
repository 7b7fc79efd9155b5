"""The one schema, for SQLite and PostgreSQL alike.

Values are kept as JSON text of `model.py`'s types, next to the few columns that are searched. Text
fields have no length: a limit here would turn an odd but legal message into a refused one. Only the
functions beside this file use these classes; everybody else gets the frozen values.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(name=username)


class User(AbstractBaseUser):
    """An account of the console. `roles` is a JSON list of reviewer, administrator, auditor, ..."""

    name = models.CharField(max_length=200, unique=True)
    display_name = models.TextField(default="", blank=True)
    email = models.TextField(default="", blank=True)
    roles = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    objects = UserManager()

    def has_role(self, role: str) -> bool:
        return self.is_active and role in self.roles


class Boot(models.Model):
    """One run of one process. What it prepared or claimed is its own until it is dead."""

    id = models.TextField(primary_key=True)
    gateway_id = models.TextField()
    role = models.TextField()  # gateway, console, cli
    state = models.TextField()  # alive, dead
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    writer = models.TextField(unique=True)  # its audit chain
    witnessed = models.BooleanField(default=False)  # its last hash stands in a later chain

    class Meta:
        indexes = (models.Index(fields=["state"], name="boot_alive", condition=Q(state="alive")),)


class Message(models.Model):
    """One mail transaction: what it was, what was found, what was decided, what became of it."""

    id = models.TextField(primary_key=True)
    received_at = models.DateTimeField()
    state = models.TextField()  # MessageState
    boot = models.TextField()  # id of the Boot; no foreign key: this is the hot row
    gateway_id = models.TextField()
    answered = models.BooleanField(null=True)
    prepared = models.IntegerField(default=0)  # rows of Delivery that make_live must find
    identity = models.TextField()
    size_bytes = models.BigIntegerField()
    scope = models.TextField()
    policy_version = models.TextField()
    author = models.TextField(null=True)  # noqa: DJ001 - None is "none or more than one"
    message_id_header = models.TextField(null=True)  # noqa: DJ001
    envelope = models.TextField()
    inspection = models.TextField(null=True)  # noqa: DJ001 - None out of scope and after retention
    verdicts = models.TextField()
    dispositions = models.TextField(default="[]")

    class Meta:
        indexes = (
            models.Index(fields=["received_at"], name="message_received"),
            models.Index(fields=["boot"], name="message_open", condition=Q(state="open")),
            models.Index(fields=["identity"], name="message_unanswered", condition=Q(state="live")),
        )


class Crash(models.Model):
    """How often a gateway died with a message of this identity in its hands."""

    identity = models.TextField(primary_key=True)
    count = models.IntegerField()
    last_at = models.DateTimeField()


class Delivery(models.Model):
    """A delivery in our custody, or about to be."""

    id = models.TextField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.TextField()  # DeliveryKind
    state = models.TextField()  # DeliveryState
    boot = models.TextField()  # who prepared or claimed it
    delivery = models.TextField()
    recipients = models.TextField()  # JSON list of all recipients it began with
    reverse_path = models.TextField(null=True)  # noqa: DJ001 - None is <>
    params = models.TextField()
    recipient_params = models.TextField()
    octets_key = models.TextField(db_index=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    lease = models.TextField(default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reviewers = models.TextField(null=True)  # noqa: DJ001 - None: nobody in particular
    approvals = models.IntegerField(default=1)
    approvals_given = models.TextField(default="[]")
    rules = models.TextField(default="[]")
    reasons = models.TextField(default="[]")
    decided_by = models.TextField(null=True)  # noqa: DJ001
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], name="delivery_due", condition=Q(state__in=["live", "sending"])
            ),
            models.Index(
                fields=["created_at"],
                name="delivery_held",
                condition=Q(state__in=["held", "release_requested", "releasing"]),
            ),
            models.Index(fields=["boot"], name="delivery_boot", condition=Q(state__in=["prepared", "sending"])),
        )


class Release(models.Model):
    """A reviewer's request to let a held message go."""

    id = models.TextField(primary_key=True)
    held = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="releases")
    state = models.TextField()  # requested, claimed, done
    boot = models.TextField(default="", blank=True)
    by = models.TextField()
    reason = models.TextField()
    recipients = models.TextField()
    overrides = models.TextField()
    requested_at = models.DateTimeField()
    lease = models.TextField(default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    dispositions = models.TextField(default="[]")

    class Meta:
        indexes = (
            models.Index(
                fields=["requested_at"], name="release_open", condition=Q(state__in=["requested", "claimed"])
            ),
        )


class RuleText(models.Model):
    """One version of one file of rules. Versions are never changed or removed."""

    name = models.TextField()
    number = models.IntegerField()
    text = models.TextField()
    sha256 = models.TextField()
    author = models.TextField()
    reason = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "number"], name="rule_version"),)


class Audit(models.Model):
    """One link of a writer's hash chain. Triggers refuse to change or remove it."""

    writer = models.TextField()
    n = models.BigIntegerField()
    at = models.DateTimeField()
    verb = models.TextField()
    actor = models.TextField()
    message_id = models.TextField(null=True)  # noqa: DJ001
    body = models.TextField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["writer", "n"], name="audit_link"),)
        indexes = (models.Index(fields=["message_id"], name="audit_message"),)


def table(model: type[models.Model]) -> str:
    """The table's name, for the statements that are too hot for the ORM."""
    meta: Any = model._meta  # noqa: SLF001 - Django's public way to ask
    return str(meta.db_table)
