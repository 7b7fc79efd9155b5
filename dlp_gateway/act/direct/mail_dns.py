"""What the domain name system says of a domain's mail, and whether a validating resolver vouches for the answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.resolver

from ...config_section import resolver_address

LOOK_UP_SECONDS = 5.0
SHORTEST_SECONDS, LONGEST_SECONDS = 30.0, 3600.0
"""How long an answer counts, whatever its own time to live says."""


class DnsTroubleError(Exception):
    """A look-up that says nothing: no answer in time, a server that fails, or signatures that do not hold. The text
    holds no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tlsa:
    """One record of RFC 6698, 2.1."""

    usage: int
    selector: int
    matching: int
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServers:
    """`hosts` in order of preference, names without a final dot in lower case. `secure`: a validating resolver vouches
    for it (RFC 4035, 3.2.3). `exists`: there is such a domain. `refuses_mail`: it says so (RFC 7505)."""

    hosts: tuple[str, ...] = ()
    secure: bool = False
    exists: bool = True
    refuses_mail: bool = False
    seconds: float = SHORTEST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """A host's addresses, IPv4 first; `name` is what its aliases lead to."""

    name: str
    addresses: tuple[str, ...] = ()
    secure: bool = False
    seconds: float = SHORTEST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaRecords:
    """The records under one name; none is said securely too."""

    records: tuple[Tlsa, ...] = ()
    secure: bool = False
    seconds: float = SHORTEST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    rrset: tuple[object, ...] = ()
    name: str = ""
    secure: bool = False
    exists: bool = True
    seconds: float = field(default=SHORTEST_SECONDS)


class MailDns:
    """Asks resolvers. Their word that an answer is validated (AD) counts only from loopback, or where `trusted`:
    anywhere else a listener on the way could set it (RFC 7672, 2.1.1)."""

    def __init__(
        self, resolvers: Sequence[str] = (), *, trusted: bool = False, seconds: float = LOOK_UP_SECONDS
    ) -> None:
        """`resolvers` are addresses, or address:port ("[::1]:5353"); none: the system's."""
        self._resolver = dns.asyncresolver.Resolver(configure=not resolvers)
        if resolvers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(*resolver_address(r)) for r in resolvers]
        self._resolver.cache = dns.resolver.LRUCache()
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._resolver.use_edns(0, dns.flags.DO, 1232)
        self._seconds = seconds
        self._believed = trusted or all(_is_loopback(server) for server in self._resolver.nameservers)

    async def mail_servers(self, domain: str) -> MailServers:
        """The MX records, else the domain itself (RFC 5321, 5.1). Raises DnsTroubleError."""
        answer = await self._ask(domain, "MX")
        if not answer.exists:
            return MailServers(exists=False, secure=answer.secure, seconds=answer.seconds)
        if not answer.rrset:
            return MailServers(hosts=(domain,), secure=answer.secure, seconds=answer.seconds)
        found = sorted((mx.preference, _bare(mx.exchange)) for mx in answer.rrset)  # type: ignore[attr-defined]
        hosts = tuple(dict.fromkeys(host for _, host in found if host))
        return MailServers(hosts=hosts, secure=answer.secure, refuses_mail=not hosts, seconds=answer.seconds)

    async def addresses(self, host: str) -> Addresses:
        """IPv4 and IPv6 addresses. Raises DnsTroubleError where neither look-up says anything."""
        old = await self._ask(host, "A")
        new = await self._ask(host, "AAAA")
        found = tuple(record.address for answer in (old, new) for record in answer.rrset)  # type: ignore[attr-defined]
        answers = [answer for answer in (old, new) if answer.rrset] or [old]
        return Addresses(
            name=answers[0].name or host,
            addresses=found,
            secure=all(answer.secure for answer in answers),
            seconds=min(answer.seconds for answer in answers),
        )

    async def tlsa(self, host: str, port: int) -> TlsaRecords:
        """What a host's certificate must be. Raises DnsTroubleError: then nothing may be sent (RFC 7672, 2.1.2)."""
        answer = await self._ask(f"_{port}._tcp.{host}", "TLSA")
        records = tuple(
            Tlsa(usage=r.usage, selector=r.selector, matching=r.mtype, octets=r.cert)  # type: ignore[attr-defined]
            for r in answer.rrset
        )
        return TlsaRecords(records=records, secure=answer.secure, seconds=answer.seconds)

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records, each with its strings joined. Raises DnsTroubleError."""
        answer = await self._ask(name, "TXT")
        return tuple(b"".join(r.strings).decode("utf-8", "replace") for r in answer.rrset)  # type: ignore[attr-defined]

    async def validates(self) -> bool:
        """Whether the resolver says of a signed answer, the root's own, that it is. Raises DnsTroubleError."""
        return (await self._ask(".", "NS")).secure

    async def _ask(self, name: str, kind: str) -> _Answer:
        try:
            asked = dns.name.from_text(name, idna_codec=dns.name.IDNA_2008)
        except dns.exception.DNSException:
            return _Answer(exists=False)  # no name that could be registered
        try:
            answer = await self._resolver.resolve(
                asked, kind, search=False, raise_on_no_answer=False, lifetime=self._seconds
            )
        except dns.resolver.NXDOMAIN as error:
            denied = error.response(asked)  # type: ignore[no-untyped-call]
            return _Answer(exists=False, secure=self._is_secure(denied))
        except dns.exception.Timeout:
            raise DnsTroubleError(f"no answer of the resolver within {self._seconds:g} s") from None
        except (dns.exception.DNSException, OSError) as error:
            raise DnsTroubleError(f"the look-up failed ({type(error).__name__})") from None
        rrset = answer.rrset
        return _Answer(
            rrset=tuple(rrset or ()),
            name=_bare(answer.canonical_name),
            secure=self._is_secure(answer.response),
            seconds=min(max(float(rrset.ttl), SHORTEST_SECONDS), LONGEST_SECONDS) if rrset else SHORTEST_SECONDS,
        )

    def _is_secure(self, response: dns.message.Message) -> bool:
        return self._believed and bool(response.flags & dns.flags.AD)


def ascii_name(domain: str) -> str | None:
    """The domain as it is asked for: lower case, no final dot, other scripts in their ASCII form (RFC 5891). None for
    what can be no domain, address literals such as "[192.0.2.1]" among them."""
    try:
        name = dns.name.from_text(domain.rstrip("."), idna_codec=dns.name.IDNA_2008)
    except dns.exception.DNSException:
        return None
    bare = _bare(name)
    return bare if "." in bare and not bare.startswith("[") else None


def _is_loopback(server: str | dns.nameserver.Nameserver) -> bool:
    address = server if isinstance(server, str) else server.address if hasattr(server, "address") else ""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _bare(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
