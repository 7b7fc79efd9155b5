"""The services of direct delivery, made from the configuration."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from ...config import Config
from ...errors import ConfigError, Fault
from ...secure_way import KeptPolicy
from .deliver import DirectDelivery
from .evidence import Evidence, Terms
from .mail_dns import MailDns
from .mta_sts import PolicyWeb
from .proving import make_trust


def set_up_direct(
    config: Config, terms: Terms = lambda _domain: None, keep: Callable[[KeptPolicy], None] = lambda _kept: None
) -> DirectDelivery:
    """`terms`: what the council's list demands of a domain. Raises ConfigError where `direct.ca_file` can't be used."""
    settings = config.direct
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    try:
        trust = make_trust(ca_file)
    except (OSError, ssl.SSLError) as error:
        broken = isinstance(error, ssl.SSLError)
        reason = "is not a PEM file of certificates" if broken else f"can't be read ({error.strerror})"
        raise ConfigError([Fault(file=ca_file or "direct", text=f"direct.ca_file {reason}")]) from None
    dns = MailDns(settings.resolvers, trusted=settings.trust_resolvers)
    web = PolicyWeb(dns, trust.named, private=settings.private_addresses)
    evidence = Evidence(
        dns=dns, fetch=web.fetch, terms=terms, port=settings.port, private=settings.private_addresses, keep=keep
    )
    return DirectDelivery(evidence=evidence, trust=trust, helo=config.hostname, port=settings.port)
