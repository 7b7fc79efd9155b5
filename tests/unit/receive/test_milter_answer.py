from __future__ import annotations

import pytest

from dlp_gateway.change.edits import ChangedField, Edits, NewField, edits_between
from dlp_gateway.model import Reply
from dlp_gateway.receive.milter_answer import MtaAnswer, packets_of, refusal
from dlp_gateway.receive.milter_codec import (
    BODY_PIECE_OCTETS,
    ChangeHeader,
    DeleteRecipient,
    InsertHeader,
    Plain,
    ReplaceBody,
    ReplyCode,
)
from dlp_gateway.receive.reply import STOPPING

TAKEN = Reply(code=250, enhanced_code="2.0.0", text="Message accepted")


def test_whoever_is_not_left_is_taken_out_before_anything_is_accepted():
    packets = list(packets_of(MtaAnswer(reply=TAKEN, left=("b@x",)), ["a@x", "b@x", "c@ü"], leading_space=True))
    assert packets == [DeleteRecipient(b"<a@x>"), DeleteRecipient("<c@ü>".encode()), Plain.ACCEPT]


def test_nobody_left_is_never_an_accept():
    """An accepted message with no recipient is somebody's bug away from all of them."""
    assert list(packets_of(MtaAnswer(reply=TAKEN), ["a@x"], leading_space=True)) == [Plain.DISCARD]


def test_a_refusal_is_said_and_nothing_else():
    answer = MtaAnswer(reply=Reply(code=550, enhanced_code="5.7.1", text="No"), left=("a@x",))
    assert list(packets_of(answer, ["a@x", "b@x"], leading_space=True)) == [ReplyCode(b"550 5.7.1 No")]


def test_a_refusal_never_ends_the_session_of_the_mail_servers_client():
    assert refusal(STOPPING).line.startswith(b"451 4.3.2 ")


@pytest.mark.parametrize(("leading_space", "value"), [(True, b" a\n b"), (False, b"a\n b")])
def test_values_are_written_as_agreed_on(leading_space, value):
    edits = Edits(
        new=(NewField(index=2, name=b"X", value=b" a\r\n b"),),
        changed=(ChangedField(number=3, name=b"Y", value=b" a\r\n b"), ChangedField(number=1, name=b"Z", value=None)),
    )
    packets = list(packets_of(MtaAnswer(reply=TAKEN, left=("a@x",), edits=edits), ["a@x"], leading_space=leading_space))
    assert packets == [
        InsertHeader(3, b"X", value),
        ChangeHeader(3, b"Y", value),
        ChangeHeader(1, b"Z", b""),
        Plain.ACCEPT,
    ]


def test_a_field_that_becomes_empty_is_not_taken_away():
    edits = edits_between(b"Subject: [secure]\r\n\r\n", b"Subject:\r\n\r\n")
    packets = packets_of(MtaAnswer(reply=TAKEN, left=("a@x",), edits=edits), ["a@x"], leading_space=True)
    assert next(packets) == ChangeHeader(1, b"Subject", b" ")


@pytest.mark.parametrize("length", [0, 1, BODY_PIECE_OCTETS, BODY_PIECE_OCTETS + 1, 3 * BODY_PIECE_OCTETS])
def test_a_new_body_goes_in_pieces_that_a_packet_holds(length):
    body = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    answer = MtaAnswer(reply=TAKEN, left=("a@x",), edits=Edits(body=body))
    *pieces, last = packets_of(answer, ["a@x"], leading_space=True)
    assert last is Plain.ACCEPT
    assert pieces, "an empty body is one, too"
    assert all(isinstance(piece, ReplaceBody) and len(piece.octets) <= BODY_PIECE_OCTETS for piece in pieces)
    assert b"".join(piece.octets for piece in pieces) == body
