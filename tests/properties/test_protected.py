"""Whatever the octets: a message is either refused, or every octet of it is in one of its two halves."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.change import put_together, take_apart
from dlp_gateway.errors import NotEncryptedError

LINES = st.sampled_from(
    [
        b"From: jo@council.example",
        b"Subject: papers",
        b"subject: other papers",
        b"Content-Type: text/html",
        b"content-type : text/plain",
        b"CONTENT-TRANSFER-ENCODING: base64",
        b"MIME-Version: 1.0",
        b"Content-X: y",
        b"X-Long: one",
        b" folded",
        b"\tfolded",
        b" ",
        b"",
        b"no field",
        b"Text: of a body\r",
        b"\xc3\xa2: \xff",
    ]
)
MESSAGES = st.tuples(
    st.lists(LINES, max_size=8), st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"]), st.binary(max_size=40)
).map(lambda x: b"".join(line + x[1] for line in x[0]) + x[1] + x[2])


@given(MESSAGES | st.binary(max_size=80), st.booleans())
def test_a_message_is_refused_or_cut_without_loss(octets: bytes, hidden: bool) -> None:
    try:
        apart = take_apart(octets, protect_subject=hidden)
    except NotEncryptedError:
        return
    header, _, body = octets.partition(b"\r\n\r\n")
    assert body in apart.entity
    outer = re.split(rb"\r\n(?![ \t])", apart.header)
    assert not any(re.match(rb"(?i)(content-|mime-version)", field) for field in outer)
    if hidden:
        assert b"papers" not in apart.header
    else:
        kept = sorted(re.split(rb"\r\n(?![ \t])", header))
        inner = re.split(rb"\r\n(?![ \t])", apart.entity.removesuffix(b"\r\n\r\n" + body))
        given_by_us = [] if re.search(rb"(?im)^content-type:", header) else [b"Content-Type: text/plain"]
        versions = [field for field in kept if field.lower().startswith(b"mime-version")]
        assert sorted([*filter(None, outer), *filter(None, inner), *versions]) == sorted([*kept, *given_by_us])
        # What was put together can be taken apart again, into the same.
        assert take_apart(put_together(apart.header, apart.entity)) == apart
