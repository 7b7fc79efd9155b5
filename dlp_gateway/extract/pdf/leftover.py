"""Objects that stand in the octets of a PDF but in no version of it: their strings, and streams that draw text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pikepdf

from ..source import Tools
from . import streams
from .contents import Drawings
from .strings import text_of
from .survey import Drawn

PLACE = "removed object"
_LITERAL = re.compile(rb"\((?:[^()\\]|\\.)*\)|<(?:FEFF|feff)[0-9A-Fa-f\s]*>", re.DOTALL)
_STREAM = re.compile(rb"\bstream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]{0,200}\]|/[A-Za-z0-9]{1,40})")
_SHOWS = re.compile(rb"\bBT\b.*?[)>\]]\s*(?:Tj|TJ|'|\")", re.DOTALL)
_MOST = 2_000


def strings_of(octets: bytes) -> Iterator[str]:
    """The strings in the dictionary of one object."""
    stream = _STREAM.search(octets)
    for match in _LITERAL.finditer(octets, 0, stream.start() if stream else len(octets)):
        try:
            string = pikepdf.Object.parse(match[0])
        except (pikepdf.PdfError, ValueError):
            continue
        if isinstance(string, pikepdf.String) and (text := text_of(string)).strip():
            yield text


def drawn_of(objects: Iterable[bytes], document: pikepdf.Pdf, tools: Tools) -> Iterator[Drawn]:
    """Streams among the objects that show text, to be drawn with the fonts that the pages have under those names."""
    resources: Any = None
    drawings = Drawings(tools)
    for count, octets in enumerate(objects):
        stored = _stream(octets, document)
        content = streams.decoded(stored, tools) if stored is not None else None
        if content is None or not _SHOWS.search(content):
            continue
        if resources is None:
            resources = document.make_indirect(pikepdf.Dictionary(Font=_fonts(document)))
        stream = document.make_stream(content)
        yield Drawn(stream, drawings.of_stream(stream, resources), PLACE, hidden=True, resources=resources)
        if count >= _MOST:
            return


def _stream(octets: bytes, document: pikepdf.Pdf) -> pikepdf.Stream | None:
    """The stream of one object, None where it has none."""
    start = _STREAM.search(octets)
    if start is None:
        return None
    end = octets.rfind(b"endstream")
    stream: Any = document.make_stream(octets[start.end() : end if end > 0 else len(octets)])
    filters = _FILTER.search(octets, 0, start.start())
    if filters is not None:
        try:
            stream["/Filter"] = pikepdf.Object.parse(filters[1])
        except (pikepdf.PdfError, ValueError):
            return None
    return cast(pikepdf.Stream, stream)


def _fonts(document: pikepdf.Pdf) -> Any:
    fonts = pikepdf.Dictionary()
    for thing in document.objects:
        resources = thing.get("/Resources") if isinstance(thing, pikepdf.Dictionary) else None
        named = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        for name, font in named.items() if isinstance(named, pikepdf.Dictionary) else ():
            if name not in fonts and font is not None:
                fonts[name] = font
    return fonts
