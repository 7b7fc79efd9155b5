"""Once in a thread, or once in what the author wrote: a copy in quoted text counts or does not."""

import base64

import pytest

from dlp_gateway.change import Changed, Manner, add_disclaimer, disclaimer_text_from, same_leaves
from dlp_gateway.change.quoted import own_html, own_text, quote_start, stands_at
from dlp_gateway.parse import decode_charset, parse_message
from tests.support.cpu_time import within

WORDS = "This mail comes from Example Council and is meant for you alone."
TEXT = disclaimer_text_from("disclaimer", {"templates/disclaimer.txt": WORDS})
HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: Re: s\r\nMIME-Version: 1.0\r\n"
NEW = Manner(once="new-text")

PREFIXED = f"Thank you.\r\n\r\nOn Monday Pat wrote:\r\n> Hello\r\n>\r\n> {WORDS}\r\n"
HEAD_FIELDS = "From: Pat\r\nSent: Monday\r\nTo: Sam\r\n\r\nHello\r\n\r\n"
OUTLOOK = f"Thank you.\r\n\r\n-----Original Message-----\r\n{HEAD_FIELDS}{WORDS}\r\n"
FIELDS = f"Thank you.\r\n\r\n________________________________\r\n{HEAD_FIELDS}{WORDS}\r\n"
WELSH = f"Diolch.\r\n\r\nOddi wrth: Pat\r\nAnfonwyd: Dydd Llun\r\nAt: Sam\r\n\r\nHelo\r\n\r\n{WORDS}\r\n"
GMAIL = f'<div>Thank you.</div><div class="gmail_quote">On Monday<blockquote>Hello<p>{WORDS}</p></blockquote></div>'
APPLE = f"<html><body>Thank you.<blockquote type=cite>Hello<br>{TEXT.html}</blockquote></body></html>"
WORD = (
    "<html><body><div class=WordSection1><p>Thank you.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;"
    f"padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> Pat</p></div></div><p>Hello</p>{TEXT.html}</div></body></html>"
)
OWA = (
    '<html><body><div>Thank you.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Pat</div>'
    f"<div><div>Hello</div>{TEXT.html}</div></body></html>"
)


def mail(kind: str, text: str, encoding: str = "8bit", charset: str = "utf-8") -> bytes:
    body = text.encode("utf-16-le" if charset == "utf-16le" else "utf-8")
    if encoding == "base64":
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    fields = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return HEAD + fields.encode() + body


def change(octets: bytes, manner: Manner) -> Changed:
    before = parse_message(octets)
    changed = add_disclaimer(octets, before.root, TEXT, manner)
    after = parse_message(changed.octets)
    assert same_leaves(before, after, changed.edited)
    assert add_disclaimer(changed.octets, after.root, TEXT, manner).octets == changed.octets, "twice is once"
    return changed


def text_of(octets: bytes) -> str:
    (part,) = parse_message(octets).parts
    return decode_charset(part.octets, part.charset)[0]


QUOTING = {
    "signs on each line": ("plain", PREFIXED),
    "a line as Outlook's": ("plain", OUTLOOK),
    "fields as Outlook's": ("plain", FIELDS),
    "fields in Welsh": ("plain", WELSH),
    "Gmail": ("html", GMAIL),
    "Apple Mail": ("html", APPLE),
    "Outlook": ("html", WORD),
    "Outlook on the web": ("html", OWA),
}


@pytest.mark.parametrize("name", QUOTING)
def test_anywhere_a_copy_in_quoted_text_is_enough(name: str) -> None:
    assert change(mail(*QUOTING[name]), Manner(once="anywhere")).notes == ("disclaimer is there already",)


@pytest.mark.parametrize("name", QUOTING)
def test_in_new_text_a_quoted_copy_does_not_count(name: str) -> None:
    """And what is then added counts in the next pass, whatever stands around it."""
    octets = mail(*QUOTING[name])
    changed = change(octets, NEW)
    assert changed.edited == ("1",)
    assert text_of(changed.octets).count(WORDS) == 2


@pytest.mark.parametrize(
    ("kind", "text"), [("plain", f"Thanks.\r\n\r\n{WORDS}\r\n\r\n> Hello\r\n"), ("html", f"<p>{WORDS}</p>")]
)
def test_a_copy_in_new_text_is_enough(kind: str, text: str) -> None:
    assert change(mail(kind, text), NEW).notes == ("disclaimer is there already",)


@pytest.mark.parametrize("encoding", ["8bit", "7bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("name", ["a line as Outlook's", "fields as Outlook's", "fields in Welsh"])
def test_it_stands_under_the_new_text_and_above_the_earlier_mail(name: str, encoding: str) -> None:
    text = QUOTING[name][1]
    start = quote_start(text.encode())
    assert start is not None
    found = text_of(change(mail("plain", text, encoding), NEW).octets)
    assert found == f"{text[:start]}\r\n{WORDS}\r\n\r\n{text[start:]}"


def test_utf_16_is_edited_in_the_same_place() -> None:
    found = text_of(change(mail("plain", OUTLOOK, "base64", "utf-16le"), NEW).octets)
    assert found.index(WORDS) < found.index("-----Original") < found.rindex(WORDS)


def test_in_a_charset_with_shifts_nothing_counts_as_quoted() -> None:
    """A newsletter in ISO-2022-JP with the fields of a mail in its midst got one more at every pass."""
    text = FIELDS.replace("Hello", "日本語").replace(WORDS, "").encode("iso2022_jp")
    octets = HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + text
    assert text_of(change(octets, NEW).octets).endswith(f"\r\n{WORDS}\r\n")


def test_a_forward_without_words_gets_it_above_the_forwarded_mail() -> None:
    text = OUTLOOK[OUTLOOK.index("-----") :]
    assert text_of(change(mail("plain", text), NEW).octets).startswith(f"\r\n{WORDS}\r\n\r\n-----Original")


@pytest.mark.parametrize(
    "text", ["From: here to there\r\nit is far.\r\n", "a -- Original Message -- b", "_____\r\nSam\r\n"]
)
def test_words_that_only_look_like_the_head_of_a_mail_are_the_authors(text: str) -> None:
    assert quote_start(text.encode()) is None
    assert own_text(text) == text


def test_blockquotes_may_nest_and_stay_open() -> None:
    assert own_html("a<blockquote>b<BLOCKQUOTE>c</blockquote>d</blockquote>e").replace("</blockquote>", "") == "ae"
    assert own_html("a<blockquote>b") == "a"
    assert own_html("a</blockquote>b") == "a</blockquote>b"


def test_what_is_nested_deeper_than_the_place_does_not_stand_there() -> None:
    assert stands_at("<p>x</p><div data-x>y</div>", "data-x", 27)
    assert not stands_at("<div><div data-x>y</div></div>", "data-x", 30)
    assert not stands_at("<div>y</div>", "data-x", 12)


@pytest.mark.parametrize(
    "piece",
    ["_" * 100 + "\r\n", "From: x\r\n", "From: x\r\nSent: y\r\n", "-" * 20, ">", "<blockquote>", "<div ", '<a b="'],
)
def test_it_takes_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    within(2, lambda: (own_text(text), own_html(text)))
