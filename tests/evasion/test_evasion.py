"""Each way of hiding text is found or held; the same messages without trick and data are not held."""

from __future__ import annotations

import pytest

from . import report
from .build import Case
from .catalogue import CASES, HARMLESS
from .judge import Outcome, inspect, outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}/{case.name}".replace(" ", "-"))
def test_hidden_text_is_found_or_the_message_held(case: Case) -> None:
    """A technique that passes silently is a way around the gateway for everybody who reads of it."""
    assert outcome(case.octets) is not Outcome.MISSED, case.why


@pytest.mark.parametrize("octets", HARMLESS.values(), ids=HARMLESS.keys())
def test_the_same_message_without_trick_and_data_passes(octets: bytes) -> None:
    """Otherwise the catalogue could be satisfied by holding everything."""
    inspection = inspect(octets)
    assert inspection.gaps == ()
    assert {finding.entity for finding in inspection.findings} <= {"EMAIL_ADDRESS"}  # those of its header


def test_the_page_shows_what_the_catalogue_shows_now() -> None:
    """`python -m tests.evasion.report` writes it anew."""
    assert report.written() == report.table()
