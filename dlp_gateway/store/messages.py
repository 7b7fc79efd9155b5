"""The record of a message: written before anything is relayed, completed when its fate is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from ..model import Disposition, Envelope, Facts, Inspection, Verdict
from ..model_json import encode
from . import many_rows
from .boots import require_alive
from .models import Delivery, Message, table
from .prepared import new_rows, stored_value
from .values import DeliveryState, MessageRecord, MessageState, PreparedDelivery, StoredMessage, Verb
from .writer import Transaction, Work

_COLUMNS = (
    "id",
    "received_at",
    "state",
    "boot",
    "gateway_id",
    "prepared",
    "identity",
    "size_bytes",
    "scope",
    "policy_version",
    "author",
    "message_id_header",
    "envelope",
    "inspection",
    "verdicts",
    "facts",
    "dispositions",
)

ENCODED_VERDICTS = tuple[Verdict, ...]
ENCODED_DISPOSITIONS = tuple[Disposition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A record ready to be written: its JSON is made by the caller, not in the writer thread."""

    record: MessageRecord
    envelope: str
    inspection: str | None
    verdicts: str
    facts: str | None
    prepared: tuple[PreparedDelivery, ...]
    search: str = ""  # what held messages are found by, besides their addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    message_id: str
    dispositions: tuple[Disposition, ...]
    answered: bool | None


def new_message(record: MessageRecord, prepared: Sequence[PreparedDelivery]) -> NewMessage:
    return NewMessage(
        record=record,
        envelope=encode(record.envelope).decode(),
        inspection=None if record.inspection is None else encode(record.inspection).decode(),
        verdicts=encode(record.verdicts, ENCODED_VERDICTS).decode(),
        facts=None if record.facts is None else encode(record.facts).decode(),
        prepared=tuple(prepared),
        search=_search(record) if prepared else "",
    )


def _search(record: MessageRecord) -> str:
    """Masked, as findings are kept."""
    inspection = record.inspection
    masked = dict.fromkeys(finding.masked for finding in inspection.findings) if inspection else {}
    files = [one.filename for one in inspection.attachments if one.filename] if inspection else []
    return " ".join(text for text in (record.author, record.message_id_header, *files, *masked) if text)


def digest(*texts: str) -> str:
    """Stands in the audit chain, so that a record that was altered later can be told."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def record(tx: Transaction, news: Sequence[NewMessage]) -> list[None]:
    rows = []
    deliveries: list[Delivery] = []
    for new in news:
        record = new.record
        rows.append(
            (
                record.message_id,
                many_rows.moment(tx.alias, record.received_at),
                MessageState.OPEN.value,
                tx.boot_id,
                tx.gateway_id,
                len(new.prepared),
                record.identity,
                record.size_bytes,
                record.scope,
                record.policy_version,
                _plain(record.author),
                _plain(record.message_id_header),
                new.envelope,
                new.inspection,
                new.verdicts,
                new.facts,
                "[]",
            )
        )
        body: dict[str, Any] = {
            "scope": record.scope,
            "recipients": record.envelope.recipients,
            "policy": record.policy_version,
            "record": digest(new.envelope, new.verdicts, record.policy_version),
        }
        if new.inspection is not None:  # on its own: retention takes the inspection first
            body["inspection"] = digest(new.inspection)
        if new.facts is not None:
            body["facts"] = digest(new.facts)
        if new.prepared:
            body["deliveries"] = [delivery.id for delivery in new.prepared]
            deliveries += new_rows(tx, record.message_id, new.prepared, DeliveryState.PREPARED, new.search)
        tx.audit(Verb.MESSAGE_RECORDED, "gateway", record.message_id, body)
    many_rows.insert(tx.alias, Message, _COLUMNS, rows)
    if deliveries:
        require_alive(tx)
        Delivery.objects.using(tx.alias).bulk_create(deliveries)
    return [None] * len(news)


def _plain(text: str | None) -> str | None:
    """PostgreSQL's text can't hold NUL; a column that is only searched need not either."""
    return text if text is None else text.replace("\0", "\ufffd")


def _note(tx: Transaction, notes: Sequence[Note]) -> list[None]:
    rows = []
    for note in notes:
        rows.append((note.answered, dispositions_json(note.dispositions), note.message_id, tx.boot_id))
        tx.audit(Verb.MESSAGE_CLOSED, "gateway", note.message_id, outcomes(note.dispositions, note.answered))
    many_rows.close_messages(tx.alias, rows)
    return [None] * len(notes)


def dispositions_json(dispositions: Sequence[Disposition]) -> str:
    plain = [
        {"recipient": d.recipient, "outcome": d.outcome.value, "detail": d.detail}
        | ({"notes": list(d.notes)} if d.notes else {})
        for d in dispositions
    ]
    return json.dumps(plain, separators=(",", ":"))


def outcomes(dispositions: Sequence[Disposition], answered: bool | None = None) -> dict[str, object]:
    """For an audit row: who and what, without the words of another server."""
    body: dict[str, object] = {"outcomes": {d.recipient: d.outcome.value for d in dispositions}}
    if notes := {d.recipient: list(d.notes) for d in dispositions if d.notes}:
        body["notes"] = notes
    if answered is not None:
        body["answered"] = answered
    return body


def _mark_answered(tx: Transaction, message_ids: Sequence[str]) -> list[None]:
    waiting = Message.objects.using(tx.alias).filter(id__in=list(message_ids), state=MessageState.LIVE)
    waiting.update(state=MessageState.CLOSED, answered=True)
    return [None] * len(message_ids)


RECORD: Work[NewMessage, None] = Work(record)
NOTE: Work[Note, None] = Work(_note)
MARK_ANSWERED: Work[str, None] = Work(_mark_answered)


# --------------------------------------------------------------------------------------------------
# Reading
# --------------------------------------------------------------------------------------------------


def message_record(alias: str, message_id: str) -> StoredMessage | None:
    row = Message.objects.using(alias).filter(id=message_id).first()
    return None if row is None else stored_message(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for; newest first."""

    since: datetime | None = None
    until: datetime | None = None
    author: str | None = None
    recipient: str | None = None
    message_id_header: str | None = None
    limit: int = 100


def search_messages(alias: str, search: Search) -> tuple[StoredMessage, ...]:
    rows: QuerySet[Message] = Message.objects.using(alias).order_by("-received_at")
    if search.since is not None:
        rows = rows.filter(received_at__gte=search.since)
    if search.until is not None:
        rows = rows.filter(received_at__lt=search.until)
    if search.author is not None:
        rows = rows.filter(author__iexact=search.author)
    if search.message_id_header is not None:
        rows = rows.filter(message_id_header=search.message_id_header)
    if search.recipient is not None:
        # The envelope is JSON text: an address stands in it between quotes.
        rows = rows.filter(envelope__icontains=encode(search.recipient).decode())
    return tuple(stored_message(row) for row in rows[: search.limit])


def inspected_since(alias: str, since: datetime, after: tuple[datetime, str] | None, limit: int) -> list[StoredMessage]:
    """Records of messages that were inspected and of which all is still kept, oldest first, from behind `after`."""
    rows = Message.objects.using(alias).filter(received_at__gte=since, inspection__isnull=False, facts__isnull=False)
    if after is not None:
        rows = rows.filter(Q(received_at__gt=after[0]) | Q(received_at=after[0], id__gt=after[1]))
    return [stored_message(row) for row in rows.order_by("received_at", "id")[:limit]]


def unanswered_attempt(alias: str, identity: str, since: datetime) -> tuple[str, tuple[Disposition, ...]] | None:
    """(message id, dispositions) of the newest attempt since then of which we took custody and whose client never
    heard so. Nearly every message has none and each one asks, so a bare statement finds that out (a tenth of what the
    ORM takes), with the state as a word in it: the index is partial."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table(Message)} WHERE identity = %s AND state = 'live' LIMIT 1", [identity])  # noqa: S608 - a name of ours
        if cursor.fetchone() is None:
            return None
    rows = Message.objects.using(alias).filter(identity=identity, state="live", received_at__gte=since)
    row = rows.order_by("-received_at").only("id", "dispositions").first()
    return None if row is None else (row.id, stored_value(ENCODED_DISPOSITIONS, row.dispositions, row.id))


def stored_message(row: Message) -> StoredMessage:
    """Raises StoreUnavailableError when the row can't be read: a record of another version, or damaged."""
    record = MessageRecord(
        message_id=row.id,
        received_at=row.received_at,
        envelope=stored_value(Envelope, row.envelope, row.id),
        size_bytes=row.size_bytes,
        identity=row.identity,
        message_id_header=row.message_id_header,
        author=row.author,
        scope="inspected" if row.scope == "inspected" else "out-of-scope",
        inspection=None if row.inspection is None else stored_value(Inspection, row.inspection, row.id),
        verdicts=stored_value(ENCODED_VERDICTS, row.verdicts, row.id),
        policy_version=row.policy_version,
        facts=None if row.facts is None else stored_value(Facts, row.facts, row.id),
    )
    return StoredMessage(
        record=record,
        state=MessageState(row.state),
        answered=row.answered,
        dispositions=stored_value(ENCODED_DISPOSITIONS, row.dispositions, row.id),
        gateway_id=row.gateway_id,
    )
