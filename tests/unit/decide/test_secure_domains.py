"""The council's own list of secure domains: what it demands, and that it counts for no longer than it was checked."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from dlp_gateway.decide.secure_domains import SecureDomain, SecureDomains

DAY = date(2026, 11, 27)
GOOD = {
    "id": "partners",
    "domains": ["partner.example", "*.nhs.example"],
    "certificate_names": ["{domain}", ".{domain}", ".hosts.example"],
    "evidence": "Asked their postmaster.",
    "checked_on": date(2026, 1, 1),
    "review_by": date(2026, 12, 31),
}


def entry(**changes: object) -> SecureDomain:
    return SecureDomain.model_validate(GOOD | changes)


def test_what_is_demanded_names_the_recipients_own_domain() -> None:
    terms = SecureDomains([entry()]).terms_for("Trust.NHS.example", DAY)
    assert terms is not None
    assert terms.names == ("trust.nhs.example", ".trust.nhs.example", ".hosts.example")


@pytest.mark.parametrize("domain", ["nhs.example", "elsewhere.example", "sub.partner.example", "xnhs.example"])
def test_domains_that_no_entry_names_have_no_terms(domain: str) -> None:
    assert SecureDomains([entry()]).terms_for(domain, DAY) is None


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_an_entry_counts_from_its_check_to_its_review(day: date) -> None:
    assert SecureDomains([entry()]).terms_for("partner.example", day) is None


def test_an_entry_that_is_not_in_use_counts_for_nothing() -> None:
    assert SecureDomains([entry(in_use=False)]).terms_for("partner.example", DAY) is None


def test_the_nearest_entry_counts() -> None:
    near = entry(id="near", domains=["*.trust.nhs.example"], certificate_names=["mx.near.example"])
    terms = SecureDomains([entry(), near]).terms_for("ward.trust.nhs.example", DAY)
    assert terms is not None
    assert terms.id == "near"


def test_pins_may_be_written_with_colons_and_capitals() -> None:
    pin = ":".join(["AB"] * 32)
    terms = SecureDomains([entry(certificate_names=[], pins=[pin])]).terms_for("partner.example", DAY)
    assert terms is not None
    assert terms.pins == ("ab" * 32,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"certificate_names": []}, "give certificate_names or pins"),
        ({"pins": ["ab" * 32]}, "one of the two"),
        ({"certificate_names": ["*.hosts.example"]}, "is not a name of a certificate"),
        ({"certificate_names": ["hosts"]}, "is not a name of a certificate"),
        ({"certificate_names": [], "pins": ["abc"]}, "64 hexadecimal digits"),
        ({"domains": ["anna@partner.example"]}, "is an address"),
        ({"review_by": date(2025, 1, 1)}, "is not after checked_on"),
        ({"evidence": ""}, "at least 10 characters"),
    ],
)
def test_an_entry_that_can_not_be_meant_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        entry(**changes)
