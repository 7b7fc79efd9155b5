from __future__ import annotations

import pytest

from dlp_gateway.errors import MessageRefusedError
from dlp_gateway.receive.message_octets import (
    MessageLimits,
    MessageReader,
    count_hops,
    has_bare_cr_or_lf,
    has_disguised_end,
    has_long_line,
    header_length,
)

LIMITS = MessageLimits(message_bytes=2000, line_octets=998, header_bytes=1000, hops=3)


def read(wire: bytes, size: int, limits: MessageLimits = LIMITS) -> tuple[bytes, bytes]:
    """The message and what came after it, the wire fed in pieces of that size."""
    reader = MessageReader(limits)
    for place in range(0, len(wire), size):
        rest = reader.feed(wire[place : place + size])
        if rest is not None:
            return reader.octets(), rest + wire[place + size :]
    raise EOFError


@pytest.mark.parametrize("size", [1, 2, 3, 5, 10_000])
@pytest.mark.parametrize(
    ("wire", "octets", "rest"),
    [
        (b".\r\n", b"", b""),
        (b"a\r\n.\r\n", b"a\r\n", b""),
        (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", b"QUIT\r\n"),
        (b"..\r\n.\r\n", b".\r\n", b""),
        (b".a\r\n..b\r\n...\r\n.\r\n.\r\n", b"a\r\n.b\r\n..\r\n", b".\r\n"),
        (b"\r\n\r\n.\r\nx", b"\r\n\r\n", b"x"),
        (b"a\r\n\0.b\r\n.\r\n", b"a\r\n\0.b\r\n", b""),
        (b"a.\r\n.\r\n", b"a.\r\n", b""),
    ],
)
def test_data_ends_at_crlf_dot_crlf_however_it_comes(wire: bytes, octets: bytes, rest: bytes, size: int) -> None:
    assert read(wire, size) == (octets, rest)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize(
    "ending",
    [
        b"\n.\n",
        b"\r.\r",
        b"\r\n.\n",
        b"\n.\r\n",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\n\n.\r\n",
        b"\r\n\r.\r\n",
        b"\r\r\n.\r\r\n",
        b"\n",
        b"\r",
    ],
)
def test_no_other_ending_ends_data_and_it_refuses_the_whole(ending: bytes, size: int) -> None:
    with pytest.raises(MessageRefusedError) as caught:
        read(b"a" + ending + b"MAIL FROM:<x@y>\r\n.\r\n", size)
    assert (caught.value.code, caught.value.enhanced_code) == (554, "5.6.11")


def test_a_message_beyond_the_limit_is_read_to_its_end_in_little_memory() -> None:
    reader = MessageReader(LIMITS)
    for _ in range(1000):
        assert reader.feed(b"x" * 100 + b"\r\n") is None
        assert reader.held_bytes < 3000
    assert reader.feed(b".\r\nRSET\r\n") == b"RSET\r\n"
    with pytest.raises(MessageRefusedError) as caught:
        reader.octets()
    assert (caught.value.code, caught.value.enhanced_code) == (552, "5.3.4")


def test_the_limit_counts_octets_without_dot_stuffing() -> None:
    lines = LIMITS.message_bytes // 3
    assert (
        len(
            read(
                b"..\r\n" * lines + b".\r\n",
                7,
                MessageLimits(message_bytes=1998, line_octets=998, header_bytes=9999, hops=3),
            )[0]
        )
        == 1998
    )
    with pytest.raises(MessageRefusedError):
        read(b"x" * 998 + b"\r\n" + b"x" * 998 + b"\r\n\r\n.\r\n", 9999)


@pytest.mark.parametrize(
    ("header", "hops"),
    [
        (b"", 0),
        (b"Received: a\r\nReceived: b\r\n", 2),
        (b"RECEIVED : a\r\nreceived\t:b\r\n", 2),
        (b"X: a\r\n received: b\r\nX-Received: c\r\nReceived-SPF: d\r\n", 0),
    ],
)
def test_hops_are_received_fields(header: bytes, hops: int) -> None:
    assert count_hops(header) == hops


def test_received_in_the_body_is_no_hop() -> None:
    octets = b"A: b\r\n\r\n" + b"Received: x\r\n" * 9
    assert read(octets + b".\r\n", 9999)[0] == octets
    assert header_length(b"\r\nReceived: x\r\n") == 0


@pytest.mark.parametrize(
    ("octets", "long"),
    [
        (b"", False),
        (b"x" * 10, False),
        (b"x" * 11, True),
        (b"x" * 10 + b"\r\n" + b"y" * 10 + b"\r\n", False),
        (b"x\r\n" + b"y" * 11 + b"\r\n", True),
        (b"x" * 11 + b"\r\n", True),
        (b"\r\n" * 50, False),
        (b"ab\r\n" * 30 + b"x" * 11 + b"\r\n", True),
    ],
)
def test_a_line_is_long_beyond_the_limit_its_end_not_counted(octets: bytes, long: bool) -> None:
    assert has_long_line(octets, 10) is long


@pytest.mark.parametrize(
    ("octets", "bare"), [(b"a\r\nb\r\n", False), (b"\n\r", True), (b"\r\n\r\r\n", True), (b"a\r\n\n", True)]
)
def test_bare_cr_and_lf_are_seen(octets: bytes, bare: bool) -> None:
    assert has_bare_cr_or_lf(octets) is bare


@pytest.mark.parametrize("line", [b"\0.", b".\0", b"\0\0.\0"])
def test_a_line_of_a_dot_and_nul_is_seen_wherever_it_stands(line):
    assert has_disguised_end(line + b"\r\n")
    assert has_disguised_end(b"a\r\n" + line + b"\r\nb\r\n")
    assert not has_disguised_end(b"a" + line + b"\r\n")
