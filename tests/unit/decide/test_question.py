import pytest

from dlp_gateway.decide import out_of_scope, question_for
from dlp_gateway.model import AskNames, Envelope
from tests.support.policy_mail import AUTHOR, HOSPITAL, NOW, RESIDENT, STRANGER, rulebook_with, shipped

COLLEAGUE = "tom.reid@council.example"
MEMBER = "j.doyle@members.council.example"


def question(*to, rulebook=None):
    envelope = Envelope(reverse_path=AUTHOR, recipients=to)
    return question_for(envelope, rulebook or shipped(), received_at=NOW, own_contact_points=("01632 960000",))


def test_mail_inside_the_council_asks_for_nothing():
    asked = question(COLLEAGUE, "hr@payroll.council.example")
    assert (asked.entities, asked.names, asked.recipients) == (frozenset(), AskNames.NEVER, ())


@pytest.mark.parametrize(
    ("to", "names"),
    [
        ((HOSPITAL,), AskNames.WITH_OTHER_DATA),
        ((RESIDENT, COLLEAGUE), AskNames.WITH_OTHER_DATA),
        ((STRANGER,), AskNames.WITH_OTHER_DATA),
        (("x@northvale.gov.uk",), AskNames.WITH_OTHER_DATA),
        (("x@post.blog.example",), AskNames.ALWAYS),
        ((HOSPITAL, "x@whatdotheyknow.com"), AskNames.ALWAYS),
    ],
)
def test_names_are_always_asked_for_only_where_one_alone_matters(to, names):
    asked = question(*to)
    assert asked.names is names
    assert asked.entities is None


def test_the_question_carries_what_a_worker_can_not_know():
    asked = question(HOSPITAL, COLLEAGUE, RESIDENT)
    assert asked.recipients == (HOSPITAL, RESIDENT)
    assert asked.own_domains == ("council.example", "*.council.example")
    assert asked.own_contact_points == ("01632 960000",)
    assert (asked.reverse_path, asked.received_at, asked.time_zone) == (AUTHOR, NOW, "Europe/London")


def test_what_the_council_has_registered_is_asked_for_outside_only():
    assert (question(COLLEAGUE).indexes, question(COLLEAGUE).documents) == (frozenset(), False)
    assert question(COLLEAGUE).asks_nothing
    assert (question(HOSPITAL).indexes, question(HOSPITAL).documents) == ({"protected"}, True)


def test_an_index_or_a_document_can_be_all_that_a_policy_asks_for():
    text = """
rules:
  - id: known
    reason: r
    when: {any: [{exact_match: [one, two]}, {look_alike: true}]}
    unless: [{exact_match: {index: three, min: 2}}]
    then: hold
"""
    asked = question(HOSPITAL, rulebook=rulebook_with(policy=text))
    assert (asked.entities, asked.names) == (frozenset(), AskNames.NEVER)
    assert (asked.indexes, asked.documents) == ({"one", "two", "three"}, False)
    assert not asked.asks_nothing
    text = "rules:\n  - {id: own, reason: r, when: {fingerprint: internal}, then: hold}\n"
    asked = question(HOSPITAL, rulebook=rulebook_with(policy=text))
    assert (asked.entities, asked.indexes, asked.documents) == (frozenset(), frozenset(), True)
    assert not asked.asks_nothing


def test_a_policy_of_entities_asks_for_these_alone_and_for_no_names():
    text = """
rules:
  - {id: card, reason: r, when: {recipient_class: outside, entities: [CREDIT_CARD, IBAN_CODE]}, then: hold}
  - {id: gap, reason: r, when: {gaps: {}}, then: hold}
"""
    asked = question(STRANGER, rulebook=rulebook_with(policy=text))
    assert asked.entities == {"CREDIT_CARD", "IBAN_CODE"}
    assert asked.names is AskNames.NEVER


def test_an_observed_rule_is_asked_for_too():
    text = "rules:\n  - {id: x, reason: r, mode: observe, when: {individuals: {min: 3}}, then: hold}"
    asked = question(COLLEAGUE, rulebook=rulebook_with(policy=text))
    assert asked.entities is None
    assert asked.names is AskNames.WITH_OTHER_DATA


@pytest.mark.parametrize(
    ("proof", "reverse_path", "author", "outside_policy"),
    [
        ({"vouches_for_sender": True}, MEMBER, MEMBER, True),
        ({"client_user": "doyle"}, MEMBER, MEMBER, True),
        ({}, MEMBER, MEMBER, False),
        ({"vouches_for_sender": True}, AUTHOR, MEMBER, False),
        ({"vouches_for_sender": True}, MEMBER, AUTHOR, False),
        ({"vouches_for_sender": True}, None, MEMBER, False),
        ({"vouches_for_sender": True}, MEMBER, None, False),
        ({"vouches_for_sender": True}, MEMBER.upper(), MEMBER, True),
    ],
)
def test_an_elected_members_mail_is_left_alone_only_with_proof(proof, reverse_path, author, outside_policy):
    envelope = Envelope(reverse_path=reverse_path, recipients=(STRANGER,), **proof)
    assert out_of_scope(envelope, author, shipped()) is outside_policy
