"""The part of the schema that holds the register of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .field_types import MaybeMoment, MaybeText, Moment, Number, Octets, Text


class RegisteredDocument(models.Model):
    """A document that is known by its fingerprints. Nothing of it ever changes but that it is taken off, once."""

    document: Text = models.TextField(unique=True)  # its id, as findings name it
    kind: Text = models.TextField()
    name: Text = models.TextField()
    partner: MaybeText = models.TextField(null=True)
    words: Number = models.IntegerField()
    fingerprints: Number = models.IntegerField()
    version: Number = models.IntegerField()  # of what was registered under this name
    added_at: Moment = models.DateTimeField()
    added_by: Text = models.TextField()
    reason: Text = models.TextField(default="", blank=True)
    made_with: Text = models.TextField()  # the key and the form of words of its fingerprints
    keys: Octets = models.BinaryField()  # its fingerprints; empty once it was taken off
    removed_at: MaybeMoment = models.DateTimeField(null=True)


class DocumentRequest(models.Model):
    """A document that somebody gave the console to be registered, or to be compared; the gateway reads it."""

    id: Text = models.TextField(primary_key=True)
    ask: Text = models.TextField()  # DocumentAsk
    state: Text = models.TextField()  # DocumentState
    by: Text = models.TextField()
    name: Text = models.TextField(default="", blank=True)
    kind: Text = models.TextField(default="", blank=True)
    partner: MaybeText = models.TextField(null=True)
    reason: Text = models.TextField(default="", blank=True)
    sealed: Octets = models.BinaryField(default=b"")  # the document, under the console's key, until it was read
    answer: Text = models.TextField(default="", blank=True)  # DocumentAnswer
    asked_at: Moment = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="document_request_open", condition=Q(state="open")),)
