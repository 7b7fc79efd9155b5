"""Our client with real next hops, and the fake next hop compared with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest

from dlp_gateway.act.recipient_check import RecipientCheck
from dlp_gateway.act.smtp_client import NextHop, SmtpClient
from dlp_gateway.errors import InDoubtError, NextHopError
from dlp_gateway.model import MailParams
from tests.support.fake_next_hop import FakeNextHop
from tests.support.maildir import messages_for
from tests.support.postfix import Postfix, delivering
from tests.support.sending import OCTETS, prepare, send
from tests.support.smtp_sink import smtp_sink
from tests.support.waiting import wait_until

A = "ann@hospital.example"


def client_of(port: int, **terms) -> SmtpClient:
    return SmtpClient(NextHop(**{"host": "127.0.0.1", "port": port, "helo": "gateway.example"} | terms))


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    known = (
        "check_recipient_access inline:{{{{gone@x.example=550 5.1.1 Nobody of that name}}}}, permit_mynetworks, reject"
    )
    with delivering(smtpd_recipient_restrictions=known) as running:
        yield running


async def test_postfix_gets_each_message_as_it_was_given(postfix):
    client = client_of(postfix.port)
    bodies = [b"Subject: %d\r\n\r\n.one\r\n..two\r\n.\r\n\xc3\xa9\r\n" % n for n in range(20)]
    replies = await asyncio.gather(*(send(client, f"r{n}@x.example", octets=body) for n, body in enumerate(bodies)))
    await client.close()
    assert {reply.code for reply in replies} == {250}
    for n, body in enumerate(bodies):
        (stored,) = wait_until(lambda n=n: messages_for(postfix.mail, f"r{n}@x.example"), "the message")
        assert stored.body == body.partition(b"\r\n\r\n")[2]


async def test_postfix_is_asked_about_many_recipients_and_keeps_its_pace(postfix):
    """After 100 RSET in a session it would answer each command a second late (smtpd_junk_command_limit)."""
    before = len(re.findall(r"smtpd\[\d+\]: connect from", postfix.log()))
    check = RecipientCheck(client_of(postfix.port))
    words = [await check.ask("jo@council.example", f"n{n}@x.example", MailParams()) for n in range(120)]
    gone = await check.ask("jo@council.example", "gone@x.example", MailParams())
    await check.close()
    assert {word[:9] for word in words} == {"250 2.1.5"}
    assert "5.1.1" in gone
    assert "Nobody of that name" in gone
    assert len(re.findall(r"smtpd\[\d+\]: connect from", postfix.log())) - before == 3
    assert postfix.queue() == []


async def test_postfix_drops_what_was_not_committed(postfix):
    client = client_of(postfix.port)
    prepared = await prepare(client, ["dropped@x.example"])
    await prepared.abort()
    assert (await send(client, "kept@x.example")).taken
    await client.close()
    wait_until(lambda: messages_for(postfix.mail, "kept@x.example"), "the message")
    postfix.wait_for_empty_queue()
    assert not messages_for(postfix.mail, "dropped@x.example")


async def test_postfix_restarting_its_server_costs_no_message(postfix):
    client = client_of(postfix.port)
    assert (await send(client)).taken
    postfix.run("postfix", "reload")
    for _ in range(3):
        assert (await send(client)).taken
    await client.close()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-f", "mail"), 500),
        (("-r", "mail"), 450),
        (("-f", "rcpt"), 500),
        (("-r", "data"), 450),
        (("-Q", "mail"), None),
    ],
)
async def test_smtp_sink_refusing_before_the_dot(options, code):
    with smtp_sink(*options) as port:
        client = client_of(port)
        if code is None:
            with pytest.raises(NextHopError):
                await prepare(client)
        else:
            prepared = await prepare(client)
            assert (prepared.accepted, prepared.refused[A].code) == ((), code)
        await client.close()


@pytest.mark.parametrize("features", [(), ("-p",), ("-e",), ("-8",)])
async def test_smtp_sink_with_fewer_features_takes_the_message(features):
    with smtp_sink(*features) as port:
        client = client_of(port)
        for _ in range(3):
            assert (await send(client)).code == 250
        await client.close()


async def test_smtp_sink_hanging_up_at_the_dot_is_in_doubt():
    with smtp_sink("-q", ".") as port:
        client = client_of(port)
        prepared = await prepare(client)
        with pytest.raises(InDoubtError):
            await prepared.commit(5)
        await client.close()


async def test_smtp_sink_answering_slowly_after_the_dot_is_waited_for():
    with smtp_sink("-W", ".:1") as port:
        client = client_of(port)
        assert (await send(client)).taken
        prepared = await prepare(client)
        with pytest.raises(InDoubtError):
            await prepared.commit(0.1)
        await client.close()


# ---- the fake against the real -------------------------------------------------------------------

DIALOGUES = {
    "ordinary": [b"EHLO x.example", b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@x.example>", b"DATA", b"S: x\r\n\r\n."],
    "two messages": [b"EHLO x.example", *[b"MAIL FROM:<>", b"RCPT TO:<b@x.example>", b"DATA", b"\r\n."] * 2, b"QUIT"],
    "out of order": [b"EHLO x.example", b"RCPT TO:<b@x.example>", b"DATA", b"MAIL FROM:<a@x.example>", b"DATA"],
    "reset": [b"EHLO x.example", b"MAIL FROM:<a@x.example>", b"RSET", b"RCPT TO:<b@x.example>", b"NOOP", b"QUIT"],
    "old": [b"HELO x.example", b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@x.example>", b"DATA", b"x\r\n.", b"QUIT"],
    "unknown": [b"EHLO x.example", b"FROBNICATE", b"NOOP"],
}


async def classes_of(port: int, said: list[bytes]) -> list[int]:
    """The classes of the replies to a dialogue, the greeting first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for line in [None, *said]:
        if line is not None:
            writer.write(line + b"\r\n")
        while re.match(rb"\d{3}-", reply := await reader.readline()):
            pass
        found.append(int(reply[:1]))
    writer.close()
    await writer.wait_closed()
    return found


@pytest.mark.parametrize("dialogue", DIALOGUES)
async def test_the_fake_answers_as_postfix_does(postfix, dialogue):
    async with FakeNextHop() as hop:
        assert await classes_of(hop.port, DIALOGUES[dialogue]) == await classes_of(postfix.port, DIALOGUES[dialogue])


@pytest.mark.parametrize("dialogue", ["ordinary", "two messages", "old"])
async def test_the_fake_answers_as_smtp_sink_does(dialogue):
    with smtp_sink() as port:
        async with FakeNextHop() as hop:
            assert await classes_of(hop.port, DIALOGUES[dialogue]) == await classes_of(port, DIALOGUES[dialogue])


async def test_the_fake_takes_the_same_octets_as_postfix(postfix):
    octets = OCTETS + b".\r\n..\r\n...\r\n"
    async with FakeNextHop() as hop:
        for port in (hop.port, postfix.port):
            client = client_of(port)
            await send(client, "same@x.example", octets=octets, params=MailParams(body="8BITMIME"))
            await client.close()
    (stored,) = wait_until(lambda: messages_for(postfix.mail, "same@x.example"), "the message")
    assert stored.body == hop.taken[0].octets.partition(b"\r\n\r\n")[2]
    assert hop.taken[0].octets == octets
