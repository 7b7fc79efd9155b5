"""The milter's server and sessions over real sockets, where a script of miltertest can't reach: what is sent too early,
too late or never, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from dlp_gateway import metrics
from dlp_gateway.errors import ConfigError
from dlp_gateway.octets import whole
from dlp_gateway.receive import milter_session
from dlp_gateway.receive.milter import MilterServer
from dlp_gateway.receive.milter_codec import (
    Body,
    Connect,
    EndOfMessage,
    Header,
    Helo,
    Mail,
    Negotiate,
    Packet,
    PacketReader,
    Plain,
    Rcpt,
    ReplyCode,
    encode,
)
from tests.support.milter_desk import Desk, milter

ALL = Negotiate(6, 0x1FF, 0x1FFFFF)
CLIENT = (Connect(b"desk", b"4", 1025, b"10.1.2.3"), Helo(b"desk.council.example"))


def message(recipient: bytes) -> tuple[Packet, ...]:
    return (
        Mail((b"<officer@council.example>",)),
        Rcpt((b"<" + recipient + b">",)),
        Header(b"Subject", b" s"),
        Body(b"text\r\n"),
        EndOfMessage(),
    )


class Mta:
    """A mail server that says exactly what it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._packets = PacketReader()
        self._heard: list[Packet] = []

    @classmethod
    @asynccontextmanager
    async def to(cls, server: MilterServer) -> AsyncIterator[Mta]:
        kind, _, rest = server.places[0].partition(":")
        host, _, port = rest.rpartition(":")
        opened = asyncio.open_unix_connection(rest) if kind == "unix" else asyncio.open_connection(host, int(port))
        mta = cls(*await opened)
        try:
            yield mta
        finally:
            mta.writer.close()

    def says(self, *packets: Packet) -> None:
        self.writer.write(b"".join(map(encode, packets)))

    async def hears(self) -> Packet | None:
        """The next packet; None when the other side has closed."""
        async with asyncio.timeout(10):
            while not self._heard:
                octets = await self._lost_or(self._reader.read(65536))
                if not octets:
                    return None
                self._heard += self._packets.feed(octets)
        return self._heard.pop(0)

    @staticmethod
    async def _lost_or(read) -> bytes:
        try:
            return await read
        except ConnectionError:
            return b""

    async def shows(self, recipient: bytes) -> None:
        """Everything up to the end of a message."""
        self.says(ALL, *CLIENT, *message(recipient))
        assert isinstance(await self.hears(), Negotiate)
        assert [await self.hears(), await self.hears()] == [Plain.CONTINUE] * 2


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_while_a_message_is_handled_the_mail_server_hears_that_it_is(tmp_path, desk, monkeypatch):
    monkeypatch.setattr(milter_session, "PROGRESS_SECONDS", 0.01)
    async with milter(tmp_path, desk) as server, Mta.to(server) as mta:
        await mta.shows(b"a@slow.example")
        assert [await mta.hears() for _ in range(3)] == [Plain.PROGRESS] * 3
        desk.go_on.set()
        while (said := await mta.hears()) is Plain.PROGRESS:
            pass
        assert said is not Plain.PROGRESS


@pytest.mark.parametrize("leaving", [Plain.ABORT, Plain.QUIT, Plain.QUIT_NEW_CONNECTION])
async def test_what_is_given_up_while_it_is_handled_is_never_answered(tmp_path, desk, leaving):
    """The next packet would be taken for the answer to the next message."""
    async with milter(tmp_path, desk) as server, Mta.to(server) as mta:
        await mta.shows(b"a@slow.example")
        await desk.shown.wait()
        mail, *rest = message(b"a@ours.example")
        if leaving is Plain.QUIT:
            mta.says(leaving)
            assert await mta.hears() is None
        else:
            mta.says(leaving, *CLIENT, mail)
            assert await mta.hears() is Plain.CONTINUE
        assert desk.watches[0].gone, "and the way of the message learns of it"
        desk.go_on.set()
        if leaving is not Plain.QUIT:
            mta.says(*rest)
            assert [await mta.hears(), await mta.hears()] == [Plain.CONTINUE, Plain.DISCARD]


@pytest.mark.parametrize(
    "packets",
    [
        (Mail((b"<a@council.example>",)),),
        (ALL, EndOfMessage()),
        (ALL, Header(b"Subject", b" s")),
        (ALL, Rcpt((b"<a@b.example>",))),
        (ALL, ReplyCode(b"550 5.7.1 no")),
        (ALL, ALL),
        (ALL, *CLIENT, *message(b"a@slow.example"), Body(b"more")),
    ],
    ids=["before-negotiation", "end-alone", "header-alone", "rcpt-alone", "a-reply", "negotiates-twice", "early"],
)
async def test_who_speaks_out_of_turn_is_cut_off(tmp_path, desk, packets):
    """A mail server then does what it does without a filter: it puts its client off."""
    async with milter(tmp_path, desk) as server, Mta.to(server) as mta:
        mta.says(*packets)
        while await mta.hears() is not None:
            pass


async def test_who_speaks_no_milter_is_cut_off(tmp_path, desk):
    async with milter(tmp_path, desk, tcp=True) as server, Mta.to(server) as mta:
        mta.writer.write(b"EHLO desk.council.example\r\n")
        assert await mta.hears() is None


async def test_a_packet_that_never_ends_is_waited_for_so_long(tmp_path, desk):
    async with milter(tmp_path, desk, command_seconds=0.05) as server, Mta.to(server) as mta:
        mta.writer.write(encode(ALL)[:7])
        assert await mta.hears() is None


async def test_only_so_many_connections_are_taken(tmp_path, desk):
    async with milter(tmp_path, desk, max_connections=1) as server, Mta.to(server) as one:
        one.says(ALL)
        assert isinstance(await one.hears(), Negotiate)
        async with Mta.to(server) as another:
            another.says(ALL)
            assert await another.hears() is None


async def test_who_is_no_mail_server_of_ours_is_not_listened_to(tmp_path, desk):
    """What a mail server says of its client is believed, so not everybody may be one."""
    async with milter(tmp_path, desk, tcp=True, networks=("192.0.2.0/24",)) as server, Mta.to(server) as mta:
        mta.says(ALL)
        assert await mta.hears() is None


async def test_an_orderly_end_lets_go_of_the_idle_and_answers_what_is_being_handled(tmp_path, desk):
    async with milter(tmp_path, desk) as server, Mta.to(server) as idle, Mta.to(server) as busy:
        idle.says(ALL)
        assert isinstance(await idle.hears(), Negotiate)
        await busy.shows(b"a@slow.example")
        await desk.shown.wait()
        async with asyncio.TaskGroup() as group:
            draining = group.create_task(server.drain(5))
            assert await idle.hears() is None
            assert not draining.done()
            desk.go_on.set()
            while await busy.hears() is not None:
                pass
        assert not (tmp_path / "milter.sock").exists()


async def test_while_we_stop_new_mail_is_put_off(tmp_path, desk):
    async with milter(tmp_path, desk) as server, Mta.to(server) as mta:
        mta.says(ALL, *CLIENT)
        assert isinstance(await mta.hears(), Negotiate)
        server.draining = True
        mta.says(message(b"a@ours.example")[0])
        said = await mta.hears()
        assert isinstance(said, ReplyCode)
        assert said.line.startswith(b"451 4.3.2 "), "421 would end the session of the mail server's client"


async def test_a_mail_server_that_leaves_after_all_is_done_is_counted(tmp_path, desk):
    """It will show the message again, and whom we have it for may get it twice."""
    before = metrics.possible_duplicates._value.get()
    async with milter(tmp_path, desk) as server:
        async with Mta.to(server) as mta:
            await mta.shows(b"a@slow.example")
            await desk.shown.wait()
            mta.says(Plain.ABORT, Negotiate(6, 0, 0))
            assert await mta.hears() is None
        desk.go_on.set()
        await server.drain(5)
    assert metrics.possible_duplicates._value.get() == before + 1


async def test_the_message_for_which_there_is_no_memory_is_put_off_and_no_other(tmp_path, desk, monkeypatch):
    monkeypatch.setattr("dlp_gateway.receive.milter.MAX_BYTES_IN_FLIGHT", 10_000)
    async with milter(tmp_path, desk) as server, Mta.to(server) as one, Mta.to(server) as another:
        mail, rcpt, *_ = message(b"a@ours.example")
        for mta in (one, another):
            # RCPT is answered: then what stands before it was read.
            mta.says(ALL, *CLIENT, mail, rcpt, Body(b"x" * 9_000 + b"\r\n"), rcpt)
            assert isinstance(await mta.hears(), Negotiate)
            assert [await mta.hears() for _ in range(3)] == [Plain.CONTINUE] * 3
        for mta in (one, another):
            mta.says(EndOfMessage())
        assert await one.hears() is Plain.DISCARD
        put_off = await another.hears()
        assert isinstance(put_off, ReplyCode)
        assert put_off.line.startswith(b"451 4.3.2")
    assert server.bytes_in_flight == 0


async def test_large_messages_lie_on_the_disk_while_they_come(tmp_path, desk):
    """Eight mail servers show 4 MiB each, piece by piece in turn; hardly more than 1 MiB of each is in memory."""
    line = b"0123456789" * 7 + b"\r\n"
    body = line * (4 * 2**20 // len(line))
    most = 0
    async with milter(tmp_path, desk) as server, AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(Mta.to(server)) for _ in range(8)]
        mail, rcpt, subject, _, end = message(b"a@ours.example")
        for mta in servers:
            mta.says(ALL, *CLIENT, mail, rcpt, subject)
        for start in range(0, len(body), 60_000):
            for mta in servers:
                mta.says(Body(body[start : start + 60_000]))
                await mta.writer.drain()
                most = max(most, server.bytes_in_flight)
        for mta in servers:
            mta.says(end)
            assert [type(await mta.hears()) for _ in range(3)] == [Negotiate, Plain, Plain]
            assert await mta.hears() is Plain.DISCARD
    assert most < 8 * 2**20 < len(body) * 8 // 3
    assert [whole(one.octets) for one in desk.messages] == [b"Subject: s\r\n\r\n" + body] * 8
    assert server.bytes_in_flight == 0
    assert list(tmp_path.iterdir()) == [], "files without a name"


async def test_a_large_message_that_the_disk_refuses_is_put_off(tmp_path, desk):
    async with milter(tmp_path, desk, spool=tmp_path / "nowhere") as server, Mta.to(server) as mta:
        mail, rcpt, subject, _, end = message(b"a@ours.example")
        mta.says(ALL, *CLIENT, mail, rcpt, subject)
        for _ in range(20):
            mta.says(Body((b"x" * 70 + b"\r\n") * 800))
        mta.says(end)
        heard = [await mta.hears() for _ in range(4)][-1]
        assert isinstance(heard, ReplyCode)
        assert heard.line.startswith(b"451 4.3.0")
    assert server.bytes_in_flight == 0


# ---- the Unix socket -------------------------------------------------------------------------------


async def test_only_owner_and_group_may_use_the_socket(tmp_path, desk):
    async with milter(tmp_path, desk, group="root"):
        assert stat.S_IMODE((tmp_path / "milter.sock").stat().st_mode) == 0o660


async def test_the_socket_of_a_gateway_that_was_killed_is_taken_over(tmp_path, desk):
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "milter.sock"))
    async with milter(tmp_path, desk) as server, Mta.to(server) as mta:
        mta.says(ALL)
        assert isinstance(await mta.hears(), Negotiate)


async def test_the_socket_of_a_gateway_that_runs_is_left_alone(tmp_path, desk):
    async with milter(tmp_path, desk):
        with pytest.raises(ConfigError, match="another program listens there"):
            async with milter(tmp_path, Desk()):
                pass
        assert (tmp_path / "milter.sock").exists()


async def test_a_file_in_the_place_of_the_socket_is_left_alone(tmp_path, desk):
    (tmp_path / "milter.sock").write_text("precious")
    with pytest.raises(ConfigError, match="is no socket; remove it"):
        async with milter(tmp_path, desk):
            pass
    assert (tmp_path / "milter.sock").read_text() == "precious"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"group": "no-such-group"}, "there is no group “no-such-group” on this machine"),
        ({"path": Path("/nonexistent/milter.sock")}, "its folder must be there"),
    ],
)
async def test_a_socket_that_can_not_be_made_is_told_of_in_one_line(tmp_path, desk, options, said):
    with pytest.raises(ConfigError, match=said) as told:
        async with milter(tmp_path, desk, **options):
            pass
    assert "\n" not in str(told.value)
