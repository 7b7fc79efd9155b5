"""Delivery straight to recipients' own servers: by a real authority and a real validating resolver, over real TLS.

Each case is a domain of its own with one mail server. What is not proven gets nothing: not one MAIL command.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509

from dlp_gateway.act.direct.deliver import DirectDelivery
from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.relay import Relay
from dlp_gateway.act.sealing import Sealer
from dlp_gateway.act.ways import Ways
from dlp_gateway.config import Config, Times
from dlp_gateway.config_ways import Direct, Route
from dlp_gateway.decide.secure_domains import SecureDomain, SecureDomains
from dlp_gateway.model import Disposition, MailParams, Outcome
from dlp_gateway.recipient_keys import KeyRing
from dlp_gateway.secure_way import KeptPolicy, Mode, NoWay, StsPolicy
from tests.support.certificates import Authority, make_authority, public_key_hash
from tests.support.fake_next_hop import Act, FakeNextHop
from tests.support.name_lab import name_lab
from tests.support.policy_web import ADDRESS, policy_answer, policy_web
from tests.support.ports import free_port

OCTETS = b"Subject: care plan\r\n\r\nNHS number 943 476 5919\r\n"
UNPROVEN = NoWay.UNPROVEN
ANNOUNCED = "v=STSv1; id=20261127;"
INJECTED = b"220 2.0.0 Ready\r\n250-evil.example\r\n250 AUTH PLAIN\r\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """`tls`: the server's certificate, by the words of `_context`. `tlsa`: records, with a word for the octets.
    `policy`: what the web server answers; "{mx}" is the server's name. `announced`: TXT records at "_mta-sts."."""

    good: bool = False  # the mail is taken
    fault: NoWay | None = None  # known before, so that the mail is held
    zone: str = "safe"
    tls: str = "right"
    tlsa: tuple[str, ...] = ()
    policy: bytes | None = None
    web: str = "right"
    announced: tuple[str, ...] | None = None  # None: one record where there is a policy
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    result: str | None = None  # how the failure is reported (RFC 8460, 4.3)
    script: Mapping[str, bytes | str | Act] = field(default_factory=dict)


def policy(mode: str = "enforce", mx: str = "{mx}", more: str = "") -> bytes:
    return policy_answer(f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n{more}")


REDIRECT = b"HTTP/1.1 301 Moved\r\nLocation: https://mta-sts.elsewhere.safe/.well-known/mta-sts.txt\r\n\r\n"
HTML = policy_answer("version: STSv1", kind="text/html")
HALF = policy_answer("version: STSv1\nmx: x.example\nmax_age: 1\n")
KEY, ISSUER = ("3 1 1 key",), ("2 0 1 issuer",)
INVALID, NO_TLS, UNTRUSTED = "validation-failure", "starttls-not-supported", "certificate-not-trusted"
FETCH, BAD, WEB = "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"
OWN_NAME = {"certificate_names": (".{domain}",)}

CASES = {
    # DANE: the zone is signed
    "dane, key named": Case(good=True, tlsa=KEY),
    "dane, certificate named": Case(good=True, tlsa=("3 0 1 certificate",)),
    "dane, key named, SHA-512": Case(good=True, tlsa=("3 1 2 key512",)),
    "dane, one of two records fits, as while keys change": Case(good=True, tlsa=("3 1 1 other", "3 1 1 key")),
    "dane, key named, self-signed and past its date: neither matters": Case(good=True, tls="old self-signed", tlsa=KEY),
    "dane, key named, other name: does not matter": Case(good=True, tls="other name", tlsa=KEY),
    "dane, issuer named": Case(good=True, tls="with issuer", tlsa=ISSUER),
    "dane, issuer named, but not shown": Case(tls="right", tlsa=ISSUER, result=INVALID),
    "dane, issuer named, expired": Case(tls="expired with issuer", tlsa=ISSUER, result=INVALID),
    "dane, issuer named, other name": Case(tls="other name with issuer", tlsa=ISSUER, result=INVALID),
    "dane, other key named": Case(tlsa=("3 1 1 other",), result=INVALID),
    "dane, server without STARTTLS": Case(tls="none", tlsa=KEY, result=NO_TLS),
    "dane, STARTTLS stripped by somebody on the way": Case(
        tlsa=KEY, script={"EHLO": "250-fake.example\n250 8BITMIME"}, result=NO_TLS
    ),
    "dane, STARTTLS refused": Case(tlsa=KEY, script={"STARTTLS": "454 4.7.0 Not now"}, result=NO_TLS),
    "dane, clear text instead of a handshake": Case(tlsa=KEY, script={"HANDSHAKE": "220 hello"}, result=INVALID),
    "dane, clear text after the reply to STARTTLS": Case(tlsa=KEY, script={"STARTTLS": INJECTED}),
    "dane, TLS 1.1": Case(tls="tls 1.1", tlsa=KEY, result=INVALID),
    "dane goes before a policy that would do": Case(tlsa=("3 1 1 other",), policy=policy(), result=INVALID),
    "dane, usages that say nothing to mail": Case(tlsa=("1 1 1 key", "0 0 1 issuer"), fault=UNPROVEN),
    "dane, zone not signed": Case(zone="plain", tlsa=KEY, fault=UNPROVEN),
    "dane, signatures do not hold": Case(zone="bogus", tlsa=KEY),
    # MTA-STS
    "policy met": Case(good=True, zone="plain", policy=policy()),
    "policy met by a wildcard": Case(good=True, zone="plain", policy=policy(mx="*.{domain}")),
    "policy met, zone signed without TLSA": Case(good=True, policy=policy()),
    "policy, certificate expired": Case(zone="plain", tls="expired", policy=policy(), result="certificate-expired"),
    "policy, certificate of another name": Case(
        zone="plain", tls="other name", policy=policy(), result="certificate-host-mismatch"
    ),
    "policy, self-signed": Case(zone="plain", tls="self-signed", policy=policy(), result=UNTRUSTED),
    "policy, authority that nobody trusts": Case(zone="plain", tls="untrusted", policy=policy(), result=UNTRUSTED),
    "policy, server without STARTTLS": Case(zone="plain", tls="none", policy=policy(), result=NO_TLS),
    "policy, STARTTLS stripped": Case(
        zone="plain", policy=policy(), script={"EHLO": "250 fake.example"}, result=NO_TLS
    ),
    "policy, TLS 1.1": Case(zone="plain", tls="tls 1.1", policy=policy(), result=INVALID),
    "policy names other servers": Case(zone="plain", policy=policy(mx="mx.elsewhere.safe"), fault=UNPROVEN),
    "policy's wildcard is one label, not two": Case(zone="plain", policy=policy(mx="*.plain"), fault=UNPROVEN),
    "policy in its trial": Case(zone="plain", policy=policy("testing"), fault=UNPROVEN),
    "policy none": Case(zone="plain", policy=policy("none"), fault=UNPROVEN),
    "policy not announced": Case(zone="plain", policy=policy(), announced=(), fault=UNPROVEN),
    "policy announced twice": Case(
        zone="plain", policy=policy(), announced=("v=STSv1; id=1;", "v=STSv1; id=2;"), fault=UNPROVEN
    ),
    "policy announced, nothing published": Case(zone="plain", announced=(ANNOUNCED,), result=FETCH),
    "policy published behind a redirection": Case(zone="plain", policy=REDIRECT, result=FETCH),
    "policy published as HTML": Case(zone="plain", policy=HTML, result=BAD),
    "policy without its mode": Case(zone="plain", policy=HALF, result=BAD),
    "policy larger than any": Case(zone="plain", policy=policy(more="x: " + "y" * 70000), result=BAD),
    "policy under a certificate of another name": Case(zone="plain", policy=policy(), web="other name", result=WEB),
    "policy under an expired certificate": Case(zone="plain", policy=policy(), web="expired", result=WEB),
    # The council's own list
    "listed, the domain's own name": Case(good=True, zone="plain", listed=OWN_NAME),
    "listed, other name": Case(zone="plain", tls="other name", listed=OWN_NAME, result=INVALID),
    "listed, self-signed": Case(zone="plain", tls="self-signed", listed=OWN_NAME, result=UNTRUSTED),
    "listed, expired": Case(zone="plain", tls="expired", listed=OWN_NAME, result="certificate-expired"),
    "listed, key pinned": Case(good=True, zone="plain", tls="self-signed", listed={"pins": ("key",)}),
    "listed, other key pinned": Case(zone="plain", listed={"pins": ("other",)}, result=INVALID),
    "listed, but the policy is stricter": Case(
        zone="plain", policy=policy(mx="mx.elsewhere.safe"), listed=OWN_NAME, fault=UNPROVEN
    ),
    "nothing at all": Case(zone="plain", fault=UNPROVEN),
}
NAMES = list(CASES)


@dataclass(kw_only=True)
class Lab:
    """All domains of the cases, and how to deliver to them."""

    relay: Relay
    ways: Ways
    port: int
    contexts: dict[str, ssl.SSLContext | None]
    direct: DirectDelivery

    async def deliver(self, *recipients: str) -> tuple[Disposition, ...]:
        reverse_path = "officer@council.example"
        delivered = await self.relay.deliver("secure", reverse_path, recipients, MailParams(), (), OCTETS)
        return delivered.dispositions

    async def fault(self, domain: str) -> NoWay | None:
        (*facts,) = await self.ways.facts([("secure", f"anna@{domain}")], 15)
        return facts[0].fault if facts else None


def domain_of(name: str) -> str:
    return f"c{NAMES.index(name)}.{CASES[name].zone}"


def address_of(name: str) -> str:
    return f"127.0.6.{NAMES.index(name) + 1}"


def _context(word: str, host: str, authorities: tuple[Authority, Authority]) -> tuple[Path, ssl.SSLContext | None]:
    """The server's files, and what it speaks TLS with."""
    trusted, untrusted = authorities
    authority = untrusted if word == "untrusted" else trusted
    name = "mx.elsewhere.safe" if "other name" in word else host
    files, _ = authority.server_files(
        name,
        expired="expired" in word or "old" in word,
        self_signed="self-signed" in word,
        with_issuer="with issuer" in word,
    )
    if word == "none":
        return files, None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files)
    if word == "tls 1.1":
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return files, context


def _octets(word: str, files: Path, authority: Authority) -> str:
    """What a TLSA record or a pin says, in hexadecimal."""
    if word == "other":
        return "ab" * 32
    own = x509.load_pem_x509_certificate(files.read_bytes())
    if word.startswith("key"):
        return public_key_hash(own, "sha512" if word == "key512" else "sha256")
    from cryptography.hazmat.primitives import hashes

    return (authority.certificate if word == "issuer" else own).fingerprint(hashes.SHA256()).hex()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    authorities = []
    for name in ("trusted", "untrusted"):
        (folder / name).mkdir()
        authorities.append(make_authority(folder / name))
    authority, port = authorities[0], free_port()
    records, entries, answers = [], [], {}
    contexts: dict[str, ssl.SSLContext | None] = {}
    webs: dict[str, ssl.SSLContext] = {}
    for name, case in CASES.items():
        domain = domain_of(name)
        host, web = f"mx.{domain}", f"mta-sts.{domain}"
        files, contexts[name] = _context(case.tls, host, (authorities[0], authorities[1]))
        records += [f"{domain}. 300 IN MX 10 {host}.", f"{host}. 300 IN A {address_of(name)}"]
        for record in case.tlsa:
            numbers, word = record.rsplit(" ", 1)
            records.append(f"_{port}._tcp.{host}. 300 IN TLSA {numbers} {_octets(word, files, authority)}")
        announced = case.announced if case.announced is not None else (ANNOUNCED,) if case.policy else ()
        records += [f'_mta-sts.{domain}. 300 IN TXT "{text}"' for text in announced]
        if case.policy is not None:
            records.append(f"{web}. 300 IN A {ADDRESS}")
            answers[web] = _filled(case.policy, host, domain)
            made = _context(case.web, web, (authorities[0], authorities[1]))[1]
            assert made is not None
            webs[web] = made
        if case.listed:
            given = {
                k: tuple(_octets(w, files, authority) if k == "pins" else w for w in v) for k, v in case.listed.items()
            }
            entries.append(_entry(domain, **given))
    records += [
        "nomail.safe. 300 IN MX 0 .",
        "down.safe. 300 IN MX 10 mx.down.safe.",
        "mx.down.safe. 300 IN A 127.0.8.1",
    ]
    records.append(f"_{port}._tcp.mx.down.safe. 300 IN TLSA 3 1 1 {'ab' * 32}")
    with name_lab(folder / "names", records) as resolver, policy_web(answers, webs):
        yield _opened(resolver, port, authority, SecureDomains(entries), contexts)


def _filled(answer: bytes, host: str, domain: str) -> bytes:
    body = answer.replace(b"{mx}", host.encode()).replace(b"{domain}", domain.encode())
    head, blank, text = body.partition(b"\r\n\r\n")
    fields = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    return b"\r\n".join((*fields, b"Content-Length: %d" % len(text))) + blank + text


def _entry(domain: str, **demands: tuple[str, ...]) -> SecureDomain:
    days = {"checked_on": date(2026, 1, 1), "review_by": date(2030, 1, 1)}
    return SecureDomain.model_validate(
        {"id": f"x{domain.replace('.', '-')}", "domains": (domain,), "evidence": "Seen in the lab.", **days, **demands}
    )


def _opened(
    resolver: str, port: int, authority: Authority, listed: SecureDomains, contexts: dict[str, ssl.SSLContext | None]
) -> Lab:
    config = Config(
        hostname="gateway.council.example",
        routes={"relay": Route(kind="relay", next_hop="127.0.0.1:1"), "secure": Route(kind="tls")},
        times=Times(next_hop_seconds=10, final_dot_seconds=5),
        direct=Direct(resolvers=(resolver,), ca_file=authority.file, private_addresses=True, port=port),
    )
    direct = set_up_direct(config, lambda domain: listed.terms_for(domain, date(2026, 11, 27)))
    sealer = Sealer(config, KeyRing)
    ways = Ways(direct_routes=config.direct_routes, key_routes=(), evidence=direct.evidence, sealer=sealer)
    return Lab(relay=Relay(config, direct), ways=ways, port=port, contexts=contexts, direct=direct)


@pytest.mark.parametrize("name", NAMES)
async def test_a_server_gets_the_mail_only_where_its_tls_is_proven(lab: Lab, name: str) -> None:
    """No downgrade: in every case that is not proven, the server hears no MAIL, in clear text or otherwise."""
    case, domain = CASES[name], domain_of(name)
    assert await lab.fault(domain) == case.fault
    lab.direct.tally.take()
    async with FakeNextHop(case.script, tls=lab.contexts[name], host=address_of(name), port=lab.port) as server:
        (became,) = await lab.deliver(f"anna@{domain}")
        await lab.relay.close()
    if case.good:
        assert became.outcome is Outcome.RELAYED
        assert "TLS proven by" in became.detail
        assert [taken.octets for taken in server.taken] == [OCTETS]
        assert all(not line.startswith(b"MAIL") for session in server.sessions for line in session.clear_commands)
        assert [(count.result, count.sessions) for count in lab.direct.tally.take()] == [("", 1)]
    else:
        assert became.outcome is Outcome.DEFERRED
        assert "MAIL" not in server.verbs()
        assert [count.result for count in lab.direct.tally.take()] == ([case.result] if case.result else [])


async def test_a_domain_that_does_not_exist_and_one_that_takes_no_mail_are_known_and_refused(lab: Lab) -> None:
    assert await lab.fault("nobody.safe") is NoWay.NO_DOMAIN
    assert await lab.fault("nomail.safe") is NoWay.NO_MAIL
    became = await lab.deliver("a@nobody.safe", "b@nomail.safe")
    assert [one.outcome for one in became] == [Outcome.REFUSED, Outcome.REFUSED]
    assert [one.detail[:10] for one in became] == ["550 5.1.2 ", "556 5.1.10"]


async def test_each_recipient_hears_of_their_own_domain(lab: Lab) -> None:
    """One delivery to four domains: each has its own outcome, in the order of the recipients."""
    good, bad = "dane, key named", "dane, other key named"
    async with (
        FakeNextHop(tls=lab.contexts[good], host=address_of(good), port=lab.port) as taking,
        FakeNextHop(tls=lab.contexts[bad], host=address_of(bad), port=lab.port),
    ):
        became = await lab.deliver(
            f"a@{domain_of(bad)}", f"b@{domain_of(good)}", "c@down.safe", f"d@{domain_of(good)}", "e@nobody.safe"
        )
        await lab.relay.close()
    deferred, relayed = Outcome.DEFERRED, Outcome.RELAYED
    assert [one.outcome for one in became] == [deferred, relayed, deferred, relayed, Outcome.REFUSED]
    assert [len(taken.rcpts) for taken in taking.taken] == [2]


async def test_a_policy_once_seen_counts_although_dns_no_longer_announces_it(lab: Lab) -> None:
    """RFC 8461, 10.2: whoever can silence DNS must not be able to switch the policy off."""
    name = "policy not announced"
    evidence, domain = lab.ways.evidence, domain_of("policy not announced")
    kept = StsPolicy(id="1", mode=Mode.ENFORCE, hosts=(f"mx.{domain}",), max_age=86400)
    evidence.remember([KeptPolicy(domain=domain, policy=kept, until=evidence.clock() + 100)])
    evidence.forget()
    try:
        assert await lab.fault(domain) is None
        async with FakeNextHop(tls=lab.contexts[name], host=address_of(name), port=lab.port) as server:
            (became,) = await lab.deliver(f"anna@{domain}")
            await lab.relay.close()
        assert (became.outcome, len(server.taken)) == (Outcome.RELAYED, 1)
        evidence.clock, clock = (lambda: clock() + 200), evidence.clock
        assert await lab.fault(domain) is UNPROVEN
        evidence.clock = clock
    finally:
        evidence.forget()
        evidence.remember([KeptPolicy(domain=domain, policy=kept, until=0)])
