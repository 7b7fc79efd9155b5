"""Mail programs of other makers send through the gateway: whatever they say, the message arrives."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from dlp_gateway.receive.password import hash_password
from tests.support.certificates import Authority, make_authority
from tests.support.client_mail import COLLEAGUE, OFFICER, mail
from tests.support.fake_next_hop import FakeNextHop, Taken
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port

NAME = "localhost"
USER, PASSWORD = "scanner", "correct horse battery staple"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(authority, hop, tmp_path_factory) -> Iterator[GatewayProcess]:
    """A gateway that offers TLS, and AUTH under it, on every connection."""
    certificate, key = authority.server_files(NAME)
    port = free_port()
    listener = {"host": "127.0.0.1", "port": port, "tls": {"certificate": str(certificate), "key": str(key)}}
    next_hop = f"127.0.0.1:{hop.port}"
    with running_gateway(
        tmp_path_factory.mktemp("clients"),
        {
            "relay": {"kind": "relay", "next_hop": next_hop, "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": next_hop, "tls": "none"},
        },
        listeners={"smtp": [listener], "health": {"enabled": False}},
        users=[{"name": USER, "password_hash": hash_password(PASSWORD), "addresses": [OFFICER]}],
    ) as process:
        process.port = port
        yield process


def run(*command: str, stdin: bytes = b"", folder: Path | None = None) -> str:
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        timeout=60,
        cwd=folder,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode(errors="replace")


def arrived(hop: FakeNextHop, subject: str) -> Taken:
    """The one message with that subject; the client has its 250, so it is there already."""
    (taken,) = [t for t in hop.taken if f"\r\nSubject: {subject}\r\n".encode() in t.octets]
    assert f"<{OFFICER}>".encode() in taken.mail
    assert f"<{COLLEAGUE}>".encode() in taken.rcpts[0]
    return taken


# ---- swaks -------------------------------------------------------------------------------------------


def swaks(gateway: GatewayProcess, subject: str, *options: str) -> str:
    where = ("--server", "127.0.0.1", "--port", str(gateway.port), "--helo", "desk.council.example")
    who = ("--from", OFFICER, "--to", COLLEAGUE, "--h-Subject", subject)
    return run("swaks", *where, *who, *options)


def test_swaks_plain(gateway, hop):
    swaks(gateway, "swaks plain", "--body", "Please call.\n.\n..\nBye.")
    assert b"with ESMTP\r\n" in arrived(hop, "swaks plain").octets


def test_swaks_with_attachment(gateway, hop, tmp_path):
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 20)
    swaks(gateway, "swaks attachment", "--attach-type", "application/octet-stream", "--attach", f"@{tmp_path}/plan.pdf")
    assert b"plan.pdf" in arrived(hop, "swaks attachment").octets


def test_swaks_pipelining(gateway, hop):
    swaks(gateway, "swaks pipeline", "--pipeline")
    assert arrived(hop, "swaks pipeline")


def test_swaks_tls(gateway, hop, authority):
    swaks(gateway, "swaks tls", "--tls", "--tls-verify", "--tls-ca-path", str(authority.file))
    assert b"with ESMTPS\r\n" in arrived(hop, "swaks tls").octets


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_swaks_authenticated(gateway, hop, mechanism):
    login = ("--auth", mechanism, "--auth-user", USER, "--auth-password", PASSWORD)
    swaks(gateway, f"swaks auth {mechanism}", "--tls", *login)
    assert b"with ESMTPSA\r\n" in arrived(hop, f"swaks auth {mechanism}").octets


def test_swaks_with_a_wrong_password_sends_nothing(gateway, hop):
    login = ("--auth", "PLAIN", "--auth-user", USER, "--auth-password", "wrong")
    with pytest.raises(AssertionError, match=r"535 5\.7\.8"):
        swaks(gateway, "swaks wrong", "--tls", *login)
    assert not any(b"swaks wrong" in taken.octets for taken in hop.taken)


# ---- msmtp -------------------------------------------------------------------------------------------


def msmtp(gateway: GatewayProcess, octets: bytes, *options: str) -> None:
    where = ("--file=/dev/null", "--host=127.0.0.1", f"--port={gateway.port}", f"--from={OFFICER}")
    run("msmtp", *where, *options, COLLEAGUE, stdin=octets.replace(b"\r\n", b"\n"))


def test_msmtp_with_a_wish_for_reports(gateway, hop):
    msmtp(gateway, mail("m1", subject="msmtp dsn"), "-N", "failure,delay", "-R", "headers")
    taken = arrived(hop, "msmtp dsn")
    assert b"RET=HDRS" in taken.mail
    assert b"NOTIFY=FAILURE,DELAY" in taken.rcpts[0]


def test_msmtp_over_tls(gateway, hop, authority):
    trust = (f"--tls-trust-file={authority.file}", "--tls=on", "--tls-starttls=on", "--tls-host-override=localhost")
    msmtp(gateway, mail("m2", subject="msmtp tls"), *trust)
    assert b"with ESMTPS\r\n" in arrived(hop, "msmtp tls").octets


# ---- Python, Node.js, curl -----------------------------------------------------------------------------


def test_python_smtplib_with_tls_login_and_utf8(gateway, hop, authority):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OFFICER, COLLEAGUE, "smtplib utf8"
    message.set_content("Llanfairpwllgwyngyll: café, naïve, £5.\n", cte="8bit")
    message.add_attachment(b"a,b\r\n1,2\r\n", maintype="text", subtype="csv", filename="rota.csv")
    with smtplib.SMTP(NAME, gateway.port) as session:
        session.starttls(context=ssl.create_default_context(cafile=str(authority.file)))
        session.login(USER, PASSWORD)
        assert session.send_message(message, mail_options=["BODY=8BITMIME"]) == {}
    taken = arrived(hop, "smtplib utf8")
    assert "café, naïve, £5.".encode() in taken.octets
    assert b"BODY=8BITMIME" in taken.mail


_NODEMAILER = """
const nodemailer = require("nodemailer");
const [port, ca, user, pass] = process.argv.slice(1);
const transport = nodemailer.createTransport({
  host: "localhost", port: Number(port), secure: false, requireTLS: true,
  tls: { ca: require("fs").readFileSync(ca) }, auth: { user, pass },
});
const message = {
  from: "officer@council.example", to: "colleague@council.example", subject: "nodemailer",
  text: "Bore da, dyma’r cofnodion.", html: "<p>Bore da, dyma’r <b>cofnodion</b>.</p>",
  attachments: [{ filename: "cofnodion ŵ.txt", content: "Eitem 1" }],
};
transport.sendMail(message).then(
  (sent) => console.log(sent.response),
  (error) => { console.error(error.message); process.exit(1); },
);
"""


def test_nodemailer_with_tls_login_html_and_attachment(gateway, hop, authority, repository):
    said = run(
        "node",
        *("-e", _NODEMAILER, str(gateway.port), str(authority.file), USER, PASSWORD),
        folder=repository / "tests/clients",
    )
    assert said.startswith("250 2.0.0")
    assert b"multipart/alternative" in arrived(hop, "nodemailer").octets


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_curl(gateway, hop, authority, tmp_path, secure):
    subject = f"curl {secure}"
    (tmp_path / "message").write_bytes(mail(f"curl-{secure}", subject=subject))
    options = ("--ssl-reqd", "--cacert", str(authority.file)) if secure else ()
    run(
        "curl",
        *("--silent", "--show-error", f"smtp://localhost:{gateway.port}/desk.council.example", *options),
        *("--mail-from", OFFICER, "--mail-rcpt", COLLEAGUE, "--upload-file", str(tmp_path / "message")),
    )
    assert (b"with ESMTPS\r\n" in arrived(hop, subject).octets) == secure
