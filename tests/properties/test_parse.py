"""What holds of the MIME reader whatever the octets are."""

import base64
import quopri
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.model import GapReason, MimePart
from dlp_gateway.parse import (
    addresses,
    author_of,
    decode_charset,
    decode_value,
    display_names,
    parse_message,
    read_controls,
    second_opinion,
    split_message,
    views,
)
from dlp_gateway.parse.transfer import decode_transfer

# Pieces of which random joining makes messages that are nearly right.
PIECES = st.sampled_from(
    [
        b"From: a@council.example\r\n",
        b'To: "b" <b@x.example>, (c) d@y.example\r\n',
        b"Subject: =?utf-8?Q?s=C5=B5n?=\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\n",
        b'Content-Type: multipart/mixed; boundary="foo"\r\n',
        b"Content-Type: multipart/report; boundary=bar\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: text/html; name*0*=utf-8''a; name*1=b\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename=a.txt\r\n",
        b"\r\n",
        b"--foo\r\n",
        b"--foo--\r\n",
        b"--bar\r\n",
        b"--bar--\r\n",
        b"UVEgMTI=\r\n",
        b"caf=C3=A9=\r\n",
        b" fold\r\n",
        b"-----BEGIN PGP MESSAGE-----\r\n",
        b"\r",
        b"\n",
        b"\0",
        b"=",
        b"text",
    ]
)
LONG = st.sampled_from(
    [b"some words of a letter\r\n" * 60, b"UVEgMTI0" * 9 + b"\r\n", b"-- \r\n" + b"x" * 700 + b"\r\n"]
)
MESSAGES = st.lists(PIECES | st.binary(max_size=20), max_size=40).map(b"".join)


def nodes(part: MimePart) -> list[MimePart]:
    return [part, *(node for child in part.children for node in nodes(child))]


@given(st.binary(max_size=2000) | MESSAGES)
def test_any_octets_can_be_read(octets: bytes) -> None:
    parsed = parse_message(octets)
    controls = read_controls(parsed, ("Subject",))
    display_names(parsed)
    assert author_of(octets) == controls.author
    for part in parsed.parts:
        for view in views(part.octets, part.charset):
            view.encode("utf-8")


@given(MESSAGES)
def test_offsets_lie_within_each_other_and_fields_slice_back(octets: bytes) -> None:
    for node in nodes(parse_message(octets).root):
        assert 0 <= node.header_start <= node.body_start <= node.body_end <= len(octets)
        position = node.body_start
        for child in node.children:
            assert position <= child.header_start <= child.body_end <= node.body_end
            position = child.body_end
        for field in node.header:
            assert octets[field.start : field.end] == field.raw
            field.text.encode("utf-8")


@given(MESSAGES)
def test_every_leaf_is_a_part_and_paths_are_never_given_twice(octets: bytes) -> None:
    parsed = parse_message(octets)
    paths = [part.path for part in parsed.parts]
    assert len(set(paths)) == len(paths)
    assert {node.path for node in nodes(parsed.root) if not node.children} <= set(paths)


@given(MESSAGES)
def test_octets_between_the_parts_are_seen_or_blank(octets: bytes) -> None:
    """What lies outside every leaf and header is a delimiter, blank, or shown as a margin."""
    parsed = parse_message(octets)
    margins = b"".join(part.octets for part in parsed.parts if part.path.endswith(("PREAMBLE", "EPILOGUE")))
    for node in nodes(parsed.root):
        if not node.children or not node.media_type.startswith("multipart/"):
            continue
        edges = [octets[node.body_start : node.first_delimiter], octets[node.children[-1].body_end : node.body_end]]
        for line in b"\n".join(edges).split(b"\n"):
            assert not line.strip() or line.startswith(b"--") or line.strip() in margins


@given(st.binary(max_size=3000), st.integers(1, 19).map(lambda n: n * 4), st.sampled_from([b"\r\n", b"\n"]))
def test_regular_base64_comes_back(data: bytes, width: int, eol: bytes) -> None:
    encoded = base64.b64encode(data)
    lines = eol.join(encoded[i : i + width] for i in range(0, len(encoded), width)) + eol
    assert decode_transfer(lines, "base64") == (data, None)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"))))
def test_regular_quoted_printable_comes_back(text: str) -> None:
    encoded = quopri.encodestring(text.encode("utf-8")).replace(b"\n", b"\r\n")
    assert decode_transfer(encoded, "quoted-printable") == (text.encode("utf-8"), None)


@given(
    st.binary(max_size=500),
    st.sampled_from([None, "", "utf-8", "utf-16", "utf-7", "hz", "iso-2022-jp", "big5", "x", "\0"]),
)
def test_charsets_never_fail_and_the_first_view_is_the_main_text(octets: bytes, charset: str | None) -> None:
    text, _ = decode_charset(octets, charset)
    assert views(octets, charset)[0] == text
    text.encode("utf-8")


@given(st.binary(max_size=500))
def test_header_values_and_address_lists_never_fail(value: bytes) -> None:
    decode_value(value).encode("utf-8")
    assert all("@" in mailbox.address for mailbox in addresses(value))


TEXTS = st.text(alphabet="abc åéŵ\n.=-", max_size=200)


@given(TEXTS, st.lists(st.tuples(st.binary(max_size=200), st.sampled_from(["a.bin", "tŷ.pdf"])), max_size=3), TEXTS)
def test_what_the_standard_library_writes_is_read_without_a_gap(
    text: str, attachments: list[tuple[bytes, str]], html: str
) -> None:
    message = EmailMessage()
    message["From"] = "Siôn <sion@council.example>"
    message["Subject"] = "Tŷ newydd"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    for data, name in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    octets = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    parsed = parse_message(octets)
    assert [gap for gap in parsed.gaps if gap.reason is not GapReason.AMBIGUOUS or "body" not in gap.detail] == []
    ours = [(part.filename, part.octets) for part in parsed.parts if part.filename]
    assert ours == [(name, data) for data, name in attachments]
    assert read_controls(parsed).author == "sion@council.example"


@given(MESSAGES)
def test_other_parsers_only_add(octets: bytes) -> None:
    own, all_ = split_message(octets), parse_message(octets)
    assert all_.root == own.root
    assert all_.parts[: len(own.parts)] == own.parts
    assert all_.gaps[: len(own.gaps)] == own.gaps


@given(st.lists(PIECES | LONG, max_size=40).map(b"".join))
def test_the_short_form_of_a_message_shows_other_parsers_what_the_message_shows(octets: bytes) -> None:
    """Lines that are left out can neither hide a leaf nor make one up."""
    own = split_message(octets)
    short = second_opinion.with_second_opinions(octets, own)
    kept, second_opinion._KEPT_WHOLE_BYTES = second_opinion._KEPT_WHOLE_BYTES, 1 << 30
    try:
        assert second_opinion.with_second_opinions(octets, own) == short
    finally:
        second_opinion._KEPT_WHOLE_BYTES = kept
