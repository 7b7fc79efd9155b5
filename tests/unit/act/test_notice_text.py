from __future__ import annotations

import re

import pytest

from dlp_gateway.act.notice_text import FILES, check_templates, render
from dlp_gateway.errors import ConfigError
from tests.support.notices import TEMPLATES

VALUES = {
    "council": "Example & Sons",
    "duty_team": "01632 960111",
    "id": "x1",
    "sent_at": "today",
    "link": "https://a.example/?x=1&y=2",
    "opening": "",
    "expired_brief": "a@x.example",
    "expired": ("a@x.example", "<b>@x.example"),
}


def rendered(text: str, **values):
    layout = "<html><title>$title</title>$content</html>"
    templates = {"expiry.txt": f"Subject: About $id\n\n{text}", "notice.html": layout}
    return render(templates, "expiry.txt", {"en": VALUES | values})


def test_the_shipped_templates_are_right():
    assert check_templates(TEMPLATES) == []


def test_there_is_a_template_for_every_name_and_a_name_for_every_template():
    shipped = {name for name in TEMPLATES if not name.startswith("disclaimer")}
    assert shipped == set(FILES)


def test_a_line_is_repeated_for_each_item():
    made = rendered("Not sent to:\n- $expired\nSorry.")
    assert made.text == "Not sent to:\n- a@x.example\n- <b>@x.example\nSorry.\n"
    assert "<p>Not sent to:</p>\n<ul><li>a@x.example</li><li>&lt;b&gt;@x.example</li></ul>\n<p>Sorry.</p>" in made.html


def test_a_block_with_an_empty_value_is_left_out():
    made = rendered("First.\n\nOpening: $opening\nmore\n\nList:\n- $expired\n\nLast.", expired=())
    assert made.text == "First.\n\nLast.\n"


def test_a_link_has_its_words_in_html_and_its_address_in_text():
    made = rendered("[Look & see]($link)")
    assert made.text == "Look & see: https://a.example/?x=1&y=2\n"
    assert '<a href="https://a.example/?x=1&amp;y=2">Look &amp; see</a>' in made.html


def test_headings_are_headings():
    made = rendered("# Sorry, $council\n\nText.")
    assert made.text.startswith("Sorry, Example & Sons\n\n")
    assert "<h1>Sorry, Example &amp; Sons</h1>" in made.html


@pytest.mark.parametrize("value", ["- x", "# x", "[x](https://evil.example)", "$link", "${link}", "<b>x</b>"])
def test_a_value_is_never_read_as_mark_up(value):
    made = rendered("Say: $council", council=value)
    assert made.text == f"Say: {value}\n"
    for sign in ("<h1>", "<li>", "<b>", "<a "):
        assert sign not in made.html


@pytest.mark.parametrize("bad", ["a\r\nb", "a\nb", "a\0b", "a\x85b", "a\u2028b", "\x1b[31m"])
@pytest.mark.parametrize("place", ["council", "expired"])
def test_a_value_with_a_line_end_is_refused(bad, place):
    with pytest.raises(ValueError):
        rendered("$council", **{place: (bad,) if place == "expired" else bad})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("$nonsense", ":3: unknown placeholder $nonsense"),
        ("one\ntwo ${held}", ":4: unknown placeholder $held"),
        ("costs $5", ":3: has a $ that starts no placeholder"),
    ],
)
def test_faults_are_told_with_their_place(text, fault):
    with pytest.raises(ConfigError) as caught:
        rendered(text)
    assert f"templates/expiry.txt{fault}" in str(caught.value)


def test_all_faults_of_all_templates_are_told_at_once():
    faults = check_templates({"hold.txt": "no subject $x $y\n"})
    assert len(faults) == 3 + len(FILES) - 1
    with pytest.raises(ConfigError, match="is missing"):
        render({}, "hold.txt", {"en": {}})


def in_two(text: str, welsh: str, order=("cy", "en"), layout="<html lang=$lang><title>$title</title>$content</html>"):
    templates = {
        "expiry.txt": f"Subject: Not sent\n\n{text}",
        "expiry.cy.txt": f"Subject: Heb ei hanfon\n\n{welsh}",
        "notice.html": layout,
    }
    return render(templates, "expiry.txt", dict.fromkeys(order, VALUES))


def test_a_notice_in_two_languages_says_all_in_each_and_in_the_order_asked_for():
    made = in_two("# Hello $id", "# Helo $id")
    assert made.subject == "Heb ei hanfon / Not sent"
    assert made.text == "English below\n\nHelo x1\n\n* * *\n\nHello x1\n"
    other = in_two("# Hello $id", "# Helo $id", order=("en", "cy"))
    assert other.subject == "Not sent / Heb ei hanfon"
    assert other.text == "Cymraeg isod\n\nHello x1\n\n* * *\n\nHelo x1\n"


def test_each_language_is_told_to_screen_readers_and_reached_by_a_link():
    page = in_two("# Hello", "# Helo").html
    assert page.startswith("<html lang=cy><title>Heb ei hanfon / Not sent</title>")
    assert '<a href="#en" lang="en-GB">English below</a>' in page
    assert '<div lang="cy" id="cy">\n<h1>Helo</h1>\n</div>' in page
    assert '<div lang="en-GB" id="en">\n<h1>Hello</h1>\n</div>' in page


def test_a_layout_of_the_councils_own_that_names_no_language_still_tells_welsh_as_welsh():
    page = in_two("# Hello", "# Helo", order=("cy",), layout='<html lang="en">$title$content</html>').html
    assert '<div lang="cy" id="cy">\n<h1>Helo</h1>' in page
    assert "Hello" not in page


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.endswith(".cy.txt")))
def test_a_welsh_template_tells_all_that_the_english_one_does(name):
    def values(file: str) -> list[str]:
        return re.findall(r"\$([a-z_]+)", TEMPLATES[file])

    english = name.replace(".cy.txt", ".txt")
    assert sorted(values(name)) == sorted(values(english))
    assert TEMPLATES[name].count("\n\n") == TEMPLATES[english].count("\n\n")
    assert TEMPLATES[name].count("\n# ") == TEMPLATES[english].count("\n# ")
