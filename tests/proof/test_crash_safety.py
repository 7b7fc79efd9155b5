"""kill -9 under plain, held and split mail, long form: the figure that the README may state."""

from __future__ import annotations

import smtplib
import threading
from pathlib import Path

import pytest

from dlp_gateway.store.in_hand import left_behind
from tests.support.crash_run import SUPPLIER, run_with_kills
from tests.support.gateway_process import make_gateway
from tests.support.hop_thread import running_hop
from tests.support.torture import run_torture
from tests.support.waiting import wait_until


def test_sixty_kills_lose_and_leak_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = run_with_kills(tmp_path, kills=60, seed=3)
    with capsys.disabled():
        print(f"\n{account}")
    assert not account.lost, str(account)
    assert not account.leaked, str(account)
    assert not account.refused, str(account)


def test_the_torture_run_loses_nobody_and_every_copy_too_many_has_a_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = run_torture(tmp_path, messages=10_000, kills=100, seed=1)
    with capsys.disabled():
        print(f"\n{account.table()}")
    assert account.kills == 100
    assert account.counts["messages"] == 10_000
    assert account.faults == []


def test_the_torture_run_sees_a_gateway_that_answers_before_the_commit(tmp_path: Path) -> None:
    account = run_torture(tmp_path, messages=400, kills=20, seed=2, as_command="tests.support.seeded_gateway")
    assert account.counts["recipients lost"] > 0, "a test of loss that can't see loss proves nothing"


def test_a_message_whose_inspection_the_gateway_does_not_survive_is_held_unread_in_the_end(tmp_path: Path) -> None:
    octets = (
        b"From: <officer@council.example>\r\nMessage-ID: <poison@council.example>\r\n\r\n"
        + b"Please bring the plans on Thursday, and the minutes of the last meeting.\r\n" * 20_000
    )

    def send(port: int) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=120) as session:
                session.sendmail("officer@council.example", [SUPPLIER], octets)
        except (OSError, smtplib.SMTPException):
            pass  # it died

    with running_hop() as hop:
        route = {"kind": "relay", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
        gateway = make_gateway(tmp_path, {"relay": route, "secure": route | {"kind": "gateway"}})
        for _ in range(3):
            gateway.start()
            client = threading.Thread(target=send, args=(gateway.port,))
            client.start()
            wait_until(lambda: any(left_behind(tmp_path / "spool").values()), "the message in hand", seconds=60)
            gateway.kill()
            client.join()
        gateway.start()
        send(gateway.port)
        assert len(gateway.held()) == 1
        (inspection,) = gateway.rows("SELECT inspection FROM store_message ORDER BY received_at DESC LIMIT 1")[0]
        assert "the gateway stopped 3 times" in inspection
        gateway.stop()
        assert hop.taken == []
