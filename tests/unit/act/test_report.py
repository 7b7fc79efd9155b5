from __future__ import annotations

import pytest

from dlp_gateway.act.report import MAX_HEADER_BYTES, non_delivery_report
from dlp_gateway.model import Controls, Disposition, MailParams, Message, Outcome, RecipientParams
from tests.support.notices import AUTHOR, SENT_AT, TEXTS, message, occasion, read

WARD, CLINIC = "ward@hospital.example", "sam@clinic.example"
REFUSED = Disposition(recipient=CLINIC, outcome=Outcome.REFUSED, detail="550 5.1.1 No such user")
EXPIRED = Disposition(recipient=WARD, outcome=Outcome.EXPIRED, detail="451 4.7.1 Greylisted")


def report(*dispositions, octets=None, **envelope):
    about = message(**envelope)
    if octets is not None:
        about = Message(id=about.id, envelope=about.envelope, octets=octets, received_at=about.received_at)
    return non_delivery_report(occasion(message=about, to=("somebody@else.example",)), dispositions, TEXTS)


def blocks(notice):
    _, status, _ = read(notice).iter_parts()
    assert status.get_content_type() == "message/delivery-status"
    return status.get_payload()


def test_the_report_is_what_rfc_3464_says():
    notice = report(REFUSED, EXPIRED)
    mail = read(notice)
    assert notice.to == (AUTHOR,)
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "delivery-status"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    whole, first, second = blocks(notice)
    assert whole["Reporting-MTA"] == "dns; gateway.council.example"
    assert whole["Arrival-Date"] == SENT_AT.strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert dict(first) == {
        "Final-Recipient": "rfc822;sam@clinic.example",
        "Action": "failed",
        "Status": "5.1.1",
        "Diagnostic-Code": "smtp; 550 5.1.1 No such user",
        "Last-Attempt-Date": "Fri, 03 Jul 2026 13:06:00 +0000",
    }
    assert (second["Status"], second["Diagnostic-Code"]) == ("4.4.7", "smtp; 451 4.7.1 Greylisted")


def test_the_human_part_names_each_recipient_and_the_reply():
    text = next(read(report(REFUSED, EXPIRED)).iter_parts()).get_content().replace("\r\n", "\n")
    assert "- sam@clinic.example: refused by the receiving system: 550 5.1.1 No such user\n" in text
    assert "- ward@hospital.example: could not be delivered in the time allowed: 451 4.7.1 Greylisted\n" in text


@pytest.mark.parametrize("ret", [None, "HDRS", "FULL"])
def test_what_identifies_the_mail_comes_back_and_never_its_subject_or_body(ret):
    notice = report(REFUSED, params=MailParams(ret=ret))
    *_, header = read(notice).iter_parts()
    assert header.get_content().startswith("From: Maya Lindqvist")
    assert "Message-ID: " in header.get_content()
    assert b"Fennimore" not in notice.octets
    assert b"Tannery" not in notice.octets


@pytest.mark.parametrize(
    ("octets", "start"),
    [
        (b"From: caf\xe9\r\n\r\nbody\r\n", b"From: caf\xe9\r\n"),
        (b"References: " + b"y" * 5000 + b"\r\n\r\nbody", b"References: yyy"),
        (b"From: yy\r\n" * 20_000 + b"\r\nbody", b"From: yy\r\n" * 6000),
        (b"Subject: body\r\nDATE : x\r\nbody of a careless program\r\n\r\nbody", b"DATE : x\r\n"),
        (b"From: x\r\n folded\r\n\tbody?: no\r\nX: body\r\n\r\nx", b"From: x\r\n folded\r\n\tbody?: no\r\n"),
        (b"From: " + b"body" * 20_000 + b"\r\n", b""),
        (b"", b""),
        (b"\r\nbody", b""),
    ],
)
def test_an_odd_header_comes_back_safely(octets, start):
    *_, header = read(report(REFUSED, octets=octets)).iter_parts()
    returned = header.get_payload(decode=True)
    assert returned.startswith(start)
    assert len(returned) <= MAX_HEADER_BYTES
    assert b"body" not in returned.replace(b"body?: no", b"")


@pytest.mark.parametrize(
    ("notify", "wanted"),
    [
        (None, True),
        ("FAILURE", True),
        ("success,failure", True),
        ("NEVER", False),
        ("SUCCESS,DELAY", False),
        ("DELAY", False),
    ],
)
def test_notify_is_honoured(notify, wanted):
    params = (RecipientParams(), RecipientParams(notify=notify))
    assert (report(REFUSED, recipient_params=params) is not None) is wanted


def test_only_those_who_want_a_report_are_in_it():
    params = (RecipientParams(notify="NEVER"), RecipientParams())
    notice = report(REFUSED, EXPIRED, recipient_params=params)
    assert [block["Final-Recipient"] for block in blocks(notice)[1:]] == ["rfc822;sam@clinic.example"]
    assert b"ward@hospital.example: " not in notice.octets


def test_nothing_is_reported_to_nobody():
    assert report(REFUSED, reverse_path=None) is None


@pytest.mark.parametrize("outcome", [Outcome.RELAYED, Outcome.DEFERRED, Outcome.HELD, Outcome.IN_DOUBT])
def test_what_has_not_failed_is_not_reported(outcome):
    assert report(Disposition(recipient=WARD, outcome=outcome)) is None


def test_a_report_is_owed_even_for_a_machines_mail():
    """RFC 3834 is about replies; a line-of-business system must learn that its letter did not arrive."""
    about = occasion(controls=Controls(auto_submitted=True))
    assert non_delivery_report(about, [REFUSED], TEXTS) is not None


def test_envid_and_orcpt_come_back_decoded():
    notice = report(
        REFUSED,
        params=MailParams(envid="QQ+2B+3D1"),
        recipient_params=(RecipientParams(), RecipientParams(orcpt="rfc822;Sam+2Bbox@clinic.example")),
    )
    whole, recipient = blocks(notice)
    assert whole["Original-Envelope-Id"] == "QQ+=1"
    assert recipient["Original-Recipient"] == "rfc822;Sam+box@clinic.example"


@pytest.mark.parametrize("xtext", ["a+0D+0ABcc: x@x.example", "+00", "+E9", ";", "+20"])
def test_xtext_that_hides_a_line_end_is_left_out(xtext):
    notice = report(
        REFUSED,
        params=MailParams(envid=xtext),
        recipient_params=(RecipientParams(), RecipientParams(orcpt=f"rfc822;{xtext}")),
    )
    for block in blocks(notice):
        assert set(block) <= {
            "Reporting-MTA",
            "Arrival-Date",
            "Final-Recipient",
            "Action",
            "Status",
            "Diagnostic-Code",
            "Last-Attempt-Date",
            "Original-Envelope-Id",
            "Original-Recipient",
        }
        assert all(value.isprintable() for value in block.values())


def test_an_international_recipient_is_written_in_ascii():
    zoe = Disposition(recipient="zoë@clinic.example", outcome=Outcome.REFUSED, detail="550 5.6.7 No")
    notice = report(zoe, recipients=("zoë@clinic.example",))
    assert blocks(notice)[1]["Final-Recipient"] == r"utf-8;zo\x{EB}@clinic.example"


@pytest.mark.parametrize(
    ("detail", "status"),
    [("next hop said nothing", "5.0.0"), ("550 no enhanced code", "5.0.0"), ("554 5.7.1", "5.7.1")],
)
def test_a_status_is_there_whatever_the_reply(detail, status):
    (_, block) = blocks(report(Disposition(recipient=CLINIC, outcome=Outcome.REFUSED, detail=detail)))
    assert block["Status"] == status
    assert ("Diagnostic-Code" in block) is detail[0].isdigit()
