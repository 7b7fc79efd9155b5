from __future__ import annotations

import pytest

from dlp_gateway.extract.html.web_address import address_text, contact_text, is_contact, without_blobs


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://www.x.example/bins/days", "www.x.example/bins/days"),
        (
            "https://x.example/QQ%2012%2034?nhs=943+476+5919&name=Ann%20Smith",
            "x.example/QQ 12 34 nhs 943 476 5919 name Ann Smith",
        ),
        ("https://x.example/?to=jo%40y.example", "x.example/ to jo@y.example"),
        (
            "https://x.example/?url=https%3A%2F%2Fy.example%2F%3Fnhs%3D943%26n%3DAnn%2520Smith",
            "x.example/ url https://y.example/ nhs 943 n Ann Smith",
        ),
        ("//x.example/#QQ12", "//x.example/ QQ12"),
        ("page.html?a=1;b=2", "page.html a 1 b 2"),
        ("javascript:alert('QQ%2012')", "javascript:alert('QQ 12')"),
        ("cid:image001.png@01D", ""),
        ("x.example/\n a", "x.example/ a"),
        ("https://x.example/%ff%zz", "x.example/\ufffd%zz"),
    ],
)
def test_an_address_in_words(address: str, text: str) -> None:
    assert address_text(address) == text


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("mailto:a@b.example?subject=Ann%20S&body=QQ%2012%0A34", "mailto:a@b.example\nsubject: Ann S\nbody: QQ 12\n34"),
        ("TEL:+44%2020%207946%200000", "TEL:+44 20 7946 0000"),
        ("sms:+44?body", "sms:+44\nbody"),
    ],
)
def test_a_contact_in_words(address: str, text: str) -> None:
    assert is_contact(address)
    assert contact_text(address) == text


BLOB = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9" * 100


def test_a_mark_made_by_a_program_is_left_out_but_for_what_could_be_an_identifier() -> None:
    """So that links of newsletters do not become long texts of nothing."""
    text = address_text(f"https://x.example/{BLOB}?nhs=9434765919&t={BLOB}-QQ123456C-{BLOB}_9434765919")
    assert len(text) < 200
    assert text.count("9434765919") == 2
    assert "QQ123456C" in text


@pytest.mark.parametrize(
    "text",
    [
        "the-council-has-decided-to-open-a-new-recycling-centre-in-the-town-of-2026-for-everybody",
        "1" * 100,
        "a" * 100,
        "short-aB3dE5gH7jK9mN1pQ3sT5vW7yZ9",
    ],
)
def test_words_are_not_taken_for_such_marks(text: str) -> None:
    assert without_blobs(text) == text
