"""An SMTP server of ours on loopback, with a handler that does what a test says and keeps what it got."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.x509.oid import NameOID

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Config, Limits, Listeners, Store, Times
from dlp_gateway.config_access import Authentication, Client, SmtpListener, Tls, User
from dlp_gateway.errors import NextHopError
from dlp_gateway.model import Disposition, MailParams, Message, Outcome, Reply
from dlp_gateway.receive.offers import Offers
from dlp_gateway.receive.reply import reply_for
from dlp_gateway.receive.smtp import SmtpServer

LOCAL = Client(name="local", networks=("127.0.0.0/8",))
STRANGERS_ONLY = Client(name="elsewhere", networks=("192.0.2.0/24",))
PASSWORD = "correct horse battery"

Handler = Callable[[Message, ClientWatch], Awaitable[Reply]]


@functools.cache
def password_hash() -> str:
    """The cheapest that is taken: what one of ours costs is shown in test_password.py."""
    cheap = Argon2id(salt=b"0" * 16, length=32, iterations=1, lanes=1, memory_cost=7168)
    return cheap.derive_phc_encoded(PASSWORD.encode())


def user(name: str = "ann", *addresses: str) -> User:
    return User(name=name, password_hash=password_hash(), addresses=addresses)


def make_certificate(folder: Path) -> Tls:
    """A self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    tls = Tls(certificate=folder / "cert.pem", key=folder / "key.pem")
    tls.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    tls.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tls


def make_config(
    *,
    tls: Tls | None = None,
    require_tls: bool = False,
    implicit_tls: bool = False,
    clients: tuple[Client, ...] = (LOCAL,),
    users: tuple[User, ...] = (),
    times: Times | None = None,
    authentication: Authentication | None = None,
    proxy_networks: tuple[str, ...] = (),
    verify_recipients: Literal["never", "defer", "accept"] = "never",
    **limits: Any,
) -> Config:
    listener = SmtpListener(
        port=0,
        tls=tls,
        require_tls=require_tls,
        implicit_tls=implicit_tls,
        proxy_networks=proxy_networks,
        verify_recipients=verify_recipients,
    )
    return Config(
        hostname="gateway.test",
        store=Store(spool=Path(tempfile.gettempdir())),  # large messages have no name there
        listeners=Listeners(smtp=(listener,)),
        clients=clients,
        users=users,
        authentication=authentication or Authentication(),
        limits=Limits(**limits),
        times=times or Times(),
    )


class Inbox:
    """Takes every message and answers as if each recipient were held, or as `handler` does."""

    def __init__(self, handler: Handler | None = None) -> None:
        self.messages: list[Message] = []
        self.watches: list[ClientWatch] = []
        self.arrived = asyncio.Event()
        self.admission: Reply | None = None
        self.next_hop: Offers | None = None
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        self._handler = handler

    async def ask_recipient(self, _reverse_path: str | None, recipient: str, _params: MailParams) -> str:
        """What the next hop says of that recipient; it falls silent where its answer is empty."""
        self.asked.append(recipient)
        answer = self.answers.get(recipient, "250 2.1.5 Ok")
        if not answer:
            raise NextHopError("secret words")
        return answer

    async def take(self, message: Message, watch: ClientWatch) -> Reply:
        self.messages.append(message)
        self.watches.append(watch)
        self.arrived.set()
        if self._handler is not None:
            return await self._handler(message, watch)
        held = [Disposition(recipient=r, outcome=Outcome.HELD) for r in message.envelope.recipients]
        return reply_for(held, message.id)


@asynccontextmanager
async def running(config: Config, inbox: Inbox) -> AsyncIterator[SmtpServer]:
    server = SmtpServer(
        config, inbox.take, lambda: inbox.admission, next_hop=lambda: inbox.next_hop, ask_recipient=inbox.ask_recipient
    )
    await server.start()
    try:
        yield server
    finally:
        await server.drain(0.05)


class Talk:
    """A client that says exactly what it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def to(cls, server: SmtpServer) -> AsyncIterator[Talk]:
        talk = cls(*await asyncio.open_connection(*server.addresses[0]))
        try:
            yield talk
        finally:
            await talk.leaves()

    async def hears(self) -> str:
        """The next line, without its CR LF; "" when the server has closed."""
        async with asyncio.timeout(10):
            try:
                line = await self.reader.readline()
            except ConnectionError:
                return ""
        assert not line or line.endswith(b"\r\n"), line
        return line.decode("ascii").removesuffix("\r\n")

    async def hears_reply(self) -> str:
        """The last line of the next reply."""
        while (line := await self.hears())[3:4] == "-":
            pass
        return line

    def says(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def asks(self, command: str) -> str:
        self.says(command.encode() + b"\r\n")
        return await self.hears_reply()

    async def opens(self, *commands: str) -> None:
        """Hear the greeting, say EHLO and these commands, all of which must succeed."""
        assert (await self.hears_reply()).startswith("220")
        for command in ("EHLO client.test", *commands):
            answer = await self.asks(command)
            assert answer[0] in "23", (command, answer)

    async def leaves(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (ConnectionError, OSError):
            return


async def start_tls(talk: Talk) -> None:
    """Hear the greeting, then go under TLS, whoever the server may be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    await talk.opens("STARTTLS")
    await talk.writer.start_tls(context)
