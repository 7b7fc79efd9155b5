"""Values planted in mail stand afterwards in the mail that was meant to carry them, and nowhere else."""

from __future__ import annotations

import http.client
from pathlib import Path

from tests.support.client_mail import BLOG, COLLEAGUE, HOSPITAL, OFFICER, STRANGER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.ports import free_port

PLANTED = {
    "NHS number": "999 182 3700",
    "National Insurance number": "CE 98 76 54 B",
    "name": "Quillfeather",
    "telephone number": "01632 960777",
    "password": "Tr0mbone-Sesame-41",
    "diagnosis": "severe schizophrenia since March",
}

TEXT = (
    "Zebedee Quillfeather, NHS number 999 182 3700, National Insurance number CE 98 76 54 B, telephone\r\n"
    "01632 960777, has severe schizophrenia since March. The password is Tr0mbone-Sesame-41 for his record.\r\n"
)


def planted_in(octets: bytes) -> list[str]:
    """Which of the planted values stand there, in clear, without their blanks, or as UTF-16."""
    squeezed = octets.replace(b" ", b"")
    return [
        what
        for what, value in PLANTED.items()
        if value.encode() in octets
        or value.replace(" ", "").encode() in squeezed
        or value.encode("utf-16-le") in octets
    ]


def _metrics(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


def _notices(hop: FakeNextHop) -> bytes:
    return b"".join(notice.octets for notice in taken_for(hop, OFFICER))


def test_planted_values_stand_nowhere_but_in_the_mail_itself(tmp_path: Path) -> None:
    health = free_port()
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        smtp = free_port()
        listeners = {"smtp": [{"port": smtp}], "health": {"port": health}}
        with running_gateway(tmp_path, ways, listeners=listeners, log_level="debug") as gateway:
            octets = mail("planted", TEXT, subject="Zebedee Quillfeather, 999 182 3700", X_Note="Quillfeather")
            replies = [
                send(smtp, octets, COLLEAGUE).text,
                send(smtp, octets.replace(b"planted@", b"planted2@"), COLLEAGUE, HOSPITAL, STRANGER, BLOG).text,
                send(smtp, octets.replace(b"planted@", b"planted3@"), BLOG).text,
                send(smtp, octets.replace(b"planted@", b"planted4@") + b"bare\nline\r\n", STRANGER).text,
            ]
            record = octets.replace(b"planted@", b"planted5@").replace(
                b"The password is Tr0mbone-Sesame-41", b"This is"
            )
            replies.append(send(smtp, record, COLLEAGUE, HOSPITAL).text)
            wait_for(relay, COLLEAGUE, 3)
            wait_for(secure, HOSPITAL)
            wait_for(relay, OFFICER)
            seen = {
                "replies": " ".join(replies).encode(),
                "metrics": _metrics(health),
                "notices": _notices(relay),
                "hold list": gateway.run("holds", "list").stdout.encode(),
                "record": gateway.run("holds", "list", "--json").stdout.encode(),
            }
            gateway.stop()
            seen["log"] = gateway.log().encode()
    assert planted_in(taken_for(relay, COLLEAGUE)[0].octets) == list(PLANTED), "the mail itself carries them"
    assert seen["log"]
    assert b"dlp_gateway_verdicts_total" in seen["metrics"]
    assert seen["notices"]
    stored = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "gateway.log"]
    assert any(file.suffix == ".db" for file in stored)
    assert any("spool" in file.parts for file in stored)
    for file in stored:
        seen[str(file.relative_to(tmp_path))] = file.read_bytes()
    assert {where: planted_in(what) for where, what in seen.items() if planted_in(what)} == {}
