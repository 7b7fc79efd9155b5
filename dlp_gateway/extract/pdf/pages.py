"""The text of the pages of a PDF by pdfium, what nobody sees of it apart."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat

import pypdfium2
from pypdfium2 import raw

from .page_objects import Handle, Objects, Sorter, show

_OFTEN_BACKWARDS, _BACKWARDS_SHARE = 3, 0.1  # more often than columns, footers and captions make it
_MAX_PLACED = 100_000
_MAX_PROBED = 20_000  # characters of a page whose reading is asked for
_UNREADABLE_SHARE = 0.05
_MOST_UNREADABLE = 8
_LINE_SHARE = 0.6  # of the size of letters: less is a raised letter, not another line
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Letters in boxes of a form, or s p a c e d for effect.
_SPACED = re.compile(r"(?<!\S)(?:\S ){4,}\S(?!\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """One page. `pictures` and the counts are of what it draws besides text; handles live as long as the page."""

    visible: str = field(repr=False)
    hidden: str = field(repr=False)
    in_hidden_layers: str = field(repr=False)
    laid_out: str = field(default="", repr=False)  # by place, where it is drawn in another order
    unreadable: bool = False  # characters whose meaning the fonts do not tell
    pictures: list[Handle] = field(default_factory=list, repr=False)
    shapes: int = 0
    letters: int = 0  # of the visible text

    def without_words(self) -> PageText:
        """What is needed to look at the page later, when it is opened once more."""
        return replace(self, visible="", hidden="", in_hidden_layers="", laid_out="", pictures=[])


def open_pages(octets: bytes) -> pypdfium2.PdfDocument:
    """Raises pypdfium2.PdfiumError."""
    return pypdfium2.PdfDocument(octets)


def read_page(page: pypdfium2.PdfPage, hidden_layers: frozenset[str]) -> PageText:
    """The text of a page, lines in the order in which it draws them. Raises pypdfium2.PdfiumError."""
    objects = Sorter(page, hidden_layers).sort()
    sorts = (objects.shown, objects.hidden, objects.in_hidden_layers)
    texts: list[str] = []
    unreadable = False
    for sort in sorts:
        for other in sorts:
            show(other, shown=other is sort)
        text, meaningless = _text_of(page, objects) if sort else ("", False)
        texts.append(text)
        unreadable = unreadable or meaningless
    for sort in sorts:
        show(sort, shown=True)
    often = max(_OFTEN_BACKWARDS, len(objects.shown) * _BACKWARDS_SHARE)
    laid_out = _laid_out(page) if objects.backwards >= often else ""
    visible, hidden, in_hidden_layers = texts
    return PageText(
        visible=visible,
        hidden=hidden,
        in_hidden_layers=in_hidden_layers,
        laid_out=laid_out,
        unreadable=unreadable,
        pictures=objects.pictures,
        shapes=objects.shapes,
        letters=len("".join(visible.split())),
    )


def pictures_of(page: pypdfium2.PdfPage) -> list[Handle]:
    """The pictures of a page that is opened once more."""
    return Sorter(page, frozenset()).sort().pictures


def joined_letters(text: str) -> str:
    """Runs of single characters with blanks between them, without the blanks, one a line."""
    return "\n".join(match[0].replace(" ", "") for match in _SPACED.finditer(text))


def _text_of(page: pypdfium2.PdfPage, objects: Objects) -> tuple[str, bool]:
    """The text of what is shown, and whether it is unreadable."""
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        if objects.in_forms and text.isascii():
            text = _with_line_ends(text_page.raw, text)
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-")
        return _CONTROL.sub("", text), _is_unreadable(text_page.raw)
    finally:
        text_page.close()


def _laid_out(page: pypdfium2.PdfPage) -> str:
    """The characters of a page by where they stand, lines from the top and each from the left."""
    text_page = page.get_textpage()
    try:
        lines = _lines(list(_placed(text_page.raw)))
    finally:
        text_page.close()
    return "\n".join(lines)


def _placed(text_page: ctypes.c_void_p) -> Iterator[tuple[float, float, float, float, str]]:
    """Height, left, right, size and the character itself."""
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    for index in range(min(raw.FPDFText_CountChars(text_page), _MAX_PLACED)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if raw.FPDFText_IsGenerated(text_page, index) != 1 and (32 < code < 0xD800 or 0xDFFF < code < 0x110000):
            raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
            raw.FPDFText_GetCharOrigin(text_page, index, x, y)
            yield y.value, x.value, right.value, max(top.value - bottom.value, 1.0), chr(code)


def _lines(placed: list[tuple[float, float, float, float, str]]) -> Iterator[str]:
    """What stands within half a letter's height is a line; half a letter's height apart is a word."""
    line: list[tuple[float, float, float, str]] = []
    height = 0.0
    for y, left, right, size, letter in sorted(placed, key=lambda item: -item[0]):
        if line and height - y > size / 2:
            yield _words(line)
            line = []
        if not line:
            height = y
        line.append((left, right, size, letter))
    yield _words(line)


def _words(line: list[tuple[float, float, float, str]]) -> str:
    pieces: list[str] = []
    end = None
    for left, right, size, letter in sorted(line):
        if end is not None and left - end > size / 2:
            pieces.append(" ")
        pieces.append(letter)
        end = right
    return "".join(pieces)


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
    wrong = sum(map(asked, repeat(text_page, count), range(count)))
    return bool(wrong > max(_MOST_UNREADABLE, count * _UNREADABLE_SHARE))
