"""However a message comes, and wherever it is taken out, it is the same message."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from dlp_gateway.errors import MessageRefusedError
from dlp_gateway.receive.message_octets import MessageLimits, MessageReader, has_long_line

LIMITS = MessageLimits(message_bytes=10_000, line_octets=998, header_bytes=10_000, hops=100)
LINE = st.binary(max_size=60).map(lambda octets: octets.replace(b"\r", b".").replace(b"\n", b"."))
MESSAGE = st.lists(LINE, max_size=20).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
NASTY = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.\r\n", b"a", b"\0", b"\r\n."]), max_size=40).map(
    b"".join
)


def stuffed(octets: bytes) -> bytes:
    return (b"\r\n" + octets).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def pieces_of(wire: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(wire) + 1) for cut in cuts), len(wire)]
    return [wire[a:b] for a, b in pairwise(places)]


@given(MESSAGE, st.binary(max_size=20), st.lists(st.integers(0, 2000), max_size=6))
def test_a_message_arrives_as_it_was_sent_however_it_is_cut(octets: bytes, after: bytes, cuts: list[int]) -> None:
    reader = MessageReader(LIMITS)
    rest = None
    for piece in pieces_of(stuffed(octets) + after, cuts):
        rest = reader.feed(piece) if rest is None else rest + piece
    assert rest == after
    assert reader.octets() == octets


@given(NASTY, st.lists(st.integers(0, 200), max_size=6))
def test_how_the_wire_is_cut_never_matters(wire: bytes, cuts: list[int]) -> None:
    def outcome(pieces: list[bytes]) -> object:
        reader = MessageReader(LIMITS)
        rest = None
        for piece in pieces:
            rest = reader.feed(piece) if rest is None else rest + piece
        if rest is None:
            return None
        try:
            return reader.octets(), rest
        except MessageRefusedError as error:
            return error.enhanced_code, rest

    assert outcome(pieces_of(wire, cuts)) == outcome([wire])


def taken(pieces: list[bytes], *, cutting: bool) -> object:
    """What becomes of a message, taken out on its way or kept to its end; None where its end does not come."""
    reader = MessageReader(LIMITS)
    octets, rest = b"", None
    for piece in pieces:
        rest = reader.feed(piece) if rest is None else rest + piece
        octets += reader.cut() if cutting else b""
    if rest is None:
        return None
    try:
        return (octets + reader.last()) if cutting and octets else reader.octets(), rest
    except MessageRefusedError:
        return "refused", rest


@given(NASTY | MESSAGE.map(stuffed), st.lists(st.integers(0, 2000), max_size=6))
@example(b"\r\n.\r\n", [2])
def test_what_is_taken_out_on_its_way_is_what_would_have_been_kept(wire: bytes, cuts: list[int]) -> None:
    pieces = pieces_of(wire, cuts)
    assert taken(pieces, cutting=True) == taken(pieces, cutting=False)


@given(NASTY)
def test_what_is_accepted_holds_no_bare_cr_or_lf(wire: bytes) -> None:
    reader = MessageReader(LIMITS)
    if reader.feed(wire) is not None:
        with suppress(MessageRefusedError):
            assert not set(b"\r\n") & set(reader.octets().replace(b"\r\n", b""))


@given(MESSAGE, st.integers(1, 70))
def test_a_long_line_is_found_as_by_looking_at_every_line(octets: bytes, most: int) -> None:
    assert has_long_line(octets, most) == any(len(line) > most for line in octets.split(b"\r\n"))
