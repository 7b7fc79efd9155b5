from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from dlp_gateway.act.notify import expiry_notice, hold_notice, refusal_notice
from dlp_gateway.act.report import non_delivery_report
from dlp_gateway.model import (
    Action,
    Area,
    Attachment,
    Controls,
    Disposition,
    MailParams,
    Marking,
    MarkingKind,
    Outcome,
    RecipientParams,
)
from tests.support.notices import TEXTS, finding, inspection, message, occasion, read, text_of, verdict

EVIL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "x\r\nBcc: evil@evil.example",
            "x\nBcc: evil@evil.example",
            "x\r\n\r\n<script>alert(1)</script>",
            "<img src=http://evil.example/x>",
            "$link",
            "${council}",
            "[click](https://evil.example)",
            '" onmouseover="alert(1)',
            "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
            "--=_n-0001--",
            "x\u2028Bcc: evil",
            "\u202egnp.exe",
            "x\x00y",
            "x\x85Bcc: evil",
            "a" * 2000,
            "\ud800",
        ]
    ),
)
HEADER = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "p", "ul", "li", "a", "br"}


def is_sound(notice) -> None:
    """Only the header fields that we write, only the elements that we write, only our own link."""
    mail = read(notice)
    assert set(mail.keys()) <= HEADER
    assert len(mail.keys()) == len(set(mail.keys()))
    assert "\n" not in str(mail["Subject"])
    assert len(list(mail.iter_parts())) in (2, 3)
    if mail.get_content_type() == "multipart/alternative":
        page = html.fromstring(text_of(notice, "html"))
        assert {element.tag for element in page.iter()} <= TAGS
        assert {a.get("href") for a in page.iter("a")} <= {"https://check.council.example/m/2607-abc"}
        assert all(not name.startswith("on") for element in page.iter() for name in element.attrib)


def or_refused(make):
    """The notice, or None where a field was refused aloud."""
    try:
        return make()
    except ValueError:
        return None


@given(name=EVIL, place=EVIL, entity=EVIL, reason=EVIL, part=EVIL)
def test_no_text_of_a_message_or_a_rule_breaks_out_of_a_notice(name, place, entity, reason, part):
    looked = inspection(
        findings=(finding(entity=entity, part="2", place=place), finding(part=part, place=place, area=Area.BODY)),
        attachments=(Attachment(part="2", filename=name, media_type="x/y", size_bytes=1),),
        markings=(Marking(kind=MarkingKind.EMBARGO, part=part, place=place),),
    )
    held = (verdict("sam@clinic.example", Action.HOLD, reasons=(reason,)),)
    is_sound(hold_notice(occasion(), looked, held, TEXTS))


@given(note=EVIL, code=EVIL)
def test_no_word_of_a_reviewer_breaks_out_of_a_notice(note, code):
    is_sound(refusal_notice(occasion(), TEXTS, recipients=("sam@clinic.example",), reason_code=code, note=note))


@given(address=EVIL, message_id=EVIL, author=EVIL, council=EVIL, link=EVIL, notice_id=EVIL)
def test_every_other_field_is_either_refused_aloud_or_harmless(address, message_id, author, council, link, notice_id):
    for changes in (
        {"controls": Controls(message_id_header=message_id)},
        {"controls": Controls(message_id_header=f"<{message_id}@x>")},
        {"to": (author,)},
        {"link": link},
        {"link": f"https://{link}"},
        {"notice_id": notice_id},
    ):
        about = occasion(**changes)
        notice = or_refused(lambda about=about: expiry_notice(about, TEXTS, recipients=("a@x.example",)))
        if notice is not None:
            mail = read(notice)
            assert set(mail.keys()) <= HEADER
    for field in ("council", "duty_team", "from_name"):
        texts = replace(TEXTS, **{field: council})
        notice = or_refused(lambda texts=texts: expiry_notice(occasion(), texts, recipients=("a@x.example",)))
        if notice is not None:
            is_sound(notice)
    notice = or_refused(lambda: expiry_notice(occasion(), TEXTS, recipients=(address, "a@x.example")))
    if notice is not None:
        is_sound(notice)


@given(address=EVIL, detail=EVIL, envid=EVIL, orcpt=EVIL, octets=EVIL)
def test_no_field_breaks_out_of_a_report(address, detail, envid, orcpt, octets):
    about = message(
        recipients=(address,),
        params=MailParams(envid=envid),
        recipient_params=(RecipientParams(orcpt=f"rfc822;{orcpt}"),),
    )
    about = replace(about, octets=octets.encode("utf-8", "replace"))
    failed = Disposition(recipient=address, outcome=Outcome.REFUSED, detail=f"550 {detail}")
    notice = or_refused(lambda: non_delivery_report(occasion(message=about), [failed], TEXTS))
    if notice is None:
        return
    is_sound(notice)
    _, status, _ = read(notice).iter_parts()
    per_message, per_recipient = status.get_payload()
    assert set(per_message) <= {"Original-Envelope-Id", "Reporting-MTA", "Arrival-Date"}
    assert set(per_recipient) <= {
        "Original-Recipient",
        "Final-Recipient",
        "Action",
        "Status",
        "Diagnostic-Code",
        "Last-Attempt-Date",
    }
    assert re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", per_recipient["Status"])


@given(value=st.text(alphabet="0123456789 ", min_size=6, max_size=14).filter(str.strip), masked=st.text(max_size=10))
def test_no_part_of_a_finding_but_its_kind_and_place_is_told(value, masked):
    looked = inspection(
        findings=(finding(masked="MASK" + masked, fingerprint="PRINT" + value, recogniser="RECOGNISER"),),
        markings=(),
        gaps=(),
    )
    notice = hold_notice(occasion(), looked, (verdict("sam@clinic.example", Action.HOLD),), TEXTS)
    said = text_of(notice) + text_of(notice, "html")
    assert "MASK" not in said
    assert "PRINT" not in said
    assert "RECOGNISER" not in said
