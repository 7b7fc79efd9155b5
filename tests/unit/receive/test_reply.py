from __future__ import annotations

import pytest

from dlp_gateway.errors import (
    InDoubtError,
    MessageRefusedError,
    NextHopDeferredError,
    NextHopError,
    OverloadedError,
    StoreUnavailableError,
)
from dlp_gateway.model import Disposition, Outcome, Reply
from dlp_gateway.receive import reply
from dlp_gateway.receive.reply import encode, reply_for, reply_for_error

ID = "0abc"


def dispositions(*outcomes: Outcome | tuple[Outcome, str]) -> list[Disposition]:
    return [
        Disposition(recipient=f"r{i}@x.example", outcome=o, detail="")
        if isinstance(o, Outcome)
        else Disposition(recipient=f"r{i}@x.example", outcome=o[0], detail=o[1])
        for i, o in enumerate(outcomes)
    ]


RELAYED, DEFERRED, REFUSED, HELD = Outcome.RELAYED, Outcome.DEFERRED, Outcome.REFUSED, Outcome.HELD
REJECTED, EXPIRED, IN_DOUBT = Outcome.REJECTED, Outcome.EXPIRED, Outcome.IN_DOUBT
TAKEN = (RELAYED, "250 2.0.0 Ok: queued as 4ZxY")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([TAKEN], "250 2.0.0 Ok: queued as 4ZxY [0abc]"),
        ([TAKEN, TAKEN], "250 2.0.0 Ok: queued as 4ZxY [0abc]"),
        ([(RELAYED, "250 OK id=1")], "250 2.0.0 OK id=1 [0abc]"),
        ([(RELAYED, "250 2.6.0 <x@y> Queued")], "250 2.6.0 <x@y> Queued [0abc]"),
        ([RELAYED], "250 2.0.0 Message accepted [0abc]"),
        ([HELD], "250 2.0.0 Message accepted [0abc]"),
        ([DEFERRED], "250 2.0.0 Message accepted [0abc]"),
        ([TAKEN, HELD, DEFERRED], "250 2.0.0 Message accepted [0abc]"),
        ([TAKEN, REJECTED], "250 2.0.0 Message accepted [0abc]"),
        ([HELD, REJECTED], "250 2.0.0 Message accepted [0abc]"),
        ([TAKEN, (REFUSED, "550 5.1.1 No such user")], "250 2.0.0 Message accepted [0abc]"),
        ([REJECTED, REJECTED], "550 5.7.1 Message refused by the organisation's data protection policy [0abc]"),
        ([(REFUSED, "550 5.1.1 No such user")], "550 5.1.1 No such user [0abc]"),
        ([(REFUSED, "550 5.1.1 No such user"), (REFUSED, "450 4.2.1 Busy")], "450 4.2.1 Busy [0abc]"),
        ([(REFUSED, "554 rejected"), REJECTED], "554 5.0.0 rejected [0abc]"),
        ([REFUSED], "550 5.0.0 Message refused by the next host [0abc]"),
    ],
)
def test_the_reply_says_who_has_custody(outcomes: list[Outcome | tuple[Outcome, str]], expected: str) -> None:
    assert str(reply_for(dispositions(*outcomes), ID)) == expected


@pytest.mark.parametrize("others", [[], [TAKEN], [HELD], [REJECTED], [(REFUSED, "550 5.1.1 x")]])
def test_any_recipient_in_doubt_means_the_client_keeps_the_message(others: list[Outcome]) -> None:
    answer = reply_for(dispositions(IN_DOUBT, *others), ID)
    assert (answer.code, answer.enhanced_code) == (451, "4.4.2")


@pytest.mark.parametrize("outcomes", [[], [EXPIRED], [EXPIRED, HELD]])
def test_what_can_not_be_at_this_point_promises_nothing(outcomes: list[Outcome]) -> None:
    assert reply_for(dispositions(*outcomes), ID).code == 451


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (StoreUnavailableError("bob@x"), "451 4.3.0 Temporary fault, try again later [0abc]"),
        (OverloadedError("bob@x"), "451 4.3.2 Overloaded, try again later [0abc]"),
        (NextHopError("bob@x"), "451 4.4.1 The next host does not answer, try again later [0abc]"),
        (InDoubtError("bob@x"), "451 4.4.2 The next host has not confirmed delivery, try again later [0abc]"),
        (NextHopDeferredError("450 4.7.1 Greylisted"), "450 4.7.1 Greylisted [0abc]"),
        (
            NextHopDeferredError("550 5.0.0 not temporary"),
            "451 4.4.1 The next host does not answer, try again later [0abc]",
        ),
        (NextHopDeferredError("nonsense"), "451 4.4.1 The next host does not answer, try again later [0abc]"),
        (
            MessageRefusedError("bob@x", enhanced_code="5.4.6"),
            "554 5.4.6 Message has passed too many hosts: a loop [0abc]",
        ),
        (MessageRefusedError("bob@x"), "554 5.6.0 Message not acceptable in this form [0abc]"),
        (
            MessageRefusedError("bob@x", code=552, enhanced_code="5.3.4"),
            "552 5.3.4 Message exceeds a size limit [0abc]",
        ),
        (ValueError("bob@x"), "451 4.3.0 Temporary fault, try again later [0abc]"),
        (KeyError("bob@x"), "451 4.3.0 Temporary fault, try again later [0abc]"),
    ],
)
def test_an_error_becomes_its_code_and_fixed_words(error: BaseException, expected: str) -> None:
    assert str(reply_for_error(error, ID)) == expected


def test_the_next_hops_words_can_not_break_our_line() -> None:
    detail = "250 2.0.0 a\r\n550 b\0\x1b[31m é " + "x" * 900
    line = encode(reply_for(dispositions((RELAYED, detail)), ID))
    assert line.count(b"\r\n") == 1
    assert line.endswith(b" [0abc]\r\n")
    assert len(line) <= 512
    assert line[:-2].decode("ascii").isprintable()


def test_whatever_a_reply_holds_is_one_printable_line() -> None:
    assert encode(Reply(code=451, enhanced_code="4.3.0", text="a\r\nb\nü")) == b"451 4.3.0 a b \r\n"


@pytest.mark.parametrize("said", [value for value in vars(reply).values() if isinstance(value, Reply)])
def test_every_fixed_reply_has_matching_codes(said: Reply) -> None:
    assert said.enhanced_code == "" if said.code == 354 else said.enhanced_code[0] == str(said.code)[0]
    assert len(encode(said)) <= 512
