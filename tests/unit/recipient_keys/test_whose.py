"""What may be written behind `--for`."""

from __future__ import annotations

import pytest

from dlp_gateway.recipient_keys import whose


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Jo@Partner.Example", "jo@partner.example"),
        (" @PARTNER.example ", "@partner.example"),
        ("jo@münchen.example", "jo@xn--mnchen-3ya.example"),
        ("o'neil+x@partner.example", "o'neil+x@partner.example"),
    ],
)
def test_addresses_and_domains_are_kept_in_comparable_form(text, pattern) -> None:
    assert whose(text) == pattern


@pytest.mark.parametrize(
    "text",
    ["", "partner.example", "jo", "jo@", "@", "@example", "jo@localhost", "*@partner.example", "jo bo@partner.example",
     "<jo@partner.example>", "jo@partner..example", "jo@-.example", "a@b@partner.example",
     "x" * 300 + "@partner.example"],
)  # fmt: skip
def test_what_is_neither_is_refused_in_words(text) -> None:
    with pytest.raises(ValueError, match="write"):
        whose(text)
