from __future__ import annotations

import pytest

from dlp_gateway.detect.fingerprint import fingerprint, mask


@pytest.mark.parametrize(
    ("entity", "one", "other"),
    [
        ("PHONE_NUMBER", "+44 (0)113 496 0123", "0113 4960123"),
        ("EMAIL_ADDRESS", "A.B@Example.com", "a.b@example.com"),
        ("UK_POSTCODE", "ls1 3ad", "LS13AD"),
        ("PERSON", "O'Connor", "o'connor"),
    ],
)
def test_spellings_of_one_value_share_a_fingerprint(entity: str, one: str, other: str) -> None:
    assert fingerprint(b"k", entity, one) == fingerprint(b"k", entity, other)


def test_fingerprints_differ_by_key_and_entity() -> None:
    marks = {fingerprint(b"k", "UK_NHS", "1"), fingerprint(b"j", "UK_NHS", "1"), fingerprint(b"k", "UK_UTR", "1")}
    assert len(marks) == 3


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        ("### {2}", "943 476 5919", "### 19"),
        ("{^1}###@###", "jane@x.example", "J###@###"),
        ("{9}", "1234567890", "7890"),  # never more than four characters
        ("{4}", "1234", "34"),  # nor more than half
        ("{2}", "", ""),
        ("health", "dementia", "health"),
    ],
)
def test_a_mask_shows_little(form: str, value: str, shown: str) -> None:
    assert mask(form, value) == shown
