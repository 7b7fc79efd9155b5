from __future__ import annotations

import pytest

from dlp_gateway.extract.html.sheet import Sheet, sheet_of
from dlp_gateway.extract.html.style import Look, declarations, parse_colour, style_of, unescape


def look(*styles: str) -> Look:
    """The look inside elements with these styles, the first the outermost."""
    place = Look()
    for style in styles:
        place = place.under(style_of(declarations(style)))
    return place


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : None !important",
        "display:block;display:none",
        "display:/**/none",
        "d\\69splay:none",
        "display:none/* never closed",
        "visibility:collapse",
        "font-size:1px",
        "font-size:.5pt",
        "font-size:5%",
        "font:0/0 a",
        "font:italic 0px serif",
        "opacity:0",
        "opacity:.01",
        "filter:opacity(0%)",
        "filter:alpha(opacity=0)",
        "transform:scale(0)",
        "mso-hide:all",
        "max-height:0;overflow:hidden",
        "width:1px;overflow-x:clip",
        "position:absolute;left:-9999px",
        "position:fixed;top:-1000em",
        "position:absolute;clip:rect(0 0 0 0)",
        "position:absolute;clip:rect(0px, 0px, 0px, 0px)",
        "clip-path:inset(100%)",
        "text-indent:-9999px",
        "margin-left:-5000px",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "color:#ffffff00",
        "color:#fffffe",
        "color:rgb(255, 255, 255)",
        "color:#036;background:#003366 none",
        "background-image:none;color:white",
    ],
)
def test_text_is_hidden(style: str) -> None:
    assert look(style).hidden


@pytest.mark.parametrize(
    "style",
    [
        "",
        "display:none;display:block",
        "display:block!important;display:none",
        "font-size:0.9em",
        "font-size:small",
        "font:12px/0 a",
        "opacity:0.5",
        "filter:opacity(0.5)",
        "transform:scale(0.5)",
        "max-height:0",
        "overflow:hidden",
        "height:20px;overflow:hidden",
        "left:-9999px",
        "position:absolute;left:-10px",
        "color:white;background:#036",
        "color:white;background:url(a.png)",
        "color:white;background:linear-gradient(#000,#036)",
        "color:white;background-color:var(--x)",
        "color:currentcolor",
        "content:'display:none'",
        "background:url('a;display:none')",
    ],
)
def test_text_is_shown(style: str) -> None:
    assert not look(style).hidden


@pytest.mark.parametrize(
    ("styles", "hidden"),
    [
        (("display:none", "display:block"), True),
        (("opacity:0", "opacity:1"), True),
        (("font-size:0", "font-size:14px"), False),
        (("font-size:0", "font-size:1em"), True),
        (("font-size:0", "font-size:100%"), True),
        (("font-size:0", "font-size:1rem"), False),
        (("visibility:hidden", "visibility:visible"), False),
        (("visibility:hidden", "color:red"), True),
        (("background:#000", "color:#000"), True),
        (("background:#000", "color:#fff"), False),
        (("color:#fff", "background:#000"), False),
        (("background:url(x)", "background:#fff", "color:#fff"), True),
        (("background:#000", "background:transparent", "color:#000"), True),
    ],
)
def test_what_is_around_an_element_counts_as_in_a_browser(styles: tuple[str, ...], hidden: bool) -> None:
    assert look(*styles).hidden is hidden


@pytest.mark.parametrize(
    ("colour", "value"),
    [
        ("#fff", (255, 255, 255)),
        ("003366", (0, 51, 102)),
        ("rgb(1,2,3)", (1, 2, 3)),
        ("rgb(1 2 3 / 50%)", (1, 2, 3)),
        ("rgb(999,0,0)", (255, 0, 0)),
        ("navy", (0, 0, 128)),
        ("hsl(0,0%,0%)", None),
        ("#ggg", None),
        ("", None),
    ],
)
def test_colours(colour: str, value: tuple[int, int, int] | None) -> None:
    assert parse_colour(colour) == value


def test_escapes_are_resolved() -> None:
    assert unescape("\\51 \\000051 \\-x\\d800 ") == "QQ-x\ufffd"


def style(css: str, tag: str = "p", classes: str = "", identifier: str = "", own: str = ""):
    return sheet_of(f"<style>{css}</style>").style(tag, classes, identifier, own, {"data-x": "34"})


@pytest.mark.parametrize(
    ("css", "classes"),
    [
        (".q{display:none}", "q"),
        (".q{display:none}", "a q b"),
        (".a,.q{display:none}", "q"),
        ("P.q{display:none}", "q"),
        ("*{display:none}", ""),
        ("p{display:none}", ""),
        ("#n{display:none}", ""),
        ("p#n{display:none}", ""),
        (".q{color:red}.q{display:none}", "q"),
        (".q{display:none!important}.q{display:block}", "q"),
        ("/*x*/.q/*}*/{display:/**/none}", "q"),
        ("@import url(x);.q{display:none}", "q"),
        ("@media screen{.q{display:none}}", "q"),
        ("@media print,all{.q{display:none}}", "q"),
        ("@font-face{src:url(x)}.q{display:none}", "q"),
        (".q{display:none", "q"),
        (".a{content:'}'}.q{display:none}", "q"),
        ("<!--.q{display:none}-->", "q"),
    ],
)
def test_rules_mean_elements_by_class_name_and_identifier(css: str, classes: str) -> None:
    made = style(css, classes=classes, identifier="n")
    assert made.gone


def test_a_style_of_its_own_wins_but_over_what_is_important() -> None:
    assert not style(".q{display:none}", classes="q", own="display:block").gone
    assert style(".q{display:none!important}", classes="q", own="display:block").gone


@pytest.mark.parametrize(
    "css",
    [
        "@media (max-width:600px){.q{display:none}}",
        "@media print{.q{display:none}}",
        "@supports (display:grid){.q{display:none}}",
        "td > .q{display:none}",
        ".a .q:hover{display:none}",
        ".q.a{display:none}",
        ".q{display:none}@media (min-width:1px){.q{display:block!important}}",
    ],
)
def test_a_rule_that_may_not_apply_makes_the_element_doubtful(css: str) -> None:
    made = style(css, classes="q")
    assert made.doubtful
    assert not made.gone


@pytest.mark.parametrize("css", [".a{display:none}", "td.q{display:none}", ".q .a{display:none}", ".q{color:red}"])
def test_a_rule_for_other_elements_says_nothing(css: str) -> None:
    made = style(css, classes="q")
    assert not made.gone
    assert not made.doubtful


def test_texts_that_rules_put_in() -> None:
    made = style(""".q::before{content:"A;\\42 " 'C'} .q:after{content:attr(data-x) "x"}""", classes="q")
    assert (made.before, made.after) == ("A;BC", "34x")


def test_words_in_a_sheet() -> None:
    sheet = Sheet()
    sheet.read("""/* one */ @charset "utf-8"; a{background:url( b.png ) ; src:url("c d")} p{font-family:"X"; --n:"two"}
        p::before{content:"three"} /* open""")
    assert sheet.comments == ["one", "open"]
    assert sheet.addresses == ["b.png", "c d"]
    assert sheet.strings == ["two"]
    assert sheet.contents == ["three"]


def test_sheets_are_found_wherever_they_stand() -> None:
    """A rule also means what comes before it."""
    sheet = sheet_of("<p class=q>x</p><STYLE type='text/css'>.q{display:none}</STYLE ><p><style>.r{display:none}")
    assert sheet.style("p", "q", "", "", {}).gone
    assert sheet.style("p", "r", "", "", {}).gone
