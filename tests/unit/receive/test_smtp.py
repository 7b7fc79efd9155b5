"""The server where a written conversation is not enough: time, leaving clients, limits, logs, other loops."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
from pathlib import Path

import pytest
import uvloop

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Times
from dlp_gateway.config_access import Client, Tls
from dlp_gateway.errors import ConfigError
from dlp_gateway.model import Message, Reply
from dlp_gateway.octets import Spooled, whole
from dlp_gateway.receive import connection, service
from dlp_gateway.receive.reply import DISK_LOW, OK, STOPPING
from dlp_gateway.receive.smtp import SmtpServer
from tests.support.receive import (
    LOCAL,
    PASSWORD,
    STRANGERS_ONLY,
    Inbox,
    Talk,
    make_certificate,
    make_config,
    running,
    start_tls,
    user,
)
from tests.support.waiting import wait_until_async

MAIL, RCPT = "MAIL FROM:<ann@council.example>", "RCPT TO:<bob@partner.example>"
ENVELOPE = (MAIL, RCPT, "DATA")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


class Slow(Inbox):
    """Answers when told to."""

    def __init__(self) -> None:
        super().__init__(self._wait)
        self.go_on = asyncio.Event()
        self.finished = asyncio.Event()

    async def _wait(self, message: Message, watch: ClientWatch) -> Reply:
        await self.go_on.wait()
        self.finished.set()
        return OK


async def pass_time(seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    await wait_until_async(lambda: asyncio.get_running_loop().time() >= end, "time to pass")


# The client leaves --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "reset", "half-close", "tls"])
async def test_a_client_that_leaves_never_cancels_the_handler(how: str, certificate: Tls) -> None:
    inbox = Slow()
    async with running(make_config(tls=certificate), inbox) as server, Talk.to(server) as talk:
        if how == "tls":
            await start_tls(talk)
            assert (await talk.asks("EHLO client.test")).startswith("250")
            for command in ENVELOPE:
                await talk.asks(command)
        else:
            await talk.opens(*ENVELOPE)
        talk.says(b"text\r\n.\r\n")
        await inbox.arrived.wait()
        assert not inbox.watches[0].gone
        if how == "half-close":
            talk.writer.write_eof()
        elif how == "reset":
            talk.writer.transport.abort()
        else:
            talk.writer.close()
        await wait_until_async(lambda: inbox.watches[0].gone, "the watch to see it")
        inbox.go_on.set()
        await asyncio.wait_for(inbox.finished.wait(), 5)
        if how == "half-close":
            assert await talk.hears() == "250 2.0.0 Ok"
            assert await talk.hears() == ""
        await wait_until_async(lambda: not server.sessions, "the session to end")


async def test_a_client_that_leaves_in_the_middle_of_a_message_leaves_nothing() -> None:
    inbox = Inbox()
    async with running(make_config(), inbox) as server:
        async with Talk.to(server) as talk:
            await talk.opens(*ENVELOPE)
            talk.says(b"half a mess")
        await wait_until_async(lambda: not server.sessions, "the session to end")
        assert server.bytes_in_flight == 0
    assert not inbox.messages


async def test_commands_sent_before_a_half_close_are_answered() -> None:
    async with running(make_config(), Inbox()) as server, Talk.to(server) as talk:
        talk.says(b"HELO client.test\r\nNOOP\r\nQUIT\r\n")
        talk.writer.write_eof()
        assert [(await talk.hears())[:3] for _ in range(5)] == ["220", "250", "250", "221", ""]


# Time ---------------------------------------------------------------------------------------------


async def test_patience_counts_from_the_final_dot() -> None:
    times = Times(worker_wait_seconds=1, inspection_seconds=1, way_seconds=1, next_hop_seconds=1, patience_seconds=7)
    inbox = Slow()
    async with running(make_config(times=times), inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(b".\r\n")
        await inbox.arrived.wait()
        assert 6 < inbox.watches[0].seconds_left <= 7
        inbox.go_on.set()
        assert await talk.hears() == "250 2.0.0 Ok"


@pytest.mark.parametrize("drip", [False, True])
async def test_a_client_that_sends_no_command_is_sent_away(drip: bool) -> None:
    async with running(make_config(command_seconds=0.3), Inbox()) as server, Talk.to(server) as talk:
        await talk.opens()
        for _ in range(5 if drip else 0):
            talk.says(b"N")  # more octets do not buy more time
            await pass_time(0.04)
        assert (await talk.hears()).startswith("421 4.4.2")
        assert await talk.hears() == ""


@pytest.mark.parametrize("drip", [False, True])
async def test_a_client_that_does_not_end_its_message_is_sent_away(drip: bool) -> None:
    inbox = Inbox()
    async with running(make_config(command_seconds=30, data_seconds=0.3), inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(b"text\r\n")
        for _ in range(5 if drip else 0):
            talk.says(b"x")  # more octets do not buy more time
            await pass_time(0.04)
        assert (await talk.hears()).startswith("421 4.4.2")
        assert await talk.hears() == ""
    assert not inbox.messages


async def test_the_time_of_our_own_work_is_not_the_clients() -> None:
    inbox = Slow()
    config = make_config(command_seconds=0.2, data_seconds=0.2)
    async with running(config, inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(b".\r\n")
        await inbox.arrived.wait()
        await pass_time(0.7)
        assert not inbox.watches[0].gone
        inbox.go_on.set()
        assert await talk.hears() == "250 2.0.0 Ok"
        assert (await talk.asks("NOOP")).startswith("250")


# Limits -------------------------------------------------------------------------------------------


async def test_connections_beyond_an_entrys_share_are_sent_away_and_free_again_later() -> None:
    clients = (Client(name="local", networks=("127.0.0.0/8",), max_connections=1),)
    async with running(make_config(clients=clients), Inbox()) as server:
        async with Talk.to(server) as first, Talk.to(server) as second:
            await first.opens()
            assert (await second.hears()).startswith("421 4.7.0")
            assert await second.hears() == ""
            assert (await first.asks("QUIT")).startswith("221")
        await wait_until_async(lambda: not server.sessions, "the sessions to end")
        async with Talk.to(server) as third:
            await third.opens()


async def test_messages_in_flight_have_a_common_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_BYTES_IN_FLIGHT", 200_000)
    inbox = Slow()
    async with running(make_config(), inbox) as server, Talk.to(server) as one, Talk.to(server) as two:
        await one.opens(*ENVELOPE)
        await two.opens(*ENVELOPE)
        one.says(b"x" * 50_000 + b"\r\n" + b"x" * 50_000 + b"\r\n.\r\n")
        await inbox.arrived.wait()
        two.says((b"x" * 50_000 + b"\r\n") * 4 + b".\r\n")
        assert (await two.hears()).startswith("451 4.3.2")
        inbox.go_on.set()
        assert await one.hears() == "250 2.0.0 Ok"
        assert server.bytes_in_flight == 0
        for command in ENVELOPE:
            await two.asks(command)
        two.says(b"x\r\n.\r\n")
        assert await two.hears() == "250 2.0.0 Ok"


async def test_what_one_session_says_changes_no_limit_of_another() -> None:
    async with running(make_config(), Inbox()) as server, Talk.to(server) as one, Talk.to(server) as two:
        await one.opens()
        long_mail = (
            f"MAIL FROM:<{'a' * 60}@{'b' * 60}.example> SIZE=1 ENVID={'x' * 290} BODY=8BITMIME SMTPUTF8 RET=FULL"
        )
        await two.opens()
        assert (await one.asks(long_mail)).startswith("250")


async def test_a_client_that_reads_no_reply_makes_us_wait_not_grow() -> None:
    async with running(make_config(), Inbox()) as server, Talk.to(server) as talk:
        talk.writer.transport.pause_reading()
        talk.says(b"HELP\r\n" * 200_000)
        await wait_until_async(lambda: server.sessions, "the session")
        (session,) = server.sessions
        await pass_time(0.2)
        assert len(session._input) < 2**20
        assert session.transport is None or session.transport.get_write_buffer_size() < 2**24


async def test_a_client_that_pipelines_thousands_of_commands_does_not_hold_up_others() -> None:
    async with running(make_config(recipients=100), Inbox()) as server, Talk.to(server) as many, Talk.to(server) as one:
        await many.opens(MAIL)
        await one.opens()
        many.says(b"".join(b"RCPT TO:<r%d@partner.example>\r\n" % number for number in range(6000)))
        one.says(b"NOOP\r\n")
        assert await one.hears() == "250 2.0.0 Ok"
        assert server.sessions
        assert [await many.hears() for _ in range(6000)].count("250 2.1.5 Ok") == 100


async def test_octets_that_come_one_by_one_make_the_same_conversation() -> None:
    inbox = Inbox()
    script = b"EHLO c\r\n", b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", b"x\r\n..\r\n.\r\nQUIT\r\n"
    async with running(make_config(), inbox) as server, Talk.to(server) as talk:
        talk.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await talk.hears()
        for part, replies in zip(script, (1, 3, 2), strict=True):
            for octet in part:
                talk.says(bytes([octet]))
                await asyncio.sleep(0)
            for _ in range(replies):
                assert (await talk.hears_reply())[0] in "23"
    assert inbox.messages[0].octets == b"x\r\n.\r\n"


async def test_the_reply_to_ehlo_is_one_packet() -> None:
    async with running(make_config(), Inbox()) as server, Talk.to(server) as talk:
        await talk.hears()
        talk.says(b"EHLO client.test\r\n")
        assert (await talk.reader.read(4096)).endswith(b"\r\n250 DSN\r\n")


# The end ------------------------------------------------------------------------------------------


async def test_draining_sends_idle_clients_away_and_lets_a_transaction_finish() -> None:
    inbox = Slow()
    async with running(make_config(), inbox) as server, Talk.to(server) as idle, Talk.to(server) as busy:
        await idle.opens()
        await busy.opens(MAIL)
        async with asyncio.TaskGroup() as group:
            draining = group.create_task(server.drain(10))
            assert await idle.hears() == str(STOPPING)
            assert await idle.hears() == ""
            assert (await busy.asks(RCPT)).startswith("250")
            assert (await busy.asks("DATA")).startswith("354")
            busy.says(b"x\r\n.\r\n")
            await inbox.arrived.wait()
            with pytest.raises(OSError, match="Connect"):
                await asyncio.open_connection("127.0.0.1", busy.writer.get_extra_info("peername")[1])
            inbox.go_on.set()
            assert await busy.hears() == "250 2.0.0 Ok"
            assert (await busy.asks(MAIL)).startswith("421 4.3.2")
            await asyncio.wait_for(draining, 5)


async def test_draining_closes_what_does_not_finish_but_cancels_no_handler() -> None:
    inbox = Slow()
    async with running(make_config(), inbox) as server, Talk.to(server) as stuck, Talk.to(server) as busy:
        await stuck.opens(MAIL)
        await busy.opens(*ENVELOPE)
        busy.says(b"x\r\n.\r\n")
        await inbox.arrived.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(server.drain(0.1))
            assert await stuck.hears() == str(STOPPING)
            assert await busy.hears() == ""
            assert inbox.watches[0].gone
        inbox.go_on.set()
        await asyncio.wait_for(inbox.finished.wait(), 5)


# TLS ----------------------------------------------------------------------------------------------


async def test_a_failed_handshake_ends_the_session_and_frees_its_place(certificate: Tls) -> None:
    async with running(make_config(tls=certificate), Inbox()) as server:
        async with Talk.to(server) as garbage, Talk.to(server) as leaver:
            await garbage.opens("STARTTLS")
            await leaver.opens("STARTTLS")
            garbage.says(b"MAIL FROM:<a@b.example>\r\n" * 9)
            leaver.writer.close()
            await wait_until_async(lambda: not server.sessions, "both sessions to end")
        assert server.clients._total == 0


async def test_nothing_older_than_tls_1_2_is_spoken(certificate: Tls) -> None:
    async with running(make_config(tls=certificate), Inbox()) as server, Talk.to(server) as talk:
        await talk.opens("STARTTLS")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await talk.writer.start_tls(context)


def test_a_certificate_that_can_not_be_used_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    config = make_config(tls=Tls(certificate=tmp_path / "none", key=tmp_path / "none"))
    with pytest.raises(ConfigError, match="can't be used"):
        SmtpServer(config, Inbox().take, lambda: None)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_both_loops_carry_a_session_from_clear_text_to_tls_to_a_message(loop: str, certificate: Tls) -> None:
    async def story() -> None:
        inbox = Inbox()
        big = b"\r\n" + (b"x" * 998 + b"\r\n") * 3000
        async with running(make_config(tls=certificate, users=(user(),)), inbox) as server, Talk.to(server) as talk:
            await start_tls(talk)
            assert (await talk.asks("EHLO client.test")).endswith("AUTH PLAIN LOGIN")
            assert (await talk.asks("AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNlIGJhdHRlcnk=")).startswith("235")
            for command in ENVELOPE:
                assert (await talk.asks(command))[0] in "23"
            talk.says(big + b".\r\n")
            assert (await talk.hears()).startswith("250")
            assert (await talk.asks("QUIT")).startswith("221")
            assert await talk.hears() == ""
        assert whole(inbox.messages[0].octets) == big
        assert inbox.messages[0].envelope.tls

    factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(story())


# Open relay ---------------------------------------------------------------------------------------

ATTEMPTS = [
    (sender, recipient)
    for sender in ("ann@council.example", "", "postmaster@gateway.test", "a@[127.0.0.1]", "root@localhost")
    for recipient in (
        "x@evil.example",
        "x%evil.example@gateway.test",
        "@gateway.test:x@evil.example",
        '"x@evil"@gateway.test',
    )
]


@pytest.mark.parametrize(("sender", "recipient"), ATTEMPTS)
async def test_a_stranger_relays_nothing(sender: str, recipient: str) -> None:
    inbox = Inbox()
    async with running(make_config(clients=(STRANGERS_ONLY,)), inbox) as server, Talk.to(server) as talk:
        await talk.opens()
        assert (await talk.asks(f"MAIL FROM:<{sender}>")).startswith("550 5.7.1")
        assert (await talk.asks(f"RCPT TO:<{recipient}>")).startswith("503")
        assert (await talk.asks("DATA")).startswith("503")
    assert not inbox.messages


# Logs and foreign clients -------------------------------------------------------------------------

PLANTED = "the-planted-line-of-a-message"


async def test_no_line_of_a_message_and_no_credential_reaches_a_log(
    caplog: pytest.LogCaptureFixture, certificate: Tls
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)

    async def fail(message: Message, watch: ClientWatch) -> Reply:
        raise ValueError(message.octets)

    config = make_config(tls=certificate, users=(user(),), message_bytes=65536)
    async with running(config, Inbox(fail)) as server, Talk.to(server) as talk:
        await start_tls(talk)
        await talk.asks("EHLO client.test")
        await talk.asks("AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNlIGJhdHRlcnk=")
        for body in (PLANTED, PLANTED + "\n", (PLANTED + "\r\n") * 4000):
            for command in ("MAIL FROM:<planted@council.example>", "RCPT TO:<planted@partner.example>", "DATA"):
                await talk.asks(command)
            talk.says(f"Subject: {PLANTED}\r\n\r\n{body}\r\n.\r\n".encode())
            assert PLANTED not in await talk.hears()
        await talk.asks(PLANTED)
    assert "message:failed" in caplog.text
    everything = caplog.text + repr([vars(record) for record in caplog.records])
    assert "planted" not in everything
    assert PASSWORD not in everything
    assert "AGFubgBj" not in everything


SMTPLIB = """
import smtplib, ssl, sys
context = ssl._create_unverified_context()
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
    client.starttls(context=context)
    client.login("ann", sys.argv[2])
    client.sendmail("ann@council.example", ["bob@partner.example", "eve@partner.example"],
                    "Subject: x\\n\\n.dot\\n..\\nend", mail_options=["RET=HDRS"], rcpt_options=["NOTIFY=FAILURE"])
    client.sendmail("ann@council.example", ["bob@partner.example"], b"second")
"""


async def run(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_smtplib_is_understood(certificate: Tls) -> None:
    inbox = Inbox()
    async with running(make_config(tls=certificate, users=(user(),)), inbox) as server:
        await run(sys.executable, "-c", SMTPLIB, str(server.addresses[0][1]), PASSWORD)
    first, second = inbox.messages
    assert first.octets == b"Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n"
    assert first.envelope.recipients == ("bob@partner.example", "eve@partner.example")
    assert (first.envelope.params.ret, first.envelope.recipient_params[1].notify) == ("HDRS", "FAILURE")
    assert second.octets == b"second\r\n"


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--pipeline",),
        ("--protocol", "SMTP"),
        ("--tls", "--auth", "PLAIN"),
        ("--tls", "--auth", "LOGIN", "--pipeline"),
    ],
)
async def test_swaks_is_understood(options: tuple[str, ...], certificate: Tls) -> None:
    inbox = Inbox()
    more = ("--auth-user", "ann", "--auth-password", PASSWORD) if "--auth" in options else ()
    async with running(make_config(tls=certificate, users=(user(),), clients=(LOCAL,)), inbox) as server:
        address = f"127.0.0.1:{server.addresses[0][1]}"
        envelope = ("-f", "a@council.example", "-t", "b@x.example,c@y.example")
        await run("swaks", "--server", address, *envelope, *options, *more)
    assert inbox.messages[0].envelope.recipients == ("b@x.example", "c@y.example")
    assert inbox.messages[0].envelope.client_user == ("ann" if more else None)


LARGE = b"Subject: plans\r\n\r\n" + (b".x" * 400 + b"\r\n") * 4000


async def test_a_large_message_leaves_the_memory_while_it_arrives() -> None:
    inbox = Slow()
    async with running(make_config(), inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(LARGE.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        await inbox.arrived.wait()
        assert server.bytes_in_flight < 1000
        inbox.go_on.set()
        assert await talk.hears() == "250 2.0.0 Ok"
    (message,) = inbox.messages
    assert isinstance(message.octets, Spooled)
    assert message.octets.header == b"Subject: plans\r\n\r\n"
    assert whole(message.octets) == LARGE


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (LARGE + b"a bare\nline end\r\n", "554 5.6.11"),
        (LARGE.replace(b"\r\n\r\n", b"\r\nReceived: x" * 40 + b"\r\n\r\n", 1), "554 5.4.6"),
        (LARGE + b"x" * 70_000 + b"\r\n", "554 5.6.0"),
        (b"X: y\r\n" * 200_000 + LARGE, "552 5.3.4"),
        (LARGE * 4, "552 5.3.4"),
    ],
    ids=["bare line end", "loop", "long line", "large header", "larger than the limit"],
)
async def test_a_large_message_is_refused_for_what_a_small_one_is(octets: bytes, answer: str) -> None:
    async with running(make_config(message_bytes=8_000_000), Inbox()) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(octets.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert (await talk.hears()).startswith(answer)
        await talk.asks("NOOP")
        assert server.bytes_in_flight == 0


async def test_a_large_message_for_which_the_disk_has_no_room_stays_with_its_client() -> None:
    inbox = Inbox()
    async with running(make_config(), inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        inbox.admission = DISK_LOW  # the disk fills up while it arrives
        talk.says(LARGE.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert (await talk.hears()).startswith("452 4.3.1")
    assert inbox.messages == []


async def test_where_memory_is_crowded_messages_go_to_the_disk_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CROWDED_BYTES", 1)
    inbox = Inbox()
    octets = b"Subject: plans\r\n\r\n" + (b"x" * 800 + b"\r\n") * 400
    async with running(make_config(), inbox) as server, Talk.to(server) as talk:
        await talk.opens(*ENVELOPE)
        talk.says(octets + b".\r\n")
        assert (await talk.hears()).startswith("250")
    assert isinstance(inbox.messages[0].octets, Spooled)
    assert whole(inbox.messages[0].octets) == octets
