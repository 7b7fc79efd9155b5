"""Which names a certificate may carry to be that of a listed domain (RFC 6125, 6.4.3)."""

from __future__ import annotations

import pytest

from dlp_gateway.act.direct.proving import name_fits


@pytest.mark.parametrize(
    ("names", "wanted", "fits"),
    [
        (("mx.partner.example",), ("mx.partner.example",), True),
        (("MX.Partner.Example.",), ("mx.partner.example",), True),
        (("mx.partner.example",), ("partner.example",), False),
        (("mx.partner.example",), (".partner.example",), True),
        (("a.mx.partner.example",), (".partner.example",), True),
        (("*.partner.example",), (".partner.example",), True),
        (("partner.example",), (".partner.example",), False),
        (("evilpartner.example",), (".partner.example",), False),
        (("*.partner.example",), ("mx.partner.example",), True),
        (("*.partner.example",), ("a.mx.partner.example",), False),
        (("*.example",), ("partner.example",), False),  # a star below a whole ending is nobody's
        (("*",), ("partner.example",), False),
        ((), ("partner.example",), False),
        (("one.example", "mx.partner.example"), ("two.example", "mx.partner.example"), True),
    ],
)
def test_a_certificate_fits_by_a_name_of_the_list(names: tuple[str, ...], wanted: tuple[str, ...], fits: bool) -> None:
    assert name_fits(names, wanted) is fits
