"""Pages: what their reader sees, and all other text in them that a reader could come upon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...model import GapReason, Passage
from ..source import Inner, Item, Source, Tools
from ..text.csv import read_text_or_table
from ..text.plain import OTHER_READING
from ..text.script_text import script_text
from ..text.typed import read_typed_text
from .data_url import parse_data_url
from .dropped import dropped_words, has_attributes_at_the_end, without_quotes, without_tags
from .page import Page, parse_page
from .sheet import Sheet
from .text import clean, hidden_text, laid_out, level_runs, mixed_lines, shown_text, tidy
from .web_address import address_text, contact_text, is_contact, without_blobs

_WORD = re.compile(r"\w+")
_WORDS_IN_TAGS = re.compile(r"(?:alt|title|value|href|src|content|data|url)\s*[=(]", re.IGNORECASE)
_DATA_URL = re.compile(r"data:[a-z0-9.+/;=\-]{0,200}?,[^\s\"'<>)]+", re.IGNORECASE)
_MOST_FRAGMENTS = 300  # that are parsed; of further ones just the tags are taken out

Views = Iterator[tuple[str, str, bool]]
"""Text, place, hidden."""


def read_html(source: Source, tools: Tools) -> Iterator[Item]:
    """What a reader sees, with line ends between blocks and TAB between cells; then, as passages of their own, what is
    hidden, attributes, addresses, comments, scripts; lines that read otherwise where something is hidden in them or
    their order is reversed; and as inner files what stands in data URLs and in frames."""
    limit = tools.meter.budget.html_bytes
    for number, reading in enumerate(tools.readings(source.octets, source.charset)):
        page = _Reader(reading[:limit])
        for text, place, hidden in page.views():
            extra = f"{OTHER_READING}, {place}".rstrip(", ") if number else place
            yield source.passage(text, extra, hidden=hidden)
            if not extra:
                yield from read_typed_text(source, text, tools)
        if not number:
            yield from page.inner_files(tools)
        if page.too_deep:
            yield source.gap(GapReason.TOO_DEEP, "a page whose elements are nested too deep to say where each ends")
        if page.overfull:
            yield source.gap(GapReason.TOO_LARGE, "a page into which its styles put more text than is read")
    if len(source.octets) > limit:
        yield source.gap(GapReason.TOO_LARGE, "a page larger than is read")


def read_tagged_text(source: Source, tools: Tools) -> Iterator[Item]:
    """Text with tags in it: as it stands, and, where that says something else, as a page. A mail program that is told
    no type guesses one."""
    words: set[str] = set()
    for item in read_text_or_table(source, tools):
        if isinstance(item, Passage):
            words |= set(item.text.split())
        yield item
    limit = tools.meter.budget.html_bytes
    for reading in tools.readings(source.octets, source.charset):
        for text, place, hidden in _Reader(reading[:limit]).views():
            if not words.issuperset(text.split()):
                yield source.passage(text, f"read as a page, {place}".rstrip(", "), hidden=hidden)
    if len(source.octets) > limit:
        yield source.gap(GapReason.TOO_LARGE, "a page larger than is read")


class _Reader:
    """One page and the fragments in its comments and other places where a parser sees no markup."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._page = parse_page(text)
        self._addresses = dict(self._page.words.addresses)
        self._addresses |= dict.fromkeys(self._page.sheet.addresses)
        self._data_urls: dict[str, None] = {}
        self._pages = dict(self._page.words.pages)
        self._words = dict(self._page.words.shown)
        self._fragments = 0

    @property
    def too_deep(self) -> bool:
        return self._page.too_deep

    @property
    def overfull(self) -> bool:
        return self._page.overfull

    def views(self) -> Views:
        if not (self._page.words.unquoted or has_attributes_at_the_end(self._text)):
            yield from self._views()
            return
        again = self._fragment(without_quotes(self._text)).replace(">", "")
        words: set[str] = set()
        for text, place, hidden in self._views():
            words.update(_WORD.findall(text.lower()))
            yield text, place, hidden
        lines = (line for line in again.split("\n") if not words.issuperset(_WORD.findall(line.lower())))
        yield _lines(lines), "read without its quotes", True

    def _views(self) -> Views:
        page = self._page
        yield from _text_views(page)
        comments = "\n".join(filter(None, map(self._comment, page.comments)))
        fragments = "\n".join(filter(None, map(self._fragment, page.words.markup)))
        yield from self._addressed()
        yield _lines((*page.words.others, *dropped_words(self._text)), shorten=True), "other attributes", True
        yield comments, "comment", True
        yield fragments, "markup that is not shown", True
        yield _lines(map(script_text, page.scripts)), "script", True
        yield _lines(text for text in page.sheet.contents if text not in page.put_in), "text of the style sheet", False
        yield _lines((*page.sheet.strings, *page.sheet.comments)), "style sheet", True

    def _addressed(self) -> Views:
        """Attributes with the mail and telephone links among them, and the web addresses."""
        contacts: dict[str, None] = {}
        webs: dict[str, None] = {}
        for address in self._addresses:
            if address.startswith(("https://", "http://")) and "data:" not in address:
                webs[address_text(address)] = None
            elif address.lstrip()[:5].lower() == "data:":
                self._data_urls[address.strip()] = None
            elif is_contact(address):
                contacts[contact_text(address)] = None
            else:
                if "data:" in address.lower():
                    self._note_data_urls(address)
                webs[address_text(address)] = None
        yield _lines((*self._words, *contacts)), "attributes", False
        yield _lines(webs), "links", True

    def inner_files(self, tools: Tools) -> Iterator[Inner]:
        """The files in data URLs and the pages of frames."""
        for script in (*self._page.scripts, *self._page.sheet.strings, *self._page.words.others):
            if "data:" in script.lower():
                self._note_data_urls(script)
        number = 0
        for address in self._data_urls:
            data = parse_data_url(address)
            if data is None or data.is_font:
                continue
            octets = data.octets
            if data.charset is not None and data.media_type.startswith("text/"):
                octets = tools.readings(octets, data.charset)[0].encode("utf-8", "replace")
            number += 1
            yield Inner(name=f"data address {number}.{data.suffix}", octets=octets, listed=False)
        for number, text in enumerate(self._pages, 1):
            if text.strip():
                yield Inner(name=f"frame {number}.html", octets=text.encode("utf-8", "replace"), listed=False)

    def _note_data_urls(self, text: str) -> None:
        self._data_urls |= dict.fromkeys(match[0] for match in _DATA_URL.finditer(text))

    def _comment(self, text: str) -> str:
        if "<" not in text and "&" not in text:
            return clean(text).strip()
        if not without_tags(text).strip() and not _WORDS_IN_TAGS.search(text):
            return ""
        return self._fragment(text)

    def _fragment(self, text: str) -> str:
        """The words of markup, where no parser of the page sees markup."""
        self._fragments += 1
        if self._fragments > _MOST_FRAGMENTS:
            return tidy(without_tags(clean(text)))
        page = parse_page(clean(text), Sheet())
        self._addresses |= page.words.addresses
        self._pages |= page.words.pages
        comments = (without_tags(comment) for comment in (*page.comments, *page.words.markup))
        texts = (text for text, _, _ in _text_views(page))
        scripts = map(script_text, page.scripts)
        return _lines((*texts, *page.words.shown, *page.words.others, *comments, *scripts))


def _text_views(page: Page) -> Views:
    """Shown and hidden text, and the readings of lines that mix them."""
    if not page.switches:
        yield _without_end(page, tidy("".join(page.pieces))), "", False
        if page.orders.found:
            yield laid_out(page.orders.found, page.pieces), "as laid out", False
        return
    runs = level_runs(page.pieces, page.switches)
    yield _without_end(page, shown_text(runs)), "", False
    yield hidden_text(runs), "hidden text", True
    whole, certain = mixed_lines(runs)
    yield whole, "lines with their hidden text", True
    yield certain, "lines as other readers show them", False
    if page.orders.found:
        yield laid_out(page.orders.found, page.shown_pieces()), "as laid out", False


def _without_end(page: Page, text: str) -> str:
    """The text without what was put at the end of a page that ends within a tag."""
    return text if page.ends_well else text.removesuffix("-->").rstrip()


def _lines(texts: Iterable[str], *, shorten: bool = False) -> str:
    text = clean("\n".join(text.strip() for text in texts if text.strip()))
    return without_blobs(text) if shorten else text
