"""`tls`: how mail that must be encrypted would reach domains straight, by the evidence of this moment."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..act.direct.evidence import DomainWay, Server
from ..act.direct.set_up import set_up_direct
from ..config import Config
from ..decide import load_rulebook
from ..decide.secure_domains import SecureDomains
from ..secure_way import NoWay, TlsTerms
from .settings import config_or_defaults, rules_in_force

_PROOFS = {"dane": "DANE", "mta-sts": "MTA-STS", "listed": "the council's list"}
_FAULTS = {
    NoWay.UNPROVEN: "nothing proves its servers' TLS, so mail that must be encrypted is held",
    NoWay.NO_DOMAIN: "there is no such domain",
    NoWay.NO_MAIL: "it takes no mail",
}


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument("domains", nargs="+", metavar="DOMAIN", help="such as partner.example, or an address there")
    parser.add_argument("--rules", metavar="DIR", help="rules folder to use instead of the rules in force")
    parser.add_argument("--json", action="store_true", help="one JSON object per domain")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answers 1 where mail could not go to one of them."""
    config = config_or_defaults(options)
    domains = [domain.rpartition("@")[2] for domain in options.domains]
    listed = load_rulebook(rules_in_force(options, config)).secure_domains
    ways = asyncio.run(_look_up(config, listed, domains))
    for way in ways:
        print(json.dumps(_as_json(way), ensure_ascii=False) if options.json else "\n".join(_words(way)))
    return 0 if all(way.servers for way in ways) else 1


async def _look_up(config: Config, listed: SecureDomains, domains: Sequence[str]) -> list[DomainWay]:
    day = datetime.now(ZoneInfo(config.council.time_zone)).date()

    def terms(domain: str) -> TlsTerms | None:
        return listed.terms_for(domain, day)

    evidence = set_up_direct(config, terms).evidence
    return list(await asyncio.gather(*(evidence.way_to(domain) for domain in domains)))


def _words(way: DomainWay) -> list[str]:
    lines = [f"{way.domain}: mail goes to {_server(server)}" for server in way.servers[:1]]
    lines += [f"{way.domain}: or to {_server(server)}" for server in way.servers[1:]]
    if not way.servers:
        why = _FAULTS[way.fault] if way.fault else f"nothing could be learned now ({way.trouble}); mail would wait"
        lines.append(f"{way.domain}: {why}")
    if way.policy is not None:
        lines.append(f"{way.domain}: has an MTA-STS policy in mode {way.policy.mode}")
    if way.sts_fault is not None:
        lines.append(f"{way.domain}: announces an MTA-STS policy that can't be used ({way.sts_fault})")
    return lines


def _server(server: Server) -> str:
    listed = f" (entry {server.terms.id})" if server.terms is not None else ""
    return f"{server.host}, proven by {_PROOFS[server.proof]}{listed}"


def _as_json(way: DomainWay) -> dict[str, Any]:
    return {
        "domain": way.domain,
        "servers": [
            {
                "host": server.host,
                "addresses": list(server.addresses),
                "proof": str(server.proof),
                "entry": server.terms.id if server.terms else None,
            }
            for server in way.servers
        ],
        "fault": way.fault.value if way.fault else None,
        "trouble": way.trouble or None,
        "mta_sts": way.policy.mode.value if way.policy else None,
        "mta_sts_fault": way.sts_fault.value if way.sts_fault else None,
    }
