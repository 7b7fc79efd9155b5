"""How TLS with other domains' servers went, counted as RFC 8460 wants it: for metrics, reports and administrators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ... import metrics
from ...secure_way import StsPolicy, TlsCount
from .evidence import DomainWay, Proof, Server
from .mail_dns import Tlsa


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsResult:
    """How one attempt went; `result` is RFC 8460's word for a failure (4.3), "" for success. No `server`: the domain's
    policy itself could not be had."""

    way: DomainWay
    server: Server | None
    address: str
    result: str


@dataclass(kw_only=True)
class Tally:
    """Counts until somebody takes the counts away."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _sessions: Counter[TlsCount] = field(default_factory=Counter)

    def add(self, result: TlsResult) -> None:
        server = result.server
        metrics.tls_sessions.labels(server.proof if server else "mta-sts", result.result or "success").inc()
        policy_type, policy = _policy(result.way, server)
        count = TlsCount(
            day=self.clock().astimezone(UTC).date(),
            domain=result.way.domain,
            policy_type=policy_type,
            policy=policy,
            server=server.host if server else "",
            address=result.address,
            result=result.result,
            sessions=0,
        )
        self._sessions[count] += 1

    def take(self) -> tuple[TlsCount, ...]:
        """What was counted since the last time."""
        taken = tuple(replace(count, sessions=number) for count, number in self._sessions.items())
        self._sessions.clear()
        return taken


def _policy(way: DomainWay, server: Server | None) -> tuple[str, tuple[str, ...]]:
    """Type and text of the policy that decided (RFC 8460, 4.4)."""
    if server is not None and server.proof is Proof.DANE:
        return "tlsa", tuple(_record(record) for record in server.tlsa)
    if server is None or server.proof is Proof.MTA_STS:
        return "sts", _lines(way.policy)
    return "no-policy-found", ()


def _record(record: Tlsa) -> str:
    return f"{record.usage} {record.selector} {record.matching} {record.octets.hex()}"


def _lines(policy: StsPolicy | None) -> tuple[str, ...]:
    if policy is None:
        return ()
    hosts = (f"mx: {host}" for host in policy.hosts)
    return ("version: STSv1", f"mode: {policy.mode}", *hosts, f"max_age: {policy.max_age}")
