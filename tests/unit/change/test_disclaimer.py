"""How an edit is made; what is edited at all is in test_disclaimer_table.py, whole messages are in tests/corpus."""

import base64
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp_gateway.change import (
    USUAL,
    Changed,
    DisclaimerText,
    Manner,
    add_disclaimer,
    disclaimer_text_from,
    loop_mark,
    received_field,
    same_leaves,
    strip_marks,
)
from dlp_gateway.model import Envelope, Message
from dlp_gateway.parse import decode_charset, parse_message

HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
WORDS = "Daw'r neges hon gan Gyngor Tŷ – peidiwch â'i chopïo."
TEXT = disclaimer_text_from("disclaimer", {"templates/disclaimer.txt": WORDS})
PLAIN_WORDS = TEXT.ascii_text


def change(octets: bytes, text: DisclaimerText = TEXT, manner: Manner = USUAL) -> Changed:
    before = parse_message(octets)
    changed = add_disclaimer(octets, before.root, text, manner)
    after = parse_message(changed.octets)
    assert same_leaves(before, after, changed.edited)
    assert add_disclaimer(changed.octets, after.root, text, manner).octets == changed.octets
    return changed


def texts(octets: bytes) -> list[str]:
    return [decode_charset(part.octets, part.charset)[0] for part in parse_message(octets).parts]


def single(content_type: str, data: bytes, encoding: str = "8bit") -> bytes:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return HEAD + fields.encode() + data


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--foo\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b'; boundary="foo"\r\n\r\n' + body + b"--foo--\r\n"


@pytest.mark.parametrize(
    ("charset", "holds"),
    [
        ("utf-8", True),
        ("iso-8859-14", False),
        ("us-ascii", False),
        ("iso-8859-1", False),
        ("windows-1252", False),
        ("gb18030", True),
    ],
)
def test_text_goes_in_the_charset_of_the_part_or_in_ascii(charset: str, holds: bool) -> None:
    changed = change(single(f"text/plain; charset={charset}", b"Hello\r\n"))
    assert texts(changed.octets) == ["Hello\r\n\r\n" + (WORDS if holds else PLAIN_WORDS) + "\r\n"]


def test_octets_before_the_disclaimer_stay() -> None:
    octets = single("text/plain; charset=gb2312", "你好\r\n".encode("gb2312"))
    assert change(octets).octets.startswith(octets)


def test_quoted_printable_that_ends_in_a_soft_break_is_closed_first() -> None:
    for end in (b"Hello=", b"Hello=\r\n", b"Hello= \r\n", b"Hello", b"Hello\r\n"):
        changed = change(single("text/plain; charset=utf-8", end, "quoted-printable"))
        assert texts(changed.octets) == ["Hello\r\n\r\n" + WORDS + "\r\n"]


def test_lines_of_quoted_printable_stay_within_76() -> None:
    long = replace(TEXT, text=WORDS + "\n" + "ŷ" * 70)
    changed = change(single("text/plain; charset=utf-8", b"Hello\r\n", "quoted-printable"), long)
    assert max(len(line) for line in changed.octets.split(b"\r\n")) <= 76
    assert "ŷ" * 70 in texts(changed.octets)[0]


@pytest.mark.parametrize("width", [60, 64, 72, 76])
def test_base64_keeps_its_line_width(width: int) -> None:
    encoded = base64.b64encode(b"Hello, this is a longer text for several lines. " * 6)
    data = b"\r\n".join(encoded[i : i + width] for i in range(0, len(encoded), width)) + b"\r\n"
    changed = change(single("text/plain; charset=utf-8", data, "base64"))
    body = changed.octets.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert {len(line) for line in body[:-2]} == {width}
    assert texts(changed.octets)[0].endswith("\r\n\r\n" + WORDS + "\r\n")


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-16", "utf-16"),
        ("utf-16le", "utf-16-le"),
        ("utf-16be", "utf-16-be"),
        ("utf-16", "bom-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_utf_16_keeps_its_byte_order(label: str, codec: str) -> None:
    data = b"\xfe\xff" + "Hello\r\n".encode("utf-16-be") if codec == "bom-be" else "Hello\r\n".encode(codec)
    changed = change(single(f"text/plain; charset={label}", base64.encodebytes(data).replace(b"\n", b"\r\n"), "base64"))
    assert texts(changed.octets) == ["Hello\r\n\r\n" + WORDS + "\r\n"]
    assert parse_message(changed.octets).parts[0].octets.startswith(data)


def test_utf_16_html_is_edited_in_place() -> None:
    data = base64.encodebytes("\ufeff<body>é😀x</body>".encode("utf-16-le")).replace(b"\n", b"\r\n")
    changed = change(single("text/html; charset=utf-16", data, "base64"))
    assert texts(changed.octets) == [f"<body>é😀x{TEXT.html}</body>"]


def test_flowed_text_keeps_its_signature_line_and_lines_of_ours_do_not_flow() -> None:
    odd = replace(TEXT, text="From here\n> and\n there \n", marker="nothing of this kind is in it")
    changed = add_disclaimer(
        octets := single("text/plain; charset=utf-8; format=flowed", b"Hello \r\nyou\r\n-- \r\nme\r\n"),
        parse_message(octets).root,
        odd,
    )
    assert texts(changed.octets) == ["Hello \r\nyou\r\n-- \r\nme\r\n\r\n From here\r\n > and\r\n  there\r\n"]


def test_html_gets_the_disclaimer_before_the_last_end_of_body() -> None:
    changed = change(single("text/html; charset=utf-8", "<body>tŷ</body>\r\n".encode()))
    assert texts(changed.octets)[0] == f"<body>tŷ\r\n{TEXT.html}\r\n</body>\r\n"


def test_quoted_printable_html_is_edited_between_its_octets() -> None:
    data = b'<body class=3D"a">caf=C3=A9 and =\r\nmore=\r\n</body></html>\r\n'
    changed = change(single("text/html; charset=utf-8", data, "quoted-printable"))
    assert texts(changed.octets)[0] == f'<body class="a">café and more{TEXT.html}</body></html>\r\n'


def test_an_empty_part_without_its_empty_line_gets_one() -> None:
    changed = change(mixed(b"Content-Type: text/plain; charset=utf-8\r\n", b"\r\nx"))
    assert texts(changed.octets)[0].strip() == PLAIN_WORDS or texts(changed.octets)[0].strip() == WORDS


def test_a_changed_leaf_that_was_not_to_be_edited_is_noticed() -> None:
    before = parse_message(mixed(b"\r\nx", b"\r\ny"))
    assert not same_leaves(before, parse_message(mixed(b"\r\nx2", b"\r\ny2")), ("1",))
    assert not same_leaves(before, parse_message(mixed(b"\r\nx2")), ("1",))
    assert not same_leaves(before, parse_message(b"X: y\r\n" + mixed(b"\r\nx2", b"\r\ny")), ("1",))
    assert same_leaves(before, parse_message(mixed(b"\r\nx2", b"\r\ny")), ("1",))


def test_two_languages_follow_each_other_and_stay() -> None:
    other = disclaimer_text_from("disclaimer:cy", {"templates/disclaimer.cy.txt": "Another text of a disclaimer."})
    first = change(single("text/html", b"<body>x</body>"), other)
    second = change(first.octets)
    assert texts(second.octets)[0].index("Another") < texts(second.octets)[0].index("Daw'r")
    assert change(second.octets, other).octets == second.octets


def test_a_signature_still_verifies_after_our_header_fields(tmp_path: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    content = b"Content-Type: text/plain; charset=utf-8\r\nX-Odd:  folded \r\n  with blanks \r\n\r\nI agree. \r\n"
    (tmp_path / "content").write_bytes(content)
    subject = ["-subj", "/CN=Priya"]
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "k",
        "-out",
        "c",
        *subject,
    )
    openssl("cms", "-sign", "-binary", "-crlfeol", "-signer", "c", "-inkey", "k", "-in", "content", "-out", "signed")
    body = (tmp_path / "signed").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    octets = b"From: a@council.example\r\nX-DLP-Gateway: foreign; mark\r\n" + body
    changed = change(octets)
    assert changed.notes == ("signed",)
    envelope = Envelope(reverse_path=None, recipients=("b@x.example",))
    received_at = datetime(2026, 10, 5, tzinfo=UTC)
    message = Message(id="x1", envelope=envelope, octets=changed.octets, received_at=received_at)
    sent = received_field(message, "dlp.example") + loop_mark("x1", b"k" * 32) + strip_marks(message.octets)
    (tmp_path / "sent").write_bytes(sent)
    openssl("cms", "-verify", "-CAfile", "c", "-in", "sent", "-out", "out", "-purpose", "any")


def test_a_disposition_on_the_outermost_multipart_means_nothing() -> None:
    octets = b"Content-Disposition: attachment\r\n" + mixed(b"\r\nx", b"\r\ny")
    assert change(octets).edited == ("1",)
