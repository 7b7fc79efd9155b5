"""Mail that asks for REQUIRETLS goes to a recipient's server that keeps it, or back (RFC 8689, 4.2.1)."""

from __future__ import annotations

import pytest

from dlp_gateway.act.direct.deliver import DirectDelivery
from dlp_gateway.act.direct.evidence import DomainWay, Evidence, Proof, Server
from dlp_gateway.act.direct.proving import Trust
from dlp_gateway.act.transact import Mail
from dlp_gateway.model import Disposition, MailParams, Outcome
from dlp_gateway.secure_way import TlsTerms
from tests.support.certificates import Authority
from tests.support.fake_next_hop import ORDINARY, Answer, FakeNextHop
from tests.support.ports import free_port

KEEPS = (*ORDINARY, "REQUIRETLS")
HOSTS = ("127.0.7.1", "127.0.7.2")


class Known(Evidence):
    """Knows one domain, whose servers are named by the council's list."""

    def __init__(self) -> None:
        terms = TlsTerms(id="x", names=("mx.partner.example",))
        self.servers = tuple(
            Server(host=f"mx{n}.partner.example", addresses=(address,), proof=Proof.LISTED, terms=terms)
            for n, address in enumerate(HOSTS)
        )

    async def way_to(self, domain: str) -> DomainWay:
        return DomainWay(domain=domain, servers=self.servers)


async def deliver(
    authority: Authority, *offered: tuple[str, ...], script: dict[str, Answer]
) -> tuple[Disposition, list[FakeNextHop]]:
    """What becomes of a mail to a domain whose servers offer that, in order of preference; and the servers."""
    port = free_port()
    tls = authority.server_context("mx.partner.example")
    direct = DirectDelivery(evidence=Known(), trust=Trust(authority.file), helo="gateway.example", port=port)
    mail = Mail(
        reverse_path="jo@council.example",
        recipients=("ann@partner.example",),
        params=MailParams(require_tls=True),
        recipient_params=(),
        octets=b"Subject: x\r\nTLS-Required: No\r\n\r\ny\r\n",
    )
    first = FakeNextHop(script, features=offered[0], tls=tls, host=HOSTS[0], port=port)
    second = FakeNextHop(features=offered[1], tls=tls, host=HOSTS[1], port=port)
    async with first, second:
        delivered = await direct.deliver(mail, seconds=10, final_dot_seconds=5)
        await direct.close()
    return delivered.dispositions[0], [first, second]


async def test_it_goes_to_the_first_server_that_keeps_it(authority: Authority) -> None:
    became, (first, second) = await deliver(authority, ORDINARY, KEEPS, script={})
    assert became.outcome is Outcome.RELAYED
    assert "MAIL" not in first.verbs()
    assert second.taken[0].mail.endswith(b" REQUIRETLS")
    assert b"TLS-Required: No\r\n" in second.taken[0].octets


async def test_where_no_server_keeps_it_it_comes_back(authority: Authority) -> None:
    became, servers = await deliver(authority, ORDINARY, ORDINARY, script={})
    assert (became.outcome, became.detail[:10]) == (Outcome.REFUSED, "550 5.7.30")
    assert all("MAIL" not in server.verbs() for server in servers)


async def test_where_one_that_might_keep_it_does_not_answer_it_waits(authority: Authority) -> None:
    became, servers = await deliver(authority, KEEPS, ORDINARY, script={"CONNECT": "421 4.3.2 Later"})
    assert became.outcome is Outcome.DEFERRED
    assert all("MAIL" not in server.verbs() for server in servers)


@pytest.mark.parametrize("word", ["REQUIRETLS", "requiretls"])
async def test_the_offer_counts_in_any_case(authority: Authority, word: str) -> None:
    became, _ = await deliver(authority, (*ORDINARY, word), ORDINARY, script={})
    assert became.outcome is Outcome.RELAYED
