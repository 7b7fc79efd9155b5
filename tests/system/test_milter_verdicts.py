"""The two front doors compared: the same mail, by SMTP and by milter, is judged alike and leaves alike."""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Iterator

import pytest

from dlp_gateway.demo.samples import Sample, load_samples
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.maildir import read_messages
from tests.support.ports import free_port
from tests.support.postfix import Postfix, asking, delivering
from tests.support.waiting import wait_until

SAMPLES = load_samples()
# Each front door has its own name in HELO, which the record keeps.
SMTP, MILTER = "smtp.council.example", "milter.council.example"
_ROWS = "SELECT envelope, verdicts, policy_version, identity FROM store_message"
_TRACE = re.compile(rb"(?im)^(?:Received|X-DLP-Gateway):[^\n]*\n(?:[ \t][^\n]*\n)*")
_BOUNDARY = re.compile(rb"=_[0-9a-z]{20}\.[0-9a-z]+")


@pytest.fixture(scope="module")
def back() -> Iterator[Postfix]:
    with delivering() as postfix:
        yield postfix


@pytest.fixture(scope="module")
def gateway(back, tmp_path_factory) -> Iterator[GatewayProcess]:
    """Nothing is learned: the second mail must find what the first one found."""
    hop = {"next_hop": f"127.0.0.1:{back.port}", "tls": "none"}
    port = free_port()
    process = make_gateway(
        tmp_path_factory.mktemp("gateway"),
        {"relay": hop | {"kind": "relay"}, "secure": hop | {"kind": "gateway"}},
        listeners={"smtp": [{"port": port}], "milter": [{"port": free_port()}], "health": {"enabled": False}},
        learning={"enabled": False},
    )
    process.port = port
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def front(gateway) -> Iterator[Postfix]:
    (place,) = set(re.findall(r"inet:[0-9.]+:[0-9]+", gateway.log()))
    with asking(place, reinjection_port=free_port(), name="front") as postfix:
        yield postfix


def send(sample: Sample, port: int, helo: str) -> tuple[int, str]:
    """The reply to the final dot: its code and enhanced code."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname=helo, timeout=120) as session:
        session.ehlo()
        options = ["SMTPUTF8"] if not "".join([sample.reverse_path or "", *sample.expected]).isascii() else []
        session.mail(sample.reverse_path or "", options)
        for recipient in sample.expected:
            assert session.rcpt(recipient)[0] == 250
        code, text = session.data(sample.octets)
        return code, text.decode()[:5] if code >= 400 else ""


@pytest.fixture(scope="module")
def replies(gateway, front, back) -> dict[str, dict[str, tuple[int, str]]]:
    """By front door and sample, once all has arrived that will."""
    ports = {SMTP: gateway.port, MILTER: front.port}
    heard = {helo: {one.file: send(one, port, helo) for one in SAMPLES} for helo, port in ports.items()}
    on_its_way = "SELECT 1 FROM store_delivery WHERE state IN ('prepared', 'live', 'sending')"
    wait_until(lambda: not gateway.rows(on_its_way), "all that is sent by us to be sent", seconds=60)
    for postfix in (front, back):
        postfix.wait_for_empty_queue()
    return heard


def test_the_senders_program_hears_the_same(replies):
    assert len(SAMPLES) >= 36
    assert replies[MILTER] == replies[SMTP]


def test_every_demo_mail_gets_the_same_verdicts_by_milter_as_by_smtp(replies, gateway):
    judged: dict[str, dict[str, object]] = {SMTP: {}, MILTER: {}}
    for envelope, verdicts, version, _ in gateway.rows(_ROWS):
        said = json.loads(envelope)
        of_door = judged[said["helo"]]
        key = (said["reverse_path"], tuple(said["recipients"]), len(of_door))
        of_door[str(key)] = (json.loads(verdicts), version)
    assert len(judged[SMTP]) == len(SAMPLES)
    assert judged[MILTER] == judged[SMTP]


def test_what_the_mail_server_sends_is_what_we_would_have_sent(replies, front, back):
    """Octet for octet, but for trace fields: also where disclaimers were added."""
    ids = {sample.message_id_header for sample in SAMPLES}

    def known(folder) -> dict[tuple[bytes, str], list[bytes]]:
        found: dict[tuple[bytes, str], list[bytes]] = {}
        for stored in read_messages(folder):
            match = re.search(rb"(?im)^Message-ID:\s*(<[^>]+>)", stored.header)
            if match and match[1] in ids:
                octets = _BOUNDARY.sub(b"=_boundary", _TRACE.sub(b"", stored.header) + b"\r\n" + stored.body)
                found.setdefault((match[1], stored.recipient), []).append(octets)
        return found

    by_us, by_mail_server = known(back.mail), known(front.mail)
    assert len(by_mail_server) >= 10
    for (message_id, recipient), copies in by_mail_server.items():
        assert len(copies) == 1
        assert copies[0] == by_us[message_id, recipient][0], message_id
    # What is sent by us in both cases (encrypted, other disclaimers) came twice by the one way.
    twice = {key for key, copies in by_us.items() if len(copies) == 2}
    assert twice.isdisjoint(by_mail_server)
    assert {key for key in by_us if key not in twice} == set(by_mail_server)
