"""What holds for every policy and every mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.decide import Outcome, Rulebook, replay
from dlp_gateway.decide.addresses import AddressPatterns, parse_address
from dlp_gateway.decide.misdirection import _Near, allowed_edits, edits
from dlp_gateway.decide.policy import PolicyRule
from dlp_gateway.decide.rulebook import _compile
from dlp_gateway.model import Action, Area, Facts, GapReason, GapScope, MarkingKind, Question
from tests.support.policy_mail import AUTHOR, HOSPITAL, NOW, RESIDENT, ROUTES, STRANGER, Mail, Person, shipped

ADDRESSES = [
    HOSPITAL,
    RESIDENT,
    STRANGER,
    "tom.reid@council.example",
    "x@post.blog.example",
    "x@whatdotheyknow.com",
    "x@bbc.co.uk",
    "x.mp@parliament.uk",
    "x@northvale.gov.uk",
    "x@councl.example",
    "rota@kindly-care.example",
    "x@quickpay-billing.example",
    "lettings@riverside-homes.example",
]
ENTITIES = ["PERSON", "UK_ADDRESS", "UK_PCN", "UK_NHS", "CREDIT_CARD", "SPECIAL_CATEGORY", "SAFEGUARDING", "CREDENTIAL"]


@st.composite
def persons(draw: st.DrawFn) -> Person:
    return Person(
        entities=tuple(draw(st.lists(st.sampled_from(ENTITIES), min_size=1, max_size=4, unique=True))),
        recipients=tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=1))),
        is_author=draw(st.integers(0, 5)) == 0,
        area=draw(st.sampled_from([Area.BODY, Area.ATTACHMENT, Area.SUBJECT])),
        finding={
            "hidden": draw(st.booleans()),
            "quoted": draw(st.booleans()),
            "confidence": draw(st.sampled_from([0.2, 0.5, 0.9])),
        },
    )


@st.composite
def mails(draw: st.DrawFn) -> Mail:
    to = tuple(draw(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=6, unique=True)))
    return Mail(
        to=to,
        people=tuple(draw(st.lists(persons(), max_size=12))),
        loose=tuple(draw(st.lists(persons(), max_size=2))),
        author=draw(st.sampled_from([AUTHOR, "press.a@council.example", "adults.a@council.example", None])),
        reverse_path=draw(st.sampled_from([AUTHOR, None])),
        visible=draw(st.sampled_from([None, (), to[:1]])),
        gaps=tuple(draw(st.lists(st.tuples(st.sampled_from(GapReason), st.sampled_from(GapScope)), max_size=1))),
        markings=tuple(
            (kind, NOW + timedelta(days=1)) for kind in draw(st.lists(st.sampled_from(MarkingKind), max_size=2))
        ),
        controls={
            "thread_reply": draw(st.booleans()),
            "auto_submitted": draw(st.booleans()),
            "auto_forwarded": draw(st.integers(0, 5)) == 0,
        },
        facts={"enforce_all": draw(st.booleans()), "never_written_to": frozenset(to), "history_days": 40},
    )


CONDITIONS: list[dict[str, Any]] = [
    {},
    {"recipient_class": "outside"},
    {"recipient_class": ["internal", "social"]},
    {"categories": ["high"]},
    {"categories": {"any_of": ["personal"], "about": "others"}},
    {"individuals": {"min": 3, "named": True}},
    {"gaps": {}},
    {"auto_submitted": True},
    {"sender_group": ["press-officers"]},
    {"any": [{"look_alike": True}, {"data_subject": True}]},
]


@st.composite
def rules(draw: st.DrawFn) -> PolicyRule:
    return PolicyRule.model_validate(
        {
            "id": "drawn",
            "reason": "Drawn.",
            "mode": draw(st.sampled_from(["enforce", "observe"])),
            "when": draw(st.sampled_from(CONDITIONS)),
            "unless": draw(st.lists(st.sampled_from(CONDITIONS[1:]), max_size=1)),
            "then": draw(st.sampled_from(["relay", "encrypt", "hold", "reject", "disclaimer"])),
            "approvals": draw(st.sampled_from([1, 2])),
            "expires_days": draw(st.integers(1, 30)),
        }
    )


def with_rules(compiled: tuple[Any, ...]) -> Rulebook:
    return replace(shipped(), rules=compiled)


@given(mail=mails(), order=st.randoms(use_true_random=False))
def test_the_order_of_rules_never_matters(mail: Mail, order: Any) -> None:
    """But for which of them is told first."""
    shuffled = list(shipped().rules)
    order.shuffle(shuffled)
    for ours, theirs in zip(mail.verdicts(), mail.verdicts(with_rules(tuple(shuffled))), strict=True):
        told_in_order = {"observed": ours.observed, "reasons": ours.reasons, "main_rule": ours.main_rule}
        assert replace(theirs, rules=ours.rules, **told_in_order) == ours
        assert (theirs.main_rule in theirs.rules) == (ours.main_rule in ours.rules)
        assert sorted(theirs.rules) == sorted(ours.rules)
        assert sorted(theirs.observed) == sorted(ours.observed)
        assert sorted(theirs.reasons) == sorted(ours.reasons)


@given(mail=mails(), rule=rules())
def test_adding_a_rule_never_makes_a_verdict_laxer(mail: Mail, rule: PolicyRule) -> None:
    more = with_rules((*shipped().rules, _compile(rule)))
    for ours, theirs in zip(mail.verdicts(), mail.verdicts(more), strict=True):
        assert theirs.action >= ours.action
        assert set(theirs.rules) >= set(ours.rules)
        assert set(theirs.changes) >= set(ours.changes)
        if ours.action >= Action.HOLD:
            assert theirs.approvals >= ours.approvals
            assert theirs.expires_days <= ours.expires_days
        if ours.hold_until is None and ours.action is Action.HOLD:
            assert theirs.hold_until is None
        if ours.route == "secure":
            assert theirs.route == "secure"


@given(mail=mails())
def test_replay_of_the_rules_in_force_equals_live(mail: Mail) -> None:
    live = mail.verdicts()
    everything = replace(mail.inspection, question=Question(indexes=None, documents=True))
    changes = replay(
        mail.envelope, everything, replace(Facts(now=NOW), **mail.facts), live, shipped(),
        routes=ROUTES, default_route="relay", default_encrypt_route="secure",
    )  # fmt: skip
    assert [change.after for change in changes] == list(live)
    assert {change.outcome for change in changes} == {Outcome.SAME}
    assert not any(change.rules for change in changes)


@given(mail=mails(), drop=st.sets(st.integers(0, 40)))
def test_what_must_be_encrypted_never_becomes_clear_text(mail: Mail, drop: set[int]) -> None:
    """Not by lifting any rules, and not by a configuration that lacks the route."""
    ids = [r.rule.id for r in shipped().rules]
    lifted = frozenset((ids[n], shipped().version) for n in drop if n < len(ids))
    after = replace(mail, facts={**mail.facts, "overridden": lifted})
    without = mail.verdicts(routes=frozenset({"relay"}))
    for before, now, bare in zip(mail.verdicts(), after.verdicts(), without, strict=True):
        if before.action is Action.ENCRYPT:
            assert now.action is Action.ENCRYPT
            assert (now.route, bare.action) == ("secure", Action.HOLD)
        if before.route == "secure":
            assert now.action >= Action.ENCRYPT
            assert now.route == "secure"
            assert bare.action >= Action.HOLD


@given(mail=mails())
def test_deciding_is_pure_and_each_recipient_stands_alone_in_the_answer(mail: Mail) -> None:
    first = mail.verdicts()
    assert mail.verdicts() == first
    assert [v.recipient for v in first] == list(mail.to)
    backwards = replace(mail, to=mail.to[::-1], visible=mail.to if mail.visible is None else mail.visible)
    assert backwards.verdicts() == first[::-1]


@given(mail=mails())
def test_observing_never_acts_but_lists_what_would_have(mail: Mail) -> None:
    policy = shipped().policy
    observing = replace(
        shipped(),
        policy=policy.model_copy(update={"rollout": policy.rollout.model_copy(update={"default": "observe"})}),
    )
    mail = replace(mail, facts={**mail.facts, "enforce_all": False})
    for enforced, observed in zip(mail.verdicts(), mail.verdicts(observing), strict=True):
        assert (observed.action, observed.rules, observed.changes) == (Action.RELAY, (), ())
        assert sorted(observed.observed) == sorted((*enforced.rules, *enforced.observed))


@given(mail=mails())
def test_no_reason_is_empty_or_keeps_a_placeholder(mail: Mail) -> None:
    for verdict in mail.verdicts():
        assert all(reason and "{" not in reason and "None" not in reason for reason in verdict.reasons)
        assert (verdict.reviewers is not None) == (verdict.action >= Action.HOLD)


@given(a=st.text("abc", max_size=7), b=st.text("abc", max_size=7))
def test_edits_is_a_distance(a: str, b: str) -> None:
    assert edits(a, b, 9) == edits(b, a, 9)
    assert (edits(a, b, 9) == 0) == (a == b)
    assert min(edits(a, b, 9), 3) == edits(a, b, 2)


@given(
    words=st.lists(st.text("abc", min_size=3, max_size=10), max_size=6), asked=st.text("abcd", min_size=1, max_size=11)
)
def test_the_index_of_near_words_finds_what_comparing_all_would(words: list[str], asked: str) -> None:
    allowed = {word: allowed_edits(word) for word in words}
    near = sorted(word for word, most in allowed.items() if edits(asked, word, most) <= most)
    assert _Near(allowed).find(asked) == (near[0] if near else None)


@given(text=st.text(max_size=60))
@pytest.mark.parametrize("pattern", ["*.x.example", "x.example", "a*b@x.example"])
def test_any_text_can_be_asked_for(pattern: str, text: str) -> None:
    patterns = AddressPatterns([pattern])
    assert patterns.matches(parse_address(text)) in (True, False)
    shipped().recipients.classify(text, NOW.date())
