"""What senders decided about their held mail: written by the console, carried out by the gateway.

One link leads to one request: its digest stands once only. Whether the message still waits is asked when the request
is carried out, by compare-and-set as for everybody else who decides.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..model import Outcome
from .custody import follow
from .escalation import bring_before
from .held import Pairs, Ruling, Wish, end_hold, held_message, request_release
from .models import Delivery
from .models import SenderRequest as Row
from .sender_values import LinkUsedError, SenderChoice, SenderRequest, SenderRequestState
from .values import DecidedError, DeliveryKind, DeliveryState, HeldMessage, PreparedDelivery, Verb
from .writer import Transaction, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    link: str  # digest
    message_id: str
    kind: SenderChoice
    by: str = field(repr=False)
    reason: str = field(repr=False)
    overrides: Pairs
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """A request to be carried out on exactly these held messages. `overrides`: what a release may lift."""

    request: SenderRequest
    held: tuple[str, ...]
    now: datetime
    overrides: Pairs = frozenset()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of a held message only these recipients
    at_risk: Mapping[str, str | None] = field(default_factory=dict)  # brought before this second group, if there is one
    follow_up: tuple[PreparedDelivery, ...] = ()


def _decide(tx: Transaction, news: Sequence[NewRequest]) -> list[SenderRequest]:
    (new,) = news
    if Row.objects.using(tx.alias).select_for_update().filter(link=new.link).exists():
        raise LinkUsedError("this link was used already")
    row = Row.objects.using(tx.alias).create(
        id=secrets.token_hex(16),
        link=new.link,
        message_id=new.message_id,
        kind=new.kind,
        state=SenderRequestState.OPEN,
        by=new.by,
        reason=new.reason,
        overrides=json.dumps(sorted(new.overrides)),
        asked_at=new.now,
    )
    request = _request(row)
    tx.audit(Verb.SENDER_DECIDED, request.actor, row.message_id, _body(request))
    return [request]


def _withdraw(tx: Transaction, works: Sequence[CarriedOut]) -> list[None]:
    (work,) = works
    _close(tx, work.request, SenderRequestState.DONE)
    for number, held_id in enumerate(work.held):
        ruling = Ruling(
            held_id=held_id,
            by=work.request.actor,
            reason="withdrawn by the sender",
            at=work.now,
            follow_up=work.follow_up if number == 0 else (),
        )
        end_hold(tx, ruling, DeliveryState.WITHDRAWN, Outcome.WITHDRAWN, Verb.HELD_WITHDRAWN)
    return [None]


def _ask_review(tx: Transaction, works: Sequence[CarriedOut]) -> list[None]:
    (work,) = works
    asked = work.request.kind is SenderChoice.REVIEW
    _close(tx, work.request, SenderRequestState.DONE if asked else SenderRequestState.PASSED_ON)
    _bring_before(tx, work)
    follow(tx, work.request.message_id, work.follow_up)
    body = _body(work.request) | {"held": list(work.held), "follow_up": [one.id for one in work.follow_up]}
    tx.audit(Verb.HELD_REVIEW_ASKED, work.request.actor, work.request.message_id, body)
    return [None]


def _release(tx: Transaction, works: Sequence[CarriedOut]) -> list[None]:
    (work,) = works
    _close(tx, work.request, SenderRequestState.DONE)
    _bring_before(tx, work)
    for held_id in work.held:
        wish = Wish(
            held_id=held_id,
            by=work.request.actor,
            reason=work.request.reason,
            recipients=work.only.get(held_id),
            overrides=work.overrides,
            automatic=False,
        )
        if request_release(tx, [wish])[0].approvals_left:  # undone with the transaction
            raise DecidedError("two reviewers must agree; a sender can't")
    follow(tx, work.request.message_id, work.follow_up)
    body = _body(work.request) | {"held": list(work.held), "lifted": sorted(work.overrides)}
    tx.audit(Verb.HELD_OVERRIDDEN, work.request.actor, work.request.message_id, body)
    return [None]


def _bring_before(tx: Transaction, work: CarriedOut) -> None:
    for held_id, group in work.at_risk.items():
        bring_before(tx, held_id, group, work.now)


def _too_late(tx: Transaction, requests: Sequence[SenderRequest]) -> list[None]:
    for request in requests:
        _close(tx, request, SenderRequestState.TOO_LATE)
        body = {"request": request.id, "kind": request.kind.value, "why": "it no longer waited"}
        tx.audit(Verb.SENDER_OVERTAKEN, f"gateway {tx.gateway_id}", request.message_id, body)
    return [None] * len(requests)


def _close(tx: Transaction, request: SenderRequest, state: SenderRequestState) -> None:
    rows = Row.objects.using(tx.alias).filter(id=request.id, state=SenderRequestState.OPEN)
    if rows.update(state=state) != 1:
        raise DecidedError("another gateway has carried this out")


def _body(request: SenderRequest) -> dict[str, object]:
    return {
        "request": request.id,
        "link": request.link,
        "kind": request.kind.value,
        "reason": request.reason,
        "overrides": sorted(request.overrides),
    }


DECIDE: Work[NewRequest, SenderRequest] = Work(_decide, together=False)
WITHDRAW: Work[CarriedOut, None] = Work(_withdraw, together=False)
ASK_REVIEW: Work[CarriedOut, None] = Work(_ask_review, together=False)
RELEASE: Work[CarriedOut, None] = Work(_release, together=False)
TOO_LATE: Work[SenderRequest, None] = Work(_too_late, together=False)


def open_requests(alias: str, limit: int) -> tuple[SenderRequest, ...]:
    """Oldest first."""
    rows = Row.objects.using(alias).filter(state=SenderRequestState.OPEN).order_by("asked_at")[:limit]
    return tuple(_request(row) for row in rows)


def requests_of(alias: str, message_id: str) -> tuple[SenderRequest, ...]:
    """All about one message, oldest first."""
    rows = Row.objects.using(alias).filter(message_id=message_id).order_by("asked_at")
    return tuple(_request(row) for row in rows)


def held_of(alias: str, message_id: str) -> tuple[HeldMessage, ...]:
    """All that is or was held of one message, whatever became of it."""
    never = (DeliveryState.PREPARED, DeliveryState.DROPPED)
    rows = Delivery.objects.using(alias).filter(kind=DeliveryKind.HOLD, message_id=message_id).exclude(state__in=never)
    return tuple(held_message(row) for row in rows.select_related("message").order_by("created_at", "id"))


def _request(row: Row) -> SenderRequest:
    return SenderRequest(
        id=row.id,
        link=row.link,
        message_id=row.message_id,
        kind=SenderChoice(row.kind),
        state=SenderRequestState(row.state),
        by=row.by,
        reason=row.reason,
        overrides=frozenset((rule, version) for rule, version in json.loads(row.overrides)),
        asked_at=row.asked_at,
    )
