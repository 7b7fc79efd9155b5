"""Deliver to the servers of recipients' domains, domain by domain, each only under the TLS that was proven for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from ...errors import NextHopError, TlsError
from ...model import Disposition, Outcome
from ...secure_way import NoWay
from ..smtp_client import NextHop, SmtpClient
from ..smtp_wire import NO_REQUIRETLS
from ..transact import MAX_DETAIL, Delivered, Mail, all_of, transact
from .evidence import DomainWay, Evidence, Server
from .mail_dns import DnsTroubleError
from .proving import Trust, check_for
from .tally import Tally, TlsResult

MOST_CLIENTS = 200
MOST_ADDRESSES = 3  # of one server
_REFUSALS = {
    NoWay.NO_DOMAIN: "550 5.1.2 There is no such domain",
    NoWay.NO_MAIL: "556 5.1.10 The domain takes no mail",  # RFC 7505, 4
}
_PROOFS = {"dane": "DANE", "mta-sts": "MTA-STS"}


@dataclass(kw_only=True)
class DirectDelivery:
    """Clients of other domains' servers, each kept while it is of use."""

    evidence: Evidence
    trust: Trust
    helo: str
    port: int = 25
    max_connections: int = 5  # to one server: others have many senders
    tally: Tally = field(default_factory=Tally)
    _clients: OrderedDict[tuple[Server, str], SmtpClient] = field(default_factory=OrderedDict)

    async def deliver(self, mail: Mail, *, seconds: float, final_dot_seconds: float) -> Delivered:
        """One disposition per recipient, in order. Raises nothing that the world can cause. What can't be proven now is
        deferred: never is a recipient's copy sent under less."""
        domains: dict[str, list[str]] = {}
        for recipient in mail.recipients:
            domains.setdefault(recipient.rpartition("@")[2].lower(), []).append(recipient)
        answers = await asyncio.gather(
            *(self._to_domain(domain, mail.only(some), seconds, final_dot_seconds) for domain, some in domains.items())
        )
        found = {one.recipient: one for answer in answers for one in answer.dispositions}
        return Delivered(
            dispositions=tuple(found[recipient] for recipient in mail.recipients),
            unreported=tuple(one for answer in answers for one in answer.unreported),
        )

    async def probe(self) -> str:
        """What delivery to recipients' own servers can rest on here, in words, for `doctor`. Raises NextHopError."""
        try:
            validates = await self.evidence.dns.validates()
        except DnsTroubleError as trouble:
            raise NextHopError(f"recipients' servers can't be found: {trouble}") from None
        if validates:
            return "recipients' own servers, by DANE, MTA-STS or the list of secure domains"
        return (
            "recipients' own servers, by MTA-STS or the list of secure domains; not by DANE, for the resolver does not "
            "validate DNSSEC, or is not on loopback"
        )

    async def close(self) -> None:
        """Close all connections that are not in use."""
        for client in self._clients.values():
            await client.close()

    async def _to_domain(self, domain: str, mail: Mail, seconds: float, final_dot_seconds: float) -> Delivered:
        way = await self.evidence.way_to(domain)
        if way.sts_fault is not None:
            self.tally.add(TlsResult(way=way, server=None, address="", result=way.sts_fault))
        if not way.servers:
            if way.fault in _REFUSALS:
                return Delivered(dispositions=all_of(mail.recipients, Outcome.REFUSED, _REFUSALS[way.fault]))
            why = "no proof of its servers' TLS can be had" if way.fault is None else "nothing proves its servers' TLS"
            told = f"{why} ({way.trouble})" if way.trouble else why
            return Delivered(dispositions=all_of(mail.recipients, Outcome.DEFERRED, told))
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        trouble: Exception | str = "its servers could not be tried in time"
        lacking: Delivered | None = None
        untried = False
        for server in way.servers:
            for address in server.addresses[:MOST_ADDRESSES]:
                # Half of what is left, so that a server that hangs leaves time for the next.
                left = (end - loop.time()) / 2
                if left < 1:
                    untried = True
                    break
                try:
                    answer = await self._try(way, server, address, mail, left, final_dot_seconds)
                except NextHopError as error:
                    trouble = error
                    continue
                if not _lacks_requiretls(answer):
                    return answer
                lacking = answer  # RFC 8689, 4.2.1: another of its servers may offer it
                break
        if lacking is not None and isinstance(trouble, str) and not untried:
            return lacking
        return Delivered(dispositions=all_of(mail.recipients, Outcome.DEFERRED, trouble))

    async def _try(
        self, way: DomainWay, server: Server, address: str, mail: Mail, seconds: float, final_dot_seconds: float
    ) -> Delivered:
        try:
            answer = await transact(
                await self._client(server, address), mail, seconds=seconds, final_dot_seconds=final_dot_seconds
            )
        except TlsError as error:
            self.tally.add(TlsResult(way=way, server=server, address=address, result=error.result))
            raise
        self.tally.add(TlsResult(way=way, server=server, address=address, result=""))
        return replace(answer, dispositions=tuple(_with_proof(one, server) for one in answer.dispositions))

    async def _client(self, server: Server, address: str) -> SmtpClient:
        # By all that the server must prove, so that no connection is used again that was proven by less.
        key = (replace(server, addresses=()), address)
        client = self._clients.get(key)
        if client is None:
            client = self._clients[key] = SmtpClient(
                NextHop(
                    host=server.host,
                    address=address,
                    port=self.port,
                    helo=self.helo,
                    tls=self.trust.context_for(server),
                    tls_required=True,
                    tls_check=check_for(server),
                    max_connections=self.max_connections,
                    eight_bit_as_is=False,
                )
            )
            if len(self._clients) > MOST_CLIENTS:
                _, oldest = self._clients.popitem(last=False)
                await oldest.close()
        self._clients.move_to_end(key)
        return client


def _lacks_requiretls(answer: Delivered) -> bool:
    return all(one.detail == str(NO_REQUIRETLS) for one in answer.dispositions)


def _with_proof(disposition: Disposition, server: Server) -> Disposition:
    if disposition.outcome is not Outcome.RELAYED:
        return disposition
    proof = _PROOFS.get(server.proof, "the council's list")
    told = f" (TLS proven by {proof})"
    return replace(disposition, detail=disposition.detail[: MAX_DETAIL - len(told)] + told)
