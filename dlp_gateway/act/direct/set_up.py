"""The services of direct delivery, made from the configuration."""

from __future__ import annotations

from collections.abc import Callable

from ...config import Config
from ...secure_way import KeptPolicy
from .deliver import DirectDelivery
from .evidence import Evidence, Terms
from .mail_dns import MailDns
from .mta_sts import PolicyWeb
from .proving import Trust


def set_up_direct(
    config: Config, terms: Terms = lambda _domain: None, keep: Callable[[KeptPolicy], None] = lambda _kept: None
) -> DirectDelivery:
    """`terms`: what the council's list demands of a domain. Raises ConfigError where `direct.ca_file` can't be used."""
    settings = config.direct
    trust = Trust(settings.ca_file)
    if config.direct_routes:
        # No message waits for these, and reading them does not stop the loop.
        _ = trust.named, trust.chained
    dns = MailDns(settings.resolvers, trusted=settings.trust_resolvers)
    web = PolicyWeb(dns, lambda: trust.named, private=settings.private_addresses)
    evidence = Evidence(
        dns=dns, fetch=web.fetch, terms=terms, port=settings.port, private=settings.private_addresses, keep=keep
    )
    return DirectDelivery(evidence=evidence, trust=trust, helo=config.hostname, port=settings.port)
