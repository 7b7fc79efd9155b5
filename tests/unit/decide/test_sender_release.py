"""`release_by: sender`: when the author of a held message may let it go, and when that can have no effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dlp_gateway.decide import Rulebook, sender_overrides, sender_warnings, urgent_overrides
from dlp_gateway.errors import ConfigError
from dlp_gateway.model import RecipientClass
from tests.support.policy_mail import Mail, Person, rulebook_with, shipped

RULES = """\
rules:
  - {id: theirs, reason: a, then: hold, release_by: [reviewer, sender]}
  - {id: theirs-too, reason: a, then: hold, release_by: [sender]}
  - {id: reviewers, reason: a, then: hold}
  - {id: two, reason: a, then: hold, approvals: 2, release_by: [reviewer, sender]}
  - {id: words, reason: a, then: disclaimer}
  - {id: secure, reason: a, then: encrypt}
  - id: either
    reason: a
    release_by: [reviewer, sender]
    then: [{when: {categories: [high]}, action: hold}, {action: encrypt}]
"""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return rulebook_with(policy=RULES)


@pytest.mark.parametrize("holding", [("theirs",), ("words", "theirs"), ("secure", "theirs", "theirs-too"), ("either",)])
def test_the_sender_may_lift_what_every_rule_that_holds_leaves_to_them(
    rulebook: Rulebook, holding: tuple[str, ...]
) -> None:
    lifted = sender_overrides(holding, rulebook)
    assert lifted == {(rule, rulebook.version) for rule in holding if rule not in ("words", "secure")}


@pytest.mark.parametrize(
    "holding",
    [
        ("reviewers",),
        ("theirs", "reviewers"),
        ("two",),
        ("theirs", "two"),
        ("theirs", "no-longer-there"),
        ("words",),
        (),
    ],
)
def test_one_rule_that_does_not_leave_it_to_them_is_enough_to_ask_a_reviewer(
    rulebook: Rulebook, holding: tuple[str, ...]
) -> None:
    assert sender_overrides(holding, rulebook) is None


def test_what_is_lifted_is_of_the_rules_in_force_alone(rulebook: Rulebook) -> None:
    later = rulebook_with(policy=RULES + "# changed\n")
    assert later.version != rulebook.version
    assert sender_overrides(("theirs",), later) == {("theirs", later.version)}


def test_no_rule_that_needs_two_people_is_shipped_for_one_sender() -> None:
    for compiled in shipped().rules:
        if "sender" in compiled.rule.release_by:
            assert compiled.rule.approvals == 1, compiled.rule.id
            assert compiled.rule.urgent_release, compiled.rule.id


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        ("then: encrypt, release_by: [sender]", "what it never holds"),
        ("then: reject, release_by: [reviewer, sender]", "what it never holds"),
        ("then: hold, release_by: [sender], approvals: 2", "its sender can never release"),
        ("then: hold, release_by: [sender]", "no console.url"),
    ],
)
def test_a_release_that_can_have_no_effect_is_warned_of_in_its_place(rule: str, warned: str) -> None:
    rulebook = rulebook_with(policy=f"rules:\n  - {{id: odd, reason: a, {rule}}}\n")
    (fault,) = sender_warnings(rulebook, console=False)
    assert (fault.file, fault.line) == ("policy.yaml", 2)
    assert fault.column is not None
    assert fault.column > 10
    assert "rule “odd” " in fault.text
    assert warned in fault.text


def test_nothing_is_warned_of_where_it_works() -> None:
    rulebook = rulebook_with(policy="rules:\n  - {id: good, reason: a, then: hold, release_by: [reviewer, sender]}\n")
    assert sender_warnings(rulebook, console=True) == []
    assert sender_warnings(rulebook, console=None) == []
    observed = rulebook_with(policy="rules:\n  - {id: o, reason: a, then: hold, mode: observe, release_by: [sender]}\n")
    assert sender_warnings(observed, console=False) == [], "what only observes needs no link"


def test_a_rule_that_nobody_may_release_is_a_fault() -> None:
    with pytest.raises(ConfigError) as caught:
        rulebook_with(policy="rules:\n  - {id: odd, reason: a, then: hold, release_by: []}\n")
    (fault,) = caught.value.faults
    assert (fault.line, "release_by" in fault.text) == (2, True)


def test_someone_at_risk_lifts_what_holds_safeguarding_to_a_partner_and_nothing_else() -> None:
    risk = Mail(to=("lettings@riverside-homes.example",), people=(Person(entities=("PERSON", "SAFEGUARDING")),))
    verdict, rulebook = risk.verdict(), shipped()
    lifted = urgent_overrides(verdict, risk.inspection, rulebook)
    assert lifted
    assert {version for _, version in lifted} == {rulebook.version}
    assert {rule for rule, _ in lifted} <= set(verdict.rules)
    stranger = replace(verdict, recipient_class=RecipientClass.UNAPPROVED)
    assert urgent_overrides(stranger, risk.inspection, rulebook) is None
    gone = replace(verdict, rules=(*verdict.rules, "no-longer-there"))
    assert urgent_overrides(gone, risk.inspection, rulebook) is None
    assert urgent_overrides(verdict, None, rulebook) is None
