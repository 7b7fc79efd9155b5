"""Who may come in, as mail programs of other makers try it: TLS from the first octet, log-ins passed through to the
next hop, certificates of clients, and a new certificate of our own while all this goes on."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.certificates import Authority, make_authority
from tests.support.client_mail import COLLEAGUE, OFFICER, mail
from tests.support.fake_next_hop import ORDINARY, FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.waiting import wait_until

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def exchange(tmp_path_factory) -> Path:
    """Certificate and key that a mail server made for itself."""
    folder = make_authority(tmp_path_factory.mktemp("exchange"))
    return folder.server_files("exchange.council.example", self_signed=True)[0]


@pytest.fixture(scope="module")
def hop(authority) -> Iterator[FakeNextHop]:
    features = (*ORDINARY, "AUTH PLAIN")
    with running_hop(tls=authority.server_context("localhost"), features=features) as running:
        yield running


def fingerprint(path: Path) -> str:
    return sha256(x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)).hexdigest()


@pytest.fixture(scope="module")
def gateway(authority, exchange, hop, tmp_path_factory) -> Iterator[GatewayProcess]:
    """Port 587 and 465, as it were: nobody is let in by address."""
    folder = tmp_path_factory.mktemp("access")
    (folder / "own.pem").write_bytes(authority.server_files("localhost")[0].read_bytes())
    tls = {"certificate": "own.pem", "key": "own.pem"}
    starttls = {"host": "127.0.0.1", "port": free_port(), "tls": tls, "require_tls": True}
    implicit = {"host": "127.0.0.1", "port": free_port(), "tls": tls, "implicit_tls": True}
    way = {"next_hop": f"localhost:{hop.port}", "tls": "verify", "ca_file": str(authority.file)}
    with running_gateway(
        folder,
        {"relay": {"kind": "relay", **way}, "secure": {"kind": "gateway", **way}},
        listeners={"smtp": [starttls, implicit], "health": {"enabled": False}},
        clients=[{"name": "exchange", "certificate": {"fingerprints": [fingerprint(exchange)]}}],
        authentication={"kind": "next_hop"},
    ) as process:
        process.port = implicit["port"]
        yield process


def swaks(gateway: GatewayProcess, subject: str, *options: str) -> str:
    where = ("--server", "127.0.0.1", "--port", str(gateway.port), "--tls-on-connect", "--helo", "desk.example")
    command = ("swaks", *where, "--from", OFFICER, "--to", COLLEAGUE, "--h-Subject", subject, *options)
    return subprocess.run(command, capture_output=True, timeout=60).stdout.decode(errors="replace")


def arrived(hop: FakeNextHop, subject: str) -> bytes:
    (taken,) = [t.octets for t in hop.taken if f"\r\nSubject: {subject}\r\n".encode() in t.octets]
    return taken


def test_swaks_logs_in_as_whom_the_next_hop_knows(gateway, hop):
    said = swaks(gateway, "by log-in", "--auth", "PLAIN", "--auth-user", OFFICER, "--auth-password", PASSWORD)
    assert "235 2.7.0 Authentication successful" in said
    assert b"with ESMTPSA\r\n" in arrived(hop, "by log-in")
    asked = [session for session in hop.sessions if "AUTH" in session.verbs()]
    assert [session.verbs() for session in asked] == [["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]]
    assert PASSWORD not in gateway.log()
    assert OFFICER not in gateway.log()


def test_swaks_hears_the_next_hops_no_and_may_not_write_as_somebody_else(gateway, hop):
    login = ("--auth", "LOGIN", "--auth-user", COLLEAGUE, "--auth-password", PASSWORD)
    assert "550 5.7.1 This account may not use that reverse-path" in swaks(gateway, "as another", *login)
    hop._script["AUTH"] = ["535 5.7.8 No"]
    try:
        assert "535 5.7.8 Authentication credentials invalid" in swaks(gateway, "wrong", *login)
    finally:
        del hop._script["AUTH"]
    assert not any(b"as another" in taken.octets or b"wrong" in taken.octets for taken in hop.taken)


def test_msmtp_logs_in_on_the_port_for_tls(gateway, hop, authority):
    where = ("--file=/dev/null", "--host=localhost", f"--port={gateway.port}", f"--from={OFFICER}")
    tls = ("--tls=on", "--tls-starttls=off", f"--tls-trust-file={authority.file}")
    login = ("--auth=plain", f"--user={OFFICER}", f"--passwordeval=echo {PASSWORD}")
    octets = mail("access-1", subject="msmtp on 465").replace(b"\r\n", b"\n")
    done = subprocess.run(("msmtp", *where, *tls, *login, COLLEAGUE), input=octets, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert b"with ESMTPSA\r\n\t(TLSv1.3, TLS_AES_" in arrived(hop, "msmtp on 465")


def test_a_mail_server_is_known_by_its_certificate_and_by_nothing_else(gateway, hop, exchange, authority):
    own = ("--tls-cert", str(exchange), "--tls-key", str(exchange))
    swaks(gateway, "by certificate", *own)
    assert b"with ESMTPS\r\n" in arrived(hop, "by certificate")
    other = str(authority.server_files("exchange.council.example")[0])
    said = swaks(gateway, "by another", "--tls-cert", other, "--tls-key", other)
    assert "530 5.7.0 Authentication required" in said
    assert "530 5.7.0 Authentication required" in swaks(gateway, "by none")
    assert not any(b"Subject: by another" in t.octets or b"Subject: by none" in t.octets for t in hop.taken)
    assert "its fingerprint and that of its key are others" in gateway.log()


def test_sighup_takes_up_a_new_certificate_and_no_session_notices(gateway, authority):
    context = ssl.create_default_context(cafile=str(authority.file))

    def connected() -> ssl.SSLSocket:
        bare = socket.create_connection(("127.0.0.1", gateway.port), timeout=30)
        return context.wrap_socket(bare, server_hostname="localhost")

    def shown() -> str:
        with connected() as talk:
            return sha256(talk.getpeercert(binary_form=True) or b"").hexdigest()

    before = shown()
    with connected() as open_before:
        assert open_before.recv(4096).startswith(b"220")
        (gateway.folder / "own.pem").write_bytes(authority.server_files("localhost")[0].read_bytes())
        assert gateway.process is not None
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: shown() != before, "the new certificate")
        after = shown()
        (gateway.folder / "own.pem").write_text("nonsense")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "certificate:passed_over" in gateway.log(), "the log to say so")
        assert shown() == after
        open_before.sendall(b"NOOP\r\n")
        assert open_before.recv(4096).startswith(b"250")
