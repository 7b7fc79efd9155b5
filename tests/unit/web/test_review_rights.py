"""Who takes part in a held message, and so decides nothing about it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dlp_gateway.model import (
    Action,
    Area,
    Category,
    Controls,
    Delivery,
    Envelope,
    Exemption,
    Finding,
    Inspection,
    MailParams,
    Question,
)
from dlp_gateway.store import DeliveryState, HeldMessage, MessageRecord, MessageState, StoredMessage
from dlp_gateway.web.review_rights import Part, part_in

NOW = datetime(2026, 11, 28, tzinfo=UTC)
AUTHOR, TAKER, COPIED = "author@council.example", "taker@nobody.example", "copied@council.example"
ENVELOPE = Envelope(reverse_path=AUTHOR, recipients=(TAKER,))


def finding(mark: str, exempt: Exemption | None = None) -> Finding:
    return Finding(
        entity="PERSON",
        category=Category.NAME,
        recogniser="names",
        part="1",
        place="",
        start=0,
        end=9,
        confidence=0.9,
        fingerprint=mark,
        masked="J###",
        area=Area.BODY,
        exempt=exempt,
    )


def held() -> HeldMessage:
    return HeldMessage(
        id="H1",
        message_id="M1",
        state=DeliveryState.HELD,
        delivery=Delivery(recipients=(TAKER,), action=Action.HOLD, route="relay"),
        reverse_path=AUTHOR,
        params=MailParams(),
        recipient_params=(),
        octets_key="k",
        held_at=NOW,
        hold_until=None,
        expires_at=None,
        reviewers=None,
        approvals=1,
        approvals_given=(),
        rules=(),
        reasons=(),
        decided_by=None,
        decided_at=None,
        decision_reason=None,
        envelope=ENVELOPE,
        author=AUTHOR,
        message_id_header=None,
        received_at=NOW,
        size_bytes=1,
    )


def stored(*findings: Finding) -> StoredMessage:
    inspection = Inspection(
        question=Question(), findings=findings, controls=Controls(author=AUTHOR, visible_recipients=(COPIED,))
    )
    record = MessageRecord(
        message_id="M1", received_at=NOW, envelope=ENVELOPE, size_bytes=1, identity="M1", inspection=inspection
    )
    return StoredMessage(record=record, state=MessageState.CLOSED, answered=True, dispositions=(), gateway_id="g")


@pytest.mark.parametrize("email", [AUTHOR, TAKER, COPIED, "Author@Council.example"])
def test_who_wrote_or_receives_it_takes_part(email: str) -> None:
    assert part_in(email, frozenset(), held(), stored()) is Part.TAKES
    assert part_in(email, None, held(), stored()) is Part.TAKES


@pytest.mark.parametrize(
    ("marks", "found", "part"),
    [
        ({"aa"}, finding("aa"), Part.FEATURES),
        ({"aa"}, finding("aa", Exemption.COLLEAGUE), Part.FEATURES),
        ({"aa"}, finding("bb"), Part.NONE),
        ({"aa"}, finding("aa", Exemption.COUNCIL), Part.NONE),
        (set(), finding("aa"), Part.NONE),
    ],
)
def test_who_was_found_in_it_features(marks: set[str], found: Finding, part: Part) -> None:
    assert part_in("lead@council.example", frozenset(marks), held(), stored(found)) is part


def test_who_is_not_known_yet_decides_nothing() -> None:
    assert part_in("lead@council.example", None, held(), stored()) is Part.UNKNOWN


def test_of_a_message_without_its_inspection_only_who_takes_part_is_known() -> None:
    assert part_in("lead@council.example", frozenset({"aa"}), held(), None) is Part.NONE
