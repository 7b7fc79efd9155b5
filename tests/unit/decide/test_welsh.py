"""Reasons in Welsh: of the shipped rules, and of a council's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dlp_gateway.decide import explain, language_warnings, load_rulebook
from dlp_gateway.decide.policy import PolicyRule, placeholders
from dlp_gateway.errors import ConfigError
from dlp_gateway.language import OWN_CATALOGUE
from dlp_gateway.model import Controls, GapReason, GapScope, MarkingKind
from tests.support.policy_mail import (
    HOSPITAL,
    NOW,
    RESIDENT,
    STRANGER,
    Mail,
    people,
    rulebook_with,
    shipped,
    shipped_texts,
)

OWN = """\
rules:
  - {id: both, reason: "For {recipient_class}.", reason_cy: "I'r derbynnydd: {recipient_class}.", then: hold}
  - {id: english, reason: "More than {count}.", then: hold}
  - {id: watched, reason: "Only watched.", then: hold, mode: observe}
"""
SENDERS = shipped_texts()["senders.yaml"] + "  north: {addresses: ['*@council.example'], notice_languages: [cy, en]}\n"
HIGH = Mail(to=(RESIDENT,), people=people(2, "PERSON", "UK_NHS", "UK_BANK_ACCOUNT"))


@pytest.mark.parametrize("rule", [one.rule for one in shipped().rules], ids=lambda rule: rule.id)
def test_every_shipped_rule_has_a_welsh_reason_that_tells_as_much(rule: PolicyRule) -> None:
    assert rule.reason_cy
    assert sorted(placeholders(rule.reason_cy)) == sorted(placeholders(rule.reason))


def test_a_welsh_reason_is_told_in_welsh_to_its_last_word() -> None:
    (verdict,) = HIGH.verdicts(in_welsh=True)
    assert verdict.reasons[0].startswith("This mail tells financial and identity data")
    (reason,) = verdict.reasons_cy
    assert reason.startswith("Mae'r neges hon yn datgelu data (ariannol, hunaniaeth), neu fanylion sawl person.")
    assert reason.endswith(" Math o dderbynnydd: blwch e-bost personol.")


def test_an_embargo_ends_on_a_welsh_day() -> None:
    mail = Mail(to=(STRANGER,), markings=((MarkingKind.EMBARGO, NOW + timedelta(days=1)),))
    assert mail.verdicts(in_welsh=True)[0].reasons_cy == ("Mae'r neges hon dan embargo tan 17 Medi 2025 am 11:30.",)


def test_reasons_are_told_in_welsh_only_where_somebody_reads_it() -> None:
    assert HIGH.verdict().reasons_cy == ()
    assert HIGH.verdict().reasons_in("cy") == HIGH.verdict().reasons


def test_to_tell_in_welsh_changes_nothing_else() -> None:
    mails = [HIGH, Mail(to=(HOSPITAL, STRANGER), people=people(12, "PERSON", "UK_ADDRESS"))]
    for mail in mails:
        told = mail.verdicts(in_welsh=True)
        assert tuple(replace(verdict, reasons_cy=()) for verdict in told) == mail.verdicts()


def test_a_rule_without_a_welsh_reason_tells_its_english_one() -> None:
    (verdict,) = HIGH.verdicts(rulebook_with(policy=OWN), in_welsh=True)
    assert verdict.reasons_cy == ("I'r derbynnydd: blwch e-bost personol.", "More than 2.")


def test_a_route_that_is_not_set_up_is_told_in_welsh_too() -> None:
    mail = Mail(to=(HOSPITAL,), people=people(1, "UK_NHS"))
    (verdict,) = mail.verdicts(routes=frozenset({"relay"}), in_welsh=True)
    assert any("drwy'r llwybr “secure”, nad yw wedi'i osod" in reason for reason in verdict.reasons_cy)


def test_explain_speaks_welsh() -> None:
    mail = replace(HIGH, gaps=((GapReason.TOO_DEEP, GapScope.ATTACHMENT),))
    (verdict,) = mail.verdicts(in_welsh=True)
    text = explain(verdict, mail.inspection, language=shipped().languages["cy"])
    assert text.startswith(f"Mae'r copi at {RESIDENT}, blwch e-bost personol, yn cael ei ddal ar gyfer adolygydd.")
    assert "Yn y neges cafwyd: enw (2), hunaniaeth (2), ariannol (2). Nifer y bobl dan sylw: 2." in text
    assert "Nid oedd modd archwilio: 2: rhy ddwfn." in text
    assert "Mae'n aros am un adolygydd o'r grŵp information-governance (nifer y dyddiau ar y mwyaf: 14)." in text
    assert text.endswith("Y rheolau a oedd yn berthnasol: external, unapproved-high, unreadable.")


def test_an_enforced_rule_without_a_welsh_reason_is_a_warning_where_welsh_is_written() -> None:
    book = rulebook_with(policy=OWN)
    assert language_warnings(book, ("en",)) == []
    (warning,) = language_warnings(book, ("cy", "en"))
    assert str(warning).startswith("policy.yaml:3:19: rule “english” has no reason_cy")
    (again,) = language_warnings(rulebook_with(policy=OWN, senders=SENDERS), ("en",))
    assert again == warning
    assert language_warnings(shipped(), ("cy",)) == []


def test_an_unknown_placeholder_in_a_welsh_reason_is_a_fault() -> None:
    policy = "rules:\n  - {id: a, reason: x, reason_cy: '{partnr}', then: hold}\n"
    with pytest.raises(ConfigError, match=r"reason_cy: unknown placeholder \{partnr\}; did you mean “partner”\?"):
        rulebook_with(policy=policy)


def test_the_councils_own_words_stand_in_reasons() -> None:
    own = 'msgid "a personal mailbox"\nmsgstr "blwch post preifat"\n'
    book = load_rulebook(shipped_texts() | {"policy.yaml": OWN, OWN_CATALOGUE: own})
    (verdict,) = HIGH.verdicts(book, in_welsh=True)
    assert verdict.reasons_cy[0] == "I'r derbynnydd: blwch post preifat."


def test_a_fault_in_the_councils_own_words_is_told_beside_those_of_the_rules() -> None:
    texts = shipped_texts() | {"policy.yaml": "rules: []\n", OWN_CATALOGUE: "nonsense\n"}
    with pytest.raises(ConfigError) as caught:
        load_rulebook(texts)
    assert [fault.file for fault in caught.value.faults] == ["policy.yaml", OWN_CATALOGUE]


def test_an_author_is_written_to_in_the_languages_of_their_group() -> None:
    senders = rulebook_with(
        senders=shipped_texts()["senders.yaml"] + "  a: {addresses: [x@council.example]}\n"
        "  b: {addresses: [x@council.example], notice_languages: [cy]}\n"
        "  c: {trusted_header: 'X-Team: C', notice_languages: [cy, en]}\n"
    ).senders
    assert senders.notice_languages(Controls(author="x@council.example"), False) == ("cy",)
    assert senders.notice_languages(Controls(author="y@council.example"), True) is None
    by_header = Controls(author="y@council.example", trusted_headers=("X-Team: C",))
    assert senders.notice_languages(by_header, True) == ("cy", "en")
    assert senders.notice_languages(by_header, False) is None


@pytest.mark.parametrize("languages", ["[]", "[cy, cy]", "[fr]"])
def test_languages_of_a_group_are_english_and_welsh_each_once(languages: str) -> None:
    with pytest.raises(ConfigError, match=r"notice_languages"):
        rulebook_with(senders=f"groups:\n  a: {{addresses: [x@council.example], notice_languages: {languages}}}\n")
