"""Deciding for a large council: 500 partners, 60 rules, 50 recipients."""

from __future__ import annotations

import time

from dlp_gateway.decide import Rulebook, decide
from dlp_gateway.model import Facts
from tests.support.policy_mail import NOW, Mail, people, rulebook_with, shipped_texts
from tests.support.untraced import untraced

PARTNERS = 500
RULES = 60
LIMIT_SECONDS = 0.008  # alone on a processor 1.6 ms were measured; machines differ, and others use this one


def large() -> Rulebook:
    """The shipped rules and as many more as a council may write, asking for what the shipped ones ask for."""
    entries = "\n".join(
        f"  - {{id: p{n}, domains: [organisation-{n}.org.uk], organisation: Organisation {n}, basis: statutory, "
        f"agreement: A{n}, owner: a@council.example, purpose: all, may_receive: [name, contact, identity], "
        "status: active, valid_from: 2024-01-01, review_by: 2030-01-01, route: secure}"
        for n in range(PARTNERS)
    )
    policy = shipped_texts()["policy.yaml"]
    more = RULES - policy.count("\n  - id: ")
    conditions = (
        "{recipient_class: [partner], categories: {any_of: [special], min_values: 3}}",
        "{recipient_class: outside, individuals: {min: 20, named: true}}",
        "{recipient_class: [webmail, unapproved], entities: [UK_NINO, CREDIT_CARD]}",
        "{recipient_class: outside, near: {of: [name], to: [special], within: 200}}",
    )
    own = "\n".join(
        f"  - {{id: own-{n}, reason: Ours., when: {conditions[n % len(conditions)]}, then: encrypt}}"
        for n in range(more)
    )
    return rulebook_with(partners=f"partners:\n{entries}\n", policy=f"{policy}\n{own}\n")


def recipients() -> tuple[str, ...]:
    """Partners, colleagues, residents, public bodies, strangers: ten of each."""
    return tuple(
        address
        for n in range(10)
        for address in (
            f"desk@organisation-{n * 7}.org.uk",
            f"colleague{n}@council.example",
            f"resident{n}@gmail.com",
            f"office@town{n}.gov.uk",
            f"info@stranger{n}.co.uk",
        )
    )


def seconds(rulebook: Rulebook, mail: Mail) -> float:
    """The best of many: what the processor needs, whatever else it does."""
    given = mail.envelope, mail.inspection, Facts(now=NOW), rulebook
    best = float("inf")
    with untraced():
        for _ in range(40):
            started = time.process_time()
            decide(*given, routes={"relay", "secure"}, default_route="relay", default_encrypt_route="secure")
            best = min(best, time.process_time() - started)
    return best


def test_fifty_recipients_are_judged_in_milliseconds() -> None:
    rulebook = large()
    assert len(rulebook.rules) == RULES
    mail = Mail(to=recipients(), people=people(5, "PERSON", "UK_ADDRESS", "UK_NHS"))
    assert seconds(rulebook, mail) < LIMIT_SECONDS
