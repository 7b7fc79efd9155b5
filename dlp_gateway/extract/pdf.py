"""PDF: the text of each page by pdfium, and by a walk over its objects what stands on no page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2

from ..model import GapReason
from . import xml
from .budget import BudgetSpentError
from .source import Inner, Item, Source, Tools

# Keys whose strings people write or read; other strings are identifiers, fonts and colours.
_TEXT_KEYS = {
    "/Contents": "annotation",
    "/RC": "annotation",
    "/Subj": "annotation",
    "/T": "form",
    "/TU": "form",
    "/V": "form",
    "/DV": "form",
    "/Opt": "form",
    "/Title": "outline",
    "/Alt": "alternative text",
    "/ActualText": "alternative text",
    "/JS": "script",
    "/URI": "link",
}
_HIDDEN_PLACES = frozenset(("script", "annotation"))

_MAX_DEPTH = 12
_LITTLE_TEXT = 50  # characters: a scanner's own line at the foot of a page
_MAX_OBJECTS = 200_000


def read_pdf(source: Source, tools: Tools) -> Iterator[Item]:
    """The text of each page ("page 3"), then form values, annotations, properties, attached files."""
    try:
        document = pikepdf.open(io.BytesIO(source.octets))
    except pikepdf.PasswordError:
        yield source.gap(GapReason.ENCRYPTED, "a PDF with a password")
        return
    with document:
        yield from _pages(source, tools)
        yield from _objects(source, tools, document)
        for name, specification in document.attachments.items():
            for attached in specification.get_all_filenames() and [specification.get_file()]:
                content = attached.read_bytes()
                tools.meter.expand(len(content))
                yield Inner(name=specification.filename or name or "file", octets=content)


def _pages(source: Source, tools: Tools) -> Iterator[Item]:
    document = pypdfium2.PdfDocument(source.octets)
    try:
        for number in range(len(document)):
            tools.meter.page()
            page = document[number]
            text_page = page.get_textpage()
            text = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "-")
            text_page.close()
            scanned = len(text) < _LITTLE_TEXT and _is_picture(page)
            page.close()
            yield source.passage(text, f"page {number + 1}")
            if scanned:
                yield source.gap(GapReason.UNSUPPORTED, "a scanned page, whose picture can't be read")
    finally:
        document.close()


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether an image covers most of the page."""
    width, height = page.get_size()
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        if (right - left) * (top - bottom) > width * height / 2:
            return True
    return False


def _objects(source: Source, tools: Tools, document: pikepdf.Pdf) -> Iterator[Item]:
    texts: dict[str, list[str]] = {}
    info_number = document.trailer["/Info"].objgen if "/Info" in document.trailer else None
    for count, thing in enumerate(document.objects):
        if count > _MAX_OBJECTS:
            raise BudgetSpentError("has more objects than are read")
        if thing.objgen != info_number:
            _collect(thing, texts, 0)
        if isinstance(thing, pikepdf.Stream) and str(thing.get("/Type")) == "/Metadata":
            content = _stream(thing, tools)
            texts.setdefault("document properties", []).append(xml.text_of(content))
    if "/Info" in document.trailer:
        info: Any = document.trailer["/Info"]
        values = [str(value) for value in info.values() if isinstance(value, pikepdf.String)]
        texts.setdefault("document properties", []).extend(v for v in values if not v.startswith("D:"))
    form: Any = document.Root.get("/AcroForm")
    xfa = form.get("/XFA") if form is not None else None
    if xfa is not None:
        streams = [xfa] if isinstance(xfa, pikepdf.Stream) else [x for x in xfa if isinstance(x, pikepdf.Stream)]
        texts.setdefault("form", []).extend(xml.text_of(_stream(stream, tools)) for stream in streams)
    for place, found in texts.items():
        yield source.passage("\n".join(dict.fromkeys(found)), place, hidden=place in _HIDDEN_PLACES)


def _collect(thing: Any, texts: dict[str, list[str]], depth: int) -> None:
    """Strings under the keys of interest in one object; indirect ones inside come by themselves."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in thing.items():
            place = _TEXT_KEYS.get(key)
            if place is not None:
                texts.setdefault(place, []).extend(_strings(value, 0))
            elif not value_is_indirect(value):
                _collect(value, texts, depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not value_is_indirect(value):
                _collect(value, texts, depth + 1)


def value_is_indirect(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _strings(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, pikepdf.String):
        text = str(value).strip()
        if text:
            yield text
    elif isinstance(value, pikepdf.Array) and depth < 3:
        for item in value:
            yield from _strings(item, depth + 1)


def _stream(stream: pikepdf.Stream, tools: Tools) -> bytes:
    content = stream.read_bytes()
    tools.meter.expand(len(content))
    return content
