"""A real haproxy in front of us: the client is who stands before it, by both versions of its PROXY protocol."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from dlp_gateway.config_access import Client, Tls
from dlp_gateway.model import Envelope
from tests.support.ports import free_port
from tests.support.receive import Inbox, make_certificate, make_config, running
from tests.support.waiting import wait_until

CONFIG = """
global
    maxconn 50
defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
listen mail
    bind 127.0.0.1:{front}
    server gateway 127.0.0.1:{gateway} {word} check inter 200ms
"""


@contextmanager
def haproxy(folder: Path, gateway: int, word: str) -> Iterator[int]:
    """A haproxy before that port; its own port."""
    front = free_port()
    file = folder / "haproxy.cfg"
    file.write_text(CONFIG.format(front=front, gateway=gateway, word=word))
    process = subprocess.Popen(
        ["haproxy", "-db", "-f", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield front
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def is_up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send(port: int, source: str, tls: str) -> None:
    """One mail by Python's own client, from that address of loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    options = {"host": "127.0.0.1", "port": port, "timeout": 10, "source_address": (source, 0)}
    with smtplib.SMTP_SSL(**options, context=context) if tls == "implicit" else smtplib.SMTP(**options) as client:
        if tls == "starttls":
            client.starttls(context=context)
        client.sendmail("ann@council.example", ["bob@partner.example"], b"Subject: x\r\n\r\nHello\r\n")


@pytest.mark.parametrize("word", ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"])
@pytest.mark.parametrize("tls", ["clear", "starttls", "implicit"])
def test_the_client_is_who_stands_before_the_load_balancer(
    tmp_path: Path, certificate: Tls, word: str, tls: str
) -> None:
    """And only it: haproxy's own address, which is another of loopback, lets nobody in. On the loop that the gateway
    runs on, for the header is read from the bare socket."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        envelope = runner.run(_passed_on(tmp_path, certificate, word, tls))
    assert (envelope.client_ip, envelope.client_name, envelope.tls) == ("127.0.0.7", "council", tls != "clear")


async def _passed_on(tmp_path: Path, certificate: Tls, word: str, tls: str) -> Envelope:
    config = make_config(
        tls=certificate,
        implicit_tls=tls == "implicit",
        proxy_networks=("127.0.0.1/32",),
        clients=(Client(name="council", networks=("127.0.0.7/32",)),),
    )
    inbox = Inbox()
    async with running(config, inbox) as server:
        with haproxy(tmp_path, server.addresses[0][1], word) as front:
            await asyncio.to_thread(wait_until, lambda: is_up(front), "haproxy to listen")
            await asyncio.to_thread(send, front, "127.0.0.7", tls)
            with pytest.raises(smtplib.SMTPSenderRefused):
                await asyncio.to_thread(send, front, "127.0.0.1", tls)
    (message,) = inbox.messages
    return message.envelope
