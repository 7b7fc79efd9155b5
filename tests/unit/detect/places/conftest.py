"""The finder of addresses with the shipped rules, and what it finds."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.places.gazetteer import Gazetteer
from dlp_gateway.detect.places.street_address import AddressFinder
from tests.support import shipped_rules


@pytest.fixture(scope="session")
def finder() -> AddressFinder:
    ruleset = shipped_rules.ruleset()
    return AddressFinder(ruleset, Gazetteer(ruleset.words))


def found(finder: AddressFinder, text: str) -> list[str]:
    """The addresses in a text."""
    return [text[m.start : m.end] for m in finder.find(text) if m.entity == "UK_ADDRESS"]
