"""Realistic records and deliveries for tests of the store and of what stands on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dlp_gateway.model import (
    Action,
    Area,
    Category,
    Delivery,
    Disposition,
    Envelope,
    Finding,
    Inspection,
    MailParams,
    Outcome,
    Question,
    RecipientClass,
    RecipientParams,
    Verdict,
)
from dlp_gateway.store import DeliveryKind, MessageRecord, PreparedDelivery

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RESIDENT = "w.okafor@post.example"
PARTNER = "ward4@hospitals.nhs.example"
AUTHOR = "j.evans@council.example"


def record(message_id: str = "M1", *recipients: str, received_at: datetime = NOON, **more: object) -> MessageRecord:
    to = recipients or (RESIDENT, PARTNER)
    finding = Finding(
        entity="UK_NHS",
        category=Category.IDENTITY,
        recogniser="uk-nhs-number",
        part="2",
        place="page 3",
        start=10,
        end=22,
        confidence=0.95,
        fingerprint="5a" * 32,
        masked="### ### ##19",
        area=Area.ATTACHMENT,
    )
    values: dict[str, object] = {
        "message_id": message_id,
        "received_at": received_at,
        "envelope": Envelope(
            reverse_path=AUTHOR,
            recipients=to,
            recipient_params=tuple(RecipientParams(notify="FAILURE", orcpt=f"rfc822;{r}") for r in to),
        ),
        "size_bytes": 12345,
        "identity": f"identity of {message_id}",
        "message_id_header": f"<{message_id}@council.example>",
        "author": AUTHOR,
        "inspection": Inspection(question=Question(), findings=(finding,)),
        "verdicts": tuple(
            Verdict(recipient=r, recipient_class=RecipientClass.WEBMAIL, action=Action.HOLD, route="relay") for r in to
        ),
        "policy_version": "v7",
    }
    return MessageRecord(**(values | more))  # type: ignore[arg-type]


def prepared(
    delivery_id: str,
    *recipients: str,
    kind: DeliveryKind = DeliveryKind.QUEUE,
    octets_key: str = "nobody.1",
    due_at: datetime | None = NOON,
    **more: object,
) -> PreparedDelivery:
    to = recipients or (RESIDENT,)
    values: dict[str, object] = {
        "id": delivery_id,
        "kind": kind,
        "delivery": Delivery(
            recipients=to, action=Action.HOLD if kind is DeliveryKind.HOLD else Action.RELAY, route="relay"
        ),
        "reverse_path": AUTHOR,
        "params": MailParams(body="8BITMIME", ret="HDRS"),
        "recipient_params": tuple(RecipientParams(orcpt=f"rfc822;{r}") for r in to),
        "octets_key": octets_key,
        "due_at": due_at,
    }
    if kind is DeliveryKind.HOLD:
        values |= {
            "expires_at": NOON + timedelta(days=14),
            "reviewers": "information-governance",
            "rules": (("partner-category", "v7"),),
            "reasons": ("Health data may not go there.",),
        }
    return PreparedDelivery(**(values | more))  # type: ignore[arg-type]


def became(outcome: Outcome, *recipients: str, detail: str = "") -> tuple[Disposition, ...]:
    return tuple(Disposition(recipient=r, outcome=outcome, detail=detail) for r in recipients)
