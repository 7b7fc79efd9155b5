"""What a page draws, object by object: which text nobody sees, which pictures there are."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

Handle = ctypes.c_void_p
"""An object of a page, which lives as long as the page."""

_MAX_OBJECTS = 50_000  # of one page that are looked at one by one
_MAX_DEPTH = 8  # forms within one another
_MAX_BACKGROUNDS = 200
_TINY_POINTS = 2.0
_WHITE = 250
_COLOURLESS = (3, 7)  # render modes: neither filled nor stroked; only clipped to (ISO 32000-2, 9.3.6)
_LAYER_NAME_BYTES = 512


@dataclass(slots=True)
class Objects:
    """The objects of one page and of the forms in it, in the order in which they are drawn."""

    shown: list[Handle] = field(default_factory=list, repr=False)  # text
    hidden: list[Handle] = field(default_factory=list, repr=False)  # text that nobody sees
    in_hidden_layers: list[Handle] = field(default_factory=list, repr=False)
    pictures: list[Handle] = field(default_factory=list, repr=False)
    shapes: int = 0
    in_forms: bool = False  # some of the text
    backwards: int = 0  # how often text stands above the text before it, or to the left on the same line


class Sorter:
    """Sorts the objects of one page."""

    def __init__(self, page: pypdfium2.PdfPage, hidden_layers: frozenset[str]) -> None:
        self._page = page
        self._layers = hidden_layers
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._sides = [ctypes.c_float() for _ in range(4)]
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._backgrounds: list[tuple[float, float, float, float]] = []
        self._last = (0.0, 1e9, 1e9)  # left, top and bottom of the text before
        self._anywhere = False  # something that may lie behind any text
        self._is_cut_short = False

    def sort(self) -> Objects:
        found = Objects()
        colourless: list[Handle] = []
        for handle, depth in self._walk():
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                found.in_forms = found.in_forms or depth > 0
                if self._layers and self._is_in_hidden_layer(handle):
                    found.in_hidden_layers.append(handle)
                elif raw.FPDFTextObj_GetTextRenderMode(handle) in _COLOURLESS:
                    colourless.append(handle)
                elif depth == 0 and self._is_unseen(handle, found):
                    found.hidden.append(handle)
                else:
                    found.shown.append(handle)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                found.pictures.append(handle)
                self._add_background(handle, depth)
            elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
                found.shapes += 1
                self._add_background(handle, depth)
        if self._is_cut_short:  # what was not looked at can't be told from the rest
            found.shown += [*found.hidden, *found.in_hidden_layers]
            found.hidden, found.in_hidden_layers = [], []
        # Text in no colour on a scanned page is what people see in the picture.
        (found.shown if found.pictures else found.hidden).extend(colourless)
        return found

    def _walk(self) -> Iterator[tuple[Handle, int]]:
        page = self._page.raw
        count = min(raw.FPDFPage_CountObjects(page), _MAX_OBJECTS)
        waiting = [(raw.FPDFPage_GetObject(page, index), 0) for index in range(count - 1, -1, -1)]
        left = _MAX_OBJECTS
        self._is_cut_short = count == _MAX_OBJECTS
        while waiting:
            if not left:
                self._is_cut_short = True
                return
            handle, depth = waiting.pop()
            left -= 1
            yield handle, depth
            if depth < _MAX_DEPTH and raw.FPDFPageObj_GetType(handle) == raw.FPDF_PAGEOBJ_FORM:
                count = min(raw.FPDFFormObj_CountObjects(handle), left)
                waiting.extend(
                    (raw.FPDFFormObj_GetObject(handle, index), depth + 1) for index in range(count - 1, -1, -1)
                )

    def _is_unseen(self, handle: Handle, found: Objects) -> bool:
        """Whether text on the page itself lies outside of it, is tiny, or white with nothing behind it."""
        box = self._bounds(handle)
        if box is None:
            return False
        left, bottom, right, top = box
        last_left, last_top, last_bottom = self._last
        found.backwards += bottom >= last_top or (right <= last_left and top > last_bottom)
        self._last = (left, top, bottom)
        if right < self._left or left > self._right or top < self._bottom or bottom > self._top:
            return True
        if top - bottom < _TINY_POINTS and _is_tiny(handle):
            return True
        return self._is_white(handle) and not self._lies_on_something((left + right) / 2, (bottom + top) / 2)

    def _bounds(self, handle: Handle) -> tuple[float, float, float, float] | None:
        sides = self._sides
        if not raw.FPDFPageObj_GetBounds(handle, *sides):
            return None
        return sides[0].value, sides[1].value, sides[2].value, sides[3].value

    def _is_white(self, handle: Handle) -> bool:
        """White, or wholly transparent."""
        if not raw.FPDFPageObj_GetFillColor(handle, *self._colour):
            return False
        red, green, blue, alpha = (part.value for part in self._colour)
        return bool(alpha == 0 or min(red, green, blue) >= _WHITE)

    def _lies_on_something(self, x: float, y: float) -> bool:
        return self._anywhere or any(
            left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._backgrounds
        )

    def _add_background(self, handle: Handle, depth: int) -> None:
        if self._anywhere:
            return
        if depth or len(self._backgrounds) >= _MAX_BACKGROUNDS:
            self._anywhere = True  # somewhere in a form, or too many to compare
        elif (box := self._bounds(handle)) is not None:
            self._backgrounds.append(box)

    def _is_in_hidden_layer(self, handle: Handle) -> bool:
        for index in range(raw.FPDFPageObj_CountMarks(handle)):
            mark = raw.FPDFPageObj_GetMark(handle, index)
            buffer, length = (ctypes.c_ushort * (_LAYER_NAME_BYTES // 2))(), ctypes.c_ulong()
            if raw.FPDFPageObjMark_GetParamStringValue(mark, b"Name", buffer, _LAYER_NAME_BYTES, length):
                name = bytes(buffer)[: length.value].decode("utf-16-le", "replace").rstrip("\0")
                if name in self._layers:
                    return True
        return False


def show(handles: list[Handle], *, shown: bool) -> None:
    """Let pdfium regard these objects, or not: what it leaves out is in no text that is asked for afterwards."""
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, shown)


def _is_tiny(handle: Handle) -> bool:
    """Whether the letters themselves are: a dash is low in any size."""
    size, matrix = ctypes.c_float(), raw.FS_MATRIX()
    if not raw.FPDFTextObj_GetFontSize(handle, size) or not raw.FPDFPageObj_GetMatrix(handle, matrix):
        return False
    scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
    return bool(0 < abs(size.value) * scale < _TINY_POINTS)
