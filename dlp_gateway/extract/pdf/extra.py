"""Pages of our own making: what no page draws, put on pages, so that pdfium reads it with its fonts like any other.

The document is changed for that; it must not be asked for anything else afterwards.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pikepdf

from .contents import ACTUAL_TEXT, MARKS, Drawings, content_streams, property_lists, resources_of
from .survey import GLYPHS, Drawn

_FORMS_A_PAGE = 40
_APART = 2_000  # points between two forms on a page
BETWEEN = "\xac\xa6\xac"
"""Stands in the text before each form: pdfium forgets where a form is placed when it looks for ends of lines."""
_EVERYWHERE = (-20_000, -20_000, 20_000, 20_000)
_A4 = (0, 0, 595, 842)


@dataclass(frozen=True, slots=True)
class Title:
    """What a page of our own making shows: the place and visibility of its text."""

    place: str
    hidden: bool = False
    whole: bool = False  # a page as the document had it, to be recognised as a picture where need be
    lines_only: bool = False  # pictures of single letters are not recognised


class ExtraPages:
    """Collects pages, and makes a document of them."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.titles: list[Title] = []
        self._document = document
        self._pages: list[Any] = []

    def add_page(self, page: Any, title: Title) -> None:
        """A page of the document itself."""
        copy = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=pikepdf.Array(_A4))
        for key in ("/MediaBox", "/Rotate", "/Contents", "/UserUnit"):
            value = _inherited(page, key)
            if value is not None:
                copy[key] = value
        resources = resources_of(page)
        if resources is not None:
            copy["/Resources"] = resources
        self._add(copy, title)

    def add_drawn(self, drawn: Iterable[Drawn]) -> None:
        """Content streams, those of one place together."""
        order = sorted(drawn, key=lambda each: (each.place, each.hidden))
        for (place, hidden), group in groupby(order, key=lambda each: (each.place, each.hidden)):
            forms = [self._form(each) for each in group]
            for start in range(0, len(forms), _FORMS_A_PAGE):
                self._add_forms(forms[start : start + _FORMS_A_PAGE], Title(place, hidden, lines_only=place == GLYPHS))

    def add_pictures(self, pictures: Sequence[pikepdf.Stream], title: Title) -> None:
        for picture in pictures:
            self._add_forms([picture], title)

    def add_pieces(self, page: Any, drawings: Drawings, title: Title) -> None:
        """A page that costs too much to be drawn: its own content and each form that it draws, once each."""
        root = drawings.of_page(page)
        pieces = [(root.content, resources_of(page))]
        pieces += [(drawing.content, resources) for drawing, resources in drawings.pieces(root)]
        forms = [self._new_form(MARKS.sub(b" ", content), _without_forms(resources)) for content, resources in pieces]
        for start in range(0, len(forms), _FORMS_A_PAGE):
            self._add_forms(forms[start : start + _FORMS_A_PAGE], title)

    def forget_actual_text(self, pages: Iterable[Any], drawings: Drawings) -> None:
        """Make these pages show what they draw, not what they say that it means (ISO 32000-2, 14.9.4)."""
        for page in pages:
            root = drawings.of_page(page)
            _rename(content_streams(page), resources_of(page))
            for form, resources in drawings.forms(root):
                _rename([form], resources)

    def octets(self) -> bytes:
        """A document of the pages that were added, and of nothing else of the old one."""
        root: Any = self._document.Root
        for key in list(root.keys()):
            if key not in ("/Type", "/Pages"):
                del root[key]
        pages = self._document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=len(self._pages)))
        for page in self._pages:
            page["/Parent"] = pages
        pages["/Kids"] = pikepdf.Array(self._pages)
        root["/Pages"] = pages
        if "/Info" in self._document.trailer:
            del self._document.trailer["/Info"]
        return saved(self._document)

    def _add(self, page: Any, title: Title) -> None:
        self._pages.append(self._document.make_indirect(page))
        self.titles.append(title)

    def _add_forms(self, forms: Sequence[Any], title: Title) -> None:
        content = b"".join(
            b"BT /Between 10 Tf 0 %d Td (%b) Tj ET q 1 0 0 1 0 %d cm /F%d Do Q\n"
            % (-_APART * at - _APART // 2, BETWEEN.encode("latin-1"), -_APART * at, at)
            for at in range(len(forms))
        )
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        named = pikepdf.Dictionary({f"/F{at}": form for at, form in enumerate(forms)})
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array(_A4),
            Contents=self._document.make_stream(content),
            Resources=pikepdf.Dictionary(XObject=named, Font=pikepdf.Dictionary(Between=font)),
        )
        self._add(page, title)

    def _form(self, drawn: Drawn) -> Any:
        stream: Any = drawn.stream
        if stream.get("/Subtype") == pikepdf.Name.Form and "/Resources" in stream and not drawn.drawing.actual_text:
            return stream
        content = ACTUAL_TEXT.sub(b"/Drawn", drawn.drawing.content)
        return self._new_form(content, stream.get("/Resources", drawn.resources))

    def _new_form(self, content: bytes, resources: Any) -> Any:
        form: Any = self._document.make_stream(content)
        form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        form["/BBox"] = pikepdf.Array(_EVERYWHERE)
        if resources is not None:
            form["/Resources"] = resources
        return form


def saved(document: pikepdf.Pdf) -> bytes:
    """The document as octets, its streams as they are."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # form fields without a form: nobody fills it in
        document.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            encryption=False,
            fix_metadata_version=False,
        )
    return out.getvalue()


def _inherited(page: Any, key: str) -> Any:
    for _ in range(50):
        if not isinstance(page, pikepdf.Dictionary) or key in page:
            break
        page = page.get("/Parent")
    return page.get(key) if isinstance(page, pikepdf.Dictionary) else None


def _rename(parts: Iterable[Any], resources: Any) -> None:
    for part in parts:
        try:
            content = part.read_bytes()
        except (pikepdf.PdfError, ValueError):
            continue  # pdfium reads it as far as it can
        if ACTUAL_TEXT.search(content):
            part.write(ACTUAL_TEXT.sub(b"/Drawn", content))
    for properties in property_lists(resources):
        if "/ActualText" in properties:
            del properties["/ActualText"]


def _without_forms(resources: Any) -> Any:
    if not isinstance(resources, pikepdf.Dictionary) or not isinstance(resources.get("/XObject"), pikepdf.Dictionary):
        return resources
    copy = pikepdf.Dictionary(dict(resources.items()))
    named: Any = resources["/XObject"]
    copy["/XObject"] = pikepdf.Dictionary(
        {name: thing for name, thing in named.items() if thing.get("/Subtype") != pikepdf.Name.Form}
    )
    return copy
