"""Addresses outside the United Kingdom, which count, and what is too little to count."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.gazetteer import Gazetteer
from dlp_gateway.detect.places.street_address import AddressFinder
from dlp_gateway.model import Category
from tests.support import shipped_rules

from ..conftest import Detect


@pytest.fixture(scope="session")
def finder() -> AddressFinder:
    ruleset = shipped_rules.ruleset()
    return AddressFinder(ruleset, Gazetteer(ruleset.words))


def found(finder: AddressFinder, text: str) -> list[str]:
    return [text[m.start : m.end] for m in finder.complete(text, [], None) if m.entity == "LOCATION"]


@pytest.mark.parametrize(
    "address",
    [
        "Lindenstrasse 14, 10969 Berlin, Germany",
        "Kauppakatu 12",
        "Rua das Flores 210, Porto, Portugal",
        "27 rue des Lilas, Lyon, France",
        "ul. Długa 8, Kraków, Poland",
        "Via Garibaldi 31\n00153 Roma\nItaly",
        "1450 Juniper Street Apt. 22\nDayton, OH 45402",
        "8812 Wattle Avenue, Suite 4, Ballarat, VIC 3350, Australia",
        "PSC 1234, Box 567\nAPO AE 09012",
    ],
)
def test_an_address_abroad_is_found_to_its_code_or_country(finder: AddressFinder, address: str) -> None:
    assert found(finder, f"He moved to {address}.") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "Room 12 is free",
        "see Schedule 4 and Article 6",
        "a Section 47 enquiry",
        "Windows 11 and Office 365",
        "parking in Zone 3, Bay 12",
        "along Route 66",
        "£3000 Section 106 money for Ashby 12",
        "Suite 5, Enterprise House",
        "via Bath Street",
        "in 2026 Ofsted rated 3 schools",
        "the German embassy, Lindenstrasse 14",
        "Unit 4, Box Lane",
    ],
)
def test_council_mail_names_no_address_abroad(finder: AddressFinder, text: str) -> None:
    assert found(finder, text) == []


def test_an_address_abroad_counts_as_a_contact(detect: Detect) -> None:
    finding = next(f for f in detect("Her mother lives at Lindenstrasse 14, Berlin, Germany.").findings)
    assert (finding.entity, finding.category, finding.recogniser) == ("LOCATION", Category.CONTACT, "address-abroad")
    assert finding.exempt is None


def test_a_street_here_stays_one_with_its_postcode(finder: AddressFinder) -> None:
    matches = finder.complete("Flat 2, 40 Berlin Road, Leeds LS6 1AA", [], None)
    assert [m.entity for m in matches] == ["UK_ADDRESS", "UK_POSTCODE"]
