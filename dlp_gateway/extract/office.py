"""Office Open XML packages (ECMA-376): every part of the package is read, whatever the relations say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from lxml import etree

from ..model import GapReason
from . import xml
from .archive import zip_margins, zip_member
from .prose import Prose
from .sheets import read_sheets
from .source import Inner, Item, Source, Tools
from .zip_file import ZipAmbiguousError, read_zip

_NUMBER = re.compile(r"(\d+)\.xml$")
# (pattern of the part's name, place, hidden); prose is read as paragraphs, all else as lines of text.
_PROSE: tuple[tuple[str, str, bool], ...] = (
    (r"word/document\d*\.xml", "", False),
    (r"word/header\d*\.xml", "page header", False),
    (r"word/footer\d*\.xml", "page footer", False),
    (r"word/footnotes\d*\.xml", "footnote", False),
    (r"word/endnotes\d*\.xml", "endnote", False),
    (r"word/comments\w*\.xml", "comment", True),
    (r"word/glossary/.*\.xml", "building blocks", True),
    (r"ppt/slides/slide\d+\.xml", "slide {n}", False),
    (r"ppt/notesSlides/notesSlide\d+\.xml", "notes {n}", False),
    (r"ppt/slideMasters/.*\.xml", "slide master", False),
    (r"ppt/slideLayouts/.*\.xml", "slide layout", False),
    (r"ppt/(?:comments/|commentAuthors).*", "comment", True),
    (r"(?:word|ppt|xl)/diagrams/.*\.xml", "diagram", False),
    (r"xl/drawings/drawing\d*\.xml", "drawing", False),
)
_LINES: tuple[tuple[str, str, bool], ...] = (
    (r"docProps/.*\.xml", "document properties", False),
    (r"customXml/item\d*\.xml", "custom data", True),
    (r"(?:word|ppt|xl)/charts/.*\.xml", "chart", False),
    (r"xl/(?:comments|threadedComments|persons).*\.xml", "comment", True),
    (r"xl/externalLinks/.*\.xml", "external link", True),
    (r".*\.vml", "drawing", False),
)
# Fonts, printers' settings and previews hold nothing that anyone wrote.
_NO_TEXT = re.compile(
    r"(?:word|ppt|xl)/(?:fonts|printerSettings)/.*|(?:word|ppt|xl)/(?:styles\w*|fontTable|webSettings|theme/.*|calcChain"
    r"|tableStyles|presProps|viewProps|numbering)\.xml|\[Content_Types\]\.xml"
)
_WRITTEN_TARGET = re.compile(r"(?:mailto|tel|sms):", re.IGNORECASE)


def read_office(source: Source, tools: Tools) -> Iterator[Item]:
    """Documents, workbooks and presentations: text, tables, notes, comments, deletions, properties, embedded files."""
    try:
        zipped = read_zip(source.octets)
    except ZipAmbiguousError as error:
        yield source.gap(GapReason.AMBIGUOUS, str(error))
        return
    members: dict[str, bytes] = {}
    for entry in zipped.entries:
        tools.meter.file()
        item = zip_member(source, entry, tools)
        if isinstance(item, Inner):
            members[item.name.replace("\\", "/").lstrip("/")] = item.octets
        else:
            yield item
    yield from zip_margins(source, zipped, tools)
    if "xl/workbook.bin" in members:
        yield source.gap(GapReason.UNSUPPORTED, "a binary workbook, a format that can't be read")
        return
    if "EncryptedPackage" in members:
        yield source.gap(GapReason.ENCRYPTED, "an Office document with a password")
        return
    yield from read_sheets(source, tools, members)
    for name in sorted(members, key=_reading_order):
        yield from _member(source, name, members[name])


def _reading_order(name: str) -> tuple[int, int, str]:
    """The main text first, slides by number."""
    number = _NUMBER.search(name)
    rank = next((rank for rank, (pattern, _, _) in enumerate(_PROSE) if re.fullmatch(pattern, name)), len(_PROSE))
    return rank, int(number[1]) if number else 0, name


def _member(source: Source, name: str, octets: bytes) -> Iterator[Item]:
    if _NO_TEXT.fullmatch(name):
        return
    if not name.endswith((".xml", ".rels", ".vml")):
        yield Inner(name=name, octets=octets, listed=False)
        return
    try:
        if name.endswith(".rels"):
            links = _Links()
            xml.parse(octets, links)
            yield source.passage("\n".join(links.found), "link")
            return
        for pattern, place, hidden in _PROSE:
            if re.fullmatch(pattern, name):
                prose = Prose()
                xml.parse(octets, prose)
                number = _NUMBER.search(name)
                yield from prose.passages(source, place.format(n=number[1] if number else ""), hidden=hidden)
                return
        for pattern, place, hidden in _LINES:
            if re.fullmatch(pattern, name):
                yield source.passage(xml.text_of(octets), place, hidden=hidden)
                return
        if not name.startswith("xl/worksheets/") and name not in ("xl/sharedStrings.xml", "xl/workbook.xml"):
            yield source.passage(xml.text_of(octets), "other content", hidden=True)
    except xml.XmlRefusedError:
        yield source.gap(GapReason.AMBIGUOUS, "a document that declares entities of its own")
    except etree.XMLSyntaxError:
        yield source.gap(GapReason.CORRUPT, "a document with a part that can't be read")


class _Links:
    """Targets that a person wrote: addresses and telephone numbers."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        target = attributes.get("Target", "")
        if name == "Relationship" and _WRITTEN_TARGET.match(target):
            self.found.append(unquote(target))

    def end(self, name: str) -> None:
        del name

    def data(self, text: str) -> None:
        del text
