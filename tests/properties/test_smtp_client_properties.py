from __future__ import annotations

import asyncio
import itertools

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.act.smtp_client import SmtpClient
from dlp_gateway.act.smtp_wire import ReplyError, ReplyParser, make_transaction
from dlp_gateway.model import MailParams
from tests.support.fake_next_hop import FakeNextHop
from tests.support.sending import client_of, send

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".x", b"x.", b"text", b"\xff", b" .", b"\0"]), max_size=12)


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(octets), *(place % (len(octets) + 1) for place in places)})
    return [octets[a:b] for a, b in itertools.pairwise(edges)]


@given(messages=st.lists(st.tuples(LINES, st.lists(st.integers(0, 99), max_size=4)), min_size=1, max_size=8))
def test_what_the_next_hop_unstuffs_is_what_was_given(messages):
    async def story() -> None:
        async with FakeNextHop() as hop:
            client: SmtpClient = client_of(hop)
            for lines, places in messages:
                octets = b"".join(line + b"\r\n" for line in lines)
                await send(client, octets=cut(octets, places) if places else octets)
            await client.close()
        assert [taken.octets for taken in hop.taken] == [b"".join(x + b"\r\n" for x in lines) for lines, _ in messages]

    asyncio.run(story())


@given(octets=st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a"]), max_size=10).map(b"".join))
def test_no_message_can_end_before_its_end(octets):
    """However a lenient next hop reads line ends, no line of one dot stands in what we write."""
    try:
        made = make_transaction("a@x.example", ("b@x.example",), MailParams(), (), octets)
    except ValueError:
        return
    lines = b"".join(made.chunks).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    assert b"." not in lines


@given(
    stream=st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from([b"250 ok\r\n", b"250-ok\r\n", b"354\r\n", b"550-x\r\n", b"\r\n", b"\n", b"421 bye\r\n"]),
        ),
        max_size=12,
    ).map(b"".join),
    places=st.lists(st.integers(0, 200), max_size=8),
)
def test_replies_do_not_depend_on_how_the_network_cuts_them(stream, places):
    def read(pieces: list[bytes]):
        parser = ReplyParser()
        replies = []
        try:
            for piece in pieces:
                replies += parser.feed(piece)
        except ReplyError:
            return None
        return replies

    assert read([stream]) == read(cut(stream, places)) == read([bytes([octet]) for octet in stream])
