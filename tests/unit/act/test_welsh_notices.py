"""Notices in Welsh, or in both languages in one mail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html

from dlp_gateway.act.notify import (
    answer_notice,
    code_notice,
    expiry_notice,
    hold_notice,
    question_notice,
    refusal_notice,
    rejection_notice,
    release_notice,
    review_notice,
    risk_notice,
    withdrawal_notice,
)
from dlp_gateway.act.report import delay_report, non_delivery_report, relayed_report
from dlp_gateway.act.waiting_notice import Digest, Escalated, digest_notice, escalation_notice
from dlp_gateway.act.words import ENTITY_WORDS, GAP_WORDS, MARKING_WORDS, found_masked, found_words
from dlp_gateway.language import OWN_CATALOGUE, languages_of
from dlp_gateway.model import Action, Disposition, Gap, GapScope, Marking, Outcome, RecipientParams
from tests.support.notices import NOW, TEXTS, finding, inspection, occasion, read, text_of, verdict

WARD, CLINIC = "ward@hospital.example", "sam@clinic.example"
WHY = "Nid oes cytundeb."
HELD = (verdict(WARD, Action.RELAY), verdict(CLINIC, Action.HOLD, reasons_cy=(WHY,), rules=("partner-category",)))
FAILED = (Disposition(recipient=CLINIC, outcome=Outcome.REFUSED, detail="550 5.1.1 no such mailbox"),)
DIGEST = Digest(group="leads", count=3, oldest=NOW, overdue=1, escalated=1, decide_by=NOW, expires_at=NOW)
WELSH = languages_of({})["cy"]


def _wishing(one):
    """As if the sender wished to hear of every success."""
    envelope = one.message.envelope
    wishes = tuple(RecipientParams(notify="SUCCESS") for _ in envelope.recipients)
    return replace(one, message=replace(one.message, envelope=replace(envelope, recipient_params=wishes)))


NOTICES = {
    "hold": lambda o: hold_notice(o, inspection(), HELD, TEXTS),
    "rejection": lambda o: rejection_notice(
        o, inspection(), (verdict(CLINIC, Action.REJECT, reasons_cy=(WHY,)),), TEXTS
    ),
    "release": lambda o: release_notice(o, TEXTS, sent=(WARD,), encrypted=(CLINIC,), removed=("report.pdf",)),
    "refusal": lambda o: refusal_notice(o, TEXTS, recipients=(CLINIC, WARD), reason_code="too-much"),
    "expiry": lambda o: expiry_notice(o, TEXTS, recipients=(CLINIC, WARD)),
    "withdrawal": lambda o: withdrawal_notice(o, TEXTS, recipients=(CLINIC,)),
    "code": lambda o: code_notice(o, TEXTS, code="123456", good_until=NOW),
    "review": lambda o: review_notice(replace(o, to_owner=True), TEXTS, held_ids=("h1",), expires_at=NOW),
    "question": lambda o: question_notice(o, TEXTS, expires_at=NOW),
    "answer": lambda o: answer_notice(
        replace(o, to_owner=True, link="https://check.council.example/held/h1"), TEXTS, expires_at=NOW
    ),
    "at-risk": lambda o: risk_notice(replace(o, to_owner=True), TEXTS, held_ids=("h1",)),
    "digest": lambda o: digest_notice(replace(o, to_owner=True), DIGEST, TEXTS),
    "escalation": lambda o: escalation_notice(
        replace(o, to_owner=True), "leads", {"leads": Escalated(count=2, oldest=NOW)}, TEXTS
    ),
    "non-delivery": lambda o: non_delivery_report(o, FAILED, TEXTS),
    "delay": lambda o: delay_report(o, (replace(FAILED[0], outcome=Outcome.DEFERRED),), TEXTS, until=NOW),
    "relayed": lambda o: relayed_report(_wishing(o), (replace(FAILED[0], outcome=Outcome.RELAYED),), TEXTS),
}
# What is no word of ours: addresses, links, ids, and names that are the same in both languages.
_VALUES = re.compile(
    r"\S+@\S+|https?://\S+|report\.pdf|clients\.zip|2607-abc|Example Council|dlp-gateway holds (?:show \S+|list)"
    r"|partner-category|550 5\.1\.1 no such mailbox|OFFICIAL-SENSITIVE|\bleads\b"
)
_ENGLISH = re.compile(
    r"\b(?:the|of|to|and|is|it|was|be|not|this|your|you|we|will|for|that|page|message|number|sent|held|day|from|by)\b",
    re.IGNORECASE,
)
every_notice = pytest.mark.parametrize("make", NOTICES.values(), ids=NOTICES)


def english_words(text: str) -> list[str]:
    return _ENGLISH.findall(_VALUES.sub("", text))


@every_notice
def test_a_welsh_notice_has_no_english_in_it(make):
    mail = read(make(occasion(languages=("cy",))))
    text = text_of(make(occasion(languages=("cy",))))
    assert english_words(f"{mail['Subject']}\n{text}") == []
    assert len(english_words(text_of(make(occasion())))) > 3, "the check sees English"


@every_notice
def test_a_notice_in_both_languages_is_the_welsh_one_and_the_english_one(make):
    both = text_of(make(occasion(languages=("cy", "en"))))
    welsh, english = text_of(make(occasion(languages=("cy",)))), text_of(make(occasion()))
    assert both == f"English below\n\n{welsh}\n* * *\n\n{english}"
    subject = str(read(make(occasion(languages=("cy", "en"))))["Subject"])
    parts = [str(read(make(occasion(languages=(code,))))["Subject"]) for code in ("cy", "en")]
    assert subject == " / ".join(parts)


def test_the_hold_notice_in_welsh_says_who_has_it_who_has_not_why_and_what_now():
    mail = read(hold_notice(occasion(languages=("cy",)), inspection(), HELD, TEXTS))
    assert mail["Subject"] == "HEB EI HANFON at sam@clinic.example: yn aros am wiriad"
    text = text_of(hold_notice(occasion(languages=("cy",)), inspection(), HELD, TEXTS))
    assert "â'ch neges e-bost a anfonwyd ddydd Gwener 3 Gorffennaf 2026 am 14:05" in text
    assert "HEB EI HANFON at:\n- sam@clinic.example\n" in text
    assert "Anfonwyd at:\n- ward@hospital.example\n" in text
    assert f"Pam:\n- {WHY}\n" in text
    assert "- rhif GIG, tudalen 2 yn report.pdf\n" in text
    assert "- nid oedd modd darllen clients.zip: mae wedi'i hamgryptio neu wedi'i diogelu gan gyfrinair\n" in text
    assert "Ffoniwch y tîm ar ddyletswydd ar 01632 960111" in text
    assert "cyn dydd Gwener 17 Gorffennaf 2026 am 14:05" in text


def test_a_reason_without_a_welsh_text_is_told_in_english():
    held = (verdict(CLINIC, Action.HOLD),)
    text = text_of(hold_notice(occasion(languages=("cy",)), inspection(), held, TEXTS))
    assert "Pam:\n- Clinic Example has no agreement with the council for health information.\n" in text


def test_links_open_the_page_in_the_language_of_the_text_around_them():
    texts = replace(TEXTS, page_has_languages=True)
    notice = hold_notice(occasion(languages=("cy", "en")), inspection(), HELD, texts)
    address = "https://check.council.example/m/2607-abc"
    assert re.findall(r"https:\S+", text_of(notice)) == [f"{address}?lang=cy", f"{address}?lang=en"]
    page = html.fromstring(text_of(notice, "html"))
    assert [a.get("href") for a in page.xpath("//div[@lang='cy']//a")] == [f"{address}?lang=cy"]
    assert page.get("lang") == "cy"
    assert [a.get("href") for a in page.xpath("//a[starts-with(@href, '#')]")] == ["#en"]


def test_the_councils_own_words_are_told():
    own = languages_of({OWN_CATALOGUE: 'msgid "an NHS number"\nmsgstr "rhif y GIG"\n'})
    notice = hold_notice(occasion(languages=("cy",)), inspection(), HELD, replace(TEXTS, languages=own))
    assert "- rhif y GIG, tudalen 2" in text_of(notice)


def test_many_long_addresses_in_two_subjects_stay_one_sound_header_field():
    long = f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example"
    mail = read(expiry_notice(occasion(languages=("cy", "en")), TEXTS, recipients=(long, CLINIC, WARD)))
    assert len(str(mail["Subject"])) <= 300


def test_a_report_in_both_languages_is_still_a_report_for_machines():
    mail = read(non_delivery_report(occasion(languages=("cy", "en")), FAILED, TEXTS))
    assert mail.get_content_type() == "multipart/report"
    words, status, _ = mail.iter_parts()
    assert "sam@clinic.example: gwrthodwyd gan y system sy'n derbyn: 550" in words.get_content()
    assert "Final-Recipient: rfc822;sam@clinic.example" in status.as_string()


def test_everything_that_can_be_found_has_its_words_in_welsh():
    findings = tuple(finding(entity=entity, fingerprint=entity) for entity in ENTITY_WORDS)
    gaps = tuple(Gap(part="3", reason=reason, scope=GapScope.ATTACHMENT, detail="x") for reason in GAP_WORDS)
    markings = tuple(Marking(kind=kind, part="2", place="page 1") for kind in MARKING_WORDS)
    seen = inspection(findings=findings, gaps=gaps, markings=markings)
    lines = found_words(seen.findings, seen.gaps, seen.markings, seen.attachments, limit=500, language=WELSH)
    assert len(lines) == len(ENTITY_WORDS) + len(GAP_WORDS) + len(MARKING_WORDS)
    assert english_words("\n".join(lines)) == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("page 2", "tudalen 2"),
        ("sheet Costs!B4", "taflen Costs!B4"),
        ("sheet Costs (hidden)", "taflen Costs (cudd)"),
        ("sheet Costs, comment on B4", "taflen Costs, sylw ar B4"),
        ("slide 3", "sleid 3"),
        ("document properties", "document properties"),  # the rare ones stay as they are
    ],
)
def test_usual_places_are_told_in_welsh(place, said):
    (found,) = found_masked((finding(place=place),), inspection().attachments, language=WELSH)
    assert found.where == f"{said} yn report.pdf"


def test_topics_are_told_in_welsh_and_what_is_masked_stays_as_it_is():
    sensitive = finding(entity="SPECIAL_CATEGORY", masked="health", fingerprint="f2")
    told = found_masked((sensitive, finding()), inspection().attachments, language=WELSH)
    assert [line.masked for line in told] == ["iechyd", "943 ### ####"]


def test_several_values_are_counted_without_a_number_before_the_noun():
    found = tuple(finding(fingerprint=value) for value in "ab")
    assert found_words(found, (), (), inspection().attachments, language=WELSH) == (
        "rhifau GIG (2), tudalen 2 yn report.pdf",
    )
