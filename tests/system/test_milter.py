"""A real Postfix that keeps its mail and asks the gateway about it, by a Unix socket and by TCP."""

from __future__ import annotations

import re
import smtplib
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.client_mail import (
    BLOG,
    COLLEAGUE,
    HOSPITAL,
    OFFICER,
    SENSITIVE,
    STRANGER,
    SUPPLIER,
    Heard,
    mail,
    send,
)
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.maildir import StoredMessage, messages_for, read_messages
from tests.support.ports import free_port
from tests.support.postfix import Postfix, asking
from tests.support.waiting import wait_until

DISCLAIMER = b"This email and any attachments come from Example Council"
GROUP = "dirty.dozen@nobody.example"  # an alias of the mail server for two strangers


@pytest.fixture(scope="module")
def reinjection_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not below pytest's tmp_path, which only root may enter: the socket is for Postfix."""
    with tempfile.TemporaryDirectory(prefix="milter-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def gateway(reinjection_port, folder) -> Iterator[GatewayProcess]:
    """It hands what is its own back to the same Postfix, where nobody is asked."""
    hop = {"next_hop": f"127.0.0.1:{reinjection_port}", "tls": "none"}
    process = make_gateway(
        folder / "gateway",
        {"relay": hop | {"kind": "relay"}, "secure": hop | {"kind": "gateway"}},
        as_command="tests.support.odd_gateway",
        listeners={
            "smtp": [],
            "milter": [{"path": str(folder / "milter.sock"), "group": "postfix"}, {"port": free_port()}],
            "health": {"enabled": False},
        },
    )
    process.start()
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="module", params=["unix", "inet"])
def mta(request, gateway, reinjection_port, folder, repository) -> Iterator[Postfix]:
    """As deploy/postfix/milter.cf sets it up."""
    ready = next(line for line in gateway.log().splitlines() if "gateway:ready" in line)
    place = re.search(rf'"({request.param}:[^"]+)"', ready)
    assert place is not None, "the line says where it listens"
    _, _, main_cf = (repository / "deploy/postfix/milter.cf").read_text().partition("--- main.cf")
    lines = main_cf.partition("# --- master.cf")[0].splitlines()[1:]
    settings = dict(line.split(" = ") for line in lines if line and not line.startswith("#"))
    assert settings.pop("smtpd_milters") == settings.pop("non_smtpd_milters") == "unix:dlp-gateway/milter.sock"
    aliases = f"inline:{{{{ {{{{ {GROUP} = x1@x.example, x2@x.example }}}} }}}}"  # doubled for str.format
    settings |= {"milter_content_timeout": "2s", "virtual_alias_maps": aliases}
    with asking(place[1], reinjection_port=reinjection_port, **settings) as postfix:
        yield postfix


def arrived(mta: Postfix, name: str, recipient: str) -> list[StoredMessage]:
    mta.wait_for_empty_queue()
    return [m for m in messages_for(mta.mail, recipient) if f"X-Ledger: {name}\r\n".encode() in m.octets]


def test_what_is_relayed_stays_with_the_mail_server_unchanged_but_for_our_mark(mta):
    assert send(mta.port, mail("plain"), COLLEAGUE).code == 250
    (stored,) = arrived(mta, "plain", COLLEAGUE)
    received, mark, *rest = re.split(rb"(?m)^(?=[A-Za-z])", stored.header)[1:]
    assert received.startswith(b"Received: from ")
    assert b"by asking.postfix.example" in received
    assert mark.startswith(b"X-DLP-Gateway: ")
    expected = mail("plain").partition(b"\r\n\r\n")
    assert re.sub(rb"(?m)^Date: .*\r\n", b"", b"".join(rest)) == expected[0] + b"\r\n"
    assert stored.body == expected[2]


def test_a_disclaimer_is_added_by_the_mail_server(mta):
    octets = mail("disclaimer", Content_Type="text/plain; charset=utf-8", MIME_Version="1.0")
    assert send(mta.port, octets, SUPPLIER).code == 250
    (stored,) = arrived(mta, "disclaimer", SUPPLIER)
    assert stored.body.startswith(octets.partition(b"\r\n\r\n")[2])
    assert stored.body.count(DISCLAIMER) == 1
    assert stored.octets.count(b"\r\nContent-Type:") == 1


def test_a_split_mail_goes_each_its_own_way(mta, gateway):
    before = len(gateway.held())
    assert send(mta.port, mail("split", SENSITIVE), COLLEAGUE, STRANGER, HOSPITAL, SUPPLIER).code == 250
    (inside,) = arrived(mta, "split", COLLEAGUE)
    assert b"by gateway.council.example" not in inside.octets, "the mail server sent it itself"
    (encrypted,) = wait_until(lambda: arrived(mta, "split", HOSPITAL), "the encrypted copy")
    assert b"by gateway.council.example" in encrypted.octets
    assert arrived(mta, "split", STRANGER) == arrived(mta, "split", SUPPLIER) == []
    assert len(gateway.held()) == before + 1


def test_a_mail_that_is_all_held_is_accepted_and_the_mail_server_drops_it(mta, gateway):
    before = len(gateway.held())
    assert send(mta.port, mail("held", SENSITIVE), STRANGER).code == 250
    assert arrived(mta, "held", STRANGER) == []
    assert "milter-discard" in mta.log()
    assert len(gateway.held()) == before + 1


def test_a_mail_that_is_rejected_is_refused_in_the_session(mta):
    heard = send(mta.port, mail("rejected", SENSITIVE), BLOG)
    assert heard.code == 550
    assert heard.text.startswith("5.7.1 Message refused by the organisation's data protection policy")


def test_the_text_of_a_refusal_arrives_whole(mta):
    heard = send(mta.port, mail("route"), "a%evil.example@council.example")
    assert heard == Heard(501, "5.1.3 Syntax: RCPT TO:<address>, without source route, % or ! routing")


@pytest.mark.parametrize(
    ("name", "recipient"),
    [("quoted", '"dirty,dozen"@nobody.example'), ("capitals", "A.Stranger@NOBODY.example"), ("alias", GROUP)],
)
def test_whom_we_leave_out_gets_nothing_however_the_mail_server_writes_the_address(mta, name, recipient):
    """Or has long expanded it, as it does with an alias."""
    assert send(mta.port, mail(name, SENSITIVE), COLLEAGUE, recipient, recipient).code == 250
    assert len(arrived(mta, name, COLLEAGUE)) == 1
    assert {m.recipient for m in messages_everywhere(mta, name)} == {COLLEAGUE}


def messages_everywhere(mta: Postfix, name: str) -> list[StoredMessage]:
    return [m for m in read_messages(mta.mail) if f"X-Ledger: {name}\r\n".encode() in m.octets]


def test_what_a_nul_hides_is_not_hidden_from_us(mta):
    """Milters get a header field up to its first NUL; the configuration that we ship has Postfix take NUL out."""
    octets = mail("nul", subject="Note\0 about 943 476 5919, Joan Archer, born 12/03/1957, patient")
    assert send(mta.port, octets, STRANGER).code == 250
    assert arrived(mta, "nul", STRANGER) == []


def test_several_mails_in_one_session_are_each_judged_alone(mta):
    with smtplib.SMTP("127.0.0.1", mta.port, timeout=60) as session:
        for number in range(5):
            session.sendmail(OFFICER, [COLLEAGUE, STRANGER], mail(f"session-{number}", SENSITIVE))
            session.rset()
    for number in range(5):
        assert {m.recipient for m in messages_everywhere(mta, f"session-{number}")} <= {COLLEAGUE}
        assert len(arrived(mta, f"session-{number}", COLLEAGUE)) == 1


def test_what_the_sendmail_command_sends_is_judged_too(mta, gateway):
    before = len(gateway.held())
    mta.submit(mail("sendmail", SENSITIVE), COLLEAGUE, STRANGER, reverse_path=OFFICER)
    wait_until(lambda: arrived(mta, "sendmail", COLLEAGUE), "the mail to the colleague")
    assert arrived(mta, "sendmail", STRANGER) == []
    assert len(gateway.held()) == before + 1


BY_SOCKET = pytest.mark.parametrize("mta", ["unix"], indirect=True)  # what takes seconds is tried once


@BY_SOCKET
def test_an_inspection_may_take_longer_than_the_mail_server_waits_for_an_answer(mta):
    """It hears every second that we are at it."""
    assert send(mta.port, mail("slow", X_Odd="slow"), SUPPLIER).code == 250
    assert len(arrived(mta, "slow", SUPPLIER)) == 1


@BY_SOCKET
def test_when_the_gateway_is_killed_the_client_keeps_its_mail(mta, gateway):
    seen = gateway.log().count("test:at-it")
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send, mta.port, mail("killed", X_Odd="hangs"), SUPPLIER)
        wait_until(lambda: gateway.log().count("test:at-it") > seen, "the message in hand")
        gateway.kill()
        heard = sending.result()
    assert heard.code in (451, 421)
    nobody = send(mta.port, mail("nobody-there"), COLLEAGUE)
    assert nobody == Heard(451, "4.7.1 Service unavailable - try again later")
    gateway.start()
    assert send(mta.port, mail("killed"), SUPPLIER).code == 250
    assert len(arrived(mta, "killed", SUPPLIER)) == 1
    assert arrived(mta, "nobody-there", COLLEAGUE) == []


@BY_SOCKET
def test_what_was_durable_when_the_gateway_was_killed_is_not_kept_twice(mta, gateway):
    before = len(gateway.held())
    octets = mail("dies", SENSITIVE, X_Odd="dies", Date="Fri, 27 Nov 2026 09:00:00 +0000")
    assert send(mta.port, octets, COLLEAGUE, STRANGER).code == 451
    gateway.process.wait(timeout=20)
    gateway.kill()
    gateway.start()
    assert len(gateway.held()) == before + 1
    assert send(mta.port, octets, COLLEAGUE, STRANGER).code == 250
    assert len(arrived(mta, "dies", COLLEAGUE)) == 1
    assert arrived(mta, "dies", STRANGER) == []
    assert len(gateway.held()) == before + 1
