"""Mail programs of other makes get their mail through the gateway."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.maildir import StoredMessage, messages_for
from tests.support.postfix import Postfix, delivering
from tests.support.waiting import wait_until

SENDER = "parks.owen.pritchard@council.example"
TEXT = "The bins come on Monday.\n.\n.dots\n"


@pytest.fixture(scope="module")
def back() -> Iterator[Postfix]:
    with delivering() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(back: Postfix, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    routes = {
        "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{back.port}", "tls": "none"},
        "secure": {"kind": "tls", "next_hop": f"127.0.0.1:{back.port}"},
    }
    with running_gateway(tmp_path_factory.mktemp("clients") / "gateway", routes) as running:
        yield running


def run(*command: str, text: str = TEXT) -> None:
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr


def arrived(back: Postfix, recipient: str) -> StoredMessage:
    [message] = wait_until(lambda: messages_for(back.mail, recipient), f"the mail for {recipient}")
    assert message.reverse_path == SENDER
    return message


def test_swaks_with_pipelining(gateway: GatewayProcess, back: Postfix) -> None:
    to = "swaks@greenline-contractors.example"
    server = f"127.0.0.1:{gateway.port}"
    run("swaks", "--server", server, "-f", SENDER, "-t", to, "--pipeline", "--body", TEXT, text="")
    assert b"\r\n.dots\r\n" in arrived(back, to).body


def test_msmtp_that_asks_for_delivery_reports(gateway: GatewayProcess, back: Postfix) -> None:
    to = "msmtp@greenline-contractors.example"
    server = ("--host", "127.0.0.1", "--port", str(gateway.port))
    run(
        "msmtp", "-C", "/dev/null", *server, "--from", SENDER, "-N", "failure", to,
        text=f"From: {SENDER}\nSubject: Bins\n\n{TEXT}",
    )  # fmt: skip
    assert b"\r\n.\r\n.dots\r\n" in arrived(back, to).body


def test_nodemailer(gateway: GatewayProcess, back: Postfix, repository: Path) -> None:
    to = "nodemailer@greenline-contractors.example"
    run("node", str(repository / "tests/clients/send.js"), str(gateway.port), SENDER, to)
    assert b"The bins come on Monday.\r\n.\r\n.dots\r\n" in arrived(back, to).body
