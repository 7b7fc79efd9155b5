from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
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


NUMBER = "QQ 12 34 56 C"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("".join(f"<td>{c}</td>" for c in "QQ12").join(("<table><tr>", "</tr></table>")), "Q\tQ\t1\t2"),
        ("".join(f"<div>{c}</div>" for c in "QQ12"), "Q\nQ\n1\n2"),
        ('<div style="display:inline">QQ12</div><div style="display:inline">3456C</div>', "QQ123456C"),
        ('<span style="display:block">Ann</span><span style="display:block">943</span>', "Ann\n943"),
        ('<div style="float:left">Ann</div><div style="float:left">943</div>', "Ann\t943"),
        ('<p style="text-transform:uppercase">qq 12</p>', "QQ 12"),
        ('<p style="white-space:pre-wrap">one\n  two</p>', "one\n  two"),
        ("<svg><text>QQ</text><title>t</title></svg>", "QQ\nt"),
        ("<xmp><b>QQ</b></xmp>", "<b>QQ</b>"),
        ("<select><option>QQ<option>12</select>", "QQ\n12"),
        ("<p <b>QQ</p", "QQ"),
        ("<p>a < b QQ", "a < b QQ"),
        ("<p\0>Q<b\0>Q</b\0> 12" + 400 * "x", "QQ 12" + 400 * "x"),
        ("&#81&#x51; &amp &pound5", "QQ & £5"),
        ("<plaintext><p>QQ", "<p>QQ"),
        ("<p>x</p></body></html>after", "x\n\nafter"),
        ("<noscript>QQ</noscript>", "QQ"),
        ("QQ -->", "QQ -->"),
    ],
)
def test_what_the_eye_joins_is_joined_and_what_it_parts_is_parted(read_mail: Callable, page: str, text: str) -> None:
    assert read_mail(mail(page)).at("")[0].text == text


@pytest.mark.parametrize(
    "decoy",
    [
        '<span style="display:none">xxxx</span>',
        '<span style="font-size:0">zz</span>',
        "<span hidden>zz</span>",
        "<span class=q>zz</span>",
        "<div style='display:none'>zz</div>",
        "<template>zz</template>",
        "<details>zz</details>",
        "<datalist><option>zz</datalist>",
        "<b style='position:absolute;left:-9999px'>zz</b>",
    ],
)
def test_hidden_decoys_do_not_part_a_number(read_mail: Callable, decoy: str) -> None:
    reading = read_mail(mail(f"<style>.q{{display:none}}</style><div>QQ{decoy} 12 34{decoy} 56 C</div>"))
    assert reading.at("")[0].text == NUMBER
    assert {passage.hidden for passage in reading.passages if "zz" in passage.text or "xx" in passage.text} == {True}


def test_a_number_that_is_shown_against_our_reading_of_the_styles_is_whole_in_a_line_of_its_own(
    read_mail: Callable,
) -> None:
    """A mail program that does not know a property shows what we take for hidden."""
    reading = read_mail(mail('<p>before</p><p>QQ 12 <b style="opacity:0">34</b> 56 C</p><p>after</p>'))
    assert reading.at("lines with their hidden text")[0].text == NUMBER


@pytest.mark.parametrize(
    "page",
    [
        "<style>@media (max-width:9px){.q{display:none}}</style>QQ<b class=q>x</b> 12 34 56 C",
        "<style>p > b.q{display:none}</style><p>QQ<b class=q>x</b> 12 34 56 C",
        "QQ<noscript>x</noscript> 12 34 56 C",
        "<!--[if !mso]><!-->x<!--<![endif]-->QQ 12 34 56 C",
        "<ruby>QQ<rt>x</rt></ruby> 12 34 56 C",
    ],
)
def test_what_only_some_readers_see_is_left_out_in_a_further_reading(read_mail: Callable, page: str) -> None:
    reading = read_mail(mail(page))
    assert "x" in reading.at("")[0].text
    assert reading.at("lines as other readers show them")[0].text == NUMBER


def test_a_hidden_line_of_its_own_is_read_once(read_mail: Callable) -> None:
    """The preview text of newsletters stands in nearly every one."""
    reading = read_mail(mail('<body><div style="display:none">K_PREVIEW</div><p>Hello</p>'))
    assert reading.where("K_PREVIEW") == [("1", "hidden text", True)]


def test_letters_of_a_size_of_their_own_are_shown_in_a_box_of_no_size(read_mail: Callable) -> None:
    """So that blanks between columns take no room, most newsletters are made that way."""
    reading = read_mail(mail('<td style="font-size:0px"><div style="font-size:14px">K_SHOWN</div></td>'))
    assert reading.where("K_SHOWN") == [("1", "", False)]


def test_white_letters_on_the_colour_of_a_box_around_them_are_shown(read_mail: Callable) -> None:
    page = '<table bgcolor="#003366"><tr><td><font color="white">K_SHOWN</font></td></tr></table><p>x'
    assert read_mail(mail(page)).where("K_SHOWN") == [("1", "", False)]


@pytest.mark.parametrize(
    "page",
    [
        "<p>QQ 12 <!--[if mso]>34<![endif]--> 56 C</p>",
        "<p>QQ 12 <!--[if gte mso 9]><b>34</b><![endif]--> 56 C</p>",
        "<svg><text>QQ 12 <![CDATA[34]]> 56 C</text></svg>",
        '<p>QQ 12 <img alt="34"> 56 C</p>',
        '<p>QQ 12 <input value="34"> 56 C</p>',
    ],
)
def test_what_some_programs_show_within_a_line_is_read_within_it(read_mail: Callable, page: str) -> None:
    assert read_mail(mail(page)).where(NUMBER) == [("1", "lines with their hidden text", True)]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<bdo dir="rtl">C 65 43 21 QQ</bdo>', "\u202eC 65 43 21 QQ\u202c"),
        ('<b style="direction:rtl;unicode-bidi:bidi-override">21 QQ</b> x', "\u202e21 QQ\u202c x"),
        ("<bdo dir=rtl>one<br>t<b>w</b>o</bdo>", "\u202eone\u202c\n\u202etwo\u202c"),
        ("<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><i class=r>21</i>", "\u202e21\u202c"),
    ],
)
def test_letters_that_are_turned_round_stand_between_the_marks_for_it(
    read_mail: Callable, page: str, text: str
) -> None:
    assert read_mail(mail(page)).at("")[0].text == text


@pytest.mark.parametrize(
    "page",
    [
        '<div style="display:flex;flex-direction:row-reverse"><b>56 C</b><b>12 34&nbsp;</b><b>QQ&nbsp;</b></div>',
        "<style>.r{flex-flow:row-reverse wrap}</style><div class=r><b>56 C</b><b>12 34&nbsp;</b><b>QQ&nbsp;</b></div>",
        "<table dir=rtl><tr><td>56 C</td><td>34</td><td>12</td><td>QQ</td></tr></table>",
        "<div>" + "".join(f'<b style="float:right">{c}</b>' for c in ("56 C", "34", "12", "QQ")) + "</div>",
    ],
)
def test_items_in_reverse_order_are_read_as_they_are_laid_out(read_mail: Callable, page: str) -> None:
    (passage,) = read_mail(mail(f"<p>x</p>{page}<p>y</p>")).at("as laid out")
    assert passage.text.replace("\xa0", " ") == NUMBER


def test_a_page_in_arabic_is_not_read_backwards(read_mail: Callable) -> None:
    """Its writing runs from right to left without any trick."""
    assert not read_mail(mail("<p dir=rtl>مرحبا <b>بكم</b></p>")).at("as laid out")


@pytest.mark.parametrize(
    ("page", "place", "hidden"),
    [
        ('<a href="https://x.example/?ni=K%5fX">t</a>', "links", True),
        ('<img src="https://x.example/K_X.png">', "links", True),
        ('<form action="https://x.example/K_X">', "links", True),
        ('<div style="background:url(https://x.example/?n=K_X)">', "links", True),
        ("<style>p{background:url('https://x.example/K_X')}</style>", "links", True),
        ('<p data-note="K_X">', "other attributes", True),
        ('<meta name="description" content="K_X">', "other attributes", True),
        ('<p id="K_X12345">', "other attributes", True),
        ("<input type=hidden value=K_X>", "other attributes", True),
        ("<!DOCTYPE html SYSTEM 'K_X'>", "other attributes", True),
        ("<!-- <b>K</b><i>_X</i> -->", "comment", True),
        ("<!-- K_X", "comment", True),
        ("<?note K_X?>", "comment", True),
        ("<iframe><p>K<b>_X</b></iframe>", "markup that is not shown", True),
        ("<p title='>K_X</p><p>more <b>text</b>", "markup that is not shown", True),
        ('<td width="600>K<b>_X</b> and all the rest of a long page</td>', "markup that is not shown", True),
        ('<script>var x = "K" + "_\\x58"</script>', "script", True),
        ("<script>// K_X\n</script>", "script", True),
        ("<style>/* K_X */</style>", "style sheet", True),
        ("<style>p::before{content:'K_X'}</style><div>", "text of the style sheet", False),
        ("<style>p::before{content:'K\\5f X'}</style><p>", "", False),
        ("<style>p::after{content:attr(data-n)}</style><p data-n=K_X>x", "", False),
    ],
)
def test_every_place_for_words_is_read(read_mail: Callable, page: str, place: str, hidden: bool) -> None:
    reading = read_mail(mail(page))
    assert ("1", place, hidden) in reading.where("K_X")
    assert not reading.gaps


def test_a_page_that_ends_within_a_tag_is_read_to_its_end(read_mail: Callable) -> None:
    """Browsers show nothing of it, but who opens its source does."""
    reading = read_mail(mail("<p>x</p><a name='<p>K<b>_X</b> to the end"))
    assert reading.where("K_X to the end") == [("1", "markup that is not shown", True)]
    assert reading.at("")[0].text == "x"


def test_programs_names_for_things_are_no_text(read_mail: Callable) -> None:
    reading = read_mail(mail('<p class="MsoNormal health" id="cancer" width="100%" style="color:#333">x</p>'))
    assert [passage.place for passage in reading.passages if passage.part == "1"] == [""]


def test_a_link_that_stands_often_is_read_once(read_mail: Callable) -> None:
    reading = read_mail(mail('<a href="https://x.example/a?b=K_X">t</a>' * 50))
    assert reading.one("K_X").text == "x.example/a b K_X"


HELLO = base64.b64encode(b"<p>K<b>_X</b></p>").decode()


@pytest.mark.parametrize(
    ("page", "part"),
    [
        (f'<iframe src="data:text/html;base64,{HELLO}">', "1/data address 1.html"),
        ('<a href="data:text/plain,K%5fX">', "1/data address 1.txt"),
        ('<a href="DATA:,K_X">', "1/data address 1.txt"),
        ('<a href="data:text/plain;charset=utf-16le;base64,SwBfAFgA">', "1/data address 1.txt"),
        ('<img src="data:image/svg+xml,<svg><text>K_X</text></svg>">', "1/data address 1.svg"),
        ('<img srcset="data:text/plain,K_X 2x">', "1/data address 1.txt"),
        ("<style>p{background:url('data:text/plain,K_X')}</style>", "1/data address 1.txt"),
        ("<meta http-equiv=refresh content='0;url=data:text/plain,K_X'>", "1/data address 1.txt"),
        (f'<script>open("data:text/html;base64,{HELLO}")</script>', "1/data address 1.html"),
        (f'<!--[if mso]><img src="data:text/html;base64,{HELLO}"><![endif]-->', "1/data address 1.html"),
        ("<iframe srcdoc='&lt;p&gt;K&lt;b&gt;_X'>", "1/frame 1.html"),
        ("<iframe srcdoc='&lt;iframe srcdoc=K_X&gt;'>", "1/frame 1.html/frame 1.html"),
    ],
)
def test_files_inside_a_page_are_read(read_mail: Callable, page: str, part: str) -> None:
    reading = read_mail(mail(f"<p>x</p>{page}"))
    assert (part, "", False) in reading.where("K_X")
    assert not reading.attachments  # a reviewer looks for no file there


def test_a_typeface_inside_a_page_is_no_gap(read_mail: Callable) -> None:
    font = base64.b64encode(b"wOF2" + bytes(40)).decode()
    reading = read_mail(mail(f"<style>@font-face{{src:url(data:font/woff2;base64,{font})}}</style><p>x"))
    assert reading.gaps == ()


@pytest.mark.parametrize("text", ["<p>&#75;_X", "Hi\nK<b>_</b>X", "K<!-- -->_X", "K&#95X", "K&#8203;&#95;X"])
def test_tags_in_a_text_without_a_type_are_read_as_those_of_a_page_too(read_mail: Callable, text: str) -> None:
    octets = f"From: a@b.example\r\nSubject: x\r\n\r\n{text}\r\n".encode()
    reading = read_mail(octets)
    assert reading.at("")[-1].text.strip() == text
    assert any("K_X" in p.text.replace("\u200b", "") for p in reading.at("read as a page"))


def test_a_text_with_addresses_in_angle_brackets_is_no_page(read_mail: Callable) -> None:
    octets = b"From: a@b.example\r\n\r\nJo <jo@x.example> wrote: see <https://x.example> & <name> a<b\r\n"
    assert [p.place for p in read_mail(octets).passages if p.part == "1"] == [""]


def test_a_saved_page_is_read_as_the_message_that_it_is(read: Callable) -> None:
    saved = (
        b"From: <Saved by a browser>\r\nSnapshot-Content-Location: https://x.example/\r\nSubject: x\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>K<b>=5F</b>X</p>\r\n--b--\r\n"
    )
    assert read(saved, "page.mht").where("K_X") == [("2/1", "", False)]


def test_a_drawing_is_read_as_a_page(read: Callable) -> None:
    reading = read(b"<svg xmlns='http://www.w3.org/2000/svg'><text>K<tspan>_X</tspan></text></svg>", "a.svg")
    assert reading.where("K_X") == [("2", "", False)]


def test_a_page_larger_than_the_budget_is_read_so_far_and_is_a_gap_about_the_message(read_mail: Callable) -> None:
    reading = read_mail(mail("<p>K_START" + "x" * 5000), Budget(html_bytes=1000))
    assert [(gap.reason, gap.scope) for gap in reading.gaps] == [(GapReason.TOO_LARGE, "message")]
    assert reading.where("K_STARTx")
