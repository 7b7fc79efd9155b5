"""Every *.txt beside this file is one conversation with the server over a real socket.

`C:` the client says this line; lines without an answer between them go out in one write. `C+` the same
without a line end. Both know \\r \\n \\0 \\t \\xNN. `S:` the server answers this line; `*` stands for anything.
`closed`: the server has closed. `stopping`: the server is told to stop.
`TLS`: the client starts its handshake, showing a certificate where words follow.
`M:` the next message that was
taken has these octets. `E:` and that message's envelope has this field. `no message`: none more was
taken (checked at the end of every story). `asked`: the next hop was asked about these recipients. `@` lines at the
head choose the configuration; `#` lines say why.
"""

from __future__ import annotations

import ast
import asyncio
import re
import ssl
from contextlib import AsyncExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Config, Limits
from dlp_gateway.config_access import Authentication, Client, ClientCertificate, Tls
from dlp_gateway.errors import (
    InDoubtError,
    MessageRefusedError,
    NextHopDeferredError,
    NextHopError,
    OverloadedError,
    StoreUnavailableError,
)
from dlp_gateway.model import Disposition, Message, Outcome, Reply
from dlp_gateway.receive import reply as replies
from dlp_gateway.receive.offers import Offers
from dlp_gateway.receive.reply import DISK_LOW, encode, reply_for
from dlp_gateway.receive.service import MAX_BYTES_IN_FLIGHT
from tests.support.receive import LOCAL, STRANGERS_ONLY, Inbox, Talk, make_certificate, make_config, running, user

STORIES = sorted(Path(__file__).parent.glob("*.txt"))
ERRORS = {
    "store": StoreUnavailableError("secret words"),
    "overloaded": OverloadedError("secret words"),
    "next-hop": NextHopError("secret words"),
    "deferred": NextHopDeferredError("450 4.2.0 Greylisted"),
    "in-doubt": InDoubtError("secret words"),
    "loop": MessageRefusedError("secret words", enhanced_code="5.4.6"),
    "bug": ValueError("secret words"),
}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def octets_of(text: str) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        escape = match[1]
        plain = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"t": b"\t", b"\\": b"\\"}
        return plain[escape] if escape in plain else bytes([int(escape[1:], 16)])

    return re.sub(rb"\\(r|n|0|t|\\|x[0-9a-f]{2})", one, text.encode())


def fits(pattern: str, line: str) -> bool:
    return re.fullmatch(".*".join(re.escape(piece) for piece in pattern.split("*")), line) is not None


def read(story: Path) -> tuple[dict[str, str], list[str]]:
    lines = [line for line in story.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    options = dict(line[2:].partition(" ")[::2] for line in lines if line.startswith("@"))
    return options, [line for line in lines if not line.startswith("@")]


def config_of(options: dict[str, str], certificate: Tls) -> Config:
    limits = {key: float(value) for key, value in options.items() if key in Limits.model_fields}
    more: dict[str, Any] = {}
    if "stranger" in options:
        more["clients"] = (STRANGERS_ONLY,)
    if paces := {key: int(value) for key, value in options.items() if key.endswith("_per_minute")}:
        more["clients"] = (LOCAL.model_copy(update=paces),)
    if "addresses" in options:
        more["clients"] = (LOCAL.model_copy(update={"addresses": tuple(options["addresses"].split())}),)
    if "certificate" in options:
        wanted = ClientCertificate(fingerprints=("0" * 64,))
        more["clients"] = (LOCAL.model_copy(update={"certificate": wanted}),)
    if "user" in options:
        more["users"] = (user(*options["user"].split()),)
    if "dovecot" in options:
        more["authentication"] = Authentication(kind="dovecot", socket=options["dovecot"])
    if options.keys() & {"tls", "require-tls", "implicit-tls"}:
        more["tls"] = certificate
    if "client" in options:
        more["clients"] = (Client(name="council", networks=(options["client"],)),)
    if "teller" in options:
        words = options["teller"].split()
        teller = Client(
            name="teller", networks=("127.0.0.1/32",), xforward="xforward" in words, xclient="xclient" in words
        )
        more["clients"] = (teller, *more.get("clients", ()))
    if "verify" in options:
        more["verify_recipients"] = options["verify"]
    if "proxy" in options:
        more["proxy_networks"] = (options["proxy"],)
    return make_config(require_tls="require-tls" in options, implicit_tls="implicit-tls" in options, **more, **limits)


def inbox_of(options: dict[str, str]) -> Inbox:
    async def fail(message: Message, watch: ClientWatch) -> Reply:
        raise ERRORS[options["error"]]

    async def dispose(message: Message, watch: ClientWatch) -> Reply:
        outcome, _, detail = options["outcome"].partition(" ")
        made = [Disposition(recipient=r, outcome=Outcome(outcome), detail=detail) for r in message.envelope.recipients]
        return reply_for(made, message.id)

    inbox = Inbox(fail if "error" in options else dispose if "outcome" in options else None)
    inbox.admission = DISK_LOW if "disk-low" in options else None
    inbox.answers = {key.removeprefix("answer-"): value for key, value in options.items() if key.startswith("answer-")}
    if "next-hop" in options:
        words = options["next-hop"].split()
        sizes = [int(word.removeprefix("SIZE=")) for word in words if word.startswith("SIZE=")]
        inbox.next_hop = Offers(
            eight_bit="8BITMIME" in words,
            utf8="SMTPUTF8" in words,
            require_tls="REQUIRETLS" in words,
            size_bytes=sizes[0] if sizes else None,
        )
    return inbox


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
async def test_the_conversation_goes_as_written(story: Path, certificate: Tls) -> None:
    options, lines = read(story)
    inbox = inbox_of(options)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(config_of(options, certificate), inbox))
        if "memory-full" in options:
            server.bytes_in_flight = MAX_BYTES_IN_FLIGHT
        if "occupied" in options:
            await (await stack.enter_async_context(Talk.to(server))).opens()
        talk = await stack.enter_async_context(Talk.to(server))
        for _ in range(int(options.get("guessed", "0"))):
            server.throttle.begin("ann", "127.0.0.1", asyncio.get_running_loop().time())
        seen = 0
        unsent = bytearray()
        for number, line in enumerate(lines):
            what, _, text = line.partition(" ")
            if what in {"C:", "C+"}:
                unsent += octets_of(text) + (b"\r\n" if what == "C:" else b"")
                if lines[number + 1][:2] not in {"C:", "C+"}:
                    talk.says(bytes(unsent))
                    unsent.clear()
            elif what == "S:":
                assert fits(text, heard := await talk.hears()), f"{line!r} but heard {heard!r}"
            elif what == "stopping":
                await server.drain(0.01)
            elif what == "closed":
                assert await talk.hears() == ""
            elif what == "TLS":
                await start_tls(talk, certificate if text else None)
            elif what == "M:":
                seen += 1
                assert inbox.messages[seen - 1].octets == octets_of(text)
            elif what == "asked":
                assert inbox.asked == text.split()
            elif what == "E:":
                name, _, value = text.partition("=")
                assert attrgetter(name.strip())(inbox.messages[seen - 1].envelope) == ast.literal_eval(value.strip())
            else:
                assert line == "no message", f"{story.name}: {line!r} is not a line of a story"
    assert len(inbox.messages) == seen


async def start_tls(talk: Talk, shown: Tls | None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if shown is not None:
        context.load_cert_chain(shown.certificate, shown.key)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(10):
        await talk.writer.start_tls(context)


def test_there_are_stories() -> None:
    assert len(STORIES) >= 35


HEARD = [line.removeprefix("S: ") for story in STORIES for line in read(story)[1] if line.startswith("S: ")]
FIXED = {
    name: encode(value).decode().removesuffix("\r\n")
    for name, value in vars(replies).items()
    if isinstance(value, Reply)
}
ABOUT_A_MESSAGE = ("_REFUSED_TEXTS", "_TEMPORARY_TEXTS")


@pytest.mark.parametrize("name", FIXED)
def test_each_fixed_reply_is_heard_in_a_story_word_for_word(name: str) -> None:
    """Operators and authors of clients look replies up here: what nobody could show, nobody can check."""
    assert FIXED[name] in HEARD


@pytest.mark.parametrize(
    "text",
    [text for table in ABOUT_A_MESSAGE for text in getattr(replies, table).values()] + [replies._POLICY_TEXT],
)
def test_each_text_about_a_message_is_heard_in_a_story(text: str) -> None:
    assert any(line.endswith(f" {text} [*]") for line in HEARD)
