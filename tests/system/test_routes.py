"""Ways out that must be encrypted: nothing leaves in clear text, whatever the next hop is like."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.support.certificates import Authority, make_authority
from tests.support.client_mail import COLLEAGUE, HOSPITAL, OFFICER, SENSITIVE, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import hang_up, running_hop, taken_for, wait_for
from tests.support.waiting import wait_until

NAME = "secure.council.example"
SECRET = b"943 476 5919"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def hops() -> Iterator[tuple[FakeNextHop, FakeNextHop]]:
    """The ordinary next hop, and the one of the encrypted route. The second's TLS is each test's own."""
    with running_hop() as relay, running_hop() as secure:
        yield relay, secure


def routes(authority: Authority, relay: FakeNextHop, secure: FakeNextHop) -> dict[str, dict[str, str]]:
    return {
        "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
        "secure": {
            "kind": "tls",
            "next_hop": f"127.0.0.1:{secure.port}",
            "tls_name": NAME,
            "ca_file": str(authority.file),
        },
    }


@pytest.fixture(scope="module")
def gateway(authority, hops, tmp_path_factory) -> Iterator[GatewayProcess]:
    with running_gateway(tmp_path_factory.mktemp("routes"), routes(authority, *hops)) as process:
        yield process


@contextmanager
def offering(secure: FakeNextHop, tls: ssl.SSLContext | None) -> Iterator[None]:
    secure.tls = tls
    hang_up(secure)  # a connection whose certificate was verified may well be used again
    try:
        yield
    finally:
        secure.tls = None


def clear_text(secure: FakeNextHop) -> bytes:
    """Everything that the secure next hop heard before TLS."""
    return b"\r\n".join(command for session in list(secure.sessions) for command in session.clear_commands)


def bad_contexts(authority: Authority) -> dict[str, ssl.SSLContext | None]:
    return {
        "no STARTTLS": None,
        "name of another": authority.server_context("elsewhere.council.example"),
        "expired": authority.server_context(NAME, expired=True),
        "self-signed": authority.server_context(NAME, self_signed=True),
    }


def test_an_encrypted_delivery_goes_over_verified_tls(gateway, hops, authority):
    _, secure = hops
    with offering(secure, authority.server_context(NAME)):
        assert send(gateway.port, mail("tls-good", SENSITIVE, to=HOSPITAL), HOSPITAL).code == 250
    (taken,) = [t for t in taken_for(secure, HOSPITAL) if b"<tls-good@" in t.octets]
    assert SECRET in taken.octets
    assert b"MAIL" not in clear_text(secure)


@pytest.mark.parametrize("fault", ["no STARTTLS", "name of another", "expired", "self-signed"])
def test_without_sound_tls_the_client_hears_451_and_nothing_goes_in_clear(gateway, hops, authority, fault):
    relay, secure = hops
    before = len(secure.taken), len(relay.taken)
    with offering(secure, bad_contexts(authority)[fault]):
        heard = send(gateway.port, mail(f"tls-{fault.replace(' ', '-')}", SENSITIVE, to=HOSPITAL), HOSPITAL)
    assert (heard.code, heard.text.split(",")[0]) == (451, "4.4.1 The next host does not answer")
    assert (len(secure.taken), len(relay.taken)) == before
    for verb in (b"MAIL", b"RCPT", b"DATA"):
        assert verb not in clear_text(secure)
    assert secure.body_octets == 0 or all(session.tls for session in secure.sessions if session.body_octets)


def test_the_encrypted_part_of_a_split_mail_waits_for_a_good_certificate(gateway, hops, authority):
    relay, secure = hops
    with offering(secure, authority.server_context("elsewhere.council.example")):
        assert send(gateway.port, mail("split", SENSITIVE), COLLEAGUE, HOSPITAL).code == 250
        (plain,) = [t for t in taken_for(relay, COLLEAGUE) if b"<split@" in t.octets]
        wait_until(lambda: '"delivery:tried"' in gateway.log(), "a try that failed")
        assert not [t for t in secure.taken if b"<split@" in t.octets]
        assert not any(HOSPITAL.encode() in line for line in plain.rcpts)

        secure.tls = authority.server_context(NAME)
        hang_up(secure)
        wait_until(lambda: [t for t in secure.taken if b"<split@" in t.octets], "the encrypted part")
    (encrypted,) = [t for t in secure.taken if b"<split@" in t.octets]
    assert [line.partition(b"<")[2].partition(b">")[0] for line in encrypted.rcpts] == [HOSPITAL.encode()]
    assert not [t for t in relay.taken if HOSPITAL.encode() in b"".join(t.rcpts)]
    assert b"MAIL" not in clear_text(secure)


def test_giving_up_an_encrypted_delivery_is_reported_to_the_sender(authority, tmp_path):
    with running_hop() as relay, running_hop() as secure:
        terms = {"first_seconds": 0.1, "max_seconds": 0.2, "give_up_seconds": 0.5}
        with running_gateway(tmp_path, routes(authority, relay, secure), retry=terms) as gateway:
            octets = mail("lost", SENSITIVE, subject="Ward 4")
            assert send(gateway.port, octets, COLLEAGUE, HOSPITAL).code == 250
            (report,) = wait_for(relay, OFFICER)
        assert not secure.taken
        assert b"MAIL" not in clear_text(secure)
    assert report.mail.split()[1] == b"FROM:<>"
    _check_report(report.octets)


def _check_report(octets: bytes) -> None:
    """A non-delivery report as RFC 3464 wants it, that holds nothing of what was found."""
    parsed = message_from_bytes(octets, policy=policy.default)
    assert parsed.get_content_type() == "multipart/report"
    assert parsed.get_param("report-type") == "delivery-status"
    assert parsed["Auto-Submitted"].startswith("auto-")
    assert parsed["To"] == OFFICER
    text, status, original = parsed.iter_parts()
    assert HOSPITAL in text.get_content() or HOSPITAL in text.get_body(("plain",)).get_content()
    assert status.get_content_type() == "message/delivery-status"
    whole, recipient = status.get_payload()
    assert whole["Reporting-MTA"] == "dns; gateway.council.example"
    assert recipient["Final-Recipient"].replace(" ", "") == f"rfc822;{HOSPITAL}"
    assert recipient["Action"] == "failed"
    assert recipient["Status"][0] == "4"
    assert original.get_content_type() in ("text/rfc822-headers", "message/rfc822")
    assert SECRET not in octets
    assert b"Archer" not in octets


def test_a_route_by_a_secure_mail_product_carries_its_triggers(tmp_path: Path):
    with running_hop() as relay, running_hop() as product:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {
                "kind": "gateway",
                "next_hop": f"127.0.0.1:{product.port}",
                "tls": "none",
                "subject_trigger": "[encrypt]",
                "header_trigger": "X-Encrypt: yes",
            },
        }
        with running_gateway(tmp_path, ways) as gateway:
            assert send(gateway.port, mail("product", SENSITIVE, subject="Rota"), HOSPITAL).code == 250
        assert not relay.taken
        (taken,) = product.taken
    assert b"\r\nSubject: [encrypt] Rota\r\n" in taken.octets
    assert b"\r\nX-Encrypt: yes\r\n" in taken.octets
