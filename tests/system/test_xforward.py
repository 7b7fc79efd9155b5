"""A real Postfix before and behind us: what it tells us of its client by XFORWARD is what it hears back."""

from __future__ import annotations

import asyncio
import re
import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config_access import Client
from dlp_gateway.model import Disposition, Message, Outcome, Reply
from dlp_gateway.receive.reply import reply_for
from tests.support.fake_next_hop import FakeNextHop
from tests.support.ports import free_port
from tests.support.postfix import Postfix, content_filtering, proxying
from tests.support.receive import Inbox, make_config, running
from tests.support.sending import client_of

POSTFIX = Client(name="postfix", networks=("127.0.0.1/32",), xforward=True)


def handing_back(port: int) -> Inbox:
    """Gives each message to the port of 127.0.0.1 by our own client, as the gateway does."""
    back = FakeNextHop(port=port)  # never started: its port alone is of use

    async def hand_back(message: Message, _watch: ClientWatch) -> Reply:
        client = client_of(back, tell_origin=True)
        envelope = message.envelope
        prepared = await client.prepare(
            envelope.reverse_path, envelope.recipients, envelope.params, (), message.octets, 10
        )
        said = await prepared.commit(10)
        await client.close()
        return reply_for(
            [Disposition(recipient=r, outcome=Outcome.RELAYED, detail=str(said)) for r in envelope.recipients],
            message.id,
        )

    return Inbox(hand_back)


def send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "odd(name)", timeout=10, source_address=("127.0.0.9", 0)) as client:
        client.sendmail("ann@council.example", ["bob@partner.example"], b"Subject: x\r\n\r\nHello\r\n")


@pytest.mark.parametrize("before_or_after", [proxying, content_filtering])
async def test_postfix_hears_of_its_own_client_what_it_told(
    before_or_after: Callable[..., AbstractContextManager[Postfix]],
) -> None:
    """Both ways of setting up a filter; the client's name for itself is one that no host has."""
    reinjection = free_port()
    inbox = handing_back(reinjection)
    async with running(make_config(clients=(POSTFIX,)), inbox) as server:
        with before_or_after(server.addresses[0][1], reinjection_port=reinjection) as mta:
            await asyncio.to_thread(send, mta.port)
            await asyncio.to_thread(mta.wait_for_empty_queue)
            log = mta.log()
    (message,) = inbox.messages
    told = dict(message.envelope.params.forwarded)
    assert (told["ADDR"], told["PROTO"], told["SOURCE"]) == ("127.0.0.9", "ESMTP", "REMOTE")
    assert message.envelope.client_ip == "127.0.0.1"
    assert re.search(r"smtpd.*client=\S*\[127\.0\.0\.1\].*orig_client=unknown\[127\.0\.0\.9\]", log)
    if before_or_after is content_filtering:
        assert f"orig_queue_id={told['IDENT']}" in log
