from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.receive.smtp_codec import (
    CommandRefusedError,
    parse_hello,
    parse_mail,
    parse_rcpt,
)

ATOM = st.text("abcXYZ019!#$&'*+-/=?^_`{|}~", min_size=1, max_size=12).filter(lambda text: "!" not in text)
ADDRESS = st.tuples(
    st.lists(ATOM, min_size=1, max_size=4), st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}(\.[A-Z]{2,9}){1,3}", fullmatch=True)
)
PIECES = st.lists(
    st.sampled_from(
        [
            b"FROM:",
            b"TO:",
            b"<",
            b">",
            b"@",
            b'"',
            b"\\",
            b" ",
            b"a",
            b".",
            b"%",
            b"SIZE=",
            b"1",
            b"ORCPT=rfc822;",
            b"+",
            b"SMTPUTF8",
            b"\xc3\xab",
            b"\xff",
            b"[",
            b"]",
            b"\0",
            b"\r\n",
            b":",
            b",",
            b"NOTIFY=NEVER",
        ]
    ),
    max_size=14,
).map(b"".join)


@given(ADDRESS)
def test_a_plain_address_is_taken_verbatim(address: tuple[list[str], str]) -> None:
    text = ".".join(address[0]) + "@" + address[1]
    assert parse_rcpt(b"TO:<" + text.encode() + b">", smtputf8=False).recipient == text
    assert parse_mail(b"FROM:<" + text.encode() + b">").reverse_path == text


@given(st.one_of(st.binary(max_size=80), PIECES))
def test_no_argument_raises_anything_but_a_refusal(argument: bytes) -> None:
    for parse in (parse_mail, parse_hello):
        with suppress(CommandRefusedError):
            parse(argument)
    for smtputf8 in (True, False):
        with suppress(CommandRefusedError):
            parse_rcpt(argument, smtputf8=smtputf8)


@given(PIECES)
def test_an_accepted_address_is_part_of_the_line_and_holds_no_separator(argument: bytes) -> None:
    with suppress(CommandRefusedError):
        recipient = parse_rcpt(b"TO:<" + argument + b">", smtputf8=True).recipient
        assert f"<{recipient}>".encode() in b"TO:<" + argument + b">"
        assert recipient.count("@") <= 1
        assert not set(recipient) & set("\r\n\0%!")
