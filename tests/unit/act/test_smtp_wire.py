from __future__ import annotations

import pytest

from dlp_gateway.act.smtp_wire import (
    MAX_LINE_OCTETS,
    MAX_REPLY_LINES,
    Features,
    ReplyError,
    ReplyParser,
    Stuffer,
    known_refusals,
    mail_command,
    make_transaction,
    rcpt_commands,
    read_features,
    smtp_reply,
    xforward_commands,
)
from dlp_gateway.model import MailParams, RecipientParams

OCTETS = b"Subject: rota\r\n\r\nAll well.\r\n"
EVERYTHING = Features(pipelining=True, eight_bit=True, utf8=True, dsn=True, size=0)


def transaction(octets=OCTETS, **changes):
    given = {
        "reverse_path": "jo@council.example",
        "recipients": ("sam@hospital.example",),
        "params": MailParams(),
        "recipient_params": (),
    } | changes
    return make_transaction(**given, octets=octets)


def parse(octets: bytes):
    return ReplyParser().feed(octets)


def test_a_reply_fed_octet_by_octet_is_the_same_as_in_one_piece():
    stream = b"250-fake.example\r\n250-SIZE 1000\r\n250 \r\n354\r\n550 5.1.1 no such user\r\n"
    parser = ReplyParser()
    pieces = [reply for octet in stream for reply in parser.feed(bytes([octet]))]
    assert pieces == parse(stream)
    assert [code for code, _ in pieces] == [250, 354, 550]
    assert not parser.partial


def test_an_unfinished_reply_is_partial():
    for octets in (b"2", b"250-first\r\n"):
        parser = ReplyParser()
        assert parser.feed(octets) == []
        assert parser.partial


@pytest.mark.parametrize(
    "octets",
    [
        b"25 too short\r\n",
        b"2500 too long\r\n",
        b"100 no such class\r\n",
        b"650 no such class\r\n",
        b"+OK POP3 server ready\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\r\n",
        b"250_ok\r\n",
        b"250 bare LF\n250 more\r\n",
        b"250 bare CR\rmore\r\n",
        b"250-one\r\n251 two\r\n",
        "²50 superscript\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\r\n",
        b"250 " + b"x" * MAX_LINE_OCTETS + b"\r\n",
        b"250 " + b"x" * MAX_LINE_OCTETS,
        b"250-x\r\n" * (MAX_REPLY_LINES + 1),
        (b"250-" + b"x" * 1900 + b"\r\n") * 40,
    ],
)
def test_what_is_no_reply_or_beyond_the_limits_is_refused(octets):
    with pytest.raises(ReplyError):
        parse(octets)


def test_the_longest_allowed_reply_is_read():
    ((code, lines),) = parse(b"250-x\r\n" * (MAX_REPLY_LINES - 1) + b"250 x\r\n")
    assert (code, len(lines)) == (250, MAX_REPLY_LINES)
    assert parse(b"250 " + b"x" * (MAX_LINE_OCTETS - 6) + b"\r\n")


@pytest.mark.parametrize(
    ("octets", "enhanced", "text"),
    [
        (b"250 2.0.0 Ok: queued\r\n", "2.0.0", "Ok: queued"),
        (b"250\r\n", None, ""),
        (b"550-5.1.1 No such\r\n550 5.1.1 user\r\n", "5.1.1", "No such user"),
        (b"550 2.0.0 of another class\r\n", None, "2.0.0 of another class"),
        (b"451 4.7.1\r\n", "4.7.1", ""),
        ("550 5.7.1 Überfüllt \x07\r\n".encode(), "5.7.1", "??berf??llt ?"),
    ],
)
def test_the_enhanced_code_is_taken_off_the_text(octets, enhanced, text):
    (raw,) = parse(octets)
    reply = smtp_reply(raw)
    assert (reply.enhanced, reply.text) == (enhanced, text.strip())
    assert str(reply).isprintable()


def test_features_are_read_whatever_their_case_and_nonsense_is_passed_over():
    (raw,) = parse(
        b"250-fake PIPELINING\r\n250-size 2000\r\n250-8bitmime\r\n250-AUTH PLAIN login\r\n250-\r\n250-DSN\r\n250 \r\n"
    )
    assert read_features(raw) == Features(eight_bit=True, dsn=True, size=2000, auth=frozenset({"PLAIN", "LOGIN"}))


@pytest.mark.parametrize(("line", "size"), [(b"SIZE", 0), (b"SIZE 0", 0), (b"SIZE many", 0), (b"SIZE 77", 77)])
def test_a_size_that_says_nothing_is_no_limit(line, size):
    (raw,) = parse(b"250-fake\r\n250 " + line + b"\r\n")
    assert read_features(raw).size == size


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", " ", "<", ">", "\x7f", "\x85", "\t", "\ud800"])
def test_an_address_that_could_break_out_of_its_line_is_never_sent(bad):
    address = f"jo{bad}RSET@council.example"
    for changes in ({"reverse_path": address}, {"recipients": ("ok@x.example", address)}):
        with pytest.raises(ValueError) as caught:
            transaction(**changes)
        if bad != "\ud800":
            assert "council.example" not in str(caught.value)


@pytest.mark.parametrize("bad", ["", " ", "x\r\nRSET", "a b", "x\0"])
def test_a_parameter_that_could_break_out_of_its_line_is_never_sent(bad):
    for changes in (
        {"params": MailParams(envid=bad)},
        {"params": MailParams(ret=bad)},
        {"recipient_params": (RecipientParams(orcpt=bad),)},
        {"recipient_params": (RecipientParams(notify=bad),)},
    ):
        with pytest.raises(ValueError):
            transaction(**changes)


@pytest.mark.parametrize("recipients", [(), ("",), ("a@x.example", "a@x.example")])
def test_recipients_are_some_and_each_once(recipients):
    with pytest.raises(ValueError):
        transaction(recipients=recipients)


def test_parameters_of_other_recipients_are_refused():
    with pytest.raises(ValueError):
        transaction(recipient_params=(RecipientParams(), RecipientParams()))


@pytest.mark.parametrize(
    "octets",
    [
        b"a\nb\r\n",
        b"a\rb\r\n",
        b"a\r\n.\nb\r\n",
        b"a\r\n.\rb\r\n",
        b"a\n.\r\nb\r\n",
        b"a\r",
        b"\n",
        b"a\r\r\n",
        b"a\n\r\n",
    ],
)
def test_a_message_with_a_bare_cr_or_lf_is_never_sent(octets):
    for pieces in (octets, [octets], [octets[:1], octets[1:]], [b"X: y\r\n", octets]):
        with pytest.raises(ValueError):
            transaction(pieces)


@pytest.mark.parametrize(
    ("octets", "wire"),
    [
        (b"", b""),
        (b".", b"..\r\n"),
        (b".\r\n", b"..\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
        (b"a\r\n..b\r\n", b"a\r\n...b\r\n"),
        (b"no end", b"no end\r\n"),
        (b"\r\n.\r\n", b"\r\n..\r\n"),
    ],
)
def test_lines_that_start_with_a_dot_get_another(octets, wire):
    assert b"".join(transaction(octets).chunks) == wire
    for cut in range(len(octets) + 1):
        assert b"".join(transaction([octets[:cut], octets[cut:]]).chunks) == wire


def test_nothing_is_copied_where_no_line_starts_with_a_dot():
    big = b"x" * 70 + b"\r\n"
    assert transaction(big).chunks[0] is big


def test_parameters_go_only_to_a_next_hop_that_offers_them():
    asked = transaction(
        b"X: \xc3\xa9\r\n\r\n",
        reverse_path=None,
        params=MailParams(body="8BITMIME", smtputf8=True, ret="HDRS", envid="a+2Bb"),
        recipient_params=(RecipientParams(notify="FAILURE,DELAY", orcpt="rfc822;Sam+2Bx@hospital.example"),),
    )
    assert mail_command(asked, EVERYTHING) == (b"MAIL FROM:<> SIZE=9 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb\r\n")
    assert mail_command(asked, Features()) == b"MAIL FROM:<>\r\n"
    with_dsn = b"RCPT TO:<sam@hospital.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;Sam+2Bx@hospital.example\r\n"
    assert rcpt_commands(asked, asked.recipients, EVERYTHING) == [with_dsn]
    assert rcpt_commands(asked, asked.recipients, Features()) == [b"RCPT TO:<sam@hospital.example>\r\n"]


def test_each_recipient_keeps_its_own_parameters_when_an_earlier_one_is_left_out():
    asked = transaction(
        recipients=("a@x.example", "b@x.example"),
        recipient_params=(RecipientParams(notify="NEVER"), RecipientParams(notify="SUCCESS")),
    )
    assert rcpt_commands(asked, ("b@x.example",), EVERYTHING) == [b"RCPT TO:<b@x.example> NOTIFY=SUCCESS\r\n"]


def test_an_eight_bit_body_is_declared_even_if_the_client_did_not():
    assert b"BODY=8BITMIME" in mail_command(transaction(b"\r\n\xe9\r\n"), EVERYTHING)
    assert b"BODY" not in mail_command(transaction(params=MailParams(body="7BIT")), EVERYTHING)


def test_a_message_larger_than_the_next_hop_takes_is_refused_for_all():
    refused = known_refusals(transaction(), Features(size=10), eight_bit_as_is=True)
    assert str(refused["sam@hospital.example"]).startswith("552 5.3.4")
    assert not known_refusals(transaction(), Features(size=0), eight_bit_as_is=True)
    assert not known_refusals(transaction(), Features(size=len(OCTETS)), eight_bit_as_is=True)


def test_what_is_known_of_the_origin_goes_to_a_next_hop_that_wishes_to_know():
    """By Postfix's XFORWARD_README: xtext, and no line beyond 512 octets."""
    told = (("NAME", "a" * 255), ("ADDR", "2001:db8::7"), ("HELO", "b=c+d" * 51), ("IDENT", ""), ("SOURCE", "REMOTE"))
    asked = transaction(params=MailParams(forwarded=told))
    assert xforward_commands(asked, Features()) == []
    assert xforward_commands(asked, Features(xforward=frozenset({"ADDR", "IDENT"}))) == [
        b"XFORWARD ADDR=IPV6:2001:db8::7 IDENT=[UNAVAILABLE]\r\n"
    ]
    lines = xforward_commands(asked, Features(xforward=frozenset({"NAME", "ADDR", "HELO", "IDENT", "SOURCE"})))
    assert all(len(line) <= 512 for line in lines)
    words = [word for line in lines for word in line.removeprefix(b"XFORWARD ").split()]
    assert [word.partition(b"=")[0] for word in words] == [b"NAME", b"ADDR", b"HELO", b"IDENT", b"SOURCE"]
    assert words[2] == b"HELO=" + b"b+3Dc+2Bd" * 51


def test_mail_that_asks_for_requiretls_goes_with_that_word_or_not_at_all():
    """RFC 8689, 4.2.1."""
    asked = transaction(params=MailParams(require_tls=True))
    assert mail_command(asked, Features(require_tls=True)) == b"MAIL FROM:<jo@council.example> REQUIRETLS\r\n"
    assert not known_refusals(asked, Features(require_tls=True), eight_bit_as_is=True)
    (reply,) = known_refusals(asked, EVERYTHING, eight_bit_as_is=True).values()
    assert (reply.code, reply.enhanced) == (550, "5.7.30")


def test_an_international_address_is_refused_alone_by_a_next_hop_without_smtputf8():
    mixed = transaction(recipients=("sam@x.example", "zoë@x.example"), params=MailParams(smtputf8=True))
    refused = known_refusals(mixed, Features(), eight_bit_as_is=True)
    assert {r: str(reply)[:9] for r, reply in refused.items()} == {"zoë@x.example": "550 5.6.7"}
    assert not known_refusals(mixed, EVERYTHING, eight_bit_as_is=True)
    assert b"SMTPUTF8" in mail_command(mixed, EVERYTHING)


@pytest.mark.parametrize(
    ("changes", "octets", "refused"),
    [
        ({"reverse_path": "zoë@x.example"}, OCTETS, True),
        ({"params": MailParams(smtputf8=True)}, "Subject: Zoë\r\n\r\n".encode(), True),
        ({"params": MailParams(smtputf8=True)}, "Subject: Z\r\n\r\nZoë\r\n".encode(), False),
        ({}, "Subject: Zoë\r\n\r\n".encode(), False),
        ({"params": MailParams(smtputf8=True)}, "\r\nZoë\r\n\r\n".encode(), False),
    ],
)
def test_an_international_header_or_reverse_path_needs_smtputf8(changes, octets, refused):
    found = known_refusals(transaction(octets, **changes), Features(eight_bit=True), eight_bit_as_is=True)
    assert bool(found) is refused
    assert all(reply.enhanced == "5.6.7" for reply in found.values())


def test_an_eight_bit_message_goes_as_it_is_only_where_that_is_allowed():
    eight_bit = transaction(b"\r\n\xe9\r\n")
    assert not known_refusals(eight_bit, Features(), eight_bit_as_is=True)
    (reply,) = known_refusals(eight_bit, Features(), eight_bit_as_is=False).values()
    assert (reply.code, reply.enhanced) == (554, "5.6.3")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    "octets", [b".\r\n..\r\na.\r\n.b\r\n", b"no end", b"\r\n\r\n.", b"a\r\n", b".", b"\r\n.\r\n", b"\r\n"]
)
def test_what_comes_in_blocks_is_stuffed_as_in_one_piece(octets: bytes, size: int) -> None:
    stuffer = Stuffer()
    out = [stuffer.feed(octets[at : at + size]) for at in range(0, len(octets), size)]
    assert b"".join((*out, stuffer.end())) == b"".join(transaction(octets).chunks)


@pytest.mark.parametrize("octets", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\n", b"a\r\n\n", b"a\r\n.\n", b"\n", b"a\r"])
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_no_bare_line_end_gets_out_in_blocks(octets: bytes, size: int) -> None:
    """What comes before it may have gone; the final dot never does."""
    stuffer = Stuffer()
    out: list[bytes] = []

    def send() -> None:
        out.extend(stuffer.feed(octets[at : at + size]) for at in range(0, len(octets), size))
        out.append(stuffer.end())

    with pytest.raises(ValueError, match="bare CR or LF"):
        send()
    sent = b"".join(out)
    assert sent.count(b"\r") == sent.count(b"\n") == sent.count(b"\r\n")
