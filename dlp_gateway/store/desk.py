"""What reviewers ask for in the console: written down here, carried out by the gateway, as with senders' wishes.

To reject a message means to write a notice, and to show what it says means to open it: the console has the keys of
neither. What is revealed lies here sealed under the console's key for minutes, then is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..model import Outcome
from ..model_json import encode
from .desk_values import DeskKind, DeskRequest, DeskState, DeskWish, ReleaseOutlook, ReleasePlan
from .held import DECIDED, Ruling, end_hold
from .models import Delivery
from .models import DeskRequest as Row
from .prepared import stored_value
from .values import DecidedError, DeliveryKind, DeliveryState, PreparedDelivery, Verb
from .writer import Transaction, Work

ASKED = {DeskKind.REJECT: Verb.HELD_REJECTION_ASKED, DeskKind.REVEAL: Verb.HELD_REVEAL_ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    request: DeskRequest
    at: datetime
    follow_up: tuple[PreparedDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    request: DeskRequest
    sealed: bytes
    good_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    held_id: str
    to: str
    by: str
    reason: str
    at: datetime


def _ask(tx: Transaction, wishes: Sequence[DeskWish]) -> list[DeskRequest]:
    (wish,) = wishes
    held = Delivery.objects.using(tx.alias).filter(id=wish.held_id, kind=DeliveryKind.HOLD).select_for_update().first()
    if held is None or not held.octets_key:
        raise DecidedError("the message is not kept any more")
    if wish.kind is DeskKind.REJECT:
        asked = Row.objects.using(tx.alias).filter(held_id=wish.held_id, kind=wish.kind, state=DeskState.OPEN).exists()
        if held.state != DeliveryState.HELD or asked:
            raise DecidedError(DECIDED)
    row = Row.objects.using(tx.alias).create(
        id=secrets.token_hex(16),
        held_id=held.id,
        message_id=held.message_id,
        kind=wish.kind,
        state=DeskState.OPEN,
        by=wish.by,
        reason=wish.reason,
        case=wish.case,
        code=wish.code,
        note=wish.note,
        plan="" if wish.plan is None else encode(wish.plan).decode(),
        asked_at=datetime.now(UTC),
    )
    request = _request(row)
    if wish.kind in ASKED:  # to look ahead changes nothing and tells nothing of what it says
        tx.audit(ASKED[wish.kind], wish.by, held.message_id, _body(request))
    return [request]


def _reject(tx: Transaction, works: Sequence[Rejected]) -> list[None]:
    (work,) = works
    wish = work.request.wish
    _move(tx, work.request, DeskState.OPEN, DeskState.DONE)
    ruling = Ruling(held_id=wish.held_id, by=wish.by, reason=wish.reason, at=work.at, follow_up=work.follow_up)
    end_hold(tx, ruling, DeliveryState.REJECTED, Outcome.REJECTED, Verb.HELD_REJECTED)
    return [None]


def _close(tx: Transaction, works: Sequence[tuple[DeskRequest, DeskState]]) -> list[None]:
    for request, state in works:
        _move(tx, request, request.state, state)
        tx.audit(Verb.DESK_NOT_DONE, f"gateway {tx.gateway_id}", request.message_id, _body(request) | {"state": state})
    return [None] * len(works)


def _begin_reveal(tx: Transaction, requests: Sequence[DeskRequest]) -> list[None]:
    """The record comes first: nothing was opened yet."""
    for request in requests:
        _move(tx, request, DeskState.OPEN, DeskState.BEGUN)
        tx.audit(Verb.HELD_REVEALED, request.wish.by, request.message_id, _body(request))
    return [None] * len(requests)


def _reveal(tx: Transaction, works: Sequence[Revealed]) -> list[None]:
    (work,) = works
    _move(tx, work.request, DeskState.BEGUN, DeskState.DONE)
    Row.objects.using(tx.alias).filter(id=work.request.id).update(sealed=work.sealed, good_until=work.good_until)
    return [None]


def _look(tx: Transaction, works: Sequence[tuple[DeskRequest, ReleaseOutlook]]) -> list[None]:
    for request, outlook in works:
        _move(tx, request, DeskState.OPEN, DeskState.DONE)
        Row.objects.using(tx.alias).filter(id=request.id).update(answer=encode(outlook).decode())
    return [None] * len(works)


def _forget(tx: Transaction, moments: Sequence[datetime]) -> list[None]:
    for moment in moments:
        Row.objects.using(tx.alias).filter(good_until__lte=moment).exclude(sealed=b"").update(sealed=b"")
    return [None] * len(moments)


def _hand_over(tx: Transaction, works: Sequence[HandOver]) -> list[None]:
    (work,) = works
    rows = Delivery.objects.using(tx.alias).filter(id=work.held_id, kind=DeliveryKind.HOLD, state=DeliveryState.HELD)
    row = rows.select_for_update().first()
    if row is None:
        raise DecidedError(DECIDED)
    # A new group has a clock of its own, and a second group of its own. The one that had it before is done with it,
    # but where someone is at risk nobody who was called is sent away again.
    told = row.escalated_to if row.urgent and row.escalated_to != work.to else None
    changes = {"clock_since": work.at, "escalated_at": None, "escalated_to": told}
    if rows.filter(reviewers=row.reviewers).update(reviewers=work.to, **changes) != 1:
        raise DecidedError(DECIDED)
    body = {"held": row.id, "reason": work.reason, "from": row.reviewers, "to": work.to}
    tx.audit(Verb.HELD_HANDED_OVER, work.by, row.message_id, body)
    return [None]


def _move(tx: Transaction, request: DeskRequest, before: DeskState, after: DeskState) -> None:
    if Row.objects.using(tx.alias).filter(id=request.id, state=before).update(state=after) != 1:
        raise DecidedError("another gateway has carried this out")


def _body(request: DeskRequest) -> dict[str, object]:
    wish = request.wish
    body: dict[str, object] = {"request": request.id, "held": wish.held_id, "kind": wish.kind.value, "by": wish.by}
    body |= {"reason": wish.reason, "case": wish.case, "code": wish.code, "note": wish.note}
    return {name: value for name, value in body.items() if value}


ASK: Work[DeskWish, DeskRequest] = Work(_ask, together=False)
REJECT: Work[Rejected, None] = Work(_reject, together=False)
CLOSE: Work[tuple[DeskRequest, DeskState], None] = Work(_close, together=False)
BEGIN_REVEAL: Work[DeskRequest, None] = Work(_begin_reveal, together=False)
REVEAL: Work[Revealed, None] = Work(_reveal, together=False)
LOOK: Work[tuple[DeskRequest, ReleaseOutlook], None] = Work(_look, together=False)
FORGET: Work[datetime, None] = Work(_forget, together=False)
HAND_OVER: Work[HandOver, None] = Work(_hand_over, together=False)


def open_requests(alias: str, limit: int) -> tuple[DeskRequest, ...]:
    """Oldest first."""
    return tuple(
        _request(row) for row in Row.objects.using(alias).filter(state=DeskState.OPEN).order_by("asked_at")[:limit]
    )


def any_sealed(alias: str, now: datetime) -> bool:
    """Whether something that was revealed has outlived its time."""
    return Row.objects.using(alias).filter(good_until__lte=now).exclude(sealed=b"").exists()


def request(alias: str, request_id: str) -> DeskRequest | None:
    row = Row.objects.using(alias).filter(id=request_id).first()
    return None if row is None else _request(row)


def requests_of(alias: str, message_id: str) -> tuple[DeskRequest, ...]:
    """All about one message, oldest first; without what was revealed."""
    rows = Row.objects.using(alias).filter(message_id=message_id).defer("sealed").order_by("asked_at")
    return tuple(_request(row, sealed=False) for row in rows)


def _request(row: Row, *, sealed: bool = True) -> DeskRequest:
    wish = DeskWish(
        held_id=row.held_id,
        kind=DeskKind(row.kind),
        by=row.by,
        reason=row.reason,
        case=row.case,
        code=row.code,
        note=row.note,
        plan=stored_value(ReleasePlan, row.plan, row.message_id) if row.plan else None,
    )
    return DeskRequest(
        id=row.id,
        message_id=row.message_id,
        wish=wish,
        state=DeskState(row.state),
        asked_at=row.asked_at,
        sealed=bytes(row.sealed) if sealed else b"",
        good_until=row.good_until,
        outlook=stored_value(ReleaseOutlook, row.answer, row.message_id) if row.answer else None,
    )
