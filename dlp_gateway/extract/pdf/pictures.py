"""Pages that are pictures, and pictures on pages: rendered by pdfium, and recognised."""

from __future__ import annotations

import ctypes
import hashlib
from collections import Counter
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from ...model import GapReason
from .. import ocr
from ..budget import BudgetSpentError
from ..image import recognise_pixels
from ..source import Item, ProgramError, Source, Tools
from .pages import PageText

_LITTLE_TEXT = 50  # letters: a scanner's own line at the foot of a page
_MANY_SHAPES = 40  # letters drawn as outlines
_POINTS_PER_INCH = 72
_LEAST_DOTS_PER_INCH = 100
_MOST_PIXELS = 2 * ocr.PAGE_PIXELS
_STRIPS = 3  # pictures of one width below one another
_MAX_PICTURES = 500  # of one page
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

    def read(self, page: pypdfium2.PdfPage, text: PageText, place: str, *, whole: bool, hidden: bool) -> Iterator[Item]:
        """The text of a page that shows pictures; `whole`: the page may be rendered as it is. When the budget of
        pictures is spent, one gap, and nothing more."""
        if self._spent or not (text.pictures or text.shapes or text.unreadable):
            return
        place = f"{place} {ocr.READ_FROM_PICTURE}"
        try:
            if whole and self._is_picture(text):
                yield self._source.passage(self._page(page, text), place, hidden=hidden)
                if self._is_small_print(page):
                    yield self._source.gap(GapReason.TOO_LARGE, "a PDF page that is too large to be read as a picture")
            else:
                for handle in text.pictures[:_MAX_PICTURES]:
                    yield self._source.passage(self._picture(page, handle), place, hidden=hidden)
        except BudgetSpentError as error:
            self._spent = True
            yield self._source.gap(error.reason, f"{place}: {error.detail}")
        except ProgramError as error:
            yield self._source.gap(error.reason, error.detail)

    def _is_picture(self, text: PageText) -> bool:
        little = text.letters < _LITTLE_TEXT and (bool(text.pictures) or text.shapes >= _MANY_SHAPES)
        return little or text.unreadable or _has_strips(text.pictures)

    def _page(self, page: pypdfium2.PdfPage, text: PageText) -> str:
        for handle in text.pictures[:_MAX_PICTURES]:
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

    def _is_small_print(self, page: pypdfium2.PdfPage) -> bool:
        return self._scale(page) * _POINTS_PER_INCH < _LEAST_DOTS_PER_INCH

    def _picture(self, page: pypdfium2.PdfPage, handle: ctypes.c_void_p) -> str:
        width, height = self._check_size(handle)
        if not ocr.may_hold_text(width, height):
            return ""
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

    def _check_size(self, handle: ctypes.c_void_p) -> tuple[int, int]:
        width, height = ctypes.c_uint(), ctypes.c_uint()
        raw.FPDFImageObj_GetImagePixelSize(handle, width, height)
        if width.value * height.value > self._tools.meter.budget.pixels:
            raise ProgramError(GapReason.TOO_LARGE, "a picture with more pixels than are read")
        return width.value, height.value

    def _recognise(self, bitmap: ctypes.c_void_p) -> str:
        width, height = raw.FPDFBitmap_GetWidth(bitmap), raw.FPDFBitmap_GetHeight(bitmap)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        self._tools.meter.expand(width * height)
        octets = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
        mode = _RAW_MODES[raw.FPDFBitmap_GetFormat(bitmap)]
        return recognise_pixels(octets, mode, (width, height), stride, self._tools)


def _has_strips(pictures: list[ctypes.c_void_p]) -> bool:
    """Whether pictures too low to be read alone stand below one another, as some programs cut a scanned page."""
    columns: Counter[tuple[int, int]] = Counter()
    for handle in pictures[:_MAX_PICTURES]:
        width, height = ctypes.c_uint(), ctypes.c_uint()
        sides = [ctypes.c_float() for _ in range(4)]
        raw.FPDFImageObj_GetImagePixelSize(handle, width, height)
        raw.FPDFPageObj_GetBounds(handle, *sides)
        if width.value > 4 * height.value:
            columns[round(sides[0].value), round(sides[2].value)] += 1
    return any(count >= _STRIPS for count in columns.values())
