"""What holds of edits whatever the message is."""

import base64
import quopri

from hypothesis import assume, given
from hypothesis import strategies as st

from dlp_gateway.change import (
    Manner,
    add_disclaimer,
    add_trigger,
    count_valid_marks,
    disclaimer_text_from,
    loop_mark,
    same_leaves,
    strip_marks,
    trace_octets,
)
from dlp_gateway.model import GapReason
from dlp_gateway.parse import decode_charset, parse_message

KEY = b"k" * 32
TEXT = disclaimer_text_from("disclaimer", {"templates/disclaimer.txt": "Daw'r neges hon gan Gyngor Tŷ – a neb arall."})
# Beside letters: what a reader may take for quoted text.
QUOTING = st.sampled_from(
    [
        "> b\n",
        "-----Original Message-----\n",
        "From: a\nSent: b\nTo: c\n",
        "<blockquote>",
        "</blockquote>",
        "<div>",
        "</div>",
        '<div class="gmail_quote">',
        '<div id="divRplyFwdMsg">',
        "</body>",
        "Daw'r neges hon gan Gyngor Tŷ – a neb arall.\n",
    ]
)
WORDS = st.lists(st.text(alphabet="abc åéŵ\n.=-<>", max_size=40) | QUOTING, max_size=6).map("".join)
MANNERS = st.sampled_from([Manner(once="anywhere"), Manner(once="new-text")])
ATTACHMENTS = st.lists(st.binary(max_size=100), max_size=3)


def encoded(text: str, subtype: str, encoding: str) -> bytes:
    octets = text.replace("\n", "\r\n").encode("utf-8")
    if encoding == "base64":
        octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(text.encode("utf-8")).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + octets


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    encoding = st.sampled_from(["8bit", "base64", "quoted-printable"])
    forms = [
        encoded(draw(WORDS), subtype, draw(encoding))
        for subtype in draw(st.sampled_from([["plain"], ["html"], ["plain", "html"]]))
    ]
    forms += [
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")
        for data in draw(ATTACHMENTS)
    ]
    kind = draw(st.sampled_from([b"mixed", b"alternative", b"related"]))
    parts = b"".join(b"--=_b\r\n" + form + b"\r\n" for form in forms)
    return (
        b"From: a@x.example\r\nContent-Type: multipart/" + kind + b'; boundary="=_b"\r\n\r\n' + parts + b"--=_b--\r\n"
    )


@given(messages(), MANNERS)
def test_a_disclaimer_leaves_every_other_octet_and_is_added_once(octets: bytes, manner: Manner) -> None:
    before = parse_message(octets)
    assume(not before.gaps)
    changed = add_disclaimer(octets, before.root, TEXT, manner)
    after = parse_message(changed.octets)
    assert same_leaves(before, after, changed.edited)
    assert add_disclaimer(changed.octets, after.root, TEXT, manner).octets == changed.octets
    for old, new in zip(before.parts, after.parts, strict=True):
        if new.path in changed.edited:
            old_text, new_text = (decode_charset(part.octets, part.charset)[0] for part in (old, new))
            assert len(new_text) > len(old_text)
            assert "Daw'r neges hon" in new_text.replace("&#x27;", "'")
            if new.media_type == "text/plain" and manner.once == "anywhere":
                assert new_text.startswith(old_text.rstrip("\r\n"))


@given(st.binary(max_size=600))
def test_any_octets_can_be_asked_for_an_edit(octets: bytes) -> None:
    parsed = parse_message(octets)
    ambiguous = any(gap.reason is GapReason.AMBIGUOUS for gap in parsed.gaps)
    add_disclaimer(octets, parsed.root, TEXT, ambiguous=ambiguous)
    add_disclaimer(octets, parsed.root, TEXT)
    add_trigger(octets, "[encrypt]", "X-E: y")


HEADERS = st.lists(
    st.sampled_from([b"Received: a\r\n\tb\r\n", b"A: b\r\n", b"X-DLP-Gatewayed: no\r\n", b"Return-Path: <>\r\n"]),
    max_size=8,
).map(b"".join)


@given(HEADERS, st.integers(0, 4), st.binary(max_size=100))
def test_our_marks_are_counted_and_taken_off_without_a_trace(header: bytes, marks: int, body: bytes) -> None:
    octets = header + b"From: a@x\r\n\r\n" + body
    marked = b"".join(loop_mark(f"id{n}", KEY) for n in range(marks)) + octets
    assert count_valid_marks(marked, KEY) == marks
    assert strip_marks(marked) == octets
    assert trace_octets(marked) == len(marked) - len(octets) + trace_octets(octets)
