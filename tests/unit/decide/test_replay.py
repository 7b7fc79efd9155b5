"""A draft over past mail: what would change, and what nobody can say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dlp_gateway.decide import Outcome, Rulebook
from dlp_gateway.decide import replay as replay_mail
from dlp_gateway.decide.replay import Change
from dlp_gateway.model import AskNames, Facts, Inspection, Question, RecipientClass
from tests.support.policy_mail import (
    HOSPITAL,
    NOW,
    RESIDENT,
    ROUTES,
    Mail,
    people,
    rulebook_with,
    shipped,
    shipped_texts,
)

LETTER = people(1, "PERSON", "UK_NHS")


def replayed(mail: Mail, draft: Rulebook, inspection: Inspection | None = None) -> tuple[Change, ...]:
    everything = Question(indexes=None, documents=True)
    return replay_mail(
        mail.envelope,
        inspection or replace(mail.inspection, question=everything),
        replace(Facts(now=NOW), **mail.facts),
        mail.verdicts(),
        draft,
        routes=ROUTES,
        default_route="relay",
        default_encrypt_route="secure",
    )


def test_a_rule_that_is_taken_out_lets_through_what_it_held() -> None:
    observed = "- id: unapproved-high\n    mode: observe\n"
    draft = rulebook_with(policy=shipped_texts()["policy.yaml"].replace("- id: unapproved-high\n", observed))
    hospital, resident = replayed(Mail(to=(HOSPITAL, RESIDENT), people=LETTER), draft)
    assert (hospital.outcome, resident.outcome) == (Outcome.SAME, Outcome.CHANGED)
    assert resident.rules == ("unapproved-high",)
    assert resident.recipient_class is RecipientClass.WEBMAIL
    assert resident.after is not None
    assert resident.before.action > resident.after.action


def test_a_partner_that_is_suspended_is_a_change_for_its_recipients() -> None:
    text = shipped_texts()["partners.yaml"].replace("status: active", "status: suspended", 1)
    (change,) = replayed(Mail(to=(HOSPITAL,), people=LETTER), rulebook_with(partners=text))
    assert change.outcome is Outcome.CHANGED
    assert change.recipient_class is not RecipientClass.PARTNER


@pytest.mark.parametrize(
    "question",
    [
        Question(entities=frozenset()),
        Question(entities=frozenset({"UK_NINO"})),
        Question(names=AskNames.NEVER),
        Question(),  # which looked into no index of the council's records
    ],
)
def test_where_less_was_asked_than_the_draft_asks_nobody_can_say(question: Question) -> None:
    mail = Mail(to=(HOSPITAL,), people=LETTER)
    inspection = replace(mail.inspection, question=question, names_asked=False)
    (change,) = replayed(mail, shipped(), inspection)
    assert (change.outcome, change.after, change.rules) == (Outcome.UNKNOWN, None, ())
