from __future__ import annotations

import pytest

from dlp_gateway.errors import MessageRefusedError
from dlp_gateway.model import MailParams, RecipientParams
from dlp_gateway.receive.smtp_codec import (
    CommandRefusedError,
    MessageLimits,
    MessageReader,
    count_hops,
    has_bare_cr_or_lf,
    has_disguised_end,
    has_long_line,
    header_length,
    parse_hello,
    parse_mail,
    parse_rcpt,
)

LIMITS = MessageLimits(message_bytes=2000, line_octets=998, header_bytes=1000, hops=3)


def reply_to(argument: bytes, *, rcpt: bool = False) -> str:
    with pytest.raises(CommandRefusedError) as caught:
        parse_rcpt(argument, smtputf8=False) if rcpt else parse_mail(argument)
    return f"{caught.value.reply.code} {caught.value.reply.enhanced_code}"


@pytest.mark.parametrize(
    ("argument", "reverse_path"),
    [
        (b"FROM:<a@b.example>", "a@b.example"),
        (b"from: <a@b.example>", "a@b.example"),
        (b"FROM:<>", None),
        (b"FROM:<A.b+c=d{e}@Sub_x.B-b.example>", "A.b+c=d{e}@Sub_x.B-b.example"),
        (b'FROM:<"ab\\"c"@b.example>', '"ab\\"c"@b.example'),
        (b'FROM:<""@b.example>', '""@b.example'),
        (b"FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]"),
        (b"FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"),
        (b"FROM:<=?utf-8?q?x=0d=0a?=@b.example>", "=?utf-8?q?x=0d=0a?=@b.example"),
    ],
)
def test_an_address_comes_out_as_it_went_in(argument: bytes, reverse_path: str | None) -> None:
    assert parse_mail(argument).reverse_path == reverse_path


@pytest.mark.parametrize(
    "path",
    [
        b"a@b.example",
        b"<a@b.example",
        b"a@b.example>",
        b"<a>",
        b"<@b.example>",
        b"<a@>",
        b"< a@b.example>",
        b"<a@b.example >",
        b"<@r.example:a@b.example>",
        b"<@r.example,@s.example:a@b.example>",
        b"<a%c.example@b.example>",
        b"<c.example!a@b.example>",
        b'<"a%c.example"@b.example>',
        b'<"a@c.example"@b.example>',
        b'<"c.example!a"@b.example>',
        b"<a@c.example@b.example>",
        b'<"a b"@b.example>',
        b'<"a>b"@b.example>',
        b'<"a\\\\>b"@b.example>',
        b"<a@b..example>",
        b"<a@.example>",
        b"<a@b.example.>",
        b"<.a@b.example>",
        b"<a.@b.example>",
        b"<a@b_.exa mple>",
        b"<a\r@b.example>",
        b"<a\n@b.example>",
        b"<a\0@b.example>",
        b"<a\x7f@b.example>",
        b'<"a\nb"@b.example>',
        b'<"a@b.example>',
        b"<a(c)@b.example>",
        b"<a,b@b.example>",
        b"<a@b.example>x",
        b"<a@b.example><c@d.example>",
        b"<" + b"a" * 320 + b"@b.example>",
        b"<a@[1.2.3.4.5]>",
        b"<a@[host]>",
        b"<a@b.example\\>",
        b"<a;b@b.example>",
        b"",
    ],
)
def test_what_is_no_plain_address_is_refused(path: bytes) -> None:
    assert reply_to(b"FROM:" + path) == "501 5.1.7"
    assert reply_to(b"TO:" + path, rcpt=True) == "501 5.1.3"


def test_addresses_beyond_ascii_are_utf8_text_where_smtputf8_was_asked() -> None:
    mail = parse_mail("FROM:<zoë@bücher.example> SMTPUTF8".encode())
    assert (mail.reverse_path, mail.params.smtputf8) == ("zoë@bücher.example", True)
    assert parse_rcpt("TO:<用户@例え.example>".encode(), smtputf8=True).recipient == "用户@例え.example"
    assert reply_to("FROM:<zoë@b.example>".encode()) == "553 5.6.7"
    assert reply_to("TO:<zoë@b.example>".encode(), rcpt=True) == "553 5.6.7"


@pytest.mark.parametrize("octets", [b"\xff", b"\xc3", b"\xed\xa0\x80", "\x85".encode(), "。".encode(), "＠".encode()])
def test_what_is_not_utf8_or_would_be_read_as_a_separator_is_refused(octets: bytes) -> None:
    with pytest.raises(CommandRefusedError):
        parse_rcpt(b"TO:<a@b" + octets + b"c.example>", smtputf8=True)


def test_postmaster_alone_is_a_recipient_but_no_reverse_path() -> None:
    assert parse_rcpt(b"TO:<Postmaster>", smtputf8=False).recipient == "Postmaster"
    assert reply_to(b"FROM:<postmaster>") == "501 5.1.7"


def test_mail_parameters_keep_the_case_of_xtext() -> None:
    mail = parse_mail(b"FROM:<a@b.example> size=12 body=8bitmime ret=hdrs ENVID=Ab+2BcD AUTH=<>")
    assert mail.size_bytes == 12
    assert mail.params == MailParams(body="8BITMIME", ret="HDRS", envid="Ab+2BcD")


def test_rcpt_parameters_keep_the_case_of_xtext() -> None:
    rcpt = parse_rcpt(b"TO:<a@b.example> NOTIFY=failure,Delay ORCPT=rfc822;A+2Bb@C.example", smtputf8=False)
    assert rcpt.params == RecipientParams(notify="FAILURE,DELAY", orcpt="rfc822;A+2Bb@C.example")


@pytest.mark.parametrize("name", [b"", b"a b", b"a(b)", b"<a>", b"a;b", "é".encode(), b"a" * 256])
def test_a_client_name_that_could_spoil_a_received_field_is_refused(name: bytes) -> None:
    with pytest.raises(CommandRefusedError):
        parse_hello(name)


def read(wire: bytes, size: int, limits: MessageLimits = LIMITS) -> tuple[bytes, bytes]:
    """The message and what came after it, the wire fed in pieces of that size."""
    reader = MessageReader(limits)
    for place in range(0, len(wire), size):
        rest = reader.feed(wire[place : place + size])
        if rest is not None:
            return reader.octets(), rest + wire[place + size :]
    raise EOFError


@pytest.mark.parametrize("size", [1, 2, 3, 5, 10_000])
@pytest.mark.parametrize(
    ("wire", "octets", "rest"),
    [
        (b".\r\n", b"", b""),
        (b"a\r\n.\r\n", b"a\r\n", b""),
        (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", b"QUIT\r\n"),
        (b"..\r\n.\r\n", b".\r\n", b""),
        (b".a\r\n..b\r\n...\r\n.\r\n.\r\n", b"a\r\n.b\r\n..\r\n", b".\r\n"),
        (b"\r\n\r\n.\r\nx", b"\r\n\r\n", b"x"),
        (b"a\r\n\0.b\r\n.\r\n", b"a\r\n\0.b\r\n", b""),
        (b"a.\r\n.\r\n", b"a.\r\n", b""),
    ],
)
def test_data_ends_at_crlf_dot_crlf_however_it_comes(wire: bytes, octets: bytes, rest: bytes, size: int) -> None:
    assert read(wire, size) == (octets, rest)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize(
    "ending",
    [
        b"\n.\n",
        b"\r.\r",
        b"\r\n.\n",
        b"\n.\r\n",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\n\n.\r\n",
        b"\r\n\r.\r\n",
        b"\r\r\n.\r\r\n",
        b"\n",
        b"\r",
    ],
)
def test_no_other_ending_ends_data_and_it_refuses_the_whole(ending: bytes, size: int) -> None:
    with pytest.raises(MessageRefusedError) as caught:
        read(b"a" + ending + b"MAIL FROM:<x@y>\r\n.\r\n", size)
    assert (caught.value.code, caught.value.enhanced_code) == (554, "5.6.11")


def test_a_message_beyond_the_limit_is_read_to_its_end_in_little_memory() -> None:
    reader = MessageReader(LIMITS)
    for _ in range(1000):
        assert reader.feed(b"x" * 100 + b"\r\n") is None
        assert reader.held_bytes < 3000
    assert reader.feed(b".\r\nRSET\r\n") == b"RSET\r\n"
    with pytest.raises(MessageRefusedError) as caught:
        reader.octets()
    assert (caught.value.code, caught.value.enhanced_code) == (552, "5.3.4")


def test_the_limit_counts_octets_without_dot_stuffing() -> None:
    lines = LIMITS.message_bytes // 3
    assert (
        len(
            read(
                b"..\r\n" * lines + b".\r\n",
                7,
                MessageLimits(message_bytes=1998, line_octets=998, header_bytes=9999, hops=3),
            )[0]
        )
        == 1998
    )
    with pytest.raises(MessageRefusedError):
        read(b"x" * 998 + b"\r\n" + b"x" * 998 + b"\r\n\r\n.\r\n", 9999)


@pytest.mark.parametrize(
    ("header", "hops"),
    [
        (b"", 0),
        (b"Received: a\r\nReceived: b\r\n", 2),
        (b"RECEIVED : a\r\nreceived\t:b\r\n", 2),
        (b"X: a\r\n received: b\r\nX-Received: c\r\nReceived-SPF: d\r\n", 0),
    ],
)
def test_hops_are_received_fields(header: bytes, hops: int) -> None:
    assert count_hops(header) == hops


def test_received_in_the_body_is_no_hop() -> None:
    octets = b"A: b\r\n\r\n" + b"Received: x\r\n" * 9
    assert read(octets + b".\r\n", 9999)[0] == octets
    assert header_length(b"\r\nReceived: x\r\n") == 0


@pytest.mark.parametrize(
    ("octets", "long"),
    [
        (b"", False),
        (b"x" * 10, False),
        (b"x" * 11, True),
        (b"x" * 10 + b"\r\n" + b"y" * 10 + b"\r\n", False),
        (b"x\r\n" + b"y" * 11 + b"\r\n", True),
        (b"x" * 11 + b"\r\n", True),
        (b"\r\n" * 50, False),
        (b"ab\r\n" * 30 + b"x" * 11 + b"\r\n", True),
    ],
)
def test_a_line_is_long_beyond_the_limit_its_end_not_counted(octets: bytes, long: bool) -> None:
    assert has_long_line(octets, 10) is long


@pytest.mark.parametrize(
    ("octets", "bare"), [(b"a\r\nb\r\n", False), (b"\n\r", True), (b"\r\n\r\r\n", True), (b"a\r\n\n", True)]
)
def test_bare_cr_and_lf_are_seen(octets: bytes, bare: bool) -> None:
    assert has_bare_cr_or_lf(octets) is bare


@pytest.mark.parametrize("line", [b"\0.", b".\0", b"\0\0.\0"])
def test_a_line_of_a_dot_and_nul_is_seen_wherever_it_stands(line):
    assert has_disguised_end(line + b"\r\n")
    assert has_disguised_end(b"a\r\n" + line + b"\r\nb\r\n")
    assert not has_disguised_end(b"a" + line + b"\r\n")
