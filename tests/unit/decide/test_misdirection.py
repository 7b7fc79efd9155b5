import pytest

from dlp_gateway.decide.addresses import a_label
from dlp_gateway.decide.misdirection import LookAlikes, allowed_edits, edits, is_own_private_address, is_public_suffix
from tests.support.cpu_time import within

GENUINE = (
    "council.example",
    "hospitals.nhs.example",
    "northvale.gov.uk",
    "riversidehomes.org.uk",
    "kindly-care.co.uk",
    "bevan.co.uk",
    "acorn-legal.com",
    "meadowbank.nhs.uk",
    "pay.example",
)
LOOK_ALIKES = LookAlikes(GENUINE, ["gov.uk", "nhs.uk", "police.uk", "nhs.net"], ["bevan.org.uk", "*.northvale.org"])

ALIKE = [
    # edits: none up to five letters, one for 6 to 8, two above
    ("councl.example", "council.example"),
    ("counicl.example", "council.example"),
    ("counncil.example", "council.example"),
    ("conncil.example", "council.example"),
    ("norhtvale.gov.uk", "northvale.gov.uk"),
    ("northvael.co.uk", "northvale.gov.uk"),
    ("nortvale.org.uk", "northvale.gov.uk"),
    ("riversidehome.org.uk", "riversidehomes.org.uk"),
    ("riverisdehome.org.uk", "riversidehomes.org.uk"),
    ("riversidehomes.org", "riversidehomes.org.uk"),
    ("kindly-cere.co.uk", "kindly-care.co.uk"),
    ("kindley-care.co.uk", "kindly-care.co.uk"),
    ("acorn-leagl.com", "acorn-legal.com"),
    ("acornlegal.com", "acorn-legal.com"),
    ("meadowbnak.nhs.uk", "meadowbank.nhs.uk"),
    ("meadowbank.co.uk", "meadowbank.nhs.uk"),
    # another suffix
    ("council.co", "council.example"),
    ("northvale.co.uk", "northvale.gov.uk"),
    ("bevan.com", "bevan.co.uk"),
    ("bevan.uk", "bevan.co.uk"),
    ("mail.acorn-legal.co.uk", "acorn-legal.com"),
    # homoglyphs
    ("counсil.example", "council.example"),  # Cyrillic es
    ("cоuncil.example", "council.example"),  # Cyrillic o
    ("counci1.example", "council.example"),
    ("c0uncil.example", "council.example"),
    ("bеvan.co.uk", "bevan.co.uk"),  # Cyrillic ie
    ("bevän.co.uk", "bevan.co.uk"),
    ("beνan.co.uk", "bevan.co.uk"),  # Greek nu
    ("bevаn.com", "bevan.co.uk"),  # Cyrillic a
    ("асоrn-lеgаl.com", "acorn-legal.com"),
    ("pаy.example", "pay.example"),
    ("rneadowbank.co.uk", "meadowbank.nhs.uk"),
    # an added hyphen or word
    ("north-vale.gov.uk.co", "northvale.gov.uk"),
    ("northvale-gov.uk", "northvale.gov.uk"),
    ("northvalegov.uk", "northvale.gov.uk"),
    ("northvale-payments.com", "northvale.gov.uk"),
    ("securenorthvale.co.uk", "northvale.gov.uk"),
    ("kindlycare.co.uk", "kindly-care.co.uk"),
    ("bevan-invoices.com", "bevan.co.uk"),
    ("council.example.com", "council.example"),
    # hosts below a suffix that the list does not know
    ("hosptials.nhs.example", "hospitals.nhs.example"),
    ("hospita1s.nhs.example", "hospitals.nhs.example"),
    # public suffixes themselves
    ("nhs.co.uk", "an address under nhs.uk"),
    ("police.org.uk", "an address under police.uk"),
    ("eastham-gov.uk", "an address under gov.uk"),
    ("eastham.nhs.uk.com", "an address under nhs.uk"),
]
DIFFERENT = [
    *GENUINE,
    "mail.bevan.co.uk",
    "devon.co.uk",
    "bevin.co.uk",
    "brightways-training.co.uk",
    "bevan.org.uk",
    "office.northvale.org",
    "southmere.gov.uk",
    "riverside.co.uk",
    "homes.org.uk",
    "ray.example",
    "paying.org",
    "legal.com",
    "carers.org",
    "counselling.org",
    "outlook.com",
    "nhsbsa.net",
    "",
    "localhost",
]


@pytest.mark.parametrize(("domain", "meant"), ALIKE)
def test_a_look_alike_names_the_domain_it_may_be_taken_for(domain, meant):
    assert LOOK_ALIKES.of(a_label(domain)) == meant


@pytest.mark.parametrize("domain", DIFFERENT)
def test_a_genuine_or_merely_different_domain_is_left_alone(domain):
    assert LOOK_ALIKES.of(a_label(domain)) is None


@pytest.mark.parametrize(
    "domain", ["northvale.police.uk", "n-northvale.gov.uk", "northvare-dc.gov.uk", "southvale.gov.uk"]
)
def test_public_bodies_may_share_a_name(domain):
    assert LOOK_ALIKES.of(domain, public_body=True) is None


def test_a_slip_of_the_finger_between_public_bodies_is_seen():
    assert LOOK_ALIKES.of("norhtvale.gov.uk", public_body=True) == "northvale.gov.uk"


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("care", "care", 0),
        ("care", "cere", 1),
        ("care", "acre", 1),
        ("care", "carer", 1),
        ("care", "home", 3),
        ("ab", "ba", 1),
    ],
)
def test_edits_counts_swaps_as_one(a, b, count):
    assert edits(a, b, 2) == min(count, 3)
    assert edits(b, a, 2) == min(count, 3)


def test_short_labels_allow_no_edit():
    assert [allowed_edits("x" * n) for n in (1, 5, 6, 8, 9, 30)] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("domain", ["co.uk", "gov.uk", "com", "example", "nhs.uk"])
def test_a_public_suffix_is_nobodys_own(domain):
    assert is_public_suffix(domain)


@pytest.mark.parametrize(
    ("author", "recipient", "own"),
    [
        ("jo.bellamy@council.example", "jobellamy@gmail.com", True),
        ("jo.bellamy@council.example", "Bellamy_Jo.71@sky.com", True),
        ("jo.bellamy@council.example", "jbellamy2@gmail.com", True),
        ("jo.bellamy@council.example", "bellamy@gmail.com", False),
        ("jo.bellamy@council.example", "jo@gmail.com", False),
        ("jo.bellamy@council.example", "kim.bellamy@gmail.com", False),
        ("housing@council.example", "housing@gmail.com", False),
        (None, "jo.bellamy@gmail.com", False),
    ],
)
def test_a_private_address_carries_both_of_the_authors_names(author, recipient, own):
    assert is_own_private_address(author, recipient) is own


def test_a_thousand_new_domains_are_judged_against_a_thousand_genuine_ones_in_a_second():
    genuine = [f"{a}{b}{c}services.co.uk" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyzabcd"]
    many = LookAlikes(genuine, [], [])
    domains = [f"office{n}-westbridge.org.uk" for n in range(1000)]
    assert within(1, lambda: [many.of(domain) for domain in domains]) == [None] * 1000
