from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.receive.milter_codec import (
    AddHeader,
    AddRecipient,
    AddRecipientWithParameters,
    BadPacketError,
    Body,
    ChangeFrom,
    ChangeHeader,
    Connect,
    DeleteRecipient,
    EndOfMessage,
    Header,
    Helo,
    InsertHeader,
    Macros,
    Mail,
    Negotiate,
    PacketReader,
    Plain,
    Quarantine,
    Rcpt,
    ReplaceBody,
    ReplyCode,
    Unknown,
    encode,
)

NUMBER = st.integers(0, 2**32 - 1)
OCTETS = st.binary(max_size=200)
TEXT = OCTETS.map(lambda octets: octets.replace(b"\0", b""))
ARGUMENTS = st.lists(TEXT, min_size=1, max_size=4).map(tuple)
PACKET = st.one_of(
    st.sampled_from(Plain),
    st.builds(Negotiate, NUMBER, NUMBER, NUMBER, st.lists(st.tuples(NUMBER, TEXT), max_size=3).map(tuple)),
    st.builds(Macros, st.sampled_from([b"C", b"H", b"M"]), st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)),
    st.builds(Connect, TEXT, st.just(b"U")),
    st.builds(Connect, TEXT, st.sampled_from([b"4", b"6", b"L"]), st.integers(0, 65535), TEXT),
    *(st.builds(kind, TEXT) for kind in (Helo, Unknown, AddRecipient, DeleteRecipient, Quarantine, ReplyCode)),
    *(st.builds(kind, ARGUMENTS) for kind in (Mail, Rcpt, ChangeFrom, AddRecipientWithParameters)),
    *(st.builds(kind, OCTETS) for kind in (Body, EndOfMessage, ReplaceBody)),
    *(st.builds(kind, TEXT, OCTETS) for kind in (Header, AddHeader)),
    *(st.builds(kind, NUMBER, TEXT, OCTETS) for kind in (InsertHeader, ChangeHeader)),
)


def read(pieces: list[bytes]) -> list[object]:
    reader = PacketReader()
    packets: list[object] = []
    try:
        for piece in pieces:
            packets += reader.feed(piece)
    except BadPacketError:
        packets.append("bad")
    return packets


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(octets) + 1) for place in places), len(octets)]
    return [octets[start:end] for start, end in pairwise(ends)]


@given(PACKET)
def test_what_is_written_is_read_as_what_it_was(packet):
    assert read([encode(packet)]) == [packet]


@given(st.lists(PACKET, max_size=6), st.lists(st.integers(0, 5000), max_size=12))
def test_any_split_of_the_octets_gives_the_same_packets(packets, places):
    octets = b"".join(map(encode, packets))
    assert read(cut(octets, places)) == packets
    assert read([octets[n : n + 1] for n in range(len(octets))]) == packets


@given(st.lists(st.one_of(OCTETS, PACKET.map(encode)), max_size=5).map(b"".join), st.lists(st.integers(0, 900)))
def test_any_octets_are_packets_or_a_bad_packet_and_the_split_never_matters(octets, places):
    """A mail server that is not well must not make a fault of ours."""
    assert read([octets]) == read(cut(octets, places))


@given(PACKET, st.data())
def test_an_octet_that_is_wrong_is_a_packet_or_a_bad_packet(packet, data):
    octets = bytearray(encode(packet))
    octets[data.draw(st.integers(4, len(octets) - 1))] = data.draw(st.integers(0, 255))
    assert len(read([bytes(octets)])) == 1


@pytest.mark.parametrize("length", [0, 2**20 + 2, 2**32 - 1])
def test_a_length_out_of_bounds_is_a_bad_packet_at_once(length):
    """Or anybody could have us wait for 4 GiB."""
    assert read([length.to_bytes(4, "big") + b"B"]) == ["bad"]
