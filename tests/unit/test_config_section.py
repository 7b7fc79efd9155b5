"""Forms of values that several parts of the configuration share."""

from __future__ import annotations

import pytest

from dlp_gateway.config_section import resolver_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1", ("127.0.0.1", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("::1", ("::1", 53)),
        ("[::1]", ("::1", 53)),
        ("[::1]:5353", ("::1", 5353)),
    ],
)
def test_a_resolver_is_an_address_with_or_without_a_port(written, address):
    assert resolver_address(written) == address


@pytest.mark.parametrize(
    "written", ["", "dns.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "[::1]:x", "[::1"]
)
def test_what_is_no_address_is_refused_in_words_that_show_one(written):
    with pytest.raises(ValueError, match="is not an address such as"):
        resolver_address(written)
