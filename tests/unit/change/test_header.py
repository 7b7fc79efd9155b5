from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp_gateway.change import (
    add_trigger,
    count_valid_marks,
    identity,
    loop_mark,
    remove_secure_request,
    strip_marks,
    trace_octets,
)
from dlp_gateway.model import Envelope, Message
from dlp_gateway.octets import Octets, Spooled
from dlp_gateway.sealed_file import taken_in
from tests.support.cpu_time import within

KEY = bytes(range(32))
MARK = loop_mark("0f3k-77aa", KEY)
BODY = b"\r\nX-DLP-Gateway: in the body; stays\r\n"
MAIL = b"From: a@council.example\r\nMessage-ID: <1@council.example>\r\nSubject: Skip permit\r\n" + BODY


def message(octets: Octets) -> Message:
    envelope = Envelope(
        reverse_path="a@council.example", recipients=("b@x.example", "c@x.example"), client_ip="192.0.2.7"
    )
    return Message(id="0f3k", envelope=envelope, octets=octets, received_at=datetime(2026, 10, 5, tzinfo=UTC))


def test_a_mark_is_one_field_with_our_id() -> None:
    assert MARK.startswith(b"X-DLP-Gateway: 0f3k-77aa; ")
    assert MARK.endswith(b"\r\n")
    assert MARK.count(b"\n") == 1


def test_only_marks_of_this_installation_count() -> None:
    foreign = loop_mark("0f3k-77aa", b"another key")
    forged = MARK.replace(b"0f3k", b"0f3l")
    octets = MARK + b"Received: x\r\n" + foreign + loop_mark("second", KEY).replace(b"; ", b";\r\n ") + forged + MAIL
    assert count_valid_marks(octets, KEY) == 2
    assert count_valid_marks(MAIL, KEY) == 0


def test_marks_are_stripped_and_all_else_stays() -> None:
    octets = b"Received: x\r\n" + MARK + b"x-dlp-gateway : y;\r\n\tfolded\r\n" + MAIL
    assert strip_marks(octets) == b"Received: x\r\n" + MAIL
    assert strip_marks(MAIL) is MAIL
    assert strip_marks(MARK.replace(b"\r\n", b"\n") + b"A: b\n\nx") == b"A: b\n\nx"


def test_own_marks_can_stay_so_that_a_loop_can_be_counted() -> None:
    foreign = loop_mark("0f3k-77aa", b"another key")
    octets = MAIL
    for attempt in range(3):
        assert count_valid_marks(octets, KEY) == attempt
        octets = loop_mark(f"pass-{attempt}", KEY) + strip_marks(foreign + octets, KEY)
    assert count_valid_marks(octets, KEY) == 3
    assert strip_marks(octets, b"another key") == MAIL


def test_a_mark_as_the_only_field_or_the_last_is_stripped() -> None:
    assert strip_marks(MARK + b"\r\nbody") == b"\r\nbody"
    assert strip_marks(b"A: b\r\n" + MARK + b"\r\nbody") == b"A: b\r\n\r\nbody"


def test_nearly_all_mail_costs_microseconds() -> None:
    octets = MAIL + b"x" * 10_000_000
    within(0.05, lambda: [(strip_marks(octets), count_valid_marks(octets, KEY)) for _ in range(100)])


def test_trace_fields_end_at_the_first_other_field() -> None:
    trace = b"Return-Path: <a@x>\r\nReceived: from a\r\n\tby b; c\r\n" + MARK + b"Delivered-To: x\r\n"
    assert trace_octets(trace + MAIL) == len(trace)
    assert trace_octets(MAIL) == 0
    assert trace_octets(b"") == 0


def test_a_retry_has_the_same_identity_although_its_trace_differs() -> None:
    first = message(b"Received: one\r\n" + MAIL)
    again = message(b"Received: two\r\n\tlater\r\nReceived: one\r\n" + MAIL)
    assert identity(first) == identity(again)
    assert identity(first) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": ("b@x.example",)},
        {"reverse_path": None},
        {"client_ip": "192.0.2.8"},
        {"client_user": "app"},
    ],
)
def test_another_envelope_or_client_is_another_identity(change: dict[str, object]) -> None:
    first = message(MAIL)
    other = replace(first, envelope=replace(first.envelope, **change))  # type: ignore[arg-type]
    assert identity(first) != identity(other)


def test_other_octets_are_another_identity() -> None:
    assert identity(message(MAIL)) != identity(message(MAIL + b"."))


def test_where_the_octets_lie_makes_no_other_identity(tmp_path: Path) -> None:
    """A retry with one more trace field may be just large enough for the disk."""
    octets = MAIL + b"more\r\n" * 1000
    on_disk = taken_in((octets,), tmp_path)
    assert isinstance(on_disk, Spooled)
    assert identity(message(on_disk)) == identity(message(octets))


def test_without_a_message_id_header_there_is_no_identity() -> None:
    assert identity(message(MAIL.replace(b"Message-ID", b"X-Message-ID"))) is None
    assert identity(message(b"A: b\r\n\r\nMessage-ID: <in the body>\r\n")) is None


def test_a_subject_trigger_stands_before_the_subject_once() -> None:
    changed = add_trigger(MAIL, "[encrypt]", None)
    assert changed == MAIL.replace(b"Subject: ", b"Subject: [encrypt] ")
    assert add_trigger(changed, "[Encrypt]", None) == changed


def test_a_long_subject_is_folded_after_the_trigger() -> None:
    long = MAIL.replace(b"Skip permit", b"=?utf-8?Q?" + b"x" * 60 + b"?=")
    assert b"Subject: [encrypt]\r\n =?utf-8?Q?xx" in add_trigger(long, "[encrypt]", None)


def test_a_message_without_a_subject_gets_one_below_the_trace() -> None:
    octets = b"Received: x\r\nFrom: a@x\r\n\r\nSubject: no\r\n"
    assert (
        add_trigger(octets, "[encrypt]", None)
        == b"Received: x\r\nSubject: [encrypt]\r\nFrom: a@x\r\n\r\nSubject: no\r\n"
    )


def test_an_empty_subject_becomes_the_trigger() -> None:
    assert b"Subject: [encrypt]\r\n" in add_trigger(MAIL.replace(b" Skip permit", b""), "[encrypt]", None)


def test_a_trigger_beyond_ascii_is_an_encoded_word() -> None:
    assert b"Subject: =?utf-8?B?W2Ruw7tmXQ==?= Skip" in add_trigger(MAIL, "[dnûf]", None)


def test_a_header_trigger_is_added_once_and_can_not_break_the_header() -> None:
    changed = add_trigger(b"Received: x\r\n" + MAIL, None, "X-Encrypt: yes")
    assert changed == b"Received: x\r\nX-Encrypt: yes\r\n" + MAIL
    assert add_trigger(changed, None, "x-encrypt: yes") == changed
    assert b"\r\nBcc" not in add_trigger(MAIL, None, "X-E: y\r\nBcc: z")
    assert add_trigger(MAIL, None, None) == MAIL


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        (b"[secure] Plans", b"Plans"),
        (b"Re: [SECURE] Plans", b"Re: Plans"),
        (b"Plans [encrypt]", b"Plans "),
        (b"[encrypted]\r\n Plans", b"Plans"),
        (b"[secure][secure] Plans", b"Plans"),
        (b"secure Plans [draft]", b"secure Plans [draft]"),
        (b"=?utf-8?Q?[secure]_Pl=C3=A2n?=", b"=?utf-8?Q?_Pl=C3=A2n?="),
    ],
)
def test_the_words_that_ask_for_encryption_go_and_nothing_else(subject: bytes, left: bytes) -> None:
    message = b"From: a@b.example\r\nSubject: " + subject + b"\r\nTo: c@d.example\r\n\r\nSubject: [secure] body\r\n"
    assert remove_secure_request(message) == message.replace(subject, left, 1)
