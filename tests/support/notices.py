"""Notices made from realistic values, and read back as a mail program reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dlp_gateway.act.notify import CouncilTexts, Notice, Occasion
from dlp_gateway.model import (
    Action,
    Area,
    Attachment,
    Category,
    Controls,
    Envelope,
    Finding,
    Gap,
    GapReason,
    GapScope,
    Inspection,
    Marking,
    MarkingKind,
    Message,
    Question,
    RecipientClass,
    Verdict,
)

TEMPLATES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (Path(__file__).parents[2] / "rules" / "templates").glob("*.*")
}
AUTHOR = "maya.lindqvist@council.example"
SENT_AT = datetime(2026, 7, 3, 13, 5, tzinfo=UTC)
NOW = datetime(2026, 7, 3, 13, 6, tzinfo=UTC)
ORIGINAL = (
    b"From: Maya Lindqvist <maya.lindqvist@council.example>\r\nTo: ward@hospital.example\r\n"
    b"Subject: Discharge of Mr Fennimore\r\nMessage-ID: <orig-1@council.example>\r\n\r\n"
    b"NHS no 943 476 5919, lives at 4 Tannery Row.\r\n"
)

TEXTS = CouncilTexts(
    council="Example Council",
    duty_team="01632 960111",
    from_address="mail-check@council.example",
    from_name="Council mail check",
    hostname="gateway.council.example",
    zone=ZoneInfo("Europe/London"),
    templates=TEMPLATES,
)


def message(**envelope: Any) -> Message:
    """Maya's message; `envelope` changes its envelope."""
    given = {"reverse_path": AUTHOR, "recipients": ("ward@hospital.example", "sam@clinic.example")} | envelope
    return Message(id="2607-abc", envelope=Envelope(**given), octets=ORIGINAL, received_at=SENT_AT)


def occasion(**changes: Any) -> Occasion:
    """A notice to Maya on her message."""
    usual = Occasion(
        message=message(),
        controls=Controls(author=AUTHOR, message_id_header="<orig-1@council.example>"),
        to=(AUTHOR,),
        now=NOW,
        notice_id="n-0001",
        link="https://check.council.example/m/2607-abc",
    )
    return replace(usual, **changes)


def verdict(recipient: str, action: Action, **changes: Any) -> Verdict:
    """A verdict of the default policy's kind."""
    given: dict[str, Any] = {
        "recipient_class": RecipientClass.UNAPPROVED,
        "route": "relay",
        "reasons": ("Clinic Example has no agreement with the council for health information.",),
    } | changes
    return Verdict(recipient=recipient, action=action, **given)


def finding(entity: str = "UK_NHS", part: str = "2", place: str = "page 2", **changes: Any) -> Finding:
    """One finding in report.pdf."""
    given: dict[str, Any] = {
        "category": Category.IDENTITY,
        "recogniser": "test",
        "start": 0,
        "end": 12,
        "confidence": 0.95,
        "fingerprint": "f1",
        "masked": "943 ### ####",
        "area": Area.ATTACHMENT,
    } | changes
    return Finding(entity=entity, part=part, place=place, **given)


def inspection(**changes: Any) -> Inspection:
    """What was found in Maya's message."""
    given: dict[str, Any] = {
        "findings": (finding(),),
        "attachments": (
            Attachment(part="2", filename="report.pdf", media_type="application/pdf", size_bytes=9000),
            Attachment(part="3", filename="clients.zip", media_type="application/zip", size_bytes=900),
        ),
        "gaps": (Gap(part="3", reason=GapReason.ENCRYPTED, scope=GapScope.ATTACHMENT, detail="x"),),
        "markings": (Marking(kind=MarkingKind.OFFICIAL_SENSITIVE, part="2", place="page 1"),),
    } | changes
    return Inspection(question=Question(), **given)


def read(notice: Notice | None) -> EmailMessage:
    """The notice as the standard library reads it. Fails when it is none or not sound on the wire."""
    assert notice is not None
    lines = notice.octets.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= 998
    parsed = BytesParser(policy=policy.default).parsebytes(notice.octets)
    assert isinstance(parsed, EmailMessage)
    assert not [defect for part in parsed.walk() for defect in part.defects]
    return parsed


def text_of(notice: Notice | None, kind: str = "plain") -> str:
    """Its plain text, or with "html" its other form."""
    body = read(notice).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
