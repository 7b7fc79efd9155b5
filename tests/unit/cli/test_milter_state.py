"""What `doctor` and `check-config` say of milter listeners, asked over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from dlp_gateway.cli.milter_state import milter_state, milter_warnings
from dlp_gateway.config import Config, Listeners
from dlp_gateway.config_milter import MilterListener
from tests.support.milter_desk import Desk, milter
from tests.support.ports import free_port


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_milter_that_runs_answers(tmp_path: Path, tcp: bool) -> None:
    async with milter(tmp_path, Desk(), tcp=tcp) as server:
        place = server.places[0]
        listener = MilterListener(port=int(place.rpartition(":")[2])) if tcp else MilterListener(path=place[5:])
        assert await asyncio.to_thread(milter_state, listener) == ("ok", f"answers at {place}, protocol 6")


async def test_who_may_not_ask_is_told_why(tmp_path: Path) -> None:
    async with milter(tmp_path, Desk(), tcp=True, networks=("192.0.2.0/24",)) as server:
        listener = MilterListener(port=int(server.places[0].rpartition(":")[2]))
        state, text = await asyncio.to_thread(milter_state, listener)
    assert state == "warning"
    assert text.endswith("it hangs up on this machine; networks says who may connect")


@pytest.mark.parametrize(
    "listener", [MilterListener(port=free_port()), MilterListener(path=Path("/nonexistent/m.sock"))]
)
def test_a_milter_that_does_not_run_is_told_of(listener: MilterListener) -> None:
    state, text = milter_state(listener)
    assert state == "warning"
    assert text.startswith(f"{listener.place}: nobody answers (")


def test_what_is_no_milter_is_told_of() -> None:
    def greet(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220 mail.council.example ESMTP\r\n")
            connection.recv(100)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        greeter = threading.Thread(target=greet, args=(listening,))
        greeter.start()
        state, text = milter_state(MilterListener(port=listening.getsockname()[1]))
        greeter.join()
    assert (state, text.partition(": ")[2]) == ("warning", "what answers there speaks no milter; name another address")


def test_mail_that_would_cross_a_network_in_clear_is_warned_of() -> None:
    near, far = MilterListener(port=8891), MilterListener(port=8892, host="10.1.0.1", networks=("10.1.0.4/32",))
    (warning,) = milter_warnings(Config(listeners=Listeners(milter=(near, far, MilterListener(path=Path("/m.sock"))))))
    assert str(warning).startswith(
        "listeners.milter: inet:10.1.0.1:8892: mail comes in clear text from 10.1.0.4/32; use"
    )
