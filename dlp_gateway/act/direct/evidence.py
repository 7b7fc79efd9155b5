"""By what it is proven that TLS ends at a domain's own servers: DANE, MTA-STS, or an administrator's list.

DANE counts most: where a server has TLSA records, they alone decide about it (RFC 8461, 2). Else the domain's MTA-STS
policy in mode "enforce", else what the council's own list demands. Where none of them speaks there is no way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ...secure_way import KeptPolicy, Mode, NoWay, StsPolicy, TlsTerms
from ..outside import is_outside
from .mail_dns import DnsTroubleError, MailDns, Tlsa, ascii_name
from .mta_sts import StsError, StsFault, announced_id
from .tlsa import usable

MOST_HOSTS = 10
MOST_DOMAINS = 5000
TROUBLE_SECONDS = 60.0
"""How long a look-up that said nothing is not tried again."""


class Proof(StrEnum):
    DANE = "dane"
    MTA_STS = "mta-sts"
    LISTED = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server that may have a domain's mail, and what it must prove."""

    host: str  # its name, and in the certificate where `proof` is MTA-STS
    addresses: tuple[str, ...]
    proof: Proof
    tlsa: tuple[Tlsa, ...] = ()
    terms: TlsTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainWay:
    """What is known of the way to one domain. `servers` in order of preference. With none, `fault` says why mail can
    never go there, or None: nothing could be learned now. `testing`: MTA-STS in its trial mode. `sts_fault`: a policy
    was announced but could not be had."""

    domain: str
    servers: tuple[Server, ...] = ()
    fault: NoWay | None = None
    trouble: str = ""  # why nothing could be learned, in fixed words
    policy: StsPolicy | None = None
    sts_fault: StsFault | None = None

    @property
    def known(self) -> bool:
        return bool(self.servers) or self.fault is not None

    @property
    def proof(self) -> str:
        """In a word, as `WayFact.proof` has it."""
        if not self.servers:
            return ""
        first = self.servers[0]
        return f"{first.proof}:{first.terms.id}" if first.terms is not None else str(first.proof)


Terms = Callable[[str], TlsTerms | None]
Fetch = Callable[[str, str], Awaitable[StsPolicy]]


@dataclass(slots=True)
class _Found:
    way: DomainWay
    until: float


@dataclass(kw_only=True)
class Evidence:
    """Looks ways up and remembers them for as long as DNS allows. `terms`: the administrator's list as it is today;
    `keep` is told of each new policy, so that it outlives this process."""

    dns: MailDns
    fetch: Fetch
    terms: Terms
    port: int = 25
    private: bool = False  # servers at addresses that are not of the Internet may be delivered to
    keep: Callable[[KeptPolicy], None] = lambda _kept: None
    clock: Callable[[], float] = time.time
    _ways: dict[str, _Found] = field(default_factory=dict)
    _policies: dict[str, KeptPolicy] = field(default_factory=dict)
    _running: dict[str, asyncio.Task[_Found]] = field(default_factory=dict)

    def remember(self, kept: Iterable[KeptPolicy]) -> None:
        """Policies that an earlier process kept."""
        self._policies |= {one.domain: one for one in kept}

    def forget(self) -> None:
        """The administrator's list has changed: every way is looked up anew."""
        self._ways.clear()

    async def way_to(self, domain: str) -> DomainWay:
        """The way to a domain as it stands now. Raises nothing that the world can cause."""
        name = ascii_name(domain)
        if name is None:
            return DomainWay(domain=domain, fault=NoWay.UNPROVEN)
        found = self._ways.get(name)
        if found is not None and self.clock() < found.until:
            return found.way
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(self._look_up(name))  # noqa: TID251 - all who ask meanwhile wait for this one
            self._running[name] = task
            task.add_done_callback(lambda _done: self._running.pop(name, None))
        found = await asyncio.shield(task)
        if len(self._ways) >= MOST_DOMAINS:
            self._ways.clear()
        self._ways[name] = found
        return found.way

    async def _look_up(self, domain: str) -> _Found:
        now = self.clock()
        try:
            servers = await self.dns.mail_servers(domain)
        except DnsTroubleError as trouble:
            return _Found(DomainWay(domain=domain, trouble=str(trouble)), now + TROUBLE_SECONDS)
        fault = NoWay.NO_MAIL if servers.refuses_mail else None if servers.exists else NoWay.NO_DOMAIN
        if fault is not None:
            return _Found(DomainWay(domain=domain, fault=fault), now + servers.seconds)
        (policy, sts_fault), looked_at = await asyncio.gather(
            self._policy_of(domain),
            asyncio.gather(*(self._server(host, dane=servers.secure) for host in servers.hosts[:MOST_HOSTS])),
        )
        terms = self.terms(domain)
        way = DomainWay(domain=domain, policy=policy, sts_fault=sts_fault)
        proven = [s for one in looked_at if (s := _judged(one, policy, terms)) is not None]
        if proven:
            seconds = min(servers.seconds, *(one.seconds for one in looked_at))
            if policy is not None:
                seconds = min(seconds, self._policies[domain].until - now)
            return _Found(replace(way, servers=tuple(proven)), now + seconds)
        why = next((one.trouble for one in looked_at if one.trouble), "") or (sts_fault.value if sts_fault else "")
        if why:
            return _Found(replace(way, trouble=why), now + TROUBLE_SECONDS)
        return _Found(replace(way, fault=NoWay.UNPROVEN), now + servers.seconds)

    async def _server(self, host: str, *, dane: bool) -> _Looked:
        try:
            found = await self.dns.addresses(host)
            addresses = tuple(a for a in found.addresses if self.private or is_outside(a))
            looked = _Looked(host=host, addresses=addresses, seconds=found.seconds)
            # Only where the way to a name is vouched for does what stands under it mean anything (RFC 7672, 2.2).
            if not (dane and found.secure and addresses):
                return looked
            for base in dict.fromkeys((found.name, host)):  # where the alias leads to first (RFC 7672, 2.2.2)
                answer = await self.dns.tlsa(base, self.port)
                records = usable(answer.records) if answer.secure else ()
                looked = replace(looked, seconds=min(looked.seconds, answer.seconds))
                if records:
                    return replace(looked, host=base, tlsa=records)
        except DnsTroubleError as trouble:
            return _Looked(host=host, trouble=str(trouble))
        return looked

    async def _policy_of(self, domain: str) -> tuple[StsPolicy | None, StsFault | None]:
        now = self.clock()
        kept = self._policies.get(domain)
        if kept is not None and kept.until <= now:
            kept = None
        try:
            announced = announced_id(await self.dns.texts(f"_mta-sts.{domain}"))
        except DnsTroubleError:
            # What was kept counts all the same: to make DNS silent must not switch it off (RFC 8461, 10.2).
            return (kept.policy, None) if kept else (None, StsFault.FETCH)
        if announced is None or (kept is not None and kept.policy.id == announced):
            return (kept.policy if kept else None), None
        try:
            policy = await self.fetch(domain, announced)
        except StsError as error:
            return (kept.policy if kept else None), error.fault
        fresh = KeptPolicy(domain=domain, policy=policy, until=now + policy.max_age)
        self._policies[domain] = fresh
        self.keep(fresh)
        return policy, None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    host: str
    addresses: tuple[str, ...] = ()
    tlsa: tuple[Tlsa, ...] = ()
    trouble: str = ""
    seconds: float = TROUBLE_SECONDS


def _judged(looked: _Looked, policy: StsPolicy | None, terms: TlsTerms | None) -> Server | None:
    """The server with what it must prove; None where it may not have the mail."""
    if not looked.addresses:
        return None
    if looked.tlsa:
        return Server(host=looked.host, addresses=looked.addresses, proof=Proof.DANE, tlsa=looked.tlsa)
    if policy is not None and policy.mode is Mode.ENFORCE:
        if not policy.allows(looked.host):
            return None
        return Server(host=looked.host, addresses=looked.addresses, proof=Proof.MTA_STS)
    if terms is not None:
        return Server(host=looked.host, addresses=looked.addresses, proof=Proof.LISTED, terms=terms)
    return None
