"""Exim says its last words behind the final dot, closes its half, and waits for our replies."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config_access import Client, ClientCertificate
from dlp_gateway.model import Message, Reply
from dlp_gateway.receive.reply import OK
from tests.support.receive import LOCAL, Inbox, Talk, make_certificate, make_config, running

ENVELOPE = (
    b"EHLO client.test\r\n",
    b"MAIL FROM:<a@council.example>\r\n",
    b"RCPT TO:<b@partner.example>\r\n",
    b"DATA\r\n",
)
BY_CERTIFICATE = Client(
    name="elsewhere", networks=("192.0.2.0/24",), certificate=ClientCertificate(fingerprints=("0" * 64,))
)


class Watched(Inbox):
    """Looks whether the client is there, once it has closed its half."""

    def __init__(self) -> None:
        super().__init__(self._look)
        self.closed = asyncio.Event()
        self.gone: list[bool] = []

    async def _look(self, _message: Message, watch: ClientWatch) -> Reply:
        await self.closed.wait()
        await asyncio.sleep(0.05)  # what it closed has come by then
        self.gone.append(watch.gone)
        return OK


@pytest.mark.parametrize(
    ("last_words", "gone"), [(b"QUIT\r\n", False), (b"quit\r\n", False), (b"", True), (b"NOOP", True)]
)
async def test_a_client_that_said_quit_and_closed_its_half_waits_for_our_reply(last_words: bytes, gone: bool) -> None:
    """Any other has gone: its message is not delivered, since it would be sent again."""
    inbox = Watched()
    async with running(make_config(), inbox) as server, Talk.to(server) as talk:
        await talk.hears_reply()
        for command in ENVELOPE:
            talk.says(command)
            await talk.hears_reply()
        talk.says(b"x\r\n.\r\n" + last_words)
        talk.writer.write_eof()
        await inbox.arrived.wait()
        inbox.closed.set()
        assert await talk.hears() == "250 2.0.0 Ok"
        assert inbox.gone == [gone]
        if last_words.lower() == b"quit\r\n":
            assert await talk.hears() == "221 2.0.0 Bye"
        assert await talk.hears() == ""


class TlsTalk:
    """A client whose every octet of TLS is in our hands, so that it can close one direction."""

    def __init__(self, talk: Talk) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._talk = talk
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out)
        self._heard = b""

    async def handshake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._exchange()
            else:
                self._talk.says(self._out.read())
                return

    async def _exchange(self) -> bool:
        if self._out.pending:
            self._talk.says(self._out.read())
        async with asyncio.timeout(10):
            octets = await self._talk.reader.read(65536)
        self._in.write(octets)
        return bool(octets)

    def says(self, octets: bytes) -> None:
        self._tls.write(octets)
        self._talk.says(self._out.read())

    def closes_its_half(self) -> None:
        with pytest.raises(ssl.SSLWantReadError):
            self._tls.unwrap()  # writes close_notify, then would wait for ours
        self._talk.says(self._out.read())
        self._talk.writer.write_eof()

    async def hears(self) -> str:
        """The next line of a reply's end; "" where there is none."""
        while True:
            while b"\r\n" in self._heard:
                line, _, self._heard = self._heard.partition(b"\r\n")
                if line[3:4] != b"-":
                    return line.decode()
            try:
                octets = self._tls.read(65536)
            except ssl.SSLWantReadError:
                if not await self._exchange():
                    return ""
            except ssl.SSLZeroReturnError:
                return ""
            else:
                if not octets:
                    return ""
                self._heard += octets


@pytest.mark.parametrize("clients", [(LOCAL,), (LOCAL, BY_CERTIFICATE)], ids=["ssl", "asking for certificates"])
async def test_so_it_is_under_tls(clients: tuple[Client, ...], tmp_path) -> None:
    inbox = Watched()
    config = make_config(tls=make_certificate(tmp_path), clients=clients)
    async with running(config, inbox) as server, Talk.to(server) as talk:
        await talk.opens("STARTTLS")
        client = TlsTalk(talk)
        await client.handshake()
        for command in ENVELOPE:
            client.says(command)
            await client.hears()
        client.says(b"x\r\n.\r\nQUIT\r\n")
        client.closes_its_half()
        await inbox.arrived.wait()
        inbox.closed.set()
        assert [await client.hears() for _ in range(3)] == ["250 2.0.0 Ok", "221 2.0.0 Bye", ""]
        assert inbox.gone == [False]
