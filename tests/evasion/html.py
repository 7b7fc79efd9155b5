"""Text in pages that a tag stripper does not see."""

from __future__ import annotations

import base64

from .build import NINO, SOLID, TEXT, Section, b64, mail, multipart, part, qp

HTML = Section("HTML")


def _page(name: str, why: str, html: str) -> None:
    HTML.add(name, why, mail(html.encode(), b"text/html; charset=utf-8", encoding=b"8bit"))


_B64 = base64.b64encode(NINO.encode()).decode()
_PERCENT = NINO.replace(" ", "%20")
_GROUPS = NINO.split()

# -- Characters and tags --
_page("entities", "Each character an entity.", "<p>" + "".join(f"&#{ord(c)};" for c in NINO) + "</p>")
_page("entities-hex", "Hexadecimal entities.", "<p>" + "".join(f"&#x{ord(c):X};" for c in NINO) + "</p>")
_page("entities-open", "Entities without a semicolon.", "<p>&#65&#66 &#49&#50 34 56 C</p>")
_page("entities-named", "Named entities for spaces.", f"<p>{NINO.replace(' ', '&nbsp;')}</p>")
_page("tags-inline", "An inline tag around each character.", "<p>" + "".join(f"<b>{c}</b>" for c in NINO) + "</p>")
_page(
    "tags-unknown",
    "A tag nobody knows around each character.",
    "<p>" + "".join(f"<x-y>{c}</x-y>" for c in NINO) + "</p>",
)
_page("comments-between", "Comments inside the number.", "<p>A<!-- x -->B 12 3<!-- -->4 56 C</p>")
_page(
    "cells", "A table cell for each group.", "<table><tr>" + "".join(f"<td>{c}</td>" for c in _GROUPS) + "</tr></table>"
)
_page(
    "cells-each",
    "A table cell for each character.",
    "<table><tr>" + "".join(f"<td>{c}</td>" for c in SOLID) + "</tr></table>",
)
_page(
    "blocks-inline",
    "Blocks that a style puts into one line.",
    "".join(f'<div style="display:inline">{c}</div>' for c in SOLID),
)
_page("soft-hyphens", "Soft hyphens and break marks inside.", "<p>A&shy;B<wbr> 1&zwnj;2 34 56&#8203; C</p>")
_page("line-ends", "Line ends in the source, which show as blanks.", "<p>AB\r\n12\r\n34\r\n56\r\nC</p>")
_page("ruby", "Notes above the characters.", "<ruby>AB<rt>x</rt></ruby><ruby> 12 34 56 C<rt>y</rt></ruby>")
_page("list-items", "An item of a list for each group.", "<ul>" + "".join(f"<li>{c}</li>" for c in _GROUPS) + "</ul>")
_page(
    "small-caps",
    "Small letters that a style shows as capitals.",
    f'<p style="text-transform:uppercase">{NINO.lower()}</p>',
)

# -- Attributes --
_page("alt", "The text in place of a picture.", f'<img src=x alt="{NINO}">')
_page("title", "The text of a tool tip.", f'<a title="{NINO}">x</a>')
_page("aria-label", "The text for screen readers.", f'<a aria-label="{NINO}">x</a>')
_page("value", "The value of an input.", f'<input value="{NINO}">')
_page("placeholder", "The hint of an input.", f'<input placeholder="{NINO}">')
_page("option-label", "The label of an option.", f'<select><option label="{NINO}"></select>')
_page("mailto", "The body of a mail link.", f'<a href="mailto:x@y.example?body={_PERCENT}">x</a>')
_page("link-query", "The query of a web link.", f'<a href="https://x.example/?ni={_PERCENT}">x</a>')
_page("link-fragment", "The fragment of a web link.", f'<a href="https://x.example/#{SOLID}">x</a>')
_page("picture-address", "The address of a picture.", f'<img src="https://x.example/{SOLID}.png">')
_page("style-address", "An address in a style.", f'<div style="background:url(https://x.example/?n={SOLID})">x</div>')
_page("background", "The address of a background.", f'<table background="https://x.example/?n={SOLID}"></table>')
_page("data-attribute", "An attribute for programs.", f'<p data-note="{NINO}">x</p>')
_page("identifier", "The identifier of an element.", f'<p id="{SOLID}">x</p>')
_page("class", "The class of an element.", f'<p class="{SOLID}">x</p>')
_page("unknown-attribute", "An attribute nobody knows.", f'<p xyz="{NINO}">x</p>')
_page("attribute-unquoted", "A value without quotes.", f"<img alt={SOLID}>")
_page("attribute-entities", "Entities in a value.", '<img alt="' + "".join(f"&#{ord(c)};" for c in NINO) + '">')
_page("meta-content", "A field of the page's head.", f'<meta name="description" content="{NINO}"><p>x</p>')
_page("form-action", "The address a form is sent to.", f'<form action="https://x.example/{SOLID}"><input></form>')

# -- Hidden, or shown by other means --
_page("display-none", "A style that hides.", f'<div style="display:none">{NINO}</div>')
_page("hidden-attribute", "An attribute that hides.", f"<div hidden>{NINO}</div>")
_page("size-zero", "Letters of no size.", f'<span style="font-size:0">{NINO}</span>')
_page("white", "White on white.", f'<span style="color:#fff;background:#fff">{NINO}</span>')
_page("off-screen", "Moved out of sight.", f'<div style="position:absolute;left:-9999px">{NINO}</div>')
_page(
    "decoys",
    "Hidden text between the visible.",
    '<p>AB<span style="display:none">xxxx</span> 12 34<span style="font-size:0">zz</span> 56 C</p>',
)
_page(
    "decoys-class",
    "Hidden text between the visible, by a style sheet.",
    "<style>.q{display:none}</style><p>AB<span class=q>xxxx</span> 12 34<span class=q>zz</span> 56 C</p>",
)
_page("style-content", "Text that a style puts in.", f'<style>p::before{{content:"{NINO}"}}</style><p></p>')
_page("style-comment", "A comment in a style.", f"<style>/* {NINO} */</style><p>x</p>")
_page("script", "A text in a script.", f'<script>var x="{NINO}"</script><p>x</p>')
_page("comment", "A comment.", f"<!-- {NINO} --><p>x</p>")
_page("comment-tags", "A comment with tags inside.", "<!-- <b>AB</b> <i>12</i> 34 56 C --><p>x</p>")
_page("comment-conditional", "A comment that Outlook shows.", f"<!--[if mso]><p>{NINO}</p><![endif]--><p>hi</p>")
_page("comment-open", "A comment that is never closed.", f"<!-- <p>{NINO}</p>")
_page("comment-short", "A comment that ends at once.", f"<p>x</p><!--><p>{NINO}</p><!-- -->")
_page("instruction", "A processing instruction.", f"<?note {NINO}?><p>x</p>")
_page("cdata", "A CDATA section.", f"<p>x</p><![CDATA[{NINO}]]>")
_page("svg", "Text of a drawing.", f"<svg><text>{NINO}</text></svg>")
_page("svg-title", "The title of a drawing.", f"<svg><title>{NINO}</title></svg>")
_page("math", "Text of a formula.", f"<math><mtext>{NINO}</mtext></math>")
_page("textarea", "Text of an input field.", f"<textarea>{NINO}</textarea>")
_page("template", "A template, not shown.", f"<template>{NINO}</template>")
_page("noscript", "Text for readers without scripts, as mail programs are.", f"<noscript>{NINO}</noscript>")
_page("xmp", "An element of plain text.", f"<xmp>{NINO}</xmp>")
_page("plaintext", "An element that makes all the rest plain.", f"<plaintext><p>{NINO}")
_page("noembed", "Text in place of an object.", f"<noembed>{NINO}</noembed>")
_page("page-title", "The title of the page.", f"<html><head><title>{NINO}</title></head><body>x</body></html>")
_page("after-end", "Text after the end of the page.", f"<html><body>x</body></html>{NINO}")
_page("data-address", "A page in a data address.", f'<iframe src="data:text/html;base64,{_B64}"></iframe>')
_page(
    "data-address-percent",
    "A page in a data address, percent-encoded.",
    f'<iframe src="data:text/html,{_PERCENT}"></iframe>',
)
_page("data-address-link", "A text in a data address of a link.", f'<a href="data:text/plain;base64,{_B64}">x</a>')
_page(
    "data-address-object",
    "A text in a data address of an object.",
    f'<object data="data:text/plain;base64,{_B64}"></object>',
)
_page("srcdoc", "A page in an attribute.", f"<iframe srcdoc='&lt;p&gt;{NINO}&lt;/p&gt;'></iframe>")
_page("direction", "Written backwards, and turned round by an element.", f'<bdo dir="rtl">{NINO[::-1]}</bdo>')
_page(
    "direction-style",
    "Written backwards, and turned round by a style.",
    f'<span style="direction:rtl;unicode-bidi:bidi-override">{NINO[::-1]}</span>',
)

_page(
    "order-reversed",
    "Pieces in the reverse order, which a style turns round.",
    '<div style="display:inline-flex;flex-direction:row-reverse">'
    + "".join(f"<span>{c}&nbsp;</span>" for c in reversed(_GROUPS))
    + "</div>",
)

# -- Broken pages --
_page("broken-tags", "Tags that are not closed.", f"<p <b>{NINO}</p")
_page("less-than", "A less-than sign that is none of a tag.", f"<p>a < b {NINO}")
_page("nul-in-tags", "A NUL inside tags.", "<p\0>A<b\0>B</b\0> 12 34 56 C</p>")
_page("nul-in-text", "A NUL inside the text.", "<p>A\0B 1\0002 34 56 C</p>")
_page("deep", "20,000 elements in one another.", "<div>" * 20_000 + NINO)
_page("slash-tag", "A tag with a slash in place of the blank.", f'<img/alt="{NINO}"/src=x>')

# -- Labels --
HTML.add(
    "no-type",
    "A page sent without a type.",
    mail(("<p>" + "".join(f"&#{ord(c)};" for c in NINO) + "</p>").encode(), None),
)
HTML.add(
    "as-plain",
    "A page that says it is plain text.",
    mail(("<html><p>" + "".join(f"<b>{c}</b>" for c in NINO) + "</p></html>").encode(), b"text/plain; charset=utf-8"),
)
HTML.add("base64", "A page in base64.", mail(b64(f"<p>{TEXT}</p>".encode()), b"text/html", encoding=b"base64"))
HTML.add(
    "quoted",
    "A page in quoted-printable.",
    mail(qp(f"<p>{TEXT}</p>".encode()), b"text/html", encoding=b"quoted-printable"),
)
HTML.add(
    "xhtml",
    "A page under its XML type.",
    mail(("<html><p>" + "".join(f"<b>{c}</b>" for c in NINO) + "</p></html>").encode(), b"application/xhtml+xml"),
)
HTML.add(
    "amp",
    "The side of an alternative that some web mail shows.",
    multipart(
        part(b"Hi"),
        part(
            ("<html amp4email><p>" + "".join(f"<b>{c}</b>" for c in NINO) + "</p></html>").encode(),
            b"text/x-amp-html; charset=utf-8",
        ),
        kind=b"alternative",
    ),
)
HTML.add(
    "watch",
    "The side of an alternative for watches.",
    multipart(
        part(b"Hi"),
        part(("<p>" + "".join(f"<b>{c}</b>" for c in NINO) + "</p>").encode(), b"text/watch-html; charset=utf-8"),
        kind=b"alternative",
    ),
)
