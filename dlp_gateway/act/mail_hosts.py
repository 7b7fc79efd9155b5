"""Which hosts take mail for a domain, by DNS: evidence on partner entries. Never asked in the way of a message."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHosts:
    """`hosts` in order of preference, names without a final dot; none where the domain takes no mail. `fault` says why
    nothing is known, in words; then `hosts` is empty, too."""

    domain: str
    hosts: tuple[str, ...] = ()
    fault: str = ""


def mail_hosts(domain: str, *, resolver: dns.resolver.Resolver | None = None, seconds: float = 5.0) -> MailHosts:
    """The MX records of a domain (RFC 5321, 5.1; RFC 7505: "." takes no mail). Blocks for at most so many seconds."""
    asked = resolver or dns.resolver.Resolver()
    try:
        answer = asked.resolve(domain, "MX", lifetime=seconds)
    except dns.resolver.NXDOMAIN:
        return MailHosts(domain=domain, fault="the domain does not exist")
    except dns.resolver.NoAnswer:
        return MailHosts(domain=domain, fault="the domain has no mail host")
    except dns.exception.Timeout:
        return MailHosts(domain=domain, fault=f"no answer within {seconds:g} seconds")
    except dns.exception.DNSException as error:
        return MailHosts(domain=domain, fault=f"the look-up failed ({type(error).__name__})")
    found = sorted((record.preference, record.exchange.to_text(omit_final_dot=True).lower()) for record in answer)
    hosts = tuple(host for _, host in found if host != ".")
    return MailHosts(domain=domain, hosts=hosts, fault="" if hosts else "the domain takes no mail")
