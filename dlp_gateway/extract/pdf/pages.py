"""The text of the pages of a PDF by pdfium, what nobody sees of it apart."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

_MAX_OBJECTS = 50_000  # of one page that are looked at one by one
_MAX_DEPTH = 8  # forms within one another
_MAX_BACKGROUNDS = 200
_MAX_PROBED = 20_000  # characters of a page whose reading is asked for
_UNREADABLE_SHARE = 0.05
_MOST_UNREADABLE = 8
_TINY_POINTS = 2.0
_LINE_SHARE = 0.6  # of the size of letters: less is a raised letter, not another line
_WHITE = 250
_INVISIBLE_MODES = (3, 7)  # neither filled nor stroked; clipped to (ISO 32000-2, 9.3.6)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Letters in boxes of a form, or s p a c e d for effect.
_SPACED = re.compile(r"(?<!\S)(?:\S ){4,}\S(?!\S)")
_Box = tuple[float, float, float, float]


@dataclass(slots=True)
class PageText:
    """One page. `pictures` and the counts are of what it draws besides text; handles live as long as the page."""

    visible: str = field(repr=False)
    hidden: str = field(default="", repr=False)
    in_hidden_layers: str = field(default="", repr=False)
    unreadable: bool = False  # characters whose meaning the fonts do not tell
    pictures: list[ctypes.c_void_p] = field(default_factory=list, repr=False)
    shapes: int = 0

    @property
    def letters(self) -> int:
        return len("".join(self.visible.split()))


@dataclass(slots=True)
class _Objects:
    text: list[tuple[ctypes.c_void_p, bool]] = field(default_factory=list)  # with whether it stands on the page itself
    pictures: list[ctypes.c_void_p] = field(default_factory=list)
    backgrounds: list[_Box] = field(default_factory=list)
    shapes: int = 0
    white: list[ctypes.c_void_p] = field(default_factory=list)
    hidden: list[ctypes.c_void_p] = field(default_factory=list)
    in_hidden_layers: list[ctypes.c_void_p] = field(default_factory=list)


def open_pages(octets: bytes) -> pypdfium2.PdfDocument:
    """Raises pypdfium2.PdfiumError."""
    return pypdfium2.PdfDocument(octets)


def read_page(page: pypdfium2.PdfPage, hidden_layers: frozenset[str]) -> PageText:
    """The text of a page, lines in the order in which it draws them. Raises pypdfium2.PdfiumError."""
    objects = _objects_of(page, hidden_layers)
    _sort_out(page, objects)
    unseen = [*objects.hidden, *objects.in_hidden_layers]
    _show(unseen, shown=False)
    in_forms = any(not on_page for _, on_page in objects.text)
    visible, unreadable = _text_of(page, in_forms=in_forms)
    found = PageText(visible, unreadable=unreadable, pictures=objects.pictures, shapes=objects.shapes)
    if unseen:
        _show([handle for handle, _ in objects.text], shown=False)
        _show(objects.hidden, shown=True)
        found.hidden = _text_of(page, in_forms=in_forms)[0] if objects.hidden else ""
        _show(objects.hidden, shown=False)
        _show(objects.in_hidden_layers, shown=True)
        found.in_hidden_layers = _text_of(page, in_forms=in_forms)[0] if objects.in_hidden_layers else ""
        _show([handle for handle, _ in objects.text], shown=True)
    return found


def joined_letters(text: str) -> str:
    """Runs of single characters with blanks between them, without the blanks, one a line."""
    return "\n".join(match[0].replace(" ", "") for match in _SPACED.finditer(text))


def _text_of(page: pypdfium2.PdfPage, *, in_forms: bool) -> tuple[str, bool]:
    """The text of what is shown, and whether it is unreadable."""
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        if in_forms and text.isascii():
            text = _with_line_ends(text_page.raw, text)
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-")
        return _CONTROL.sub("", text), _is_unreadable(text_page.raw)
    finally:
        text_page.close()


def _with_line_ends(text_page: ctypes.c_void_p, text: str) -> str:
    """The text with line ends where pdfium put blanks of its own between forms: it looks at where their text stands
    in the form, not where the form stands on the page."""
    characters = list(text)
    place = text.find(" ")
    while place > 0:
        index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, place)
        if index > 0 and raw.FPDFText_IsGenerated(text_page, index) == 1 and _is_other_line(text_page, index):
            characters[place] = "\n"
        place = text.find(" ", place + 1)
    return "".join(characters)


def _is_other_line(text_page: ctypes.c_void_p, index: int) -> bool:
    """Whether the characters around that one stand on different lines, whichever way the text runs."""
    x, y, next_x, next_y = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharOrigin(text_page, index - 1, x, y)
    raw.FPDFText_GetCharOrigin(text_page, index + 1, next_x, next_y)
    angle = raw.FPDFText_GetCharAngle(text_page, index - 1)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index - 1, matrix)
    size = raw.FPDFText_GetFontSize(text_page, index - 1) * max(abs(matrix.c), abs(matrix.d))
    across = (next_y.value - y.value) * math.cos(angle) + (next_x.value - x.value) * math.sin(angle)
    return bool(abs(across) > max(size, 1.0) * _LINE_SHARE)


def _is_unreadable(text_page: ctypes.c_void_p) -> bool:
    count = min(raw.FPDFText_CountChars(text_page), _MAX_PROBED)
    asked = raw.FPDFText_HasUnicodeMapError
    wrong = sum(asked(text_page, index) == 1 for index in range(count))
    return bool(wrong > max(_MOST_UNREADABLE, count * _UNREADABLE_SHARE))


def _objects_of(page: pypdfium2.PdfPage, hidden_layers: frozenset[str]) -> _Objects:
    """All objects of the page and of the forms in it, in the order in which they are drawn."""
    found = _Objects()
    for handle, depth in _walk(page):
        kind = raw.FPDFPageObj_GetType(handle)
        if hidden_layers and kind == raw.FPDF_PAGEOBJ_TEXT and _is_in(handle, hidden_layers):
            found.text.append((handle, depth == 0))
            found.in_hidden_layers.append(handle)
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            found.text.append((handle, depth == 0))
            if depth == 0 and _is_white(handle) and not _lies_on(handle, found.backgrounds):
                found.white.append(handle)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.pictures.append(handle)
            _add_background(handle, depth, found)
        elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            found.shapes += 1
            _add_background(handle, depth, found)
    return found


def _walk(page: pypdfium2.PdfPage) -> Iterator[tuple[ctypes.c_void_p, int]]:
    count = raw.FPDFPage_CountObjects(page.raw)
    waiting = [(raw.FPDFPage_GetObject(page.raw, index), 0) for index in range(min(count, _MAX_OBJECTS) - 1, -1, -1)]
    left = _MAX_OBJECTS
    while waiting and left:
        handle, depth = waiting.pop()
        left -= 1
        yield handle, depth
        if depth < _MAX_DEPTH and raw.FPDFPageObj_GetType(handle) == raw.FPDF_PAGEOBJ_FORM:
            inner = min(raw.FPDFFormObj_CountObjects(handle), left)
            waiting.extend((raw.FPDFFormObj_GetObject(handle, index), depth + 1) for index in range(inner - 1, -1, -1))


def _add_background(handle: ctypes.c_void_p, depth: int, found: _Objects) -> None:
    if depth or len(found.backgrounds) > _MAX_BACKGROUNDS:
        # Somewhere in a form, or too many to compare: white letters may lie on it.
        found.backgrounds[:] = [(-1e9, -1e9, 1e9, 1e9)]
        return
    box = _bounds(handle)
    if box is not None:
        found.backgrounds.append(box)


def _sort_out(page: pypdfium2.PdfPage, objects: _Objects) -> None:
    """Find text that nobody sees: drawn in no colour, outside the page, tiny, or white on nothing."""
    left, bottom, right, top = page.get_bbox()
    layered = set(map(_address, objects.in_hidden_layers))
    white = set(map(_address, objects.white))
    covered = bool(objects.pictures)
    for handle, on_page in objects.text:
        if _address(handle) in layered:
            continue
        mode = raw.FPDFTextObj_GetTextRenderMode(handle)
        box = _bounds(handle) if on_page else None
        outside = box is not None and (box[2] < left or box[0] > right or box[3] < bottom or box[1] > top)
        # The text under a scanned page is drawn in no colour, and is what people see in the picture.
        if (
            outside
            or (mode in _INVISIBLE_MODES and not covered)
            or _address(handle) in white
            or (box is not None and box[3] - box[1] < _TINY_POINTS and _is_tiny(handle))
        ):
            objects.hidden.append(handle)


def _address(handle: ctypes.c_void_p) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _show(handles: list[ctypes.c_void_p], *, shown: bool) -> None:
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, shown)


def _bounds(handle: ctypes.c_void_p) -> _Box | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(handle, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _is_tiny(handle: ctypes.c_void_p) -> bool:
    size, matrix = ctypes.c_float(), raw.FS_MATRIX()
    if not raw.FPDFTextObj_GetFontSize(handle, size) or not raw.FPDFPageObj_GetMatrix(handle, matrix):
        return False
    scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
    return bool(0 < abs(size.value) * scale < _TINY_POINTS)


def _is_white(handle: ctypes.c_void_p) -> bool:
    """White, or wholly transparent."""
    colour = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(handle, *colour):
        return False
    red, green, blue, alpha = (part.value for part in colour)
    return bool(alpha == 0 or min(red, green, blue) >= _WHITE)


def _lies_on(handle: ctypes.c_void_p, backgrounds: list[_Box]) -> bool:
    box = _bounds(handle)
    if box is None:
        return True
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in backgrounds)


def _is_in(handle: ctypes.c_void_p, layers: frozenset[str]) -> bool:
    for index in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, index)
        buffer, length = (ctypes.c_ushort * 256)(), ctypes.c_ulong()
        if raw.FPDFPageObjMark_GetParamStringValue(mark, b"Name", buffer, ctypes.sizeof(buffer), length):
            name = bytes(buffer)[: length.value].decode("utf-16-le", "replace").rstrip("\0")
            if name in layers:
                return True
    return False
