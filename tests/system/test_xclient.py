"""A client of others (swaks) speaks for a client behind it: by XCLIENT, and as a load balancer by PROXY."""

from __future__ import annotations

import asyncio

import pytest

from dlp_gateway.config_access import Client
from tests.support.receive import Inbox, make_config, running, user

FRONT = Client(name="front", networks=("127.0.0.1/32",), xclient=True)
COUNCIL = Client(name="council", networks=("192.0.2.0/24", "2001:db8::/32"))
MAIL = ("--from", "ann@council.example", "--to", "bob@partner.example", "--helo", "spike.example")


async def swaks(port: int, *options: str) -> tuple[int, str]:
    """Its exit code, and what it heard."""
    process = await asyncio.create_subprocess_exec(
        "swaks", "--server", "127.0.0.1", "--port", str(port), *MAIL, *options, stdout=asyncio.subprocess.PIPE
    )
    heard, _ = await process.communicate()
    return process.returncode or 0, heard.decode()


@pytest.mark.parametrize(
    ("options", "ip", "account"),
    [
        (("--xclient-addr", "192.0.2.7", "--xclient-name", "spike.example"), "192.0.2.7", None),
        (("--xclient-addr", "IPV6:2001:db8::7", "--xclient-proto", "ESMTP"), "2001:db8::7", None),
        (("--xclient-login", "ann", "--xclient-delim", "--xclient-addr", "198.51.100.9"), "198.51.100.9", "ann"),
        (("--xclient-addr", "198.51.100.9"), None, None),
        (("--xclient-addr", "[UNAVAILABLE]"), None, None),
    ],
)
async def test_whom_xclient_names_has_the_rights_of_that_client(
    options: tuple[str, ...], ip: str | None, account: str | None
) -> None:
    inbox = Inbox()
    config = make_config(clients=(FRONT, COUNCIL), users=(user("ann", "*@council.example"),))
    async with running(config, inbox) as server:
        code, heard = await swaks(server.addresses[0][1], *options)
    assert (code == 0) is (ip is not None), heard
    assert [(m.envelope.client_ip, m.envelope.client_user) for m in inbox.messages] == ([(ip, account)] if ip else [])


@pytest.mark.parametrize(("version", "family"), [("1", "TCP4"), ("2", "AF_INET"), ("2", "AF_INET6")])
async def test_swaks_as_a_load_balancer_is_understood(version: str, family: str) -> None:
    source, destination = ("2001:db8::7", "2001:db8::1") if family == "AF_INET6" else ("192.0.2.7", "192.0.2.1")
    inbox = Inbox()
    options = ("--proxy-version", version, "--proxy-family", family, "--proxy-source", source)
    more = ("--proxy-source-port", "40000", "--proxy-dest", destination, "--proxy-dest-port", "25")
    async with running(make_config(clients=(COUNCIL,), proxy_networks=("127.0.0.1/32",)), inbox) as server:
        code, heard = await swaks(server.addresses[0][1], *options, *more)
    assert code == 0, heard
    assert inbox.messages[0].envelope.client_ip == source
