"""No message becomes two on its way through the gateway, whatever ends of messages others believe in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from dlp_gateway.receive.message_octets import has_bare_cr_or_lf
from tests.support.client_mail import COLLEAGUE, OFFICER
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.maildir import read_messages
from tests.support.postfix import Postfix, delivering
from tests.support.sending import client_of, send
from tests.support.smuggling import ENDS, CredulousNextHop

VICTIM = "press@evil.example"
SMUGGLED = (
    f"MAIL FROM:<{OFFICER}>\r\nRCPT TO:<{VICTIM}>\r\nDATA\r\nSubject: smuggled\r\n\r\nNever inspected.\r\n".encode()
)


def written(end: bytes) -> bytes:
    return f"From: <{OFFICER}>\r\nTo: <{COLLEAGUE}>\r\nSubject: first\r\n\r\nfirst".encode() + end + SMUGGLED


# ---- inbound ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def back() -> Iterator[Postfix]:
    """Debian's Postfix as it comes: it takes a bare LF for the end of a line."""
    with delivering(smtpd_forbid_bare_newline="no") as postfix:
        yield postfix


@pytest.fixture(scope="module")
def gateway(back: Postfix, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    hop = {"next_hop": f"127.0.0.1:{back.port}", "tls": "none"}
    routes = {"relay": {"kind": "relay", **hop}, "secure": {"kind": "gateway", **hop}}
    with running_gateway(tmp_path_factory.mktemp("smuggling"), routes) as process:
        yield process


def talk(port: int, octets: bytes) -> bytes:
    """The replies to one message written as it is, with a proper end behind all of it."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        file = connection.makefile("rb")
        with closing(file):
            file.readline()
            for line in (
                b"EHLO desk.council.example",
                b"MAIL FROM:<%b>" % OFFICER.encode(),
                b"RCPT TO:<%b>" % COLLEAGUE.encode(),
                b"DATA",
            ):
                connection.sendall(line + b"\r\n")
                while file.readline()[3:4] == b"-":
                    pass
            connection.sendall(octets + b"\r\n.\r\nQUIT\r\n")
            return file.read()


def test_nothing_behind_an_odd_end_reaches_a_postfix_that_believes_in_bare_line_feeds(gateway, back):
    """The message is refused, or it arrives as the one it is, with all that was meant to be smuggled in its text."""
    taken = 0
    for end in ENDS:
        replies = talk(gateway.port, written(end)).splitlines()
        assert [reply[:3] for reply in replies] in ([b"250", b"221"], [b"554", b"221"]), end
        taken += replies[0].startswith(b"250")
    back.wait_for_empty_queue()
    arrived = read_messages(back.mail)
    assert VICTIM not in {message.recipient for message in arrived}
    assert len(arrived) == taken > 0
    assert all(SMUGGLED.replace(b"\r\n", b"").split(b"Subject")[0] in m.octets.replace(b"\r\n", b"") for m in arrived)


def test_that_postfix_would_have_been_deceived_without_us(back):
    """Else the test above would prove nothing."""
    before = len(read_messages(back.mail))
    talk(back.port, written(b"\n.\n"))
    back.wait_for_empty_queue()
    arrived = read_messages(back.mail)[before:]
    assert VICTIM in {message.recipient for message in read_messages(back.mail)}, arrived


# ---- outbound --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [end for end in ENDS if b"\0" not in end], ids=repr)
async def test_whatever_a_message_holds_it_stays_one_message_at_the_next_hop(end: bytes) -> None:
    """Its octets may be our own work: an edit, an encryption, a report. What would end it early is never sent, and what
    only looks so to a reader is one message, to a next hop that believes in every bare CR and LF. (NUL beside a dot is
    stopped at the door, see above, and no edit of ours makes it.)"""
    octets = written(end) + b"\r\n"
    async with CredulousNextHop() as hop:
        client = client_of(hop)
        try:
            if has_bare_cr_or_lf(octets):
                with pytest.raises(ValueError, match="bare CR or LF"):
                    await send(client, octets=octets)
                assert hop.recipients == []
            else:
                await send(client, octets=octets)
                assert len(hop.recipients) == 1
        finally:
            await client.close()
