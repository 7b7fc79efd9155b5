"""Pages that are pictures, and pictures on pages: rendered by pdfium, and recognised."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterator
from functools import partial

import pypdfium2
from pypdfium2 import raw

from ...model import GapReason
from ..budget import BudgetSpentError
from ..pictures import ocr
from ..pictures.image import recognise_pixels
from ..source import Item, ProgramError, Source, Tools
from .extra import Title
from .page_objects import Handle
from .pages import PageText

_LITTLE_TEXT = 50  # letters: a scanner's own line at the foot of a page
_MANY_SHAPES = 40  # letters drawn as outlines
_POINTS_PER_INCH = 72
_LEAST_DOTS_PER_INCH = 100
_MOST_PIXELS = 2 * ocr.PAGE_PIXELS
_LINE = 3  # times as wide as high: more than one letter
_PIECE_SIDE, _FEWEST_PIECES, _PIECES_SHARE = 60, 3, 0.05  # pixels, pictures, of the page's area
_RAW_MODES = {
    raw.FPDFBitmap_Gray: "L",
    raw.FPDFBitmap_BGR: "BGR",
    raw.FPDFBitmap_BGRx: "BGRX",
    raw.FPDFBitmap_BGRA: "BGRA",
}


class PictureReader:
    """Recognises what is a picture in one document; a picture that stands on many pages once."""

    def __init__(self, source: Source, tools: Tools, document: pypdfium2.PdfDocument) -> None:
        self._source = source
        self._tools = tools
        self._document = document
        self._seen: set[bytes] = set()
        self._spent = False

    def read(self, page: pypdfium2.PdfPage, text: PageText, title: Title) -> Iterator[Item]:
        """The text of a page that shows pictures. When the budget of pictures is spent, one gap, and nothing more."""
        place = f"{title.place} {ocr.READ_FROM_PICTURE}"
        readings = [partial(self._picture, page, handle) for handle in text.pictures if self._counts(handle, title)]
        if title.whole and self._is_picture(page, text):
            readings = [partial(self._page, page, text)]
            if self._scale(page) * _POINTS_PER_INCH < _LEAST_DOTS_PER_INCH:
                yield self._source.gap(GapReason.TOO_LARGE, "a PDF page that is too large to be read as a picture")
        for reading in readings:
            if self._spent:
                return
            try:
                yield self._source.passage(reading(), place, hidden=title.hidden)
            except BudgetSpentError as error:
                self._spent = True
                yield self._source.gap(error.reason, f"{place}: {error.detail}")
            except ProgramError as error:
                yield self._source.gap(error.reason, error.detail)

    def _counts(self, handle: Handle, title: Title) -> bool:
        width, height = _pixels(handle)
        return ocr.may_hold_text(width, height) and (width > _LINE * height or not title.lines_only)

    def _is_picture(self, page: pypdfium2.PdfPage, text: PageText) -> bool:
        little = text.letters < _LITTLE_TEXT and (bool(text.pictures) or text.shapes >= _MANY_SHAPES)
        return little or text.unreadable or _is_in_pieces(text.pictures, page)

    def _page(self, page: pypdfium2.PdfPage, text: PageText) -> str:
        for handle in text.pictures:
            self._check_size(handle)
        bitmap = page.render(
            scale=self._scale(page),
            may_draw_forms=False,
            force_bitmap_format=raw.FPDFBitmap_BGRx,
            fill_color=(255,) * 4,
        )
        try:
            return self._recognise(bitmap.raw)
        finally:
            bitmap.close()

    def _scale(self, page: pypdfium2.PdfPage) -> float:
        width, height = page.get_size()
        full = ocr.DOTS_PER_INCH / _POINTS_PER_INCH
        return float(min(full, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5))

    def _picture(self, page: pypdfium2.PdfPage, handle: Handle) -> str:
        width, height = self._check_size(handle)
        length = raw.FPDFImageObj_GetImageDataRaw(handle, None, 0)
        buffer = (ctypes.c_ubyte * length)()
        raw.FPDFImageObj_GetImageDataRaw(handle, buffer, length)
        key = hashlib.sha256(b"%d %d " % (width, height) + bytes(buffer)).digest()
        if key in self._seen:
            return ""
        self._seen.add(key)
        bitmap = raw.FPDFImageObj_GetRenderedBitmap(self._document.raw, page.raw, handle)
        if not bitmap:
            bitmap = raw.FPDFImageObj_GetBitmap(handle)
        if not bitmap:
            raise ProgramError(GapReason.CORRUPT, "a picture in a PDF that can't be read")
        try:
            return self._recognise(bitmap)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)

    def _check_size(self, handle: Handle) -> tuple[int, int]:
        width, height = _pixels(handle)
        if width * height > self._tools.meter.budget.pixels:
            raise ProgramError(GapReason.TOO_LARGE, "a picture with more pixels than are read")
        return width, height

    def _recognise(self, bitmap: ctypes.c_void_p) -> str:
        width, height = raw.FPDFBitmap_GetWidth(bitmap), raw.FPDFBitmap_GetHeight(bitmap)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        self._tools.meter.expand(width * height)
        octets = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
        mode = _RAW_MODES[raw.FPDFBitmap_GetFormat(bitmap)]
        return recognise_pixels(octets, mode, (width, height), stride, self._tools)


def _is_in_pieces(pictures: list[Handle], page: pypdfium2.PdfPage) -> bool:
    """Whether pictures too small to be read alone cover a part of the page, as some programs cut what they draw into
    strips or tiles."""
    pieces = area = 0.0
    sides = [ctypes.c_float() for _ in range(4)]
    for handle in pictures:
        if min(_pixels(handle)) < _PIECE_SIDE and raw.FPDFPageObj_GetBounds(handle, *sides):
            left, bottom, right, top = (side.value for side in sides)
            pieces += 1
            area += (right - left) * (top - bottom)
    width, height = page.get_size()
    return bool(pieces >= _FEWEST_PIECES and area >= _PIECES_SHARE * width * height)


def _pixels(handle: Handle) -> tuple[int, int]:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(handle, width, height)
    return width.value, height.value
