import pytest

from dlp_gateway.model import RecipientClass
from tests.support.policy_mail import NOW, rulebook_with, shipped, shipped_texts

C = RecipientClass


def classify(address, rulebook=None):
    return (rulebook or shipped()).recipients.classify(address, NOW.date())


@pytest.mark.parametrize(
    ("address", "recipient_class", "terms"),
    [
        ("a@council.example", C.INTERNAL, None),
        ("a@x.y.COUNCIL.example", C.INTERNAL, None),
        ("a@council.example.net", C.UNAPPROVED, None),
        ("a@hospitals.nhs.example", C.PARTNER, "example-hospitals"),
        ("a@st-anne.hospitals.nhs.example", C.PARTNER, "example-hospitals"),
        ("a@example-law.example", C.PARTNER, "example-law"),
        ("a.sample.interpreter@gmail.com", C.PARTNER, "sample-interpreter"),
        ("another.interpreter@gmail.com", C.WEBMAIL, None),
        ("a@oldtown-surveyors.example", C.UNAPPROVED, None),
        ("a@quickpay-billing.example", C.UNAPPROVED, None),
        ("a@post.blog.example", C.SOCIAL, None),
        ("request-1@whatdotheyknow.com", C.PUBLICATION, None),
        ("a@bbc.co.uk", C.PRESS, None),
        ("sam.lee.mp@parliament.uk", C.ELECTED, "elected"),
        ("clerk@parliament.uk", C.PUBLIC_SECTOR, "parliament"),
        ("a@northvale.gov.uk", C.PUBLIC_SECTOR, "gov-uk"),
        ("a@nhs.net", C.PUBLIC_SECTOR, "nhs"),
        ("a@surrey.pnn.police.uk", C.PUBLIC_SECTOR, "police"),
        ("office@st-anne.northvale.sch.uk", C.PUBLIC_SECTOR, "schools"),
        ("a@x.cjsm.net", C.PUBLIC_SECTOR, "justice"),
        ("a@cyngor.llyw.cymru", C.PUBLIC_SECTOR, "gov-uk"),
        ("a@BTinternet.com", C.WEBMAIL, None),
        ("a@googlemail.com", C.WEBMAIL, None),
        ("a@gov.uk.example", C.UNAPPROVED, None),
        ("a@[192.0.2.7]", C.UNAPPROVED, None),
        ("postmaster", C.UNAPPROVED, None),
    ],
)
def test_a_recipient_has_the_first_class_that_applies(address, recipient_class, terms):
    found = classify(address)
    assert found.recipient_class is recipient_class
    assert (found.terms.id if found.terms else None) == terms


def test_a_suspended_partner_at_a_listed_site_keeps_the_stricter_class():
    text = shipped_texts()["partners.yaml"].replace("quickpay-billing.example", "post.blog.example")
    assert classify("a@post.blog.example", rulebook_with(partners=text)).recipient_class is C.SOCIAL


def test_a_partner_comes_before_press_and_sectors():
    text = shipped_texts()["partners.yaml"].replace("[example-law.example]", "[bbc.co.uk, northvale.gov.uk]")
    rulebook = rulebook_with(partners=text)
    assert classify("a@bbc.co.uk", rulebook).recipient_class is C.PARTNER
    assert classify("a@northvale.gov.uk", rulebook).recipient_class is C.PARTNER


def test_sub_domains_belong_to_an_entry_only_where_it_says_so():
    assert classify("a@mail.example-law.example").recipient_class is C.UNAPPROVED
    assert classify("a@mail.riverside-homes.example").recipient_class is C.PARTNER


def test_an_international_domain_is_one_however_it_is_written():
    text = shipped_texts()["partners.yaml"].replace("[example-law.example]", "[bücher-recht.example]")
    rulebook = rulebook_with(partners=text)
    for address in ("a@bücher-recht.example", "a@BÜCHER-RECHT.example", "a@xn--bcher-recht-thb.example"):
        assert classify(address, rulebook).recipient_class is C.PARTNER


def test_the_shipped_lists_are_of_some_use():
    assert len(shipped().lists.webmail) >= 60
    assert len(shipped().lists.press) >= 40
