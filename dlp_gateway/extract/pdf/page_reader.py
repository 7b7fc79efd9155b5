"""Pages in order: their text, what nobody sees of it, and the pictures on them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import pypdfium2

from ...model import GapReason
from ..budget import BudgetSpentError
from ..source import Item, Source, Tools
from .extra import BETWEEN, ExtraPages, Title
from .pages import PageText, joined_letters, open_pages, pictures_of, read_page
from .pictures import PictureReader


@dataclass(slots=True)
class Seen:
    """What has been told: lines of text, without blanks, and contents by digest. The same text drawn in two ways is
    told once."""

    lines: set[str] = field(default_factory=set, repr=False)
    contents: set[bytes] = field(default_factory=set, repr=False)

    def add(self, text: str) -> None:
        self.lines.update("".join(line.split()) for line in text.split("\n"))

    def new(self, text: str) -> str:
        """Those lines of the text that are new; they are known from now on."""
        fresh = [line for line in text.split("\n") if (bare := "".join(line.split())) and bare not in self.lines]
        self.add(text)
        return "\n".join(fresh)

    def is_new(self, octets: bytes) -> bool:
        """Whether these octets come for the first time; they are known from now on."""
        digest = hashlib.sha256(octets).digest()
        new = digest not in self.contents
        self.contents.add(digest)
        return new


class PageReader:
    """Reads documents page by page for one file. `failed`: numbers of pages that pdfium could not read."""

    def __init__(self, source: Source, tools: Tools, seen: Seen) -> None:
        self.seen = seen
        self.failed: set[int] = set()
        self._source = source
        self._tools = tools
        self._to_look_at: list[tuple[int, PageText]] = []

    def read(
        self,
        pages: pypdfium2.PdfDocument,
        *,
        hidden_layers: frozenset[str] = frozenset(),
        refused: Collection[int] = frozenset(),
    ) -> Iterator[Item]:
        """The text of all pages but the refused ones, up to the budget of pages."""
        for number in range(1, len(pages) + 1):
            try:
                self._tools.meter.page()
            except BudgetSpentError as error:
                yield self._source.gap(error.reason, error.detail)
                return
            if number not in refused:
                yield from self._page(pages, number, hidden_layers)

    def read_pictures(self, pages: pypdfium2.PdfDocument) -> Iterator[Item]:
        """The pictures on the pages that were read. They take long: so they come last, when all text has been told."""
        pictures = PictureReader(self._source, self._tools, pages)
        for number, text in self._to_look_at:
            page = pages[number - 1]
            yield from pictures.read(
                page, replace(text, pictures=pictures_of(page)), Title(f"page {number}", whole=True)
            )
            page.close()

    def read_extra(self, extra: ExtraPages) -> Iterator[Item]:
        """Pages of our own making: only lines that have not been told."""
        if not extra.titles:
            return
        with open_pages(extra.octets()) as pages:
            pictures = PictureReader(self._source, self._tools, pages)
            for number, title in enumerate(extra.titles):
                self._tools.meter.page()
                try:
                    page = pages[number]
                    text = read_page(page, frozenset())
                except pypdfium2.PdfiumError:
                    yield self._source.gap(GapReason.CORRUPT, "a drawing in a PDF that can't be read")
                    continue
                words = f"{text.visible}\n{text.hidden}".replace(BETWEEN, "\n")
                yield self._source.passage(self.seen.new(words), title.place, hidden=title.hidden)
                yield from pictures.read(page, text, title)
                page.close()

    def _page(self, pages: pypdfium2.PdfDocument, number: int, hidden_layers: frozenset[str]) -> Iterator[Item]:
        place = f"page {number}"
        try:
            page = pages[number - 1]
            text = read_page(page, hidden_layers)
        except pypdfium2.PdfiumError:
            self.failed.add(number)
            yield self._source.gap(GapReason.CORRUPT, "a PDF page that is broken")
            return
        page.close()
        yield self._told(text.visible, place, hidden=False)
        yield self._source.passage(self.seen.new(text.laid_out), f"{place} (as laid out)")
        yield self._source.passage(joined_letters(text.visible), f"{place} (spaced letters joined)")
        yield self._told(text.hidden, f"{place} (hidden text)", hidden=True)
        yield self._told(text.in_hidden_layers, f"{place}, hidden layer", hidden=True)
        if text.pictures or text.shapes or text.unreadable:
            self._to_look_at.append((number, text.without_words()))

    def _told(self, text: str, place: str, *, hidden: bool) -> Item:
        self.seen.add(text)
        return self._source.passage(text, place, hidden=hidden)
