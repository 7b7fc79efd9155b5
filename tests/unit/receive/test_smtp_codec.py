from __future__ import annotations

import pytest

from dlp_gateway.model import MailParams, RecipientParams
from dlp_gateway.receive.smtp_codec import CommandRefusedError, parse_hello, parse_mail, parse_rcpt


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
