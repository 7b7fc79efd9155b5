"""Which hosts take mail for a domain, by DNS: evidence on partner entries. Never asked in the way of a message."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHosts:
    """`hosts` in order of preference, names without a final dot; none where no host is named, and `fault` says why in
    words. `known` is False where the look-up itself failed: that says nothing about the domain."""

    domain: str
    hosts: tuple[str, ...] = ()
    fault: str = ""
    known: bool = True


def mail_hosts(domain: str, *, resolver: dns.resolver.Resolver | None = None, seconds: float = 5.0) -> MailHosts:
    """The MX records of a domain (RFC 5321, 5.1; RFC 7505: "." takes no mail). Blocks for at most so many seconds."""
    try:
        asked = resolver or dns.resolver.Resolver()
        answer = asked.resolve(domain, "MX", lifetime=seconds)
    except dns.resolver.NXDOMAIN:
        return MailHosts(domain=domain, fault="the domain does not exist")
    except dns.resolver.NoAnswer:
        return MailHosts(domain=domain, fault="no mail host is named (no MX record)")
    except dns.exception.Timeout:
        return MailHosts(domain=domain, fault=f"no answer within {seconds:g} seconds", known=False)
    except dns.exception.DNSException as error:
        return MailHosts(domain=domain, fault=f"the look-up failed ({type(error).__name__})", known=False)
    found = sorted((record.preference, record.exchange.to_text(omit_final_dot=True).lower()) for record in answer)
    hosts = tuple(host for _, host in found if host != ".")
    return MailHosts(domain=domain, hosts=hosts, fault="" if hosts else "the domain takes no mail")
