"""HTML by a streaming reader: never a tree, whose depth limit silently drops text, and never the standard
library's parser, which takes minutes for some kilobytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

from lxml import etree

from ..model import GapReason
from .plain import OTHER_READING, unix_lines
from .source import Item, Source, Tools

# Marks of a break, joined by `tidy`; a text never holds them.
_ROW, _PARAGRAPH, _BLOCK, _CELL = "\x1c", "\x1d", "\x1e", "\x1f"
_BREAKS: dict[str, str] = {
    **dict.fromkeys(("td", "th"), _CELL),
    **dict.fromkeys(("tr", "caption"), _ROW),
    **dict.fromkeys(
        ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "dl"), _PARAGRAPH
    ),
    **dict.fromkeys(
        ("address", "article", "aside", "body", "center", "dd", "details", "div", "dt", "fieldset"), _BLOCK
    ),
    **dict.fromkeys(("figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main"), _BLOCK),
    **dict.fromkeys(("nav", "option", "section", "select", "summary", "textarea", "title"), _BLOCK),
    "br": "\n",
}
_KEEPS_LINES = frozenset(("pre", "textarea"))
_NO_TEXT = frozenset(("script", "style"))
# No end tag, or one that may be left out without ever closing the element in our count.
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "frame", "hr", "img"),
        *("input", "link", "meta", "param", "source", "track", "wbr"),
    )
)
_SHOWN_ATTRIBUTES = ("alt", "title", "value", "placeholder", "label", "content", "aria-label", "summary")
_LINKS = ("href", "action", "data", "src")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)[^}]{0,200}overflow\s*:\s*hidden"
)
_PIECE_BYTES = 1 << 16
_COLOUR = re.compile(r"(?:^|;|\s)(background(?:-color)?|color)\s*:\s*([#a-z0-9(), ]{1,40})")
_WHITE = frozenset(("#fff", "#ffffff", "white", "rgb(255,255,255)"))
_SPACES = re.compile(r"[ \t\r\n\f\v\x1c-\x1f]+")
_MARKS = re.compile(r"[\t\x1c-\x1f]")
_TEXT_TAG = re.compile(r"<[^<>]{0,2000}>")


class _Target:
    """Receives what the parser sees, in order. `texts` are visible, hidden, attribute and comment text."""

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.hidden: list[str] = []
        self.attributes: list[str] = []
        self.comments: list[str] = []
        self._hidden_depth = 0
        self._silent_depth = 0
        self._pre_depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _NO_TEXT:
            self._silent_depth += 1
        if self._hidden_depth or _is_hidden(attributes):
            self._hidden_depth += tag not in _VOID
        self._pre_depth += tag in _KEEPS_LINES
        self._put(_BREAKS.get(tag, ""))
        for name, value in attributes.items():
            if not value.strip():
                continue
            described = tag == "meta" and "name" in attributes
            if name in _SHOWN_ATTRIBUTES and (tag != "meta" or (described and name == "content")):
                self.attributes.append(value)
            elif name in _LINKS and value.lstrip().lower().startswith(("mailto:", "tel:", "sms:")):
                self.attributes.append(unquote(value.strip()))
            elif name in _LINKS and value.lstrip().lower().startswith("data:text"):
                self.comments.append(unquote(value))

    def end(self, tag: str) -> None:
        if tag in _NO_TEXT and self._silent_depth:
            self._silent_depth -= 1
        self._pre_depth -= tag in _KEEPS_LINES
        if tag not in _VOID:
            self._put(_BREAKS.get(tag, "").replace(_CELL, ""))
            self._hidden_depth -= bool(self._hidden_depth)

    def data(self, text: str) -> None:
        if not self._silent_depth:
            self._put(_MARKS.sub(" ", text) if self._pre_depth > 0 else _SPACES.sub(" ", text))

    def comment(self, text: str) -> None:
        self.comments.append(text)

    def pi(self, target: str, data: str | None = None) -> None:
        self.comments.append(f"{target} {data or ''}")

    def close(self) -> None:
        return None

    def _put(self, text: str) -> None:
        if text:
            (self.hidden if self._hidden_depth else self.visible).append(text)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style", "").lower()
    if not style:
        return False
    if _HIDDEN_STYLE.search(style):
        return True
    colours = {name: value.replace(" ", "") for name, value in _COLOUR.findall(style)}
    background = colours.get("background-color", colours.get("background", "white"))
    text = colours.get("color")
    return text in _WHITE and background in _WHITE


def read_html(source: Source, tools: Tools) -> Iterator[Item]:
    """What a reader sees, with line ends between blocks and TAB between cells; then, as passages of
    their own, hidden text, attributes (alt, title, value, mailto) and comments."""
    if len(source.octets) > tools.meter.budget.html_bytes:
        yield source.gap(GapReason.TOO_LARGE, "a page larger than is read")
        return
    for number, reading in enumerate(tools.readings(source.octets, source.charset)):
        extra = f"{OTHER_READING}, " if number else ""
        target = parse_html(reading)
        yield source.passage(tidy("".join(target.visible)), OTHER_READING if number else "")
        yield source.passage(tidy("".join(target.hidden)), f"{extra}hidden text", hidden=True)
        yield source.passage("\n".join(target.attributes), f"{extra}attributes")
        comments = [tidy(_TEXT_TAG.sub(" ", comment)) for comment in target.comments]
        yield source.passage("\n".join(comments), f"{extra}comment", hidden=True)


def parse_html(text: str) -> _Target:
    """Run the parser over a text. Takes time linear in its length."""
    target = _Target()
    # Fed as UTF-8 with its own word for it: a charset in a meta element must not reinterpret what is decoded already.
    parser = etree.HTMLParser(target=cast(Any, target), huge_tree=True, encoding="utf-8")
    octets = text.replace("\0", "").encode("utf-8", "replace")
    for start in range(0, len(octets), _PIECE_BYTES):
        parser.feed(octets[start : start + _PIECE_BYTES])
    try:
        parser.close()
    except etree.XMLSyntaxError:
        pass  # an empty document
    return target


_RUN = re.compile(r" *[\n\x1c-\x1f][ \n\x1c-\x1f]*")


def tidy(text: str) -> str:
    """Each run of breaks as one: a TAB between cells, a line end between rows and blocks, an empty line
    between paragraphs. Breaks at the edge of a cell are none: office programs put a paragraph into every cell."""
    return _RUN.sub(_join, unix_lines(text)).strip("\n\t ")


def _join(run: re.Match[str]) -> str:
    marks = run[0]
    if _CELL in marks:
        return "\n" if _ROW in marks else "\t"
    if _PARAGRAPH in marks or marks.count("\n") > 1:
        return "\n\n"
    return "\n"
