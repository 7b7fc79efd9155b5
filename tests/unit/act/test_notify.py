from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from dlp_gateway.act.notify import (
    code_notice,
    expiry_notice,
    hold_notice,
    in_brief,
    refusal_notice,
    rejection_notice,
    release_notice,
    review_notice,
    time_words,
    withdrawal_notice,
)
from dlp_gateway.errors import ConfigError
from dlp_gateway.model import Action, Area, Controls
from tests.support.notices import (
    AUTHOR,
    SENT_AT,
    TEMPLATES,
    TEXTS,
    finding,
    inspection,
    message,
    occasion,
    read,
    text_of,
    verdict,
)

WARD, CLINIC = "ward@hospital.example", "sam@clinic.example"
PAPER, COLLEAGUE = "news@paper.example", "al@council.example"
HELD = (verdict(WARD, Action.RELAY, reasons=()), verdict(CLINIC, Action.HOLD))

EVERY_NOTICE = {
    "hold": lambda o: hold_notice(o, inspection(), HELD, TEXTS),
    "rejection": lambda o: rejection_notice(o, inspection(), (verdict(CLINIC, Action.REJECT),), TEXTS),
    "release": lambda o: release_notice(o, TEXTS, sent=(WARD,), encrypted=(CLINIC,)),
    "refusal": lambda o: refusal_notice(o, TEXTS, recipients=(CLINIC,), reason_code="too-much", note="Please ring me."),
    "expiry": lambda o: expiry_notice(o, TEXTS, recipients=(CLINIC,)),
    "withdrawal": lambda o: withdrawal_notice(o, TEXTS, recipients=(CLINIC,)),
}
every_notice = pytest.mark.parametrize("make", EVERY_NOTICE.values(), ids=EVERY_NOTICE)


def test_the_hold_notice_says_who_has_it_who_has_not_why_and_what_now():
    verdicts = (
        verdict(WARD, Action.RELAY, reasons=()),
        verdict(CLINIC, Action.HOLD),
        verdict(COLLEAGUE, Action.ENCRYPT, reasons=("Asked for.",)),
        verdict(PAPER, Action.REJECT, reasons=("Personal data never goes to social media.",)),
    )
    notice = hold_notice(occasion(), inspection(), verdicts, TEXTS)
    mail = read(notice)
    assert mail["Subject"] == "NOT SENT to sam@clinic.example: waiting for a check"
    assert notice is not None
    assert notice.to == (AUTHOR,)
    text = text_of(notice)
    assert "your e-mail of Friday 3 July 2026 at 14:05" in text  # summer time
    assert "NOT SENT to:\n- sam@clinic.example\n" in text
    assert "Rejected, and never sent to:\n- news@paper.example\n" in text
    assert "Sent to:\n- ward@hospital.example\n" in text
    assert "Sent by secure e-mail to:\n- al@council.example\n" in text
    assert "Why:\n- Clinic Example has no agreement" in text
    assert "Asked for" not in text
    assert "- an NHS number, page 2 of report.pdf\n" in text
    assert "- the marking OFFICIAL-SENSITIVE, page 1 of report.pdf\n" in text
    assert "- clients.zip could not be read: it is encrypted or protected by a password\n" in text
    assert "telephone the duty team on 01632 960111" in text.lower()
    assert "ask for another look: https://check.council.example/m/2607-abc" in text
    assert "by Friday 17 July 2026 at 14:05" in text
    assert "by itself" not in text


def test_the_html_form_says_the_same_and_works_for_screen_readers_and_phones():
    notice = hold_notice(occasion(), inspection(), HELD, TEXTS)
    page = html.fromstring(text_of(notice, "html"))
    words = " ".join(page.text_content().split())
    for line in text_of(notice).splitlines():
        for part in line.removeprefix("- ").split(": https://")[:1]:
            assert " ".join(part.split()) in words
    assert page.get("lang") == "en-GB"
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main//ul/li")
    assert [a.get("href") for a in page.xpath("//a")] == ["https://check.council.example/m/2607-abc"]
    assert page.xpath("//meta[@name='viewport']")
    assert not page.xpath("//img|//script|//link|//*[@src]")


def test_an_embargo_tells_when_the_mail_goes_by_itself_and_its_time_counts_from_then():
    until = datetime(2026, 7, 20, 6, 0, tzinfo=UTC)
    held = (verdict(CLINIC, Action.HOLD, hold_until=until, expires_days=7),)
    text = text_of(hold_notice(occasion(), inspection(), held, TEXTS))
    assert "by itself on Monday 20 July 2026 at 07:00" in text
    assert "by Monday 27 July 2026 at 07:00" in text


def test_without_a_link_the_notice_has_no_dead_one():
    notice = hold_notice(occasion(link=""), inspection(), HELD, TEXTS)
    assert "http" not in text_of(notice)
    assert "link" not in text_of(notice)
    assert not html.fromstring(text_of(notice, "html")).xpath("//a")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//x.example", "https://x.example/\r\nBcc: a@x.example", "https://a b"]
)
def test_a_link_is_a_web_address(link):
    with pytest.raises(ValueError):
        hold_notice(occasion(link=link), inspection(), HELD, TEXTS)


def test_nobody_held_is_no_hold_notice_and_nobody_rejected_no_rejection():
    assert hold_notice(occasion(), inspection(), HELD[:1], TEXTS) is None
    assert rejection_notice(occasion(), inspection(), HELD, TEXTS) is None


def test_a_rejection_says_that_nothing_more_will_happen():
    verdicts = (verdict(CLINIC, Action.REJECT), verdict(WARD, Action.HOLD), verdict(COLLEAGUE, Action.RELAY))
    text = text_of(rejection_notice(occasion(), inspection(), verdicts, TEXTS))
    assert "NOT SENT to:\n- sam@clinic.example\n" in text
    assert "Held, and not sent yet to:\n- ward@hospital.example\n" in text
    assert "nothing more will happen" in text


def test_a_release_tells_ordinary_mail_from_encrypted():
    text = text_of(release_notice(occasion(), TEXTS, sent=(WARD,)))
    assert "It was sent to:\n- ward@hospital.example\n" in text
    assert "encrypted" not in text
    assert "took these attachments away" not in text
    text = text_of(release_notice(occasion(), TEXTS, sent=(WARD,), removed=("clients.xlsx\r\nBcc: x@y.example",)))
    assert "A reviewer took these attachments away" in text
    assert "- clients.xlsx  Bcc: x@y.example\n" in text
    text = text_of(release_notice(occasion(), TEXTS, encrypted=(WARD,)))
    assert "sent encrypted, by secure e-mail, to:\n- ward@hospital.example\n" in text
    assert "It was sent to:" not in text


def test_a_reviewers_refusal_gives_the_reason_and_the_reviewers_words():
    notice = refusal_notice(
        occasion(), TEXTS, recipients=(CLINIC,), reason_code="wrong-recipient", note="Use the ward’s\r\n\r\nsecure box."
    )
    text = text_of(notice)
    assert "- It was addressed to the wrong person or organisation.\n" in text
    assert "The reviewer writes:\n- Use the ward’s\n- secure box.\n" in text
    assert "different reviewer" in text
    plain = text_of(refusal_notice(occasion(), TEXTS, recipients=(CLINIC,), reason_code="new-code"))
    assert "- New code.\n" in plain
    assert "The reviewer writes" not in plain


def test_an_expiry_says_that_it_was_not_and_will_not_be_sent():
    text = text_of(expiry_notice(occasion(), TEXTS, recipients=(CLINIC, WARD)))
    assert "will not be sent, to:\n- sam@clinic.example\n- ward@hospital.example\n" in text


@every_notice
def test_every_notice_has_the_manners_of_rfc_3834(make):
    mail = read(make(occasion()))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == mail["References"] == "<orig-1@council.example>"
    assert mail["Message-ID"] == "<n-0001@gateway.council.example>"
    assert mail["Date"].datetime == datetime(2026, 7, 3, 13, 6, tzinfo=UTC)
    assert mail["From"].addresses[0].addr_spec == "mail-check@council.example"
    assert mail["To"] == AUTHOR
    assert mail["MIME-Version"] == "1.0"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@every_notice
def test_no_notice_answers_a_machine_or_nobody(make):
    assert make(occasion(message=message(reverse_path=None))) is None
    assert make(occasion(controls=Controls(auto_submitted=True))) is None


@every_notice
def test_the_owner_is_told_instead_even_of_a_machines_mail(make):
    told = occasion(
        message=message(reverse_path=None),
        controls=Controls(auto_submitted=True),
        to=("owner@council.example",),
        to_owner=True,
    )
    mail = read(make(told))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "for the sender’s team" in text_of(make(told))


@every_notice
def test_no_notice_shows_a_found_value_the_subject_or_the_text(make):
    notice = make(occasion())
    for kind in ("plain", "html"):
        said = text_of(notice, kind)
        for value in ("943", "###", "Fennimore", "Discharge", "Tannery", "f1"):
            assert value not in said


@every_notice
@pytest.mark.parametrize(
    "header", [None, "no-brackets", "<a b@c>", "<a@b>\r\nBcc: x@x.example", f"<{'a' * 300}@b>", "<é@b>"]
)
def test_a_message_id_that_is_none_is_not_referred_to(make, header):
    mail = read(make(occasion(controls=Controls(message_id_header=header))))
    assert "In-Reply-To" not in mail
    assert "References" not in mail
    assert "Bcc" not in mail


def test_a_long_message_id_is_never_written_as_an_encoded_word():
    long = f"<{'x' * 200}@mail.council.example>"
    notice = hold_notice(occasion(controls=Controls(message_id_header=long)), inspection(), HELD, TEXTS)
    assert notice is not None
    assert f"References: {long}\r\n".encode() in notice.octets


def test_an_international_author_gets_utf8_in_the_header():
    mail = read(hold_notice(occasion(to=("zoë@council.example",)), inspection(), HELD, TEXTS))
    assert mail["To"] == "zoë@council.example"


def test_an_author_with_a_quoted_address_is_not_named_in_the_header():
    notice = hold_notice(occasion(to=('"a, b@evil.example"@council.example',)), inspection(), HELD, TEXTS)
    assert notice is not None
    assert notice.to == ('"a, b@evil.example"@council.example',)
    assert not read(notice)["To"].addresses


def test_the_name_of_a_file_that_tells_a_finding_is_not_shown():
    telling = inspection(findings=(finding(area=Area.FILE_NAME), finding()))
    text = text_of(hold_notice(occasion(), telling, HELD, TEXTS))
    assert "report.pdf" not in text
    assert "an NHS number, in the name of a file" in text


def test_a_template_with_an_unknown_placeholder_is_loud():
    broken = replace(TEXTS, templates=TEMPLATES | {"hold.txt": "Subject: x\n\n$heald\n"})
    with pytest.raises(ConfigError) as caught:
        hold_notice(occasion(), inspection(), HELD, broken)
    assert str(caught.value).startswith("templates/hold.txt:3: unknown placeholder $heald; known: council,")


def test_times_are_told_in_the_councils_zone():
    assert time_words(datetime(2026, 1, 5, 23, 30, tzinfo=UTC), TEXTS.zone) == "Monday 5 January 2026 at 23:30"
    assert time_words(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), TEXTS.zone) == "Wednesday 1 July 2026 at 00:30"


def test_many_recipients_are_told_in_brief():
    assert in_brief(["a@x.example"]) == "a@x.example"
    assert in_brief(["a@x.example", "b@x.example"]) == "a@x.example and 1 other"
    assert in_brief(["a@x.example"] * 4) == "a@x.example and 3 others"


ENCODED = "=?utf-8?q?=0D=0ABcc:_evil@evil.example?="


@pytest.mark.parametrize(
    "make",
    [
        lambda: expiry_notice(occasion(), TEXTS, recipients=(f"{ENCODED}@x.example",)),
        lambda: expiry_notice(occasion(to=(f"{ENCODED}@council.example",)), TEXTS, recipients=(CLINIC,)),
        lambda: expiry_notice(
            occasion(controls=Controls(message_id_header=f"<{ENCODED}@x.example>")), TEXTS, recipients=(CLINIC,)
        ),
        lambda: expiry_notice(occasion(), replace(TEXTS, from_name=ENCODED), recipients=(CLINIC,)),
    ],
)
def test_an_encoded_word_is_never_decoded_into_a_field_of_its_own(make):
    """The standard library decodes encoded words in the values it is given and writes them decoded."""
    notice = make()
    assert notice is not None
    assert b"\r\nBcc:" not in notice.octets
    assert "Bcc" not in read(notice)


def test_a_hold_notice_names_the_rules_and_says_until_when_its_link_works():
    held = (verdict(CLINIC, Action.HOLD, rules=("external", "unapproved-high")),)
    text = text_of(hold_notice(occasion(link_until=SENT_AT + timedelta(days=14)), inspection(), held, TEXTS))
    assert "Rules that apply to it: external, unapproved-high\n" in text
    assert "for one decision, until Friday 17 July 2026 at 14:05" in text
    assert "sign in with a code that we send to your own address" in text


def test_a_code_goes_to_the_author_or_to_nobody():
    until = SENT_AT + timedelta(minutes=15)
    notice = code_notice(occasion(link=""), TEXTS, code="048213", good_until=until)
    mail = read(notice)
    assert notice is not None
    assert notice.to == (AUTHOR,)
    assert "048213" not in mail["Subject"], "a locked telephone shows subjects"
    assert "# " not in text_of(notice)
    assert "Your code is 048213\n" in text_of(notice)
    assert "until Friday 3 July 2026 at 14:20" in text_of(notice)
    owner = occasion(to=("owner@council.example",), to_owner=True)
    assert code_notice(owner, TEXTS, code="048213", good_until=until) is None


def test_a_withdrawal_says_who_will_not_get_it():
    text = text_of(withdrawal_notice(occasion(), TEXTS, recipients=(CLINIC, WARD)))
    assert "You withdrew it. It was not sent, and will not be sent, to:\n- sam@clinic.example\n- ward@hos" in text


def test_reviewers_are_told_where_to_look_and_nothing_of_the_mail():
    to = ("lead@council.example", "deputy@council.example")
    asked = review_notice(occasion(to=to, to_owner=True), TEXTS, held_ids=("a1", "b2"), expires_at=SENT_AT)
    text = text_of(asked)
    assert asked is not None
    assert asked.to == to
    assert "- dlp-gateway holds show a1\n- dlp-gateway holds show b2\n" in text
    assert "2607-abc" in text
    for kept in (CLINIC, WARD, AUTHOR, "NHS", "Discharge"):
        assert kept not in text
