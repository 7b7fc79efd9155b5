"""What is asked of encrypting routes before a message is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from dlp_gateway.act.direct.evidence import DomainWay, Evidence, Proof, Server
from dlp_gateway.act.direct.mail_dns import MailDns
from dlp_gateway.act.sealing import Sealer
from dlp_gateway.act.ways import Ways
from dlp_gateway.config import Config
from dlp_gateway.config_ways import Route
from dlp_gateway.recipient_keys import KeyRing
from dlp_gateway.secure_way import NoWay, StsPolicy, WayFact

RELAY = Route(kind="relay", next_hop="127.0.0.1:1")


class Known(Evidence):
    """Answers what a test says, or never."""

    answers: dict[str, DomainWay]

    async def way_to(self, domain: str) -> DomainWay:
        if domain not in self.answers:
            await asyncio.Event().wait()
        return self.answers[domain]


async def _no_policy(_domain: str, _id: str) -> StsPolicy:
    raise AssertionError("nobody asks")


@pytest.fixture
def ways() -> Iterator[Ways]:
    config = Config(
        routes={"relay": RELAY, "secure": Route(kind="tls"), "keys": Route(kind="smime", via="secure")},
    )
    server = Server(host="mx.good.example", addresses=("192.0.2.1",), proof=Proof.DANE)
    known = Known(dns=MailDns(["127.0.0.1"]), fetch=_no_policy, terms=lambda _domain: None)
    known.answers = {
        "good.example": DomainWay(domain="good.example", servers=(server,)),
        "none.example": DomainWay(domain="none.example", fault=NoWay.UNPROVEN),
        "later.example": DomainWay(domain="later.example", trouble="no answer"),
    }
    sealer = Sealer(config, KeyRing)
    yield Ways(direct_routes=config.direct_routes, key_routes=config.key_routes, evidence=known, sealer=sealer)
    sealer.close()


async def test_each_domain_is_asked_about_once(ways: Ways) -> None:
    wanted = [("secure", "a@good.example"), ("secure", "b@Good.Example"), ("secure", "c@none.example")]
    assert await ways.facts(wanted, 5) == (
        WayFact(route="secure", recipient="@good.example", proof="dane"),
        WayFact(route="secure", recipient="@none.example", fault=NoWay.UNPROVEN),
    )


async def test_a_route_with_one_next_hop_is_not_asked_about(ways: Ways) -> None:
    assert await ways.facts([("relay", "a@none.example")], 5) == ()


@pytest.mark.parametrize("domain", ["later.example", "never.example"])
async def test_what_can_not_be_learned_in_time_is_no_fact(ways: Ways, domain: str) -> None:
    """The delivery finds out: held would be wrong, and so would be clear text."""
    assert await ways.facts([("secure", f"a@{domain}")], 0.05) == ()


async def test_a_key_route_that_goes_straight_needs_both(ways: Ways) -> None:
    assert await ways.facts([("keys", "Ann@none.example")], 5) == (
        WayFact(route="keys", recipient="ann@none.example", fault=NoWay.NO_KEY),
        WayFact(route="keys", recipient="@none.example", fault=NoWay.UNPROVEN),
    )
