"""The register of documents whose passages must not go out unseen, and wishes of the console about it.

A row is never changed but to be taken off, when its fingerprints go. The console can't read a document, and has no key
to make fingerprints with: it seals what it was given, and the gateway reads it. What is sealed is gone with the answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from ..model_json import encode
from .console_seal import seal, unseal
from .document_models import DocumentRequest as Row
from .document_models import RegisteredDocument as RegisteredRow
from .document_values import (
    DocumentAnswer,
    DocumentAsk,
    DocumentRequest,
    DocumentState,
    DocumentWish,
    RegisteredDocument,
)
from .prepared import stored_value
from .values import DecidedError, Verb
from .writer import Transaction, Work

DocumentHead = tuple[int, int]
"""The newest row and how many were taken off: changes with every change."""

MOST_OPEN = 10
"""Documents that wait to be read at one time: each of megabytes."""

LATEST = timedelta(minutes=10)
"""What no gateway has read by then is forgotten."""

_PURPOSE = b"documents to be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    request: DocumentRequest
    state: DocumentState
    answer: DocumentAnswer
    new: RegisteredDocument | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    ids: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A document as somebody gave it: of a text that was typed the file name is ""."""

    file_name: str
    octets: bytes = field(repr=False)


def new_wish(
    console_key: bytes,
    ask: DocumentAsk,
    given: Given,
    *,
    by: str,
    name: str = "",
    kind: str = "",
    partner: str | None = None,
    reason: str = "",
) -> DocumentWish:
    wish_id = secrets.token_hex(16)
    sealed = seal(console_key, _PURPOSE, wish_id, given.file_name.encode() + b"\0" + given.octets)
    return DocumentWish(id=wish_id, ask=ask, by=by, name=name, kind=kind, partner=partner, reason=reason, sealed=sealed)


def given_of(console_key: bytes, wish: DocumentWish) -> Given | None:
    """None where it is not there any more, or was not sealed for this."""
    octets = unseal(console_key, _PURPOSE, wish.id, wish.sealed)
    if octets is None:
        return None
    name, _, rest = octets.partition(b"\0")
    return Given(file_name=name.decode(), octets=rest)


# -- the register --


def _add(tx: Transaction, works: Sequence[tuple[RegisteredDocument, ...]]) -> list[None]:
    for work in works:
        for one in work:
            _insert(tx, one)
    return [None] * len(works)


def _insert(tx: Transaction, one: RegisteredDocument) -> None:
    rows = _rows(tx.alias)
    version = rows.filter(name=one.name, kind=one.kind, partner=one.partner).count() + 1
    rows.create(
        document=one.id,
        kind=one.kind,
        name=one.name,
        partner=one.partner,
        words=one.words,
        fingerprints=one.fingerprints,
        version=version,
        added_at=one.added_at,
        added_by=one.added_by,
        reason=one.reason,
        made_with=one.made_with,
        keys=one.keys,
    )
    body = {"document": one.id, "name": one.name, "kind": one.kind, "partner": one.partner, "version": version}
    body |= {"words": one.words, "fingerprints": one.fingerprints, "reason": one.reason}
    tx.audit(Verb.DOCUMENT_REGISTERED, one.added_by, None, {name: value for name, value in body.items() if value})


def _take_in(tx: Transaction, works: Sequence[tuple[RegisteredDocument, ...]]) -> list[None]:
    """What another process has taken in meanwhile is there."""
    for work in works:
        known = set(_rows(tx.alias).filter(document__in=[one.id for one in work]).values_list("document", flat=True))
        for one in work:
            if one.id not in known:
                _insert(tx, one)
    return [None] * len(works)


def _remove(tx: Transaction, works: Sequence[Removal]) -> list[tuple[RegisteredDocument, ...]]:
    (work,) = works
    rows = list(_rows(tx.alias).select_for_update().filter(document__in=work.ids, removed_at__isnull=True))
    unknown = sorted(set(work.ids) - {row.document for row in rows})
    if unknown:
        raise DecidedError(unknown[0])
    for row in rows:
        _rows(tx.alias).filter(pk=row.pk).update(removed_at=datetime.now(UTC), keys=b"")
        body = {"document": row.document, "name": row.name, "kind": row.kind, "reason": work.reason}
        tx.audit(Verb.DOCUMENT_REMOVED, work.by, None, {name: value for name, value in body.items() if value})
    return [tuple(_document(row) for row in rows)]


# -- wishes --


def _ask(tx: Transaction, wishes: Sequence[DocumentWish]) -> list[None]:
    (wish,) = wishes
    if Row.objects.using(tx.alias).filter(state=DocumentState.OPEN).count() >= MOST_OPEN:
        raise DecidedError("too many documents wait to be read")
    Row.objects.using(tx.alias).create(
        id=wish.id,
        ask=wish.ask,
        state=DocumentState.OPEN,
        by=wish.by,
        name=wish.name,
        kind=wish.kind,
        partner=wish.partner,
        reason=wish.reason,
        sealed=wish.sealed,
        asked_at=datetime.now(UTC),
    )
    return [None]


def _settle(tx: Transaction, works: Sequence[Settled]) -> list[None]:
    (work,) = works
    wish = work.request.wish
    rows = Row.objects.using(tx.alias).filter(id=wish.id, state=DocumentState.OPEN)
    if rows.update(state=work.state, answer=encode(work.answer).decode(), sealed=b"") != 1:
        raise DecidedError("another gateway has read it")
    if work.new is not None:
        _insert(tx, work.new)
    elif wish.ask is DocumentAsk.TRY and work.state is DocumentState.DONE:
        tx.audit(Verb.DOCUMENT_TRIED, wish.by, None, {"documents": [one.id for one in work.answer.found]})
    elif wish.ask is DocumentAsk.REGISTER:
        body = {"name": wish.name, "kind": wish.kind, "why": work.answer.fault or ""}
        tx.audit(Verb.DOCUMENT_REFUSED, wish.by, None, body)
    return [None]


def _forget(tx: Transaction, moments: Sequence[datetime]) -> list[None]:
    for moment in moments:
        rows = Row.objects.using(tx.alias).filter(asked_at__lte=moment - LATEST)
        rows.filter(state=DocumentState.OPEN).update(state=DocumentState.TOO_LATE, sealed=b"")
        rows.filter(asked_at__lte=moment - timedelta(days=1)).delete()
    return [None] * len(moments)


ADD: Work[tuple[RegisteredDocument, ...], None] = Work(_add, together=False)
TAKE_IN: Work[tuple[RegisteredDocument, ...], None] = Work(_take_in, together=False)
REMOVE: Work[Removal, tuple[RegisteredDocument, ...]] = Work(_remove, together=False)
ASK: Work[DocumentWish, None] = Work(_ask, together=False)
SETTLE: Work[Settled, None] = Work(_settle, together=False)
FORGET: Work[datetime, None] = Work(_forget, together=False)


# -- reading --


def _rows(alias: str) -> QuerySet[RegisteredRow]:
    return RegisteredRow.objects.using(alias)


def all_documents(alias: str, *, with_keys: bool) -> tuple[RegisteredDocument, ...]:
    """In the order in which they were registered; those that were taken off, too."""
    rows = _rows(alias).order_by("pk")
    return tuple(_document(row, with_keys=with_keys) for row in (rows if with_keys else rows.defer("keys")))


def head(alias: str) -> DocumentHead:
    found = _rows(alias).aggregate(newest=Max("pk"), removed=Count("pk", filter=Q(removed_at__isnull=False)))
    return found["newest"] or 0, found["removed"]


def open_requests(alias: str, limit: int) -> tuple[DocumentRequest, ...]:
    """Oldest first."""
    rows = Row.objects.using(alias).filter(state=DocumentState.OPEN).order_by("asked_at")[:limit]
    return tuple(_request(row) for row in rows)


def any_old(alias: str, now: datetime) -> bool:
    """Whether there is something to forget."""
    # Two questions: one with OR over the partial index is an "internal query planner error" to SQLite 3.53.4.
    rows = Row.objects.using(alias)
    late = rows.filter(state=DocumentState.OPEN, asked_at__lte=now - LATEST).exists()
    return late or rows.filter(asked_at__lte=now - timedelta(days=1)).exists()


def request(alias: str, request_id: str) -> DocumentRequest | None:
    """Without the document."""
    row = Row.objects.using(alias).filter(id=request_id).defer("sealed").first()
    return None if row is None else _request(row, sealed=False)


def _document(row: RegisteredRow, *, with_keys: bool = False) -> RegisteredDocument:
    return RegisteredDocument(
        id=row.document,
        kind=row.kind,
        name=row.name,
        partner=row.partner,
        words=row.words,
        fingerprints=row.fingerprints,
        added_at=row.added_at,
        added_by=row.added_by,
        reason=row.reason,
        made_with=row.made_with,
        version=row.version,
        keys=bytes(row.keys) if with_keys else b"",
        is_removed=row.removed_at is not None,
    )


def _request(row: Row, *, sealed: bool = True) -> DocumentRequest:
    wish = DocumentWish(
        id=row.id,
        ask=DocumentAsk(row.ask),
        by=row.by,
        name=row.name,
        kind=row.kind,
        partner=row.partner,
        reason=row.reason,
        sealed=bytes(row.sealed) if sealed else b"",
    )
    return DocumentRequest(
        wish=wish,
        state=DocumentState(row.state),
        asked_at=row.asked_at,
        answer=stored_value(DocumentAnswer, row.answer, row.id) if row.answer else None,
    )
