"""A message in two, the header that stays outside and the entity that is protected, and back again."""

from __future__ import annotations

import email
import email.policy

import pytest

from dlp_gateway.change import Apart, is_seven_bit, put_together, signed_entity, take_apart
from dlp_gateway.change.entities import only_part, openpgp_entity
from dlp_gateway.errors import NotEncryptedError
from dlp_gateway.parse import parse_message
from tests.support.mail_shapes import HEAD, SUBJECT, TEXT, mime, shapes

SHAPES = shapes()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_octet_of_a_message_is_in_one_of_the_two(shape: str) -> None:
    """Nothing is written anew: header and entity are cut out, and MIME-Version alone is left out."""
    octets = SHAPES[shape]
    apart = take_apart(octets)
    header, _, body = octets.partition(b"\r\n\r\n")
    fields = _fields(header + b"\r\n")
    outside = [raw for raw in fields if not raw.lower().startswith((b"mime-version", b"content-"))]
    inside = [raw for raw in fields if raw.lower().startswith(b"content-")]
    assert apart.header == b"".join(outside)
    given = [] if any(raw.lower().startswith(b"content-type") for raw in inside) else [b"Content-Type: text/plain\r\n"]
    assert apart.entity == b"".join([*given, *inside, b"\r\n", body])


@pytest.mark.parametrize("shape", SHAPES)
def test_an_entity_put_back_is_read_as_before(shape: str) -> None:
    """By our own parser: the same leaves, types and names; and nothing has become ambiguous."""
    octets = SHAPES[shape]
    again = put_together(take_apart(octets).header, take_apart(octets).entity)
    before, after = parse_message(octets), parse_message(again)
    assert [(p.path, p.media_type, p.filename, p.octets) for p in after.parts] == [
        (p.path, p.media_type, p.filename, p.octets) for p in before.parts
    ]
    assert {gap.reason for gap in after.gaps} == {gap.reason for gap in before.gaps}


@pytest.mark.parametrize("shape", SHAPES)
def test_protected_fields_are_read_inside_and_the_subject_stands_there_only(shape: str) -> None:
    octets = SHAPES[shape]
    plain, apart = take_apart(octets), take_apart(octets, protect_subject=True)
    assert SUBJECT.encode() not in apart.header
    assert b"Thread-Topic" not in apart.header
    inner = email.message_from_bytes(apart.entity, policy=email.policy.default)
    assert inner["Subject"] == (None if shape == "no subject" else SUBJECT)
    assert inner["From"] == '"Bloggs, Jo" <jo@council.example>'
    assert inner.get_param("hp") == "cipher"
    assert inner.get_param("protected-headers") == "v1"
    assert plain.entity in apart.entity
    outer = email.message_from_bytes(apart.header + b"\r\n", policy=email.policy.default)
    assert outer["Subject"] == (None if shape == "no subject" else "[...]")
    told = [raw for raw in _fields(apart.entity.partition(b"\r\n\r\n")[0] + b"\r\n") if raw.startswith(b"HP-Outer: ")]
    shown = [raw for raw in _fields(apart.header) if not raw.startswith((b"Received", b"X-"))]
    assert [raw.removeprefix(b"HP-Outer: ") for raw in told] == shown
    assert not any(gap.reason == "ambiguous" for gap in parse_message(put_together(b"", apart.entity)).gaps)


def test_a_bcc_that_should_not_be_there_is_not_copied_inside() -> None:
    """It would be the one field that a recipient sees only because we encrypted."""
    apart = take_apart(
        mime("text/plain", TEXT).replace(b"To: Pat", b"Bcc: x@y.example\r\nTo: Pat"), protect_subject=True
    )
    assert b"Bcc" not in apart.entity


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"From: a@x\r\nSubject: b\r\n", "no empty line after the header"),
        (b"", "no empty line after the header"),
        (b"\r\nbody\r\n", "empty line before the header"),
        (b"From: a@x\n\nbody\n", "line ends other than CRLF"),
        (b"From: a@x\r\n\r\nbody\rmore\r\n", "line ends other than CRLF"),
        (b"From: a@x\r\n\r\nbody\n\rmore\r\n", "line ends other than CRLF"),
        (b"From a@x Mon\r\nFrom: a@x\r\n\r\nbody\r\n", "header line that is not a field"),
        (b" folded\r\nFrom: a@x\r\n\r\nbody\r\n", "header line that is not a field"),
        (b"From: a@x\r\nContent-Type : text/html\r\n\r\nbody\r\n", "header line that is not a field"),
        (b"From: a@x\r\n \t\r\nContent-Type: text/html\r\n\r\nbody\r\n", "blank line folded into the header"),
        (b"From: a@x\r\n \r\n\r\nbody\r\n", "blank line folded into the header"),
        (
            b"Content-Type: text/plain\r\ncontent-TYPE: text/html\r\n\r\nb",
            "a header field that may stand once stands twice",
        ),
        (b"X: " + b"x" * 300_000 + b"\r\n\r\nbody", "header over 256 kB"),
    ],
)
def test_what_two_readers_could_cut_differently_is_refused(octets: bytes, why: str) -> None:
    with pytest.raises(NotEncryptedError) as caught:
        take_apart(octets)
    assert caught.value.why == str(caught.value) == why


def test_two_subjects_are_refused_only_where_one_is_to_be_hidden() -> None:
    octets = mime("text/plain", TEXT).replace(b"To: Pat", b"Subject: second\r\nTo: Pat")
    assert b"Subject: second" in take_apart(octets).header
    with pytest.raises(NotEncryptedError):
        take_apart(octets, protect_subject=True)


@pytest.mark.parametrize(
    ("entity", "fit"),
    [
        (b"Content-Type: text/plain\r\n\r\nbody\r\n", True),
        (b"\r\n" + b"x" * 998, True),
        (b"\r\n" + b"x" * 998 + b"\r\n", True),
        (b"\r\n" + b"x" * 999, False),
        (b"\r\n" + b"x" * 999 + b"\r\n\r\n", False),
        ("\r\nSiân\r\n".encode(), False),
        (b"\r\nnul \0\r\n", False),
    ],
)
def test_only_what_nobody_encodes_anew_may_be_signed_in_clear(entity: bytes, fit: bool) -> None:
    assert is_seven_bit(entity) is fit


def test_the_same_message_makes_the_same_entities_and_no_boundary_stands_in_them() -> None:
    for make in (lambda e: signed_entity(e, b"MIIB"), lambda e: only_part(e, b"X: y\r\n"), openpgp_entity):
        made = make(b"Content-Type: text/plain\r\n\r\nbody")
        assert made == make(b"Content-Type: text/plain\r\n\r\nbody")
        boundary = email.message_from_bytes(made).get_boundary()
        assert boundary is not None
        assert made.count(b"--" + boundary.encode()) == len(email.message_from_bytes(made).get_payload()) + 1


def test_a_message_in_two_does_not_show_itself_in_a_log() -> None:
    assert TEXT not in repr(Apart(header=HEAD.encode(), entity=TEXT.encode()))
    assert "K-" not in repr(take_apart(mime("text/plain", TEXT)))


def _fields(header: bytes) -> list[bytes]:
    """Another way than ours to cut a well-formed header into fields."""
    fields: list[bytes] = []
    for line in header.splitlines(keepends=True):
        if line[:1] in (b" ", b"\t"):
            fields[-1] += line
        else:
            fields.append(line)
    return fields
