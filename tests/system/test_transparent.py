"""A whole gateway between a client and a next hop: what each says reaches the other."""

from __future__ import annotations

import smtplib
from pathlib import Path

import yaml

from dlp_gateway.model import Envelope
from dlp_gateway.model_json import decode
from tests.support.gateway_process import make_gateway
from tests.support.hop_thread import running_hop
from tests.support.waiting import wait_until

OFFICER, COLLEAGUE, GONE = "officer@council.example", "colleague@council.example", "gone@council.example"


def test_offers_refusals_and_origins_pass_through(tmp_path: Path) -> None:
    """What the next hop takes is offered, whom it refuses is refused at RCPT, and where the mail came from is in the
    record and at the next hop."""
    script = {f"RCPT {GONE}": "550 5.1.1 Nobody of that name"}
    with running_hop(script, features=("PIPELINING", "SIZE 70000", "XFORWARD NAME ADDR HELO")) as hop:
        way = {"kind": "relay", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
        client = {"name": "front", "networks": ["127.0.0.0/8"], "vouches_for_sender": True, "xforward": True}
        routes = {"relay": way, "secure": way | {"kind": "gateway"}}
        gateway = make_gateway(tmp_path, routes, clients=[client], workers={"count": 1, "names": False})
        settings = yaml.safe_load(gateway.config.read_text())
        settings["listeners"]["smtp"][0]["verify_recipients"] = "defer"
        gateway.config.write_text(yaml.safe_dump(settings))
        gateway.start()
        try:
            with smtplib.SMTP("127.0.0.1", gateway.port, timeout=30) as session:
                features = wait_until(lambda: _offered(session), "what the next hop offers")
                assert features["size"] == "70000"
                assert "smtputf8" not in features
                assert session.docmd("XFORWARD", "NAME=spike.example ADDR=192.0.2.7 IDENT=4Xyz")[0] == 250
                refused = session.sendmail(OFFICER, [COLLEAGUE, GONE], b"Subject: x\r\n\r\nHello\r\n")
            assert refused == {GONE: (550, b"5.1.1 Nobody of that name")}
        finally:
            gateway.stop()
        ((stored,),) = gateway.rows("SELECT envelope FROM store_message")
    envelope = decode(Envelope, stored)
    assert envelope.recipients == (COLLEAGUE,)
    assert envelope.params.forwarded == (("NAME", "spike.example"), ("ADDR", "192.0.2.7"), ("IDENT", "4Xyz"))
    (taken,) = hop.taken
    assert taken.rcpts == [b"RCPT TO:<colleague@council.example>"]
    (told,) = [line for hop_session in hop.sessions for line in hop_session.commands if line.startswith(b"XFORWARD")]
    assert told == b"XFORWARD NAME=spike.example ADDR=192.0.2.7"


def _offered(session: smtplib.SMTP) -> dict[str, str] | None:
    """What the gateway offers, once it knows its next hop."""
    session.ehlo("front.example")
    return None if session.has_extn("8bitmime") else session.esmtp_features
