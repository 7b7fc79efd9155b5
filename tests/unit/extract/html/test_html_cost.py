"""Pages made to be slow. Each takes time in line with its length: with a square of it, these would take minutes."""

from __future__ import annotations

import resource

import pytest

from dlp_gateway.extract.budget import Budget, Meter
from dlp_gateway.extract.html.reader import read_html
from dlp_gateway.extract.source import Item, Source, Tools
from dlp_gateway.model import Gap, GapReason, Passage
from dlp_gateway.parse import views
from tests.support.cpu_time import within

LENGTH = 1 << 16


def read_page(page: str) -> list[Item]:
    source = Source(part="1", octets=page.encode(), charset="utf-8", is_body=True)
    return list(read_html(source, Tools(meter=Meter(Budget()), readings=views)))


def many(text: str, *, before: str = "", after: str = "", length: int = LENGTH) -> str:
    """The text as often as fits; "{i}" in it is the number of the copy."""
    count = length // len(text)
    return (
        before + ("".join(text.replace("{i}", str(i)) for i in range(count)) if "{i}" in text else text * count) + after
    )


KILLERS = {
    # the parser
    "open tags": many('<a "'),
    "open comments": many("<!--"),
    "depth": many("<div>"),
    "angles": many("<"),
    "ampersands": many("&"),
    "numbers": many("&#81"),
    "names of characters": many("&amp;"),
    "a name without end": many("a", before="&"),
    "a number without end": many("1", before="&#"),
    "attributes": many(" a{i}=1", before="<p", after=">"),
    "one attribute": many(" a=1", before="<p", after=">"),
    "open quote": many("x", before='<p title="'),
    "open quotes": many('<p title="'),
    "a long name": many("x", before="<"),
    "many names": many("<x{i}>"),
    "paragraphs": many("<p>"),
    "tables in tables": many("<table><tr><td>"),
    "end tags of nothing": many("</b>"),
    "end tags of nothing in a deep page": many("<div>", length=1 << 18) + many("</p>", length=1 << 18),
    "end tags of other names in a deep page": many("<div>", length=1 << 18) + many("</x{i}>", length=1 << 18),
    "end tags of raw text in a deep page": many("</style><svg>", length=1 << 21),
    "deep pages in comments": many(f"<!--{{i}}{'<div>' * 900}{'</p>' * 900}-->", length=1 << 18),
    "crossed tags": many("<b><i></b></i>"),
    "declarations": many("<!DOCTYPE "),
    "sections": many("<![CDATA["),
    "instructions": many("<?x "),
    "line ends": many("\r"),
    "blanks": many(" "),
    "scripts": many("<script>"),
    "selections": many("<select><option>"),
    # what is read of it
    "comments with tags": many("<!--<b>{i}-->"),
    "comments for Outlook": many("<!--[if mso]>a<![endif]-->b"),
    "comments in comments": many("<!--[if mso]><!--<b>"),
    "hidden letters": many("<b hidden>a</b>b"),
    "hidden blocks": many("<div hidden>a<b style=display:block>"),
    "styles": many('<b style="color:#{i}">x</b>'),
    "styles in one another": many('<b style="color:#111"><b style="color:#222">'),
    "orders in one another": many('<b style="flex-direction:row-reverse">a'),
    "directions in one another": many("<p dir=rtl><b dir=rtl>a"),
    "floating": many('<b style="float:right">a</b>'),
    "floating in one another": many('<b style="float:right">a'),
    "turned round in one another": many("<bdo dir=rtl>a"),
    "kept lines in one another": many("<pre>a\n"),
    "capitals in one another": many('<b style="text-transform:uppercase">a'),
    "closed in one another": many("<details>"),
    "notes": many("<rt>"),
    "pictures with short words": many("<img alt=1>"),
    "markup in attributes": many('<p a="<b>{i}">'),
    "frames in frames": many("&lt;iframe srcdoc=", before='<iframe srcdoc="', after='">'),
    "data addresses": many('<img src="data:image/png;base64,{i}">'),
    "data addresses without end": many("data:", before="<script>"),
    # addresses
    "links": many('<a href="http://x/?a={i}%20">'),
    "percent signs": many("%25", before='<a href="http://x/?', after='">'),
    "marks of a query": many("?&", before='<a href="http://x/?', after='">'),
    "a mark made by a program": many("aB1-", before='<a href="http://x/?', after='">'),
    # styles and scripts
    "declarations of a style": many("mso-x:1;", before='<p style="', after='">'),
    "open strings in a style": many('a:"b;', before="<p style='", after="'>"),
    "open brackets in a style": many('("', before="<p style='", after="'>"),
    "escapes in a style": many("\\6", before='<p style="', after='">'),
    "comments in a style": many("/*", before='<p style="', after='">'),
    "addresses in a style": many("url(", before='<p style="', after='">'),
    "rules": many("b{color:red}", before="<style>", after="</style>") + many('<b style="x:{i}">'),
    "rules of other names": many(".c{i}{display:none}", before="<style>", after="</style>") + many("<b class='c{i}'>"),
    "selectors": many("a{i},", before="<style>", after="{display:none}</style><p>"),
    "a long selector": many("a ", before="<style>", after="{display:none}</style><p>"),
    "open rules": many("{", before="<style>"),
    "open conditions": many("@media (x){", before="<style>"),
    "quotes in a sheet": many('"\\', before="<style>"),
    "comments in a sheet": many("/*", before="<style>"),
    "addresses in a sheet": many("url(", before="<style>"),
    "sheets": many("<style>a{}</style>"),
    "open sheets": many("<style "),
    "classes": many("a ", before="<style>.a{display:none}</style><p class='", after="'>"),
    "classes of many elements": many("<p class='a b{i}'>", before="<style>.a{display:none}</style>"),
    "quotes in a script": many('"\\', before="<script>"),
    "comments in a script": many("/*", before="<script>"),
    "digits in a script": many("1", before="<script>"),
}


@pytest.mark.parametrize("page", KILLERS.values(), ids=KILLERS.keys())
def test_pages_made_to_be_slow_are_read_in_time(page: str) -> None:
    items = within(2, lambda: read_page(page))  # some ten times what it takes
    assert sum(len(item.text) for item in items if isinstance(item, Passage)) < 4 * len(page)


def test_a_style_puts_no_more_text_in_than_is_read() -> None:
    page = many("<p>", before='<style>p::before{content:"' + "x" * 1000 + '"}</style>')
    items = read_page(page)
    assert [item.reason for item in items if isinstance(item, Gap)] == [GapReason.TOO_LARGE]
    assert sum(len(item.text) for item in items if isinstance(item, Passage)) < 2_000_000


def test_text_at_any_depth_is_read_and_a_page_that_would_cost_hours_is_a_gap() -> None:
    """Which end tags are whose is not sought there, so what is hidden could be taken for shown."""
    items = read_page("<div>" * 20_000 + "K_DEEP" + "</div>" * 20_000 + "K_AFTER<script>K_SCRIPT</script>K_LAST")
    shown = next(item.text for item in items if isinstance(item, Passage) and item.place == "")
    assert [shown.split(), [item.reason for item in items if isinstance(item, Gap)]] == [
        ["K_DEEP", "K_AFTERK_LAST"],
        [GapReason.TOO_DEEP],
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 3000 + "x" + "</div>" * 3000,
        "<font color=red>never closed<p>text</p>" * 3000,
        "<div>" * 100_000,
    ],
    ids=["deep", "tags that are never closed", "never closed at all"],
)
def test_a_depth_that_costs_little_is_no_gap(page: str) -> None:
    items = read_page(page)
    assert not [item for item in items if isinstance(item, Gap)]


def test_the_memory_of_a_page_is_in_line_with_its_length() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_page(many("<b hidden>a</b>b", length=1 << 20))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 250  # MiB
