"""Deliveries as rows: made here, read here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from ..errors import StoreUnavailableError
from ..model import Delivery as DeliveryValue
from ..model import MailParams, RecipientParams
from ..model_json import decode, encode
from .models import Delivery
from .values import DeliveryKind, DeliveryState, PreparedDelivery
from .writer import Transaction

T = TypeVar("T")

ENCODED_PARAMS = tuple[RecipientParams, ...]


def new_rows(
    tx: Transaction,
    message_id: str,
    prepared: Sequence[PreparedDelivery],
    state: DeliveryState | None = None,
    search: str = "",
) -> list[Delivery]:
    """Rows to be inserted; `state` None is the state in which custody begins at once. `search`: of holds, besides
    what they say themselves."""
    now = datetime.now(UTC)
    return [
        Delivery(
            id=new.id,
            message_id=message_id,
            kind=new.kind.value,
            state=(state or first_state(new.kind)).value,
            boot=tx.boot_id,
            delivery=encode(new.delivery).decode(),
            recipients=json.dumps(new.delivery.recipients),
            reverse_path=new.reverse_path,
            params=encode(new.params).decode(),
            recipient_params=encode(new.recipient_params, ENCODED_PARAMS).decode(),
            octets_key=new.octets_key,
            created_at=now,
            due_at=new.due_at or now,
            route=new.delivery.route,
            hold_until=new.hold_until,
            expires_at=new.expires_at,
            reviewers=new.reviewers,
            approvals=new.approvals,
            rules=json.dumps(new.rules),
            reasons=json.dumps(new.reasons),
            reasons_cy=json.dumps(new.reasons_cy),
            main_rule=new.main_rule[:RULE_CHARACTERS],
            search=_search(message_id, new, search),
        )
        for new in prepared
    ]


SEARCH_CHARACTERS = 4000
RULE_CHARACTERS = 100
"""An index takes no more of a name than that, in the worst of scripts."""


def _search(message_id: str, new: PreparedDelivery, more: str) -> str:
    """What the queue is searched in: all of it may be shown."""
    if new.kind is not DeliveryKind.HOLD:
        return ""
    texts = (message_id, new.id, new.reverse_path or "", *new.delivery.recipients, more)
    return " ".join(texts).replace("\0", " ").lower()[:SEARCH_CHARACTERS]


def first_state(kind: DeliveryKind) -> DeliveryState:
    return DeliveryState.HELD if kind is DeliveryKind.HOLD else DeliveryState.LIVE


def delivery_of(row: Delivery) -> DeliveryValue:
    return stored_value(DeliveryValue, row.delivery, row.message_id)


def params_of(row: Delivery) -> MailParams:
    return stored_value(MailParams, row.params, row.message_id)


def recipient_params_of(row: Delivery) -> tuple[RecipientParams, ...]:
    return stored_value(ENCODED_PARAMS, row.recipient_params, row.message_id)


def stored_value(kind: type[T], text: str, message_id: str) -> T:
    """A stored value. Raises StoreUnavailableError when it can't be read: damaged, or of another version."""
    try:
        return decode(kind, text)
    except ValueError:  # its own text would quote the value
        raise StoreUnavailableError(f"the record of {message_id} can't be read") from None


def narrow(row: Delivery, staying: Sequence[str]) -> dict[str, str]:
    """The columns of the row when only these recipients stay in it."""
    old, params = delivery_of(row), recipient_params_of(row)
    kept = tuple(p for r, p in zip(old.recipients, params, strict=True) if r in staying) if params else ()
    delivery = replace(old, recipients=tuple(r for r in old.recipients if r in staying))
    return {"delivery": encode(delivery).decode(), "recipient_params": encode(kept, ENCODED_PARAMS).decode()}
