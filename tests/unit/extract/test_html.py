from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.extract.html import parse_html, tidy
from dlp_gateway.model import GapReason


def mail(page: str, charset: str = "utf-8") -> bytes:
    head = f"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset={charset}\r\n"
    return (head + "Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + page.encode(charset)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("943 <b>476</b> 59<!-- x -->19", "943 476 5919"),
        ("94<span>34</span>76&#53;919", "9434765919"),
        ("a&nbsp;b &pound;5 &amp; more", "a\xa0b £5 & more"),
        ("<table><tr><th>Name</th><th>NHS</th></tr><tr><td>Ann</td><td>943</td></tr></table>", "Name\tNHS\nAnn\t943"),
        ("line<br>break", "line\nbreak"),
        ("<script>K_CODE()</script><style>.K{}</style>shown", "shown"),
        ("<p>unclosed <b>bold<p>next", "unclosed bold\n\nnext"),
        ("<div><div>deep</div></div>after", "deep\nafter"),
        ("<table><tr><td><p>Ann</p></td><td>\n<p>943<br></p></td></tr><tr><td>Bob</td></tr></table>", "Ann\t943\nBob"),
        ("<table><tr><td><p>Dear Ann</p><p>Thanks</p></td></tr></table><p>x", "Dear Ann\n\nThanks\n\nx"),
        ("<pre>one\ntwo</pre>", "one\ntwo"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("café", "café"),
    ],
)
def test_a_page_reads_as_people_see_it(read_mail: Callable, page: str, text: str) -> None:
    (passage,) = read_mail(mail(page)).at("")
    assert passage.text == text


@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none"',
        'style="DISPLAY : NONE"',
        "hidden",
        'style="font-size:0"',
        'style="color:#FFFFFF"',
        'style="color: white; background-color: #fff"',
        'style="visibility:hidden"',
        'style="mso-hide:all"',
        'style="opacity:0"',
    ],
)
def test_text_that_nobody_sees_is_hidden_text(read_mail: Callable, attributes: str) -> None:
    reading = read_mail(mail(f"<p>shown</p><div {attributes}>K_HIDDEN <b>K_INNER</b><br>x</div><p>K_AFTER</p>"))
    assert reading.where("K_HIDDEN K_INNER") == [("1", "hidden text", True)]
    assert reading.where("K_AFTER") == [("1", "", False)]


@pytest.mark.parametrize(
    "attributes", ['style="color:#fff;background-color:#003366"', 'style="font-size:0.9em"', 'style="color:#333"']
)
def test_text_that_people_see_is_not(read_mail: Callable, attributes: str) -> None:
    assert read_mail(mail(f"<p {attributes}>K_SHOWN</p>")).where("K_SHOWN") == [("1", "", False)]


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ('<img alt="K_X">', "attributes"),
        ('<a title="K_X">t</a>', "attributes"),
        ('<input value="K_X">', "attributes"),
        ('<a href="mailto:a@b.example?body=K%5fX">t</a>', "attributes"),
        ("<!-- K_X -->", "comment"),
        ("<!--[if mso]><p>K_X</p><![endif]-->", "comment"),
    ],
)
def test_attributes_and_comments_are_read(read_mail: Callable, page: str, place: str) -> None:
    assert read_mail(mail(f"<p>shown</p>{page}")).where("K_X") == [("1", place, place == "comment")]


def test_a_page_without_a_content_type_is_still_a_page(read: Callable) -> None:
    reading = read(b"<html><body><p>943<b>476</b>5919</p></body></html>", "notes.txt", "text/plain")
    assert reading.where("9434765919") == [("2", "", False)]


def test_the_charset_of_the_mail_wins_over_the_one_in_the_page(read_mail: Callable) -> None:
    reading = read_mail(mail('<meta charset="utf-7"><p>K_+ACE- café</p>', "iso-8859-1"))
    assert reading.where("K_+ACE- café")


def test_text_at_any_depth_is_read() -> None:
    target = parse_html("<div>" * 20_000 + "K_DEEP" + "</div>" * 20_000)
    assert "K_DEEP" in "".join(target.visible)


@pytest.mark.parametrize(
    "page",
    [
        '<a "' * 20_000,
        "<!--" * 20_000,
        "<div>" * 100_000,
        "<" * 200_000,
        "&" * 200_000,
        "<p style='" + "color:" * 30_000 + "'>",
    ],
    ids=["open tags", "open comments", "depth", "angles", "ampersands", "style"],
)
def test_pages_made_to_be_slow_are_read_in_time(page: str) -> None:
    started = time.process_time()
    target = parse_html(page)
    tidy("".join(target.visible))
    assert time.process_time() - started < 2


def test_a_page_larger_than_the_budget_is_a_gap_about_the_message(read_mail: Callable) -> None:
    reading = read_mail(mail("<p>" + "x" * 5000), Budget(html_bytes=1000))
    assert [(gap.reason, gap.scope) for gap in reading.gaps] == [(GapReason.TOO_LARGE, "message")]
