"""Which hosts take mail for a domain, asked of a name server that answers over the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from dlp_gateway.act.mail_hosts import mail_hosts

ZONE = {
    "acme.example.": ["20 mx2.acme.example.", "10 MX1.Mail.Protection.Example."],
    "refuses.example.": ["0 ."],  # RFC 7505
    "silent.example.": None,
}
NO_RECORDS = frozenset({"bare.example."})


class NameServer:
    """Answers MX questions from ZONE on a port of its own; other names do not exist."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            octets, client = self.socket.recvfrom(4096)
            if not octets:
                return
            question = dns.message.from_wire(octets)
            name = question.question[0].name
            if (reply := self._reply(question, name.to_text())) is not None:
                self.socket.sendto(reply.to_wire(), client)

    def _reply(self, question: dns.message.Message, name: str) -> dns.message.Message | None:
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        if name == "broken.example.":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif name in ZONE:
            records = ZONE[name]
            if records is None:
                return None
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", *records))
        elif name not in NO_RECORDS:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply

    def stop(self) -> None:
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    server = NameServer()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    yield resolver
    server.stop()


def test_hosts_come_in_order_of_preference_in_small_letters(resolver: dns.resolver.Resolver) -> None:
    found = mail_hosts("acme.example", resolver=resolver)
    assert found.hosts == ("mx1.mail.protection.example", "mx2.acme.example")
    assert (found.fault, found.known) == ("", True)


@pytest.mark.parametrize(
    ("domain", "fault"),
    [
        ("nowhere.example", "the domain does not exist"),
        ("bare.example", "no mail host is named (no MX record)"),
        ("refuses.example", "the domain takes no mail"),
    ],
)
def test_a_domain_without_a_host_is_known_to_have_none(
    resolver: dns.resolver.Resolver, domain: str, fault: str
) -> None:
    found = mail_hosts(domain, resolver=resolver)
    assert (found.hosts, found.fault, found.known) == ((), fault, True)


@pytest.mark.parametrize("domain", ["silent.example", "broken.example"])
def test_a_look_up_that_fails_says_nothing_about_the_domain(resolver: dns.resolver.Resolver, domain: str) -> None:
    found = mail_hosts(domain, resolver=resolver, seconds=0.5)
    assert (found.hosts, found.known) == ((), False)
    assert found.fault
