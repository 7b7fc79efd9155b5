"""A message that a mail server shows is put together as it has it, or refused: what we count is what it counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.change.edits import split_message
from dlp_gateway.errors import MessageRefusedError
from dlp_gateway.receive.message_octets import MessageLimits
from dlp_gateway.receive.milter_message import MtaMessage

LIMITS = MessageLimits(message_bytes=10_000, line_octets=998, header_bytes=10_000, hops=100)
NAME = st.from_regex(rb"[A-Za-z-]{1,12}", fullmatch=True)
LINE = st.binary(max_size=20).map(lambda octets: octets.replace(b"\r", b"").replace(b"\n", b""))
VALUE = st.lists(LINE, min_size=1, max_size=3).map(b"\n ".join)
BODY = st.lists(LINE, max_size=5).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
NASTY = st.lists(
    st.sampled_from([b"a", b":", b" ", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"Subject: x"]), max_size=6
).map(b"".join)


@given(st.lists(st.tuples(NAME, VALUE), max_size=6), BODY, st.integers(1, 9))
def test_what_is_shown_is_what_we_have(fields, body, piece):
    shown = MtaMessage(LIMITS, leading_space=True)
    for name, value in fields:
        shown.add_field(name, b" " + value)
    for start in range(0, len(body), piece):
        shown.add_body(body[start : start + piece])
    header = b"".join(name + b": " + value.replace(b"\n", b"\r\n") + b"\r\n" for name, value in fields)
    shown.end()
    assert shown.octets() == header + b"\r\n" + body


@given(st.lists(st.tuples(NAME, VALUE), max_size=6), BODY | NASTY, st.integers(1, 9))
def test_what_is_taken_out_on_its_way_is_what_would_have_been_kept(fields, body, piece):
    taken, kept = MtaMessage(LIMITS, leading_space=True), MtaMessage(LIMITS, leading_space=True)
    octets = b""
    for name, value in fields:
        taken.add_field(name, value)
        kept.add_field(name, value)
        octets += taken.cut()
    for start in range(0, len(body), piece):
        taken.add_body(body[start : start + piece])
        kept.add_body(body[start : start + piece])
        octets += taken.cut()
    taken.end()
    kept.end()
    try:
        whole = kept.octets()
    except MessageRefusedError:
        with pytest.raises(MessageRefusedError):
            taken.last()
    else:
        assert octets + taken.last() == whole


@given(st.lists(st.tuples(NASTY, NASTY), max_size=5), NASTY, st.booleans())
def test_each_field_that_is_shown_is_one_field_of_the_message_or_the_message_is_refused(fields, body, leading_space):
    """Edits name fields by their number, and say where the header ends."""
    shown = MtaMessage(LIMITS, leading_space=leading_space)
    for name, value in fields:
        shown.add_field(name, value)
    shown.add_body(body)
    try:
        shown.end()
        octets = shown.octets()
    except MessageRefusedError:
        return
    names = [field.partition(b":")[0] for field in split_message(octets)[0]]
    assert names == [name for name, _ in fields]
    assert split_message(octets)[1] == body


@pytest.mark.parametrize("last", [998, 999])
def test_a_message_may_be_as_large_as_the_limit_says_with_its_empty_line(last):
    shown = MtaMessage(LIMITS, leading_space=True)
    for _ in range(9):
        shown.add_body(b"x" * 998 + b"\r\n")
    shown.add_body(b"x" * last)
    if last == 998:
        assert len(shown.octets()) == LIMITS.message_bytes
    else:
        with pytest.raises(MessageRefusedError, match="larger"):
            shown.octets()


def test_of_a_message_that_is_too_large_nothing_is_kept():
    shown = MtaMessage(LIMITS, leading_space=True)
    for _ in range(11):
        shown.add_body(b"x" * 998 + b"\r\n")
    assert shown.held_bytes == 0
    with pytest.raises(MessageRefusedError, match="larger"):
        shown.octets()
