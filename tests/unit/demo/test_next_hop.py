"""The demonstration's next hop, asked by the standard library's client."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dlp_gateway.demo.certificate import Certificate, make_certificate
from dlp_gateway.demo.next_hop import EXTENSIONS, MaildirNextHop, maildir_of
from tests.support.maildir import messages_for, read_messages

MAIL = "Subject: Bins\r\n\r\nMonday.\r\n..and Tuesday\r\n."


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), ("secure.demo.example",))


@pytest.fixture
async def next_hop(tmp_path: Path, certificate: Certificate) -> AsyncIterator[MaildirNextHop]:
    hop = MaildirNextHop(tmp_path / "mail", tls=certificate.server_context())
    await hop.start()
    yield hop
    await hop.stop()


def send(port: int, recipients: list[str], context: ssl.SSLContext | None = None, mail: str = MAIL) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        if context is not None:
            client._host = "secure.demo.example"  # the name that the certificate must carry
            client.starttls(context=context)
        client.sendmail("ann@council.example", recipients, mail)


async def test_every_recipient_has_the_message_in_a_maildir_of_its_own(next_hop: MaildirNextHop) -> None:
    await asyncio.to_thread(send, next_hop.port, ["b@partner.example", "C@webmail.example"])
    recipients = [message.recipient for message in read_messages(next_hop.folder)]
    assert recipients == ["b@partner.example", "C@webmail.example"]
    [stored] = messages_for(next_hop.folder, "c@webmail.example")
    assert stored.path.parent.parent == next_hop.folder / "c@webmail.example"
    assert stored.reverse_path == "ann@council.example"
    assert stored.body == b"Monday.\r\n..and Tuesday\r\n.\r\n"


async def test_the_certificate_made_on_the_spot_verifies_and_the_trace_tells(
    next_hop: MaildirNextHop, certificate: Certificate
) -> None:
    context = ssl.create_default_context(cafile=str(certificate.ca_file))
    await asyncio.to_thread(send, next_hop.port, ["b@partner.example"], context)
    [stored] = read_messages(next_hop.folder)
    assert b" with ESMTPS; " in stored.header


async def test_the_certificate_does_not_verify_for_those_who_do_not_know_its_authority(
    next_hop: MaildirNextHop,
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(send, next_hop.port, ["b@partner.example"], ssl.create_default_context())
    assert read_messages(next_hop.folder) == []


async def test_pipelined_commands_are_answered_in_order(next_hop: MaildirNextHop) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", next_hop.port)
    writer.write(b"EHLO c\r\nDATA\r\nMAIL FROM:<>\r\nRCPT TO:<d@partner.example>\r\nDATA\r\n")
    writer.write(b".\r\nNOOP\r\nVRFY x\r\nRSET\r\nQUIT\r\n")
    codes = [line[:4] for line in (await reader.read()).split(b"\r\n")]
    greeting_and_ehlo = 1 + 1 + len(EXTENSIONS) + 1  # our name, the extensions, STARTTLS
    assert codes[greeting_and_ehlo:] == [
        b"503 ", b"250 ", b"250 ", b"354 ", b"250 ", b"250 ", b"502 ", b"250 ", b"221 ", b"",
    ]  # fmt: skip
    [stored] = read_messages(next_hop.folder)
    assert (stored.reverse_path, stored.body) == ("", b"")
    writer.close()


@pytest.mark.parametrize("recipient", ["../../etc/x@y.example", "..", ".hidden@y.example", "a/b@y.example"])
def test_no_address_leads_out_of_the_folder(tmp_path: Path, recipient: str) -> None:
    assert maildir_of(tmp_path, recipient).resolve().parent == tmp_path.resolve()
