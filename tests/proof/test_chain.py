"""A thousand messages through Postfix, the gateway and Postfix (long form of tests/system/test_chain.py)."""

from __future__ import annotations

from pathlib import Path

from tests.support.chain import send_through, sent_by_smtp_source, without_trace
from tests.support.client_mail import COLLEAGUE
from tests.support.gateway_process import running_gateway
from tests.support.maildir import read_messages
from tests.support.postfix import delivering


def test_1000_messages_over_10_sessions_arrive_unchanged_but_for_trace_fields(tmp_path: Path) -> None:
    with delivering() as back:
        hop = {"next_hop": f"127.0.0.1:{back.port}", "tls": "none"}
        routes = {"relay": hop | {"kind": "relay"}, "secure": hop | {"kind": "gateway"}}
        with running_gateway(tmp_path, routes) as gateway:
            assert send_through(gateway, back, tmp_path, COLLEAGUE, 1000) == 1000
        arrived = read_messages(back.mail)
        assert len(arrived) == 1000
        assert {without_trace(stored) for stored in arrived} == {sent_by_smtp_source()}
