from datetime import timedelta

from dlp_gateway.decide import explain
from dlp_gateway.decide.explain import may_release_urgently
from dlp_gateway.model import DocumentMatch, GapReason, GapScope, MarkingKind
from tests.support.policy_mail import HOSPITAL, NOW, RESIDENT, STRANGER, Mail, Person, people, shipped


def words(mail):
    return explain(mail.verdict(), mail.inspection)


def test_a_hold_says_what_why_who_and_how_long():
    text = words(Mail(to=(RESIDENT,), people=people(2, "PERSON", "UK_NHS")))
    assert text.startswith(f"The copy to {RESIDENT}, a personal mailbox, is held for a reviewer.")
    assert "This mail tells identity data" in text
    assert "Found in the message: name (2), identity (2) about 2 people." in text
    assert "It waits for one reviewer of information-governance, at most 14 days." in text
    assert text.endswith("Rules that applied: external, unapproved-high.")


def test_an_encrypted_copy_says_its_route():
    text = words(Mail(to=(HOSPITAL,), people=people(1, "UK_NHS")))
    assert "a partner (example-hospitals), goes encrypted." in text
    assert "It takes the route “secure”. The disclaimer is added." in text


def test_gaps_and_ends_of_embargoes_are_told():
    end = NOW + timedelta(days=1)
    text = words(Mail(to=(STRANGER,), markings=((MarkingKind.EMBARGO, end),)))
    assert "It is let go at 2025-09-17 10:30 UTC" in text
    text = words(Mail(to=(STRANGER,), gaps=((GapReason.TOO_DEEP, GapScope.ATTACHMENT),)))
    assert "Could not be inspected: 2: too deep." in text


def test_observed_rules_are_told_as_such():
    text = words(Mail(to=(STRANGER,), people=people(1, "PERSON", "UK_ADDRESS")))
    assert text.endswith("Rules that would have applied, but are only observed: unapproved-low.")


def test_someone_at_risk_lets_the_sender_release_safeguarding_to_a_partner_only():
    risk = (Person(entities=("PERSON", "SAFEGUARDING")),)

    def may(mail):
        return may_release_urgently(mail.verdict(), mail.inspection, shipped())

    assert may(Mail(to=("lettings@riverside-homes.example",), people=risk))
    assert may(Mail(to=(HOSPITAL,), people=risk, gaps=((GapReason.ENCRYPTED, GapScope.ATTACHMENT),)))
    assert not may(Mail(to=(HOSPITAL,), people=risk))  # not held
    assert not may(Mail(to=(RESIDENT,), people=risk))
    assert not may(Mail(to=(HOSPITAL,), people=risk, markings=((MarkingKind.SECRET, None),)))
    assert not may(Mail(to=("lettings@riverside-homes.example",), people=people(1, "SPECIAL_CATEGORY")))


def test_in_whose_records_somebody_stands_is_told_to_administrators_only():
    mail = Mail(to=(STRANGER,), people=people(1, "PERSON", finding={"indexes": ("shielded",)}))
    assert "shielded" not in words(mail)
    told = explain(mail.verdict(), mail.inspection, name_indexes=True)
    assert "Found in the council's own records: shielded." in told


def test_a_registered_document_is_called_by_its_name():
    match = DocumentMatch(kind="internal", document="1", name="Staff news 7", part="1", words=80)
    text = words(Mail(to=(STRANGER,), documents=(match,)))
    assert "Holds a passage of what is registered as “Staff news 7”." in text
    assert "This is an internal communication" in text


def test_two_reviewers_are_asked_about_a_protected_person():
    mail = Mail(to=(HOSPITAL,), people=people(1, "PERSON", finding={"indexes": ("protected",)}))
    text = words(mail)
    assert "details leave the council only after two people have looked at it" in text
    assert "It waits for two reviewers of information-governance" in text
    assert not may_release_urgently(mail.verdict(), mail.inspection, shipped())
