"""The real Exim around the gateway, configured as docs/guides/exim.md says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client_mail import COLLEAGUE, OFFICER, SENSITIVE, STRANGER, SUPPLIER, mail, send
from tests.support.exim import Exim, running_exim
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GatewayProcess, int]]:
    back_port = free_port()
    way_back = {"next_hop": f"127.0.0.1:{back_port}", "tls": "none"}
    routes = {"relay": {"kind": "relay", **way_back}, "secure": {"kind": "gateway", **way_back}}
    with running_gateway(tmp_path_factory.mktemp("exim"), routes) as process:
        yield process, back_port


@pytest.fixture(scope="module")
def exim(gateway: tuple[GatewayProcess, int], hop: FakeNextHop, repository: Path) -> Iterator[Exim]:
    process, back_port = gateway
    with running_exim(repository, gateway_port=process.port, back_port=back_port, next_port=hop.port) as running:
        yield running


def arrived(hop: FakeNextHop, name: str) -> list[bytes]:
    return [taken.octets for taken in hop.taken if f"X-Ledger: {name}\r\n".encode() in taken.octets]


def test_mail_goes_from_exim_through_the_gateway_and_exim_again_to_the_outside(exim, hop):
    assert send(exim.port, mail("through"), SUPPLIER).code == 250
    wait_until(lambda: arrived(hop, "through"), "the message behind Exim")
    (octets,) = arrived(hop, "through")
    header = octets.partition(b"\r\n\r\n")[0]
    assert header.count(b"\r\nReceived:") + header.startswith(b"Received:") == 3, "Exim, the gateway, Exim"
    assert b"This email and any attachments come from Example Council" in octets
    wait_until(lambda: exim.queued() == 0, "an empty queue")


def test_what_is_held_leaves_exims_queue_and_never_comes_back(exim, hop, gateway):
    process, _ = gateway
    assert send(exim.port, mail("held", SENSITIVE, to=STRANGER), STRANGER, COLLEAGUE).code == 250
    wait_until(lambda: arrived(hop, "held"), "the colleague's copy")
    wait_until(lambda: exim.queued() == 0, "an empty queue")
    assert len(process.held()) == 1
    assert [taken.rcpts for taken in hop.taken if b"X-Ledger: held\r\n" in taken.octets] == [
        [f"RCPT TO:<{COLLEAGUE}>".encode()]
    ]


def test_exim_keeps_the_mail_while_the_gateway_is_stopped(exim, hop, gateway):
    process, _ = gateway
    process.stop()
    assert send(exim.port, mail("later", to=COLLEAGUE), COLLEAGUE, reverse_path=OFFICER).code == 250
    assert exim.queued() == 1
    process.start()
    # The retry rule of the guide waits five minutes; a forced run is what an operator would do.
    exim.run_queue()
    wait_until(lambda: arrived(hop, "later"), "the message, late")
