"""The gateway between real mail servers, in the three ways that deploy/postfix describes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.gateway_process import running_gateway
from tests.support.maildir import messages_for, read_messages
from tests.support.ports import free_port
from tests.support.postfix import content_filtering, delivering, proxying, relaying, send_with_smtp_source
from tests.support.waiting import wait_until

SENDER = "parks.owen.pritchard@council.example"
RECIPIENT = "site.team@greenline-contractors.example"
MESSAGES = 10


def _relay(port: int) -> dict[str, dict[str, object]]:
    return {
        "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{port}", "tls": "none"},
        "secure": {"kind": "tls", "next_hop": f"127.0.0.1:{port}"},
    }


def _send(port: int) -> None:
    send_with_smtp_source(port, "-s", "4", "-m", str(MESSAGES), "-f", SENDER, "-t", RECIPIENT, "-l", "2000")


@pytest.mark.parametrize("place", [proxying, content_filtering], ids=["before-queue", "after-queue"])
def test_as_a_filter_of_postfix_every_message_comes_back_once(tmp_path: Path, place) -> None:
    reinjection_port = free_port()
    with (
        running_gateway(tmp_path / "gateway", _relay(reinjection_port)) as gateway,
        place(gateway.port, reinjection_port=reinjection_port) as mta,
    ):
        _send(mta.port)
        mta.wait_for_empty_queue()
        messages = messages_for(mta.mail, RECIPIENT)
        assert len(messages) == MESSAGES
        assert {message.reverse_path for message in messages} == {SENDER}
        assert all(b"X-DLP-Gateway: " in message.header for message in messages)


def test_as_a_smart_host_it_hands_everything_to_its_next_hop(tmp_path: Path) -> None:
    with (
        delivering() as back,
        running_gateway(tmp_path / "gateway", _relay(back.port)) as gateway,
        relaying(gateway.port) as front,
    ):
        _send(front.port)
        front.wait_for_empty_queue()
        wait_until(lambda: len(messages_for(back.mail, RECIPIENT)) == MESSAGES, "all messages")
        back.wait_for_empty_queue()
        assert len(read_messages(back.mail)) == MESSAGES


def test_while_the_gateway_is_away_postfix_keeps_the_mail(tmp_path: Path) -> None:
    with delivering() as back, running_gateway(tmp_path / "gateway", _relay(back.port)) as gateway:
        gateway.stop()
        with relaying(gateway.port) as front:
            _send(front.port)
            wait_until(lambda: "status=deferred" in front.log(), "the first failure")
            assert len(front.queue()) == MESSAGES
            gateway.start()
            front.wait_for_empty_queue()
            wait_until(lambda: len(messages_for(back.mail, RECIPIENT)) == MESSAGES, "all messages")
