"""One sheet of a binary workbook ([MS-XLSB] 2.1.7.62) and its comments (2.1.7.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..budget import Meter
from ..grid import Grid
from .biff12 import number, real, rk, strings_in, wide_string
from .number_format import shown_number
from .worksheet import MAX_COLUMN, MAX_ROW, cell_name, is_long, margin_text

_ROW, _COLUMNS, _HEADER_FOOTER, _LINK, _VALIDATION = 0, 60, 479, 494, 64
_BLANK, _SHORT_BLANK = 1, 12
_CELL_BYTES, _SHORT_BYTES = 8, 4  # 2.5.9: column and style; 2.5.12: style only, the column is the next one
_LEAST_WIDTH, _LEAST_HEIGHT = 77, 20  # 1/256 of a character, twips: below them nothing can be read
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_PLACES = {_HEADER_FOOTER: "page header", _LINK: "link", _VALIDATION: "data validation"}
_BEGIN_COMMENT, _COMMENT_TEXT, _COMMENT_AUTHOR = 635, 637, 632


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all sheets of a workbook share; `used` collects the indexes of the strings that some cell shows."""

    strings: Sequence[str]
    formats: Sequence[str]
    unseen: Sequence[bool]
    epoch: datetime
    used: set[int] = field(default_factory=set)


class BinarySheet:
    """Cells by their place; other texts by kind."""

    def __init__(self, meter: Meter, shared: Shared) -> None:
        self.grid = Grid(meter)
        self.formulas = Grid(meter)
        self.stored = Grid(meter)
        self.texts: dict[str, list[str]] = {}
        self._shared = shared
        self._row = 0
        self._column = 0

    def take(self, kind: int, content: memoryview) -> None:
        """One record. Raises struct.error or IndexError where it is not built as it should be."""
        if kind == _ROW:
            self._start_row(content)
        elif kind in _VALUES:
            self._cell(kind, content, _CELL_BYTES)
        elif kind - _SHORT_BLANK + _BLANK in _VALUES and _SHORT_BLANK <= kind <= 18:
            self._cell(kind - _SHORT_BLANK + _BLANK, content, _SHORT_BYTES)
        elif kind == _COLUMNS:
            self._columns(content)
        elif kind == _HEADER_FOOTER:
            self._say(_PLACES[kind], (margin_text(text) for text in _strings(content, 2, 6)))
        elif kind in _PLACES:
            self._say(_PLACES[kind], strings_in(content))
        else:
            self._say("other text", strings_in(content))

    def _start_row(self, content: memoryview) -> None:
        """2.4.761"""
        self._row = min(number(content, 0) + 1, MAX_ROW)
        self._column = 0
        height = content[8] | content[9] << 8
        hidden = content[11] & 0x10
        if hidden or height < _LEAST_HEIGHT:
            self.grid.hidden_rows.add(self._row)

    def _columns(self, content: memoryview) -> None:
        """2.4.329"""
        first, last, width = number(content, 0) + 1, number(content, 4) + 1, number(content, 8)
        if content[16] & 1 or width < _LEAST_WIDTH:
            self.grid.hidden_columns.append((first, last))

    def _cell(self, kind: int, content: memoryview, head: int) -> None:
        self._column = min(number(content, 0) + 1, MAX_COLUMN) if head == _CELL_BYTES else self._column + 1
        style = number(content, head - 4) & 0xFFFFFF
        value, end = _VALUES[kind](self, content, head)
        if kind in _NUMBERS:
            code = self._shared.formats[style] if style < len(self._shared.formats) else ""
            stored, value = value, shown_number(value, code, self._shared.epoch)
            if value != stored and is_long(stored):
                self.stored.put(self._row, self._column, stored)
        unseen = style < len(self._shared.unseen) and self._shared.unseen[style]
        self.grid.put(self._row, self._column, value, unseen=unseen)
        if kind in _FORMULAS:
            literals = strings_in(content[end:])
            self.formulas.put(self._row, self._column, " ".join(literals))

    def shared_string(self, content: memoryview, at: int) -> tuple[str, int]:
        index = number(content, at)
        self._shared.used.add(index)
        return (self._shared.strings[index] if index < len(self._shared.strings) else ""), at + 4

    def _say(self, place: str, texts: Iterable[str]) -> None:
        for text in texts:
            if text:
                self.texts.setdefault(place, []).append(text)


def _rich(content: memoryview, at: int) -> tuple[str, int]:
    """A string with runs of formats, or with its sound, after it (2.5.122)."""
    return wide_string(content, at + 1)


# Each takes the sheet, the record's content and where the value begins; answers the value and where it ends.
_Value = Callable[[BinarySheet, memoryview, int], tuple[str, int]]
_RK, _REAL, _FORMULA_NUMBER = 2, 5, 9
_VALUES: dict[int, _Value] = {
    _BLANK: lambda _sheet, _content, at: ("", at),
    _RK: lambda _, content, at: (rk(content, at), at + 4),
    3: lambda _, content, at: (_ERRORS.get(content[at], ""), at + 1),
    4: lambda _, content, at: ("TRUE" if content[at] else "FALSE", at + 1),
    _REAL: lambda _, content, at: (real(content, at), at + 8),
    6: lambda _, content, at: wide_string(content, at),
    7: lambda sheet, content, at: sheet.shared_string(content, at),
    8: lambda _, content, at: wide_string(content, at),
    _FORMULA_NUMBER: lambda _, content, at: (real(content, at), at + 8),
    10: lambda _, content, at: ("TRUE" if content[at] else "FALSE", at + 1),
    11: lambda _, content, at: (_ERRORS.get(content[at], ""), at + 1),
    62: lambda _, content, at: _rich(content, at),
}
_NUMBERS = frozenset((_RK, _REAL, _FORMULA_NUMBER))
_FORMULAS = frozenset((8, 9, 10, 11))


class BinaryComments:
    """(cell, text) of each comment, and the authors."""

    def __init__(self) -> None:
        self.comments: list[tuple[str, str]] = []
        self.authors: list[str] = []
        self.others: list[str] = []
        self._cell = ""

    def take(self, kind: int, content: memoryview) -> None:
        """One record. Raises struct.error where it is not built as it should be."""
        if kind == _BEGIN_COMMENT:
            self._cell = cell_name(number(content, 4) + 1, number(content, 12) + 1)
        elif kind == _COMMENT_TEXT:
            self.comments.append((self._cell, _rich(content, 0)[0]))
        elif kind == _COMMENT_AUTHOR:
            self.authors.append(wide_string(content, 0)[0])
        else:
            self.others.extend(strings_in(content))


def _strings(content: memoryview, at: int, count: int) -> list[str]:
    found = []
    for _ in range(count):
        text, at = wide_string(content, at)
        found.append(text)
    return found
