"""Nobody gets mail relayed who may not: `open_relay.txt` tries every way that is known, and nothing arrives."""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.certificates import make_authority
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.receive import PASSWORD, password_hash

CLIENT, TELLER = "127.0.0.2", "127.0.0.3"
_ESCAPE = re.compile(rb"\\(?:([rn0])|x([0-9a-f]{2}))")
_PLAIN = {b"r": b"\r", b"n": b"\n", b"0": b"\0"}


@dataclass
class Way:
    """One way to try. `steps`: what the client says, and the codes that it hears, or "closed"."""

    title: str
    source: str = "127.0.0.1"
    balancer: bool = False
    steps: list[tuple[str, list[str]]] = field(default_factory=list)


def read_ways() -> list[Way]:
    ways: list[Way] = []
    for line in Path(__file__).with_name("open_relay.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            ways.append(Way(line[3:]))
        elif line.startswith("from "):
            ways[-1].source = line[5:]
        elif line == "balancer":
            ways[-1].balancer = True
        elif line in ("TLS", "closed"):
            ways[-1].steps.append((line, []))
        elif line and not line.startswith("#"):
            said, _, codes = line.rpartition("  ")
            ways[-1].steps.append((said.rstrip(), codes.split()))
    return ways


WAYS = read_ways()


def octets(said: str) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        return _PLAIN[match[1]] if match[1] else bytes.fromhex(match[2].decode())

    def encoded(match: re.Match[bytes]) -> bytes:
        return base64.b64encode(_ESCAPE.sub(one, match[1]))

    lines = [_ESCAPE.sub(one, re.sub(rb"{b64:(.*?)}", encoded, line.encode())) for line in said.split(" | ")]
    return b"".join(line + b"\r\n" for line in lines)


class Attempt:
    """One connection that tries one way."""

    def __init__(self, port: int, way: Way) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(way.source, 0))
        self.buffer = b""

    def close(self) -> None:
        self.socket.close()

    def reply(self) -> str:
        """The code of the next reply; "closed" where there is none any more."""
        while not (line := re.match(rb"(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r\n", self.buffer)):
            try:
                more = self.socket.recv(4096)
            except ConnectionError:
                more = b""
            if not more:
                return "closed"
            self.buffer += more
        self.buffer = self.buffer[line.end() :]
        return line[1].decode()

    def start_tls(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)


@pytest.fixture(scope="module")
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(hop: FakeNextHop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GatewayProcess, int]]:
    """A gateway that has every door an operator can open, and its port behind a load balancer."""
    certificate, key = make_authority(tmp_path_factory.mktemp("authority")).server_files("localhost")
    tls = {"certificate": str(certificate), "key": str(key)}
    port, balanced = free_port(), free_port()
    next_hop = {"next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
    with running_gateway(
        tmp_path_factory.mktemp("relay"),
        {"relay": {"kind": "relay", **next_hop}, "secure": {"kind": "gateway", **next_hop}},
        listeners={
            "smtp": [
                {"port": port, "tls": tls},
                {"port": balanced, "proxy_networks": ["192.0.2.0/24"]},
            ],
            "health": {"enabled": False},
        },
        clients=[
            {"name": "council", "networks": [f"{CLIENT}/32"], "vouches_for_sender": True},
            {"name": "proxy", "networks": [f"{TELLER}/32"], "xclient": True, "xforward": True},
        ],
        users=[{"name": "ann", "password_hash": password_hash(), "addresses": ["ann@council.example"]}],
    ) as process:
        process.port = port
        yield process, balanced


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.title)
def test_this_way_is_refused_and_nothing_reaches_the_next_hop(way: Way, gateway, hop: FakeNextHop) -> None:
    process, balanced = gateway
    attempt = Attempt(balanced if way.balancer else process.port, way)
    with closing(attempt):
        if not way.balancer:
            assert attempt.reply() == "220"
        for said, codes in way.steps:
            if said == "TLS":
                attempt.start_tls()
            elif said == "closed":
                assert attempt.reply() == "closed"
            else:
                attempt.socket.sendall(octets(said))
                heard = [attempt.reply() for _ in codes]
                if heard[-1:] == ["354"]:
                    attempt.socket.sendall(b"Subject: relayed\r\n\r\nrelayed\r\n.\r\n")
                    attempt.reply()
                if codes == ["closed"] and heard != ["closed"]:
                    assert heard[0][0] in "45", f"{said!r} was answered {heard[0]}"
                    heard = [attempt.reply()]
                assert heard == codes, said
    assert hop.taken == []


def test_the_same_gateway_does_relay_for_its_clients(gateway, hop: FakeNextHop) -> None:
    """Else all the refusals above would prove nothing."""
    process, _ = gateway
    attempt = Attempt(process.port, Way("a client", CLIENT))
    with closing(attempt):
        heard = [attempt.reply()]
        for line in (
            "EHLO mail.council.example",
            "MAIL FROM:<officer@council.example>",
            "RCPT TO:<colleague@council.example>",
            "DATA",
            "From: officer@council.example\\r\\nSubject: relayed\\r\\n\\r\\nrelayed\\r\\n.",
        ):
            attempt.socket.sendall(octets(line))
            heard.append(attempt.reply())
    assert heard == ["220", "250", "250", "250", "354", "250"]
    (taken,) = hop.taken
    assert b"<colleague@council.example>" in taken.rcpts[0]
    hop.taken.clear()


def test_forty_ways_are_tried_at_least() -> None:
    assert len({way.title for way in WAYS}) == len(WAYS) >= 40
    assert PASSWORD == "correct horse battery", "the ways name it"
