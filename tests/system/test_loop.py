"""Mail that goes round in a circle while every pass still waits for the next one."""

from __future__ import annotations

from pathlib import Path

from tests.support.client_mail import COLLEAGUE, mail, send
from tests.support.gateway_process import running_gateway
from tests.support.ports import free_port


def test_a_gateway_that_is_its_own_next_hop_refuses_after_three_passes(tmp_path: Path) -> None:
    port = free_port()
    way = {"kind": "gateway", "next_hop": f"127.0.0.1:{port}", "tls": "none"}
    listeners = {"smtp": [{"port": port}], "health": {"enabled": False}}
    with running_gateway(tmp_path, {"relay": way | {"kind": "relay"}, "secure": way}, listeners=listeners) as gateway:
        # None of the passes may take another for a retry of itself and wait for it.
        heard = send(port, mail("ring", to=COLLEAGUE), COLLEAGUE)
        assert (heard.code, heard.text[:5]) == (554, "5.4.6")
        assert gateway.log().count('"message:answered"') == 3
        assert '"attempt:joined"' not in gateway.log()
