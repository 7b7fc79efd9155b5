"""What a server's TLS must prove, and which names a listed domain's certificate may carry (RFC 6125, 6.4.3)."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from dlp_gateway.act.direct.proving import Trust, name_fits
from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.config import Config, Direct, Route
from dlp_gateway.errors import ConfigError
from tests.support.certificates import Authority


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


@pytest.mark.parametrize("own", [True, False], ids=["an authority of ours", "the system's authorities"])
def test_each_context_asks_for_what_its_name_says(authority: Authority, own: bool) -> None:
    trust = Trust(authority.file if own else None)
    assert (trust.named.verify_mode, trust.named.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not trust.named.hostname_checks_common_name
    assert (trust.chained.verify_mode, trust.chained.check_hostname) == (ssl.CERT_REQUIRED, False)
    assert (trust.keyed.verify_mode, trust.keyed.check_hostname) == (ssl.CERT_NONE, False)
    if own:
        assert len(trust.named.get_ca_certs()) == len(trust.chained.get_ca_certs()) == 1


def test_authorities_that_cant_be_used_are_told_at_the_start_and_not_with_the_first_mail(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"direct\.ca_file can't be read"):
        set_up_direct(Config(direct=Direct(ca_file=tmp_path / "missing.pem")))


def test_authorities_are_read_before_the_first_mail_where_there_is_a_direct_route() -> None:
    hop = Route(kind="relay", next_hop="127.0.0.1:25")
    with_one = Config(routes={"relay": hop, "secure": Route(kind="tls")})
    assert {"named", "chained"} <= vars(set_up_direct(with_one).trust).keys()
    without = Config(routes={"relay": hop, "secure": hop.model_copy(update={"kind": "gateway"})})
    assert not {"named", "chained"} & vars(set_up_direct(without).trust).keys()
