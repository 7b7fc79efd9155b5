"""What is done with which message: the table of docs/disclaimers.md, a row a test.

Whole messages are in tests/corpus, the null sender and the next hop's SIZE in tests/unit/act/test_wire.py, copies in
quoted text in test_quoted.py.
"""

import base64
from dataclasses import dataclass, field, replace

import pytest

from dlp_gateway.change import (
    USUAL,
    Changed,
    Manner,
    add_disclaimer,
    disclaimer_text_from,
    nothing_else_changed,
)
from dlp_gateway.inspection import EDIT_FAILED, make_changes
from dlp_gateway.parse import decode_charset, parse_message

HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
WORDS = "Daw'r neges hon gan Gyngor Tŷ – peidiwch â'i chopïo."
TEXT = disclaimer_text_from("disclaimer", {"templates/disclaimer.txt": WORDS})
OTHER = disclaimer_text_from("disclaimer:x", {"templates/disclaimer.x.txt": "Another text that is long enough."})
PLAIN_WORDS = TEXT.ascii_text
ADDED = f"\r\n{WORDS}\r\n"
ADDED_PLAIN = f"\r\n{PLAIN_WORDS}\r\n"


def single(content_type: str, data: bytes, encoding: str = "8bit", more: bytes = b"") -> bytes:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return more + HEAD + fields.encode() + data


def several(kind: str, *parts: bytes, more: bytes = b"") -> bytes:
    body = b"".join(b"--foo\r\n" + part + b"\r\n" for part in parts)
    return more + HEAD + f'Content-Type: multipart/{kind}; boundary="foo"\r\n\r\n'.encode() + body + b"--foo--\r\n"


def inner(kind: str, *parts: bytes) -> bytes:
    body = b"".join(b"--bar\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="bar"\r\n\r\n'.encode() + body + b"--bar--"


def based(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


TEXT_PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
HTML_PART = b"Content-Type: text/html; charset=utf-8\r\n\r\n<body>Hello</body>"
PDF = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF"
ATTACHED_TEXT = b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nHello"
FORWARDED = b"Content-Type: message/rfc822\r\n\r\nFrom: c@y.example\r\nSubject: t\r\n\r\nTheirs\r\n"
SIGNED = inner("signed", TEXT_PART, b"Content-Type: application/pkcs7-signature\r\n\r\nx")
INVITATION = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"


@dataclass(frozen=True, kw_only=True)
class Row:
    octets: bytes
    edited: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)  # decoded text, by path, afterwards
    manner: Manner = USUAL


ROWS: dict[str, Row] = {
    # -- charset and transfer encoding --
    "text/plain 8bit whose charset holds the text: appended in that charset": Row(
        octets=single("text/plain; charset=gb18030", "你好\r\n".encode("gb18030")),
        edited=("1",), texts={"1": "你好\r\n" + ADDED},
    ),
    "text/plain 8bit whose charset does not hold it: the ASCII form, never relabelled": Row(
        octets=single("text/plain; charset=windows-1252", "Café\r\n".encode("cp1252")),
        edited=("1",), texts={"1": "Café\r\n" + ADDED_PLAIN},
    ),
    "text/plain without a charset: the ASCII form": Row(
        octets=HEAD + b"\r\nHello\r\n", edited=("1",), texts={"1": "Hello\r\n" + ADDED_PLAIN}
    ),
    "text/plain 7bit stays 7bit": Row(
        octets=single("text/plain; charset=utf-8", b"Hello\r\n", "7bit"),
        edited=("1",), texts={"1": "Hello\r\n" + ADDED_PLAIN},
    ),
    "text/plain QP: lines appended": Row(
        octets=single("text/plain; charset=utf-8", b"Caf=C3=A9\r\n", "quoted-printable"),
        edited=("1",), texts={"1": "Café\r\n" + ADDED},
    ),
    "text/plain QP that ends in a soft break: the line is closed first": Row(
        octets=single("text/plain; charset=utf-8", b"Hello=\r\n", "quoted-printable"),
        edited=("1",), texts={"1": "Hello\r\n" + ADDED},
    ),
    "base64 text: decoded, appended, encoded again": Row(
        octets=single("text/plain; charset=utf-8", based(b"Hello\r\n"), "base64"),
        edited=("1",), texts={"1": "Hello\r\n" + ADDED},
    ),
    "base64 HTML: decoded, inserted, encoded again": Row(
        octets=single("text/html; charset=utf-8", based(b"<body>Hello</body>"), "base64"),
        edited=("1",), texts={"1": f"<body>Hello{TEXT.html}</body>"},
    ),
    "base64 that is irregular: left": Row(
        octets=single("text/plain", b"UVE=x", "base64"), notes=("transfer encoding",)
    ),
    "an unknown transfer encoding: left": Row(
        octets=single("text/plain", b"UVE=", "x-gzip"), notes=("transfer encoding",)
    ),
    "UTF-16 in base64: in its byte order": Row(
        octets=single("text/plain; charset=utf-16be", based("Hello\r\n".encode("utf-16-be")), "base64"),
        edited=("1",), texts={"1": "Hello\r\n" + ADDED},
    ),
    "UTF-32 in base64: in its byte order": Row(
        octets=single("text/plain; charset=utf-32", based("Hello\r\n".encode("utf-32")), "base64"),
        edited=("1",), texts={"1": "Hello\r\n" + ADDED},
    ),
    "UTF-16 without base64: left": Row(
        octets=single("text/plain; charset=utf-16le", "Hi".encode("utf-16-le")), notes=("charset",)
    ),
    "unknown charset: left": Row(octets=single("text/plain; charset=x-klingon", b"Hi"), notes=("charset",)),
    "UTF-7: left": Row(octets=single("text/plain; charset=utf-7", b"Hi", "7bit"), notes=("charset",)),
    "a charset with shifts: the ASCII form": Row(
        octets=single("text/plain; charset=iso-2022-jp", "日本\r\n".encode("iso2022_jp"), "7bit"),
        edited=("1",), texts={"1": "日本\r\n" + ADDED_PLAIN},
    ),
    "format=flowed: the signature line stays, no line of ours flows": Row(
        octets=single("text/plain; charset=utf-8; format=flowed", b"Hello \r\nyou\r\n-- \r\nme\r\n"),
        edited=("1",), texts={"1": "Hello \r\nyou\r\n-- \r\nme\r\n" + ADDED},
    ),
    # -- HTML --
    "HTML: before the last </body>, as ASCII with references": Row(
        octets=single("text/html; charset=iso-8859-1", b"<body>a</body>quoted<body>\xe9</body></html>"),
        edited=("1",), texts={"1": f"<body>a</body>quoted<body>é\r\n{TEXT.html}\r\n</body></html>"},
    ),
    "HTML whose </body> stands in a comment, script, style or textarea: not there": Row(
        octets=single("text/html", b"<p>a<!--</body>--><script>'</body>'</script><style></body></style>"
                      b"<textarea></body></textarea></html>"),
        edited=("1",), texts={"1": "<p>a<!--</body>--><script>'</body>'</script><style></body></style>"
                              f"<textarea></body></textarea>\r\n{TEXT.html}\r\n</html>"},
    ),
    "HTML without </body>: before </html>": Row(
        octets=single("text/html", b"<p>a</html>\r\n"),
        edited=("1",), texts={"1": f"<p>a\r\n{TEXT.html}\r\n</html>\r\n"},
    ),
    "HTML without either: at the end": Row(
        octets=single("text/html", b"<p>a\r\n"), edited=("1",), texts={"1": f"<p>a\r\n{TEXT.html}\r\n"}
    ),
    "HTML that ends inside a comment: left": Row(
        octets=single("text/html", b"<p>a<!--"), notes=("HTML ends inside a comment, tag or script",)
    ),
    # -- structure --
    "multipart/alternative: every text/plain and text/html": Row(
        octets=several("alternative", TEXT_PART, HTML_PART), edited=("1", "2")
    ),
    "multipart/alternative: AMP and others stay": Row(
        octets=several("alternative", TEXT_PART, b"Content-Type: text/x-amp-html\r\n\r\n<body>x</body>", HTML_PART),
        edited=("1", "3"),
    ),
    "related: its root": Row(
        octets=several("related", HTML_PART, b"Content-Type: image/png\r\nContent-ID: <i>\r\n\r\nx"), edited=("1",)
    ),
    "related: the root that start names": Row(
        octets=several('related; start="<b>"', b"Content-ID: <a>\r\n" + HTML_PART, b"Content-ID: <b>\r\n" + HTML_PART),
        edited=("2",),
    ),
    "mixed: the first child that is no attachment": Row(
        octets=several("mixed", ATTACHED_TEXT, PDF, TEXT_PART, TEXT_PART), edited=("3",)
    ),
    "mixed: nested down": Row(
        octets=several("mixed", inner("alternative", TEXT_PART, HTML_PART), PDF), edited=("1.1", "1.2")
    ),
    "text with Content-Disposition attachment: never": Row(
        octets=several("mixed", TEXT_PART, ATTACHED_TEXT), edited=("1",), texts={"2": "Hello"}
    ),
    "message/rfc822 inside: added to the outer text": Row(
        octets=several("mixed", TEXT_PART, FORWARDED), edited=("1",), texts={"2.1": "Theirs\r\n"}
    ),
    "message/rfc822 alone inside: a part of our own": Row(
        octets=several("mixed", FORWARDED), edited=("1",), texts={"1": WORDS, "2.1": "Theirs\r\n"}
    ),
    "mixed with attachments only: a new inline text/plain before the first": Row(
        octets=several("mixed", PDF, PDF), edited=("1",), texts={"1": WORDS, "2": "%PDF", "3": "%PDF"}
    ),
    "a single part that is no text: left": Row(octets=single("application/pdf", b"%PDF"), notes=("no text",)),
    "empty text body: appended": Row(
        octets=single("text/plain; charset=utf-8", b""), edited=("1",), texts={"1": ADDED}
    ),
    "no body at all and no type: as an empty text": Row(octets=HEAD + b"\r\n", edited=("1",), texts={"1": ADDED_PLAIN}),
    # -- protected --
    "multipart/signed: never": Row(
        octets=several("signed", TEXT_PART, b"Content-Type: application/pkcs7-signature\r\n\r\nx"), notes=("signed",)
    ),
    "multipart/signed inside, also where text stands beside it: never": Row(
        octets=several("mixed", SIGNED, TEXT_PART), notes=("signed",)
    ),
    "opaque S/MIME signed-data: never": Row(
        octets=single("application/pkcs7-mime; smime-type=signed-data", b"MIIB", "base64"), notes=("S/MIME",)
    ),
    "S/MIME enveloped-data: never": Row(
        octets=single("application/x-pkcs7-mime; smime-type=enveloped-data", b"MIIB", "base64"), notes=("S/MIME",)
    ),
    "PGP/MIME: never": Row(
        octets=several("encrypted", b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
                       b"Content-Type: application/octet-stream\r\n\r\nx"),
        notes=("encrypted",),
    ),
    "inline PGP, signed: never": Row(
        octets=single("text/plain", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n"), notes=("OpenPGP in the text",)
    ),
    "inline PGP, encrypted, in one form of several: never in any": Row(
        octets=several("alternative", b"\r\n-----BEGIN PGP MESSAGE-----", HTML_PART), notes=("OpenPGP in the text",)
    ),
    "a rights-managed message: never": Row(
        octets=several("mixed", TEXT_PART, b"Content-Type: application/x-microsoft-rpmsg-message\r\n\r\nx"),
        notes=("rights-managed message",),
    ),
    "an S/MIME file that is merely attached: edited": Row(
        octets=several("mixed", TEXT_PART,
                       b"Content-Type: application/pkcs7-mime\r\nContent-Disposition: attachment\r\n\r\nx"),
        edited=("1",),
    ),
    "a signed message that is attached as a message: edited": Row(
        octets=several("mixed", TEXT_PART, b"Content-Type: message/rfc822\r\n\r\nFrom: a@x\r\n" + SIGNED), edited=("1",)
    ),
    # -- wrapped, where policy says so --
    "multipart/signed, wrap: whole inside a new message": Row(
        octets=several("signed", TEXT_PART, b"Content-Type: application/pkcs7-signature\r\n\r\nx"),
        edited=("1",), notes=("sent inside another message: signed",), texts={"1": WORDS, "2.1": "Hello\r\n"},
        manner=Manner(wrap=True),
    ),
    "opaque S/MIME signed-data, wrap: whole inside a new message": Row(
        octets=single("application/pkcs7-mime; smime-type=signed-data", b"MIIB", "base64"),
        edited=("1",), notes=("sent inside another message: S/MIME",), texts={"1": WORDS}, manner=Manner(wrap=True),
    ),
    "S/MIME enveloped-data, wrap: never": Row(
        octets=single("application/pkcs7-mime; smime-type=enveloped-data", b"MIIB", "base64"),
        notes=("S/MIME",), manner=Manner(wrap=True),
    ),
    "PGP/MIME encrypted, wrap: never": Row(
        octets=several("encrypted", b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
                       b"Content-Type: application/octet-stream\r\n\r\nx"),
        notes=("encrypted",), manner=Manner(wrap=True),
    ),
    "a single part that is no text, wrap: whole inside a new message": Row(
        octets=single("application/pdf", b"%PDF without a line end"),
        edited=("1",), notes=("sent inside another message: no text",),
        texts={"1": WORDS, "2.1": "%PDF without a line end"}, manner=Manner(wrap=True),
    ),
    "an invitation, wrap: never": Row(
        octets=single("text/calendar; method=REQUEST", b"BEGIN:VCALENDAR"), notes=("calendar",),
        manner=Manner(wrap=True),
    ),
    "DKIM-signed by somebody before us, wrap: left": Row(
        octets=single("application/pdf", b"%PDF", more=b"DKIM-Signature: v=1\r\n"), notes=("DKIM-signed",),
        manner=Manner(wrap=True),
    ),
    "what can be edited, wrap: edited as ever": Row(
        octets=several("mixed", TEXT_PART, PDF), edited=("1",), manner=Manner(wrap=True)
    ),
    # -- calendars, reports, others' signatures --
    "an invitation in the alternative: never": Row(
        octets=several("alternative", TEXT_PART, HTML_PART, INVITATION), notes=("calendar",)
    ),
    "METHOD=REPLY alone: never": Row(
        octets=single("text/calendar; method=REPLY", b"BEGIN:VCALENDAR"), notes=("calendar",)
    ),
    "METHOD=CANCEL attached: never": Row(
        octets=several("mixed", TEXT_PART, b"Content-Disposition: attachment\r\nContent-Type: text/calendar; "
                       b"method=CANCEL\r\n\r\nBEGIN:VCALENDAR"),
        notes=("calendar",),
    ),
    "a calendar file attached without a method: edited": Row(
        octets=several("mixed", TEXT_PART,
                       b"Content-Disposition: attachment\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"),
        edited=("1",),
    ),
    "multipart/report: never": Row(
        octets=several("report; report-type=delivery-status", TEXT_PART,
                       b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x"),
        notes=("report",),
    ),
    "a disposition notification: never": Row(
        octets=several("mixed", TEXT_PART, b"Content-Type: message/disposition-notification\r\n\r\nx: y"),
        notes=("report",),
    ),
    "Auto-Submitted other than no: never": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"Auto-Submitted: auto-replied; x=y\r\n"),
        notes=("automatic reply",),
    ),
    "Auto-Submitted: no is a person's": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"Auto-Submitted: No\r\n"), edited=("1",)
    ),
    "DKIM-signed by somebody before us, and we do not sign: left": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"DKIM-Signature: v=1\r\n"), notes=("DKIM-signed",)
    ),
    "DKIM-signed by somebody before us, and we sign later: edited": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"DKIM-Signature: v=1\r\n"),
        edited=("1",), manner=Manner(signed_later=True),
    ),
    "ARC-sealed: left, also where we sign later": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"ARC-Seal: i=1\r\n"),
        notes=("ARC-sealed",), manner=Manner(signed_later=True),
    ),
    "List-Id: left, also where we sign later": Row(
        octets=single("text/plain", b"Hello\r\n", more=b"List-Id: <x.example>\r\n"),
        notes=("mailing list",), manner=Manner(signed_later=True),
    ),
    "TNEF: the text part, and it is told that Outlook shows the other": Row(
        octets=several("mixed", TEXT_PART, b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"),
        edited=("1",), notes=("winmail.dat keeps its own text",),
    ),
    # -- once --
    "a copy is there: none is added": Row(
        octets=single("text/plain; charset=utf-8", f"Thanks\r\n\r\n{WORDS}\r\n".encode()),
        notes=("disclaimer is there already",),
    ),
    "a copy folded anew and quoted: none is added": Row(
        octets=single("text/plain; charset=utf-8", ("Thanks\r\n> " + WORDS.replace(" – ", " –\r\n> ")).encode()),
        notes=("disclaimer is there already",),
    ),
    "a copy in one form of two: the other is edited": Row(
        octets=several("alternative", b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS.encode(), HTML_PART),
        edited=("2",), notes=("disclaimer is there already",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_row(row: Row) -> None:
    """And always: every other part is as it was, and a second pass changes nothing."""
    before = parse_message(row.octets)
    changed = add_disclaimer(row.octets, before.root, TEXT, row.manner)
    assert (changed.edited, changed.notes) == (row.edited, row.notes)
    assert (changed.octets == row.octets) == (not row.edited)
    after = parse_message(changed.octets)
    assert nothing_else_changed(before, row.octets, after, changed)
    assert add_disclaimer(changed.octets, after.root, TEXT, row.manner).octets == changed.octets
    shown = {part.path: decode_charset(part.octets, part.charset)[0] for part in after.parts}
    assert {path: shown[path] for path in row.texts} == row.texts
    for path in row.edited:
        assert "Daw&#x27;r neges" in shown[path] or "Daw'r neges" in shown[path]


def test_row_ambiguous_is_not_edited() -> None:
    octets = single("text/plain", b"Hello\r\n")
    changed = add_disclaimer(octets, parse_message(octets).root, TEXT, ambiguous=True)
    assert changed == Changed(octets=octets, notes=("ambiguous",))
    twice = several("mixed", TEXT_PART).replace(b"Subject", b"Content-Type: text/plain\r\nSubject")
    assert make_changes(twice, ("disclaimer",), {"disclaimer": TEXT}) == Changed(octets=twice, notes=("ambiguous",))


@pytest.mark.parametrize("words", ["--foo--", "--foo\nX: y\n\nz"], ids=["a line ends the part", "a line begins a part"])
def test_row_after_editing_all_other_parts_are_compared_or_the_original_goes_out(words: str) -> None:
    octets = several("mixed", TEXT_PART, PDF)
    breaking = replace(TEXT, text=words, ascii_text=words, marker="no copy is like this one")
    changed = make_changes(octets, ("disclaimer",), {"disclaimer": breaking})
    assert changed == Changed(octets=octets, notes=(EDIT_FAILED,))


def test_of_two_texts_the_one_that_can_be_added_is() -> None:
    octets = several("mixed", TEXT_PART, PDF)
    other = replace(TEXT, name="disclaimer:x", text="--foo--", ascii_text="--foo--", marker="no copy is like this one")
    changed = make_changes(octets, ("disclaimer:x", "disclaimer"), {"disclaimer": TEXT, "disclaimer:x": other})
    assert changed.notes == (EDIT_FAILED,)
    assert PLAIN_WORDS.encode() in changed.octets


def test_what_is_wrapped_keeps_its_header_and_every_octet_inside() -> None:
    """The fields that say how the body is written go in with it; a signature over them stays inside alone."""
    octets = several("signed", TEXT_PART, b"Content-Type: application/pkcs7-signature\r\n\r\nx")
    octets = b"DKIM-Signature: v=1\r\nReceived: x\r\n\ty\r\n" + octets
    changed = make_changes(octets, ("disclaimer",), {"disclaimer": TEXT}, Manner(wrap=True, signed_later=True))
    outer = parse_message(changed.octets).root
    names = [one.name for one in outer.header]
    assert names == ["Received", "From", "To", "Subject", "MIME-Version", "Content-Type"]
    assert changed.octets.count(octets) == 1
    twice = make_changes(octets, ("d:x", "disclaimer"), {"disclaimer": TEXT, "d:x": OTHER}, Manner(wrap=True))
    assert twice.notes == ("DKIM-signed",)


def test_two_texts_stand_in_one_wrapping() -> None:
    octets = single("application/pdf", b"%PDF")
    changed = make_changes(octets, ("d:x", "disclaimer"), {"disclaimer": TEXT, "d:x": OTHER}, Manner(wrap=True))
    assert [part.media_type for part in parse_message(changed.octets).root.children] == ["text/plain", "message/rfc822"]
    shown = decode_charset(parse_message(changed.octets).parts[0].octets, "utf-8")[0]
    assert shown == f"{OTHER.text}\r\n\r\n{WORDS}"
