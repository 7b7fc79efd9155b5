"""The strict splitter: what is ambiguous, what is not, what is limited."""

import base64
from email import message_from_bytes, policy

import pytest

from dlp_gateway.model import Gap, GapReason, GapScope
from dlp_gateway.parse import parse_message
from tests.support.cpu_time import within

HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello"
HIDDEN = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(
    b"NI QQ 12 34 56 C"
)


def mixed(*parts: bytes, boundary: bytes = b"foo", declared: bytes = b'boundary="foo"', pre: bytes = b"") -> bytes:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        HEAD + b"Content-Type: multipart/mixed; " + declared + b"\r\n\r\n" + pre + body + b"--" + boundary + b"--\r\n"
    )


def body(content_type: bytes, data: bytes, encoding: bytes | None = None) -> bytes:
    extra = b"" if encoding is None else b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    return HEAD + b"Content-Type: " + content_type + b"\r\n" + extra + b"\r\n" + data


def details(octets: bytes) -> set[str]:
    gaps = parse_message(octets).gaps
    assert all(gap.scope is GapScope.MESSAGE for gap in gaps if gap.reason is GapReason.AMBIGUOUS)
    return {gap.detail for gap in gaps}


AMBIGUOUS: dict[str, tuple[bytes, str]] = {
    "bare CR in the header": (HEAD + b"X: a\rContent-Type: text/html\r\n\r\nx", "bare CR"),
    "CR alone as line end": (mixed(PART, HIDDEN).replace(b"\r\n", b"\r"), "bare CR"),
    "LF among CRLF": (HEAD + b"\r\none\ntwo\r\n", "mixed line ends"),
    "header in LF, body in CRLF": (HEAD.replace(b"\r\n", b"\n") + b"\nx\r\n", "mixed line ends"),
    "NUL": (HEAD + b"\r\na\0b", "NUL octet"),
    "blank before the colon": (HEAD + b"Content-Type : text/html\r\n\r\nx", "blank before the colon of a header field"),
    "line without colon": (
        HEAD + b"no field here\r\nContent-Type: text/html\r\n\r\nx",
        "header line that is not a field",
    ),
    "mailbox line inside": (HEAD + b">From x\r\nContent-Type: text/html\r\n\r\nx", "header line that is not a field"),
    "byte order mark first": (b"\xef\xbb\xbf" + HEAD + b"\r\nx", "header line that is not a field"),
    "fold first": (b" X: y\r\n" + HEAD + b"\r\nx", "header begins with a blank"),
    "blank fold": (HEAD + b"X: a\r\n \r\nContent-Type: text/html\r\n\r\nx", "blank line folded into the header"),
    "empty line first": (b"\r\n" + HEAD + b"\r\nx", "empty line before the header"),
    "no empty line": (HEAD, "no empty line after the header"),
    "nothing at all": (b"", "no empty line after the header"),
    "two types": (HEAD + b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx", "duplicate Content-Type"),
    "two dispositions": (
        HEAD + b"Content-Disposition: inline\r\nContent-Disposition: attachment\r\n\r\nx",
        "duplicate Content-Disposition",
    ),
    "two authors": (HEAD + b"From: c@x.example\r\n\r\nx", "duplicate From"),
    "misspelt type": (HEAD + b"Content_Type: text/html\r\n\r\nx", "misspelt MIME field name"),
    "odd sign in a MIME field's name": (HEAD + b"Content-Type.: text/html\r\n\r\nx", "misspelt MIME field name"),
    "parameter with two values": (
        body(b"text/plain; format=fixed; format=flowed", b"x"),
        "parameter with two values in Content-Type",
    ),
    "comment in type": (body(b"text/plain (html)", b"x"), "comment in Content-Type"),
    "open quote in type": (body(b'text/plain; charset="utf-8', b"x"), "unbalanced quote or comment in Content-Type"),
    "junk in type": (body(b"text/plain charset=utf-8", b"x"), "unexpected text in Content-Type"),
    "no subtype": (body(b"text", b"x"), "Content-Type is not a type"),
    "parameter without value": (body(b"text/plain; charset", b"x"), "malformed parameter in Content-Type"),
    "parameter of two words": (body(b"text/plain; type=a b", b"x"), "malformed parameter in Content-Type"),
    "parameter with half a quote": (body(b'text/plain; type=a""b', b"x"), "malformed parameter in Content-Type"),
    "two charsets": (body(b"text/plain; charset=utf-8; charset=utf-7", b"x"), "duplicate charset"),
    "charset in RFC 2231 form": (body(b"text/plain; charset*=utf-8''utf-7", b"x"), "charset in RFC 2231 form"),
    "two boundaries, first real": (mixed(HIDDEN, declared=b'boundary="foo"; boundary="bar"'), "duplicate boundary"),
    "boundary unquoted with specials": (
        mixed(HIDDEN, boundary=b"=_f", declared=b"boundary==_f"),
        "malformed boundary",
    ),
    "boundary in angle brackets": (
        mixed(HIDDEN, boundary=b"<foo>", declared=b'boundary="<foo>"'),
        "boundary with forbidden characters",
    ),
    "boundary as encoded word": (
        mixed(HIDDEN, boundary=b"=?us-ascii?Q?foo?=", declared=b'boundary="=?us-ascii?Q?foo?="'),
        "boundary as encoded word",
    ),
    "boundary half encoded": (
        mixed(HIDDEN, boundary=b"f=?us-ascii?Q?oo?=", declared=b'boundary="f=?us-ascii?Q?oo?="'),
        "boundary as encoded word",
    ),
    "boundary with blank end": (
        mixed(HIDDEN, boundary=b"foo ", declared=b'boundary="foo "'),
        "boundary with blanks at its ends",
    ),
    "boundary of 71": (
        mixed(HIDDEN, boundary=b"b" * 71, declared=b'boundary="' + b"b" * 71 + b'"'),
        "boundary longer than 70 characters",
    ),
    "empty boundary": (mixed(HIDDEN, boundary=b"", declared=b'boundary=""'), "multipart without a boundary"),
    "boundary nowhere": (mixed(HIDDEN, declared=b'boundary="bar"'), "no delimiter in a multipart"),
    "never closed": (mixed(HIDDEN).removesuffix(b"--foo--\r\n"), "no closing delimiter"),
    "closed before it was opened": (mixed(), "multipart without a part"),
    "padding that goes on with text": (
        mixed(PART).replace(b"--foo\r\n", b"--foo" + b" " * 2000 + b"x\r\n", 1),
        "line that begins like a delimiter",
    ),
    "inner boundary the same": (
        mixed(b'Content-Type: multipart/mixed; boundary="foo"\r\n\r\n--foo\r\n\r\nx\r\n--foo--'),
        "boundary used twice",
    ),
    "inner boundary a beginning of ours": (
        mixed(b'Content-Type: multipart/mixed; boundary="fo"\r\n\r\n--fo\r\n\r\nx\r\n--fo--'),
        "boundary that begins an outer one",
    ),
    "line longer than the delimiter": (mixed(PART + b"\r\n--foobar\r\nx"), "line that begins like a delimiter"),
    "blank before the delimiter": (mixed(PART + b"\r\n --foo\r\nx"), "delimiter inside a line"),
    "delimiter inside a line": (mixed(PART + b"\r\nsee --foo\r\n"), "delimiter inside a line"),
    "delimiter after the end": (mixed(PART) + b"--foo\r\n\r\nx\r\n", "delimiter after the closing delimiter"),
    "MIME header in the preamble": (
        mixed(PART, pre=b"Content-Type: text/html\r\n\r\nx\r\n"),
        "MIME header in the preamble",
    ),
    "MIME header at the top of a body": (
        mixed(b"\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\nUVE="),
        "MIME header at the top of a body",
    ),
    "encoding with semicolon": (body(b"text/plain", b"UVE=", b"base64;"), "unknown Content-Transfer-Encoding"),
    "encoding in quotes": (body(b"text/plain", b"UVE=", b'"base64"'), "unknown Content-Transfer-Encoding"),
    "encoding folded inside": (body(b"text/plain", b"UVE=", b"base\r\n 64"), "folded Content-Transfer-Encoding"),
    "encoding on an attached message": (
        mixed(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nUVE="),
        "Content-Transfer-Encoding on a multipart or message",
    ),
    "external body": (
        body(b"message/external-body; access-type=URL", b"Content-Type: text/plain\r\n\r\n"),
        "message/external-body can't be read here",
    ),
    "base64 cut short": (body(b"text/plain", b"UVEgM", b"base64"), "base64 of wrong length"),
    "base64 with a footer": (body(b"text/plain", b"UVE=\r\n_____\r\n", b"base64"), "foreign characters in base64"),
    "bad escape": (body(b"text/plain", b"a=zz", b"quoted-printable"), "malformed escape in quoted-printable"),
    "control in quoted-printable": (
        body(b"text/plain", b"a\x08b", b"quoted-printable"),
        "control characters in quoted-printable",
    ),
}


@pytest.mark.parametrize(("octets", "detail"), AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_what_two_readers_could_see_differently_is_ambiguous(octets: bytes, detail: str) -> None:
    assert detail in details(octets)


CLEAR: dict[str, bytes] = {
    "mailbox line first": b"From x Mon Oct  5 09:14:00 2026\r\n" + HEAD + b"\r\nx",
    "blanks after a delimiter": mixed(PART).replace(b"--foo\r\n", b"--foo  \r\n", 1),
    "preamble and epilogue": mixed(PART, pre=b"This is MIME.\r\n") + b"-- \r\nlist footer\r\n",
    "lower-case escapes": body(b"text/plain; charset=utf-8", b"caf=c3=a9", b"quoted-printable"),
    "blanks after a soft break": body(b"text/plain", b"one= \r\ntwo", b"Quoted-Printable"),
    "blanks in base64": body(b"text/plain", b"UVEg MTIg\r\n", b"BASE64"),
    "8-bit text without a charset": HEAD + b"\r\ncaf\xe9",
    "parameter twice the same": body(b"text/plain; format=flowed; format=flowed", b"x"),
    "two names of a file": body(b'application/pdf; name="a.pdf"; name="b.pdf"', b"x"),
    "semicolon at the end": body(b"text/plain; charset=utf-8;", b"x"),
    "file name without quotes": body(b"application/pdf; name=skip permit.pdf", b"x"),
    "type of a related without quotes": mixed(PART, declared=b"type=text/html; boundary=foo; start=<a@b>"),
    "uuencoded text": body(b"text/plain", b"begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"),
    "inner boundary that continues ours": mixed(
        b'Content-Type: multipart/mixed; boundary="foo.1"\r\n\r\n--foo.1\r\n\r\nx\r\n--foo.1--'
    ),
    "empty parts": mixed(b"", PART, b"\r\n"),
    "message/global in base64": mixed(
        b"Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(HEAD + b"\r\nx")
    ),
    "no line end at the end": mixed(PART).rstrip(),
    "a long line": HEAD + b"\r\n" + b"x" * 100_000,
}


@pytest.mark.parametrize("octets", CLEAR.values(), ids=CLEAR.keys())
def test_what_real_mail_does_leaves_no_gap(octets: bytes) -> None:
    assert details(octets) == set()


@pytest.mark.parametrize(
    "octets",
    [
        body(b"ZQX", b"x"),
        body(b"text/plain; ZQX", b"x"),
        body(b"text/plain; ZQX=ZQX ZQX", b"x"),
        body(b"text/plain", b"x", b"ZQX"),
        body(b"message/ZQX", b"x", b"base64"),
        HEAD + b"ZQX\r\n\r\n",
        mixed(PART, boundary=b"<ZQX>", declared=b'boundary="<ZQX>"'),
    ],
)
def test_gap_details_never_hold_text_of_the_message(octets: bytes) -> None:
    assert details(octets)
    assert not any("zqx" in detail.lower() for detail in details(octets))


def test_paths_count_as_imap_does() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\n\r\nx\r\n--in\r\n\r\ny\r\n--in--'
    parsed = parse_message(mixed(PART, b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert parsed.root.path == ""
    message = parsed.root.children[1]
    assert (message.path, message.children[0].path) == ("2", "2.TEXT")
    assert [part.path for part in parsed.parts] == ["1", "2.1", "2.2"]


@pytest.mark.parametrize("kind", [b"message/rfc822", b"message/global", b"message/news", b"message/x-unknown"])
def test_every_kind_of_message_is_opened(kind: bytes) -> None:
    parsed = parse_message(mixed(PART, b"Content-Type: " + kind + b"\r\n\r\nSubject: s\r\n" + HIDDEN))
    assert parsed.gaps == ()
    assert [(part.path, part.octets) for part in parsed.parts] == [("1", b"Hello"), ("2.1", b"NI QQ 12 34 56 C")]


def test_a_part_of_a_report_before_the_status_is_held_to_the_strict_rules() -> None:
    broken = b"Content-Type: message/rfc822\r\n\r\nno field\r\n\r\nx"
    assert "header line that is not a field" in details(mixed(broken).replace(b"multipart/mixed", b"multipart/report"))


def test_depth_over_20_is_a_gap_and_the_rest_is_one_leaf() -> None:
    octets = b"Content-Type: text/plain\r\n\r\ndeep"
    for n in range(25):
        octets = b"Content-Type: multipart/mixed; boundary=b%02d\r\n\r\n--b%02d\r\n%s\r\n--b%02d--\r\n" % (
            n,
            n,
            octets,
            n,
        )
    parsed = parse_message(HEAD + octets)
    assert [gap.reason for gap in parsed.gaps] == [GapReason.TOO_DEEP]
    assert b"deep" in parsed.parts[-1].octets


def test_attached_messages_count_towards_the_depth() -> None:
    octets = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 400 + HEAD + b"\r\nx"
    assert {gap.reason for gap in parse_message(octets).gaps} == {GapReason.TOO_DEEP}


def test_more_than_1000_parts_are_a_gap() -> None:
    parsed = parse_message(mixed(*[PART] * 1200))
    assert (
        Gap(part="", reason=GapReason.TOO_LARGE, scope=GapScope.MESSAGE, detail="more than 1,000 parts") in parsed.gaps
    )
    assert len(parsed.parts) <= 1000


def test_exactly_999_parts_are_read() -> None:
    parsed = parse_message(mixed(*[PART] * 999))
    assert parsed.gaps == ()
    assert len(parsed.parts) == 999


def test_a_header_block_over_256_kb_is_a_gap() -> None:
    octets = HEAD + b"".join(b"X-%d: value of the field\r\n" % n for n in range(10_000)) + b"\r\nx"
    assert details(octets) == {"header block over 256 kB"}


def test_fields_of_a_status_that_read_otherwise_when_decoded_are_a_leaf_of_their_own() -> None:
    status = b"Reporting-MTA: dns; x\r\n\r\nX-Note: =?utf-8?Q?caf=C3=A9?=\r\nX-Folded: a\r\n b\r\n"
    parsed = parse_message(mixed(b"Content-Type: message/delivery-status\r\n\r\n" + status))
    assert [(part.path, part.octets) for part in parsed.parts[1:]] == [
        ("1.FIELDS", "X-Note: café\nX-Folded: a b".encode())
    ]
    plain = parse_message(mixed(b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n"))
    assert [part.path for part in plain.parts] == ["1"]


def test_a_field_of_a_status_over_32_kb_is_a_gap() -> None:
    status = b"Content-Type: message/delivery-status\r\n\r\nX: " + b"=?utf-8?B?QQ==?= " * 3000
    assert details(mixed(status)) == {"header field over 32 kB"}


def test_a_field_over_32_kb_is_a_gap() -> None:
    assert details(HEAD + b"X-Long: " + b"y" * 40_000 + b"\r\n\r\nx") == {"header field over 32 kB"}


KILLERS: dict[str, bytes] = {
    "20,000 quotes in To": HEAD + b"To: " + b'"' * 20_000 + b"\r\n\r\nx",
    "100,000 boundary lines": mixed(b"\r\n--foo" * 100_000),
    "100,000 lines like a boundary": mixed(PART + b"\r\n--foox" * 100_000),
    "100,000 boundaries in one line": mixed(PART + b"\r\nx" + b"--foo" * 100_000),
    "a long line of boundaries": mixed(PART + b"\r\nx" + b"--foo" * 100_000 + b"x" * 5_000_000),
    "lines that begin like an inner boundary": mixed(
        b"".join(b' boundary="foo%d"\r\n' % n for n in range(50_000)) + b"\r\n--foox" * 50_000
    ),
    "100,000 ends": mixed(b"\r\n--foo--" * 100_000),
    "10,000 nested comments in the type": body(b"text/plain " + b"(" * 10_000, b"x"),
    "10,000 nested comments in the encoding": body(b"text/plain", b"x", b"(" * 10_000 + b"base64"),
    "10,000 parameters": body(b"text/plain" + b";a=b" * 6000, b"x"),
    "10,000 empty parameters": body(b"text/plain" + b";" * 20_000, b"x"),
    "blanks before a parameter": body(b"text/plain;" + b" " * 30_000 + b"x", b"x"),
    "backslashes in a quote": body(b'text/plain; name="' + b"\\" * 30_000, b"x"),
    "beginnings of encoded words": HEAD + b"X: " + b"=?a?Q?" * 5000 + b"\r\n\r\n",
    "sections of a parameter": body(b"text/plain" + b"".join(b";name*%d=x" % n for n in range(3000)), b"x"),
    "encoded words in a status": mixed(
        b"Content-Type: message/delivery-status\r\n\r\n" + b"X: " + b"=?utf-8?B?QQ==?= " * 200_000
    ),
    "fold lines": HEAD + b"X: a\r\n" + b" b\r\n" * 60_000 + b"\r\nx",
    "header of colons": HEAD + b":\r\n" * 60_000 + b"\r\nx",
    "padding in base64": body(b"text/plain", b"A=" * 200_000, b"base64"),
    "equals signs": body(b"text/plain", b"=" * 400_000, b"quoted-printable"),
    "equals sign and blanks": body(b"text/plain", (b"=" + b" " * 90) * 4000, b"quoted-printable"),
    "blanks at the top of a body": HEAD + b"\r\n" + b"\r\n" * 300_000,
    "nested boundaries declared": mixed(PART + b"\r\n--foox" * 900 + b'boundary="' * 30_000),
}


@pytest.mark.parametrize("octets", KILLERS.values(), ids=KILLERS.keys())
def test_hostile_input_takes_linear_time(octets: bytes) -> None:
    within(0.5, lambda: parse_message(octets))


ORDINARY = {
    "plain": HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\nHello\r\n",
    "quoted-printable": body(b"text/plain; charset=utf-8", b"caf=C3=A9 =\r\nand so on\r\n", b"quoted-printable"),
    "attachment": mixed(
        PART, HIDDEN + b"\r\n", b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw=="
    ),
    "nested": mixed(
        PART, b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--'
    ),
    "attached message": mixed(PART, b"Content-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\ninner\r\n"),
    "preamble": mixed(PART, pre=b"\r\n"),
}


@pytest.mark.parametrize("octets", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_mail_has_the_leaves_that_the_standard_library_sees(octets: bytes) -> None:
    theirs = [
        part.get_payload(decode=True)
        for part in message_from_bytes(octets, policy=policy.compat32).walk()
        if not part.is_multipart()
    ]
    ours = [part.octets for part in parse_message(octets).parts]
    assert ours == theirs
