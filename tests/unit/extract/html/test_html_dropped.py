from __future__ import annotations

import pytest

from dlp_gateway.extract.html.dropped import (
    dropped_words,
    has_attributes_at_the_end,
    without_quotes,
    without_tags,
)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ('<!DOCTYPE html SYSTEM "QQ">', ['html SYSTEM "QQ"']),
        ("<p title=a TITLE=b>", ["p title=a TITLE=b"]),
        ("<body class=a><body class=b>", ["body class=b"]),
        ("<p><body title=Ann>", ["body title=Ann"]),
        ('<img alt=""alt="b">', ['img alt=""alt="b"']),
        ("<p " + "a" * 30_000 + "=1 b=2>", ["p " + "a" * 30_000 + "=1 b=2"]),
    ],
)
def test_what_the_parser_drops_is_told(page: str, words: list[str]) -> None:
    assert list(dropped_words(page)) == words


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>",
        "<!doctype HTML >",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">',
        '<!DOCTYPE html SYSTEM "about:legacy-compat">',
        '<a href="x?a=1&a=2" title="a=1 a=2">',
        '<html lang="en"><body class="x" bgcolor="#ffffff">',
        "<p a=1 b=2>text = text = text</p>",
    ],
)
def test_ordinary_tags_drop_nothing(page: str) -> None:
    assert list(dropped_words(page)) == []


@pytest.mark.parametrize(("page", "has"), [("</p QQ>", True), ("</p/x>", True), ("</p\n>", False), ("</p>x", False)])
def test_end_tags_with_more_than_their_name(page: str, has: bool) -> None:
    assert has_attributes_at_the_end(page) is has


def test_a_page_without_its_quotes() -> None:
    assert without_quotes('<p a=\'1<b></p c="d">') == "><p a= 1><b>></p> c= d >"


def test_tags_are_taken_out_but_for_those_that_tell_something() -> None:
    assert without_tags("a<b class=x>c</b><p n=1234>") == "ac p n=1234 "
