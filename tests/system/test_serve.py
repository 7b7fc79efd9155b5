"""`serve` runs the console beside the gateway, and mail never waits for it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.client_mail import COLLEAGUE, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import PRODUCT, GatewayProcess, make_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@pytest.fixture
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as hop:
        yield hop


@pytest.fixture
def console_port() -> int:
    return free_port()


@pytest.fixture
def installation(hop: FakeNextHop, console_port: int, tmp_path: Path) -> Iterator[GatewayProcess]:
    """One that is not started yet."""
    way = {"kind": "gateway", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
    smtp_port = free_port()
    listeners = {
        "smtp": [{"port": smtp_port}],
        "health": {"enabled": False},
        "console": {"port": console_port},
    }
    console = {"url": f"http://127.0.0.1:{console_port}"}
    ways = {"relay": way | {"kind": "relay"}, "secure": way}
    made = make_gateway(tmp_path / "gateway", ways, as_command=PRODUCT, listeners=listeners, console=console)
    made.port, made.command = smtp_port, "serve"
    yield made
    if made.process is not None:
        made.kill()


def health(port: int) -> int:
    """What the console says of itself; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with closing(connection):
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except OSError:
            return 0


def children(pid: int) -> list[int]:
    """Processes of ours below this one whose command is the console's."""
    folders = [folder for folder in Path("/proc").iterdir() if folder.name.isdecimal()]
    return [int(folder.name) for folder in folders if _is_console_of(folder, pid)]


def _is_console_of(folder: Path, pid: int) -> bool:
    try:
        return f"--beside\0{pid}\0" in (folder / "cmdline").read_text()
    except OSError:
        return False


def test_the_console_comes_and_goes_with_the_gateway(installation: GatewayProcess, console_port: int) -> None:
    installation.start()
    assert installation.process is not None
    pid = installation.process.pid
    wait_until(lambda: health(console_port) == 200, "a console that answers")
    assert len(children(pid)) == 1
    assert f"ok       console        answers at 127.0.0.1:{console_port}" in installation.run("doctor").stdout
    assert installation.stop() == 0
    assert children(pid) == []
    assert health(console_port) == 0
    events = [json.loads(line)["event"] for line in installation.log().splitlines() if line.startswith("{")]
    assert "console:stopped" in events
    assert "console:ended" not in events, "an end that was asked for is no fault"


def test_a_console_that_was_killed_comes_back_and_a_gateway_that_was_killed_leaves_none(
    installation: GatewayProcess, console_port: int
) -> None:
    installation.start()
    assert installation.process is not None
    pid = installation.process.pid
    wait_until(lambda: health(console_port) == 200, "a console that answers")
    (console,) = children(pid)
    os.kill(console, signal.SIGKILL)
    wait_until(lambda: children(pid) not in ([], [console]) and health(console_port) == 200, "another console")
    assert re.search(r'"console:ended".*"exit_code": -9', installation.log())
    installation.kill()
    wait_until(lambda: children(pid) == [], "no console without its gateway")


def test_mail_goes_while_the_console_can_not_start(installation: GatewayProcess, console_port: int) -> None:
    with socket.create_server(("127.0.0.1", console_port)):
        installation.start()
        assert send(installation.port, mail("on", to=COLLEAGUE), COLLEAGUE).code == 250
        wait_until(lambda: '"console:ended"' in installation.log(), "a console that ends")
        assert "listeners.console: can't listen there" in installation.log()
    wait_until(lambda: health(console_port) == 200, "a console, once the address is free")
    assert installation.stop() == 0


def test_the_mail_side_alone_starts_no_console(installation: GatewayProcess, console_port: int) -> None:
    installation.command = "gateway"
    installation.start()
    assert installation.process is not None
    assert children(installation.process.pid) == []
    said = installation.run("doctor").stdout
    assert f"warning  console        127.0.0.1:{console_port}: nobody answers" in said
    assert installation.stop() == 0
