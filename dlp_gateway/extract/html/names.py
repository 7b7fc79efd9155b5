"""What the names of HTML say about elements and attributes (HTML Living Standard, 3 and 4)."""

from __future__ import annotations

from enum import IntEnum

from .text import BLOCK, CELL, LINE, PARAGRAPH, ROW

BREAKS: dict[str, str] = {
    **dict.fromkeys(("td", "th"), CELL),
    **dict.fromkeys(("tr", "caption"), ROW),
    **dict.fromkeys(
        ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "dl"), PARAGRAPH
    ),
    **dict.fromkeys(("address", "article", "aside", "body", "center", "dd", "details", "div", "dt", "fieldset"), BLOCK),
    **dict.fromkeys(("figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main"), BLOCK),
    **dict.fromkeys(("nav", "option", "section", "select", "summary", "textarea", "title", "optgroup"), BLOCK),
    **dict.fromkeys(("xmp", "listing", "plaintext", "dialog", "hgroup", "menu", "search", "dir", "frameset"), BLOCK),
    "br": LINE,
}
END_BREAKS = {tag: mark for tag, mark in BREAKS.items() if mark not in (CELL, LINE) and tag != "hr"}
KEEP_LINES = frozenset(("pre", "textarea", "xmp", "listing", "plaintext"))
# Whose children stand one below the other, so that the direction of writing does not change their order.
HOLD_LINES = frozenset(("html", "body", "table", "tbody", "thead", "tfoot", "ul", "ol", "dl", "form", "center"))
# Whose content is never shown, or only after a click.
NOT_SHOWN = frozenset(("template", "datalist", "noembed", "noframes", "iframe"))
CLOSED = frozenset(("details", "dialog"))  # unless they have the attribute `open`
# Whose content some readers do not show, or show apart from the line: with scripts, above the letters.
DOUBTED = frozenset(("noscript", "rt", "rp", "rtc"))
# Whose content the tokenizer hands over as it stands.
RAW = frozenset(("script", "style", "iframe", "noembed", "noframes"))
BLOCKS_IN_COMMENTS = ("<p", "<div", "<br", "<td", "<tr", "<table", "<li")


class Use(IntEnum):
    """What an attribute is for."""

    LOOK = 0  # decides how text looks
    NAME = 1  # a name that programs use
    MEASURE = 2  # sizes, colours and words from fixed lists
    WORDS = 3  # shown, or read to somebody
    ADDRESS = 4
    PAGE = 5  # holds a page of its own


USES: dict[str, Use] = {
    **dict.fromkeys(("style", "class", "id", "hidden", "bgcolor", "color", "text", "background", "dir"), Use.LOOK),
    **dict.fromkeys(("open", "popover", "size"), Use.LOOK),
    **dict.fromkeys(("name", "for", "headers", "aria-labelledby", "aria-describedby", "aria-controls"), Use.NAME),
    **dict.fromkeys(("align", "valign", "width", "height", "border", "cellpadding", "cellspacing"), Use.MEASURE),
    **dict.fromkeys(("colspan", "rowspan", "lang", "xml:lang", "target", "rel", "role", "face", "type"), Use.MEASURE),
    **dict.fromkeys(("nowrap", "vspace", "hspace", "clear", "xmlns", "link", "vlink", "alink", "media"), Use.MEASURE),
    **dict.fromkeys(("charset", "scope", "method", "enctype", "start", "span", "frameborder", "loading"), Use.MEASURE),
    **dict.fromkeys(
        ("bordercolor", "checked", "selected", "disabled", "readonly", "aria-hidden", "shape"), Use.MEASURE
    ),
    **dict.fromkeys(("alt", "title", "value", "placeholder", "label", "aria-label", "summary"), Use.WORDS),
    **dict.fromkeys(("aria-description", "aria-placeholder", "aria-valuetext", "aria-roledescription"), Use.WORDS),
    **dict.fromkeys(("standby", "prompt", "abbr"), Use.WORDS),
    **dict.fromkeys(("href", "src", "action", "data", "cite", "poster", "formaction", "longdesc"), Use.ADDRESS),
    **dict.fromkeys(("xlink:href", "lowsrc", "dynsrc", "codebase", "classid", "archive", "ping"), Use.ADDRESS),
    **dict.fromkeys(("manifest", "usemap", "originalsrc", "srcset", "imagesrcset", "profile"), Use.ADDRESS),
    "srcdoc": Use.PAGE,
}
