"""One worksheet: its cells into a grid, its other texts by place (ECMA-376, part 1: 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from string import ascii_uppercase

from ..budget import Meter
from ..grid import Grid
from ..xml import NAMES, local_attributes
from ..xml_text import is_typed, unescaped
from .number_format import shown_iso, shown_number

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_LEAST_WIDTH, _LEAST_HEIGHT = 0.3, 1.0  # characters, points: below them nothing can be read
_MARGINS = frozenset(("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"))
_MARGIN_CODE = re.compile(r'&(?:(&)|"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3} ?|([LCR])|.)')  # 18.3.1.46
_FORMULAS = frozenset(("formula", "formula1", "formula2"))
_SECTIONS = {"dataValidation": "data validation", "cfRule": "conditional formatting", "conditionalFormatting": ""}
_SAID = {
    "dataValidation": ("prompt", "error", "promptTitle", "errorTitle"),
    "cfRule": ("text",),
    "hyperlink": ("tooltip", "display", "location"),
    "filter": ("val",),
    "customFilter": ("val",),
    "inputCells": ("val",),
}
_PLACES = {"hyperlink": "link", "filter": "filter", "customFilter": "filter", "inputCells": "scenario"}
SOUNDS = "phonetic text"
_LONG = 7
_WORTHWHILE = re.compile(r'"|\d{7}')


class Worksheet:
    """Receives the XML of one sheet. `formats` and `unseen` are those of the cell styles, `used` collects the indexes
    of the strings that some cell shows."""

    full_names = True

    def __init__(
        self,
        meter: Meter,
        *,
        strings: list[str],
        formats: list[str],
        unseen: list[bool],
        epoch: datetime,
        used: set[int],
    ) -> None:
        self.grid = Grid(meter)
        self.formulas = Grid(meter)
        self.stored = Grid(meter)  # long numbers that are shown in another form
        self.texts: dict[str, list[str]] = {}
        self._strings = strings
        self._formats = formats
        self._unseen = unseen
        self._epoch = epoch
        self._used = used
        self._row = self._column = 0
        self._row_name = "0"
        self._type = "n"
        self._style = 0
        self._pieces: list[str] = []
        self._text: list[str] | None = None  # where character data goes
        self._formula: list[str] = []
        self._in_cell = False
        self._phonetic = False
        self._section = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = NAMES[tag]
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._text = self.texts.setdefault(SOUNDS, []) if self._phonetic else self._pieces
        elif name == "f":
            self._formula = []
            self._text = self._formula
        elif name == "row":
            self._start_row(attributes)
        elif name in ("is", "r"):
            return
        elif not self._in_cell:
            self._start_other(name, local_attributes(attributes))
        elif name == "rPh":
            self._phonetic = True

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        row = attributes.get("r", "")
        self._row = int(row) if row.isdigit() and len(row) < 8 and int(row) <= MAX_ROW else self._row + 1
        self._row_name = str(self._row)
        self._column = 0
        if is_on(attributes.get("hidden")) or _below(attributes.get("ht"), _LEAST_HEIGHT):
            self.grid.hidden_rows.add(self._row)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        get = attributes.get
        self._in_cell = True
        self._column += 1
        reference = get("r")
        if reference:
            # Nearly always in the row that it stands in: then its letters are all there is to know.
            letters = reference.removesuffix(self._row_name)
            column = _COLUMNS.get(letters)
            if column is not None and len(letters) < len(reference):
                self._column = column
            else:
                self._jump(reference)
        self._type = get("t", "n")
        style = get("s")
        self._style = int(style) if style and style.isdigit() and len(style) < 7 else 0
        self._pieces = []
        self._formula = []

    def _jump(self, reference: str) -> None:
        place = place_of(reference)
        if place is not None:
            self._row, self._column = place
            self._row_name = str(self._row)

    def _start_other(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _MARGINS or name in _FORMULAS:
            self._pieces = []
            self._text = self._pieces
        elif name == "col":
            self._start_columns(attributes)
            return
        if name in _SECTIONS:
            self._section = _SECTIONS[name]
        said = _SAID.get(name)
        if said is None:
            self._say("other text", (value for key, value in attributes.items() if is_typed(key, value)))
        else:
            place = _PLACES.get(name, self._section)
            self._say(place, (attributes[key] for key in said if attributes.get(key)))

    def _start_columns(self, attributes: Mapping[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        numbers = first.isdigit() and last.isdigit() and len(first) < 8 and len(last) < 8
        if numbers and (is_on(attributes.get("hidden")) or _below(attributes.get("width"), _LEAST_WIDTH)):
            self.grid.hidden_columns.append((int(first), int(last)))

    def end(self, tag: str) -> None:
        name = NAMES[tag]
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._text = None
        elif name == "f":
            self._text = None
            if not self._in_cell:
                self._say_formula("".join(self._formula))
        elif name == "rPh":
            self._phonetic = False
        elif name in _MARGINS:
            self._say("page header" if name.endswith("Header") else "page footer", (margin_text(self._collected()),))
        elif name in _FORMULAS:
            self._say_formula(self._collected())
        elif name in _SECTIONS:
            self._section = ""

    def _end_cell(self) -> None:
        self._in_cell = False
        pieces = self._pieces
        value = pieces[0] if len(pieces) == 1 else "".join(pieces)
        style = self._style
        if value:
            unseen = style < len(self._unseen) and self._unseen[style]
            self.grid.put(self._row, self._column, self._shown(value, style), unseen=unseen)
        if self._formula:
            formula = "".join(self._formula)
            if _WORTHWHILE.search(formula):
                self.formulas.put(self._row, self._column, formula)

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _shown(self, value: str, style: int) -> str:
        kind = self._type
        if kind == "s":
            number = int(value) if value.isdigit() and len(value) < 10 else len(self._strings)
            self._used.add(number)
            return self._strings[number] if number < len(self._strings) else value
        if kind == "n":
            code = self._formats[style] if style < len(self._formats) else ""
            if not code and value.isdigit():
                return value
            shown = shown_number(value, code, self._epoch)
            if shown != value and is_long(value):
                self.stored.put(self._row, self._column, shown_number(value, "", self._epoch))
            return shown
        if kind == "b":
            return {"0": "FALSE", "1": "TRUE"}.get(value, value)
        return shown_iso(value) if kind == "d" else unescaped(value)

    def _collected(self) -> str:
        self._text = None
        return "".join(self._pieces)

    def _say_formula(self, formula: str) -> None:
        if _WORTHWHILE.search(formula):
            self._say(self._section or "other text", (formula,))

    def _say(self, place: str, texts: Iterable[str]) -> None:
        for text in texts:
            self.texts.setdefault(place or "other text", []).append(unescaped(text))


def margin_text(text: str) -> str:
    """The words of a page header or footer, without its codes; the three sections on lines of their own."""
    return _MARGIN_CODE.sub(lambda code: "&" if code[1] else "\n" if code[2] else "", text).strip()


def place_of(reference: str) -> tuple[int, int] | None:
    """Row and column, from 1, of a cell such as B4; None where it lies outside every sheet."""
    match = _CELL.fullmatch(reference)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if 0 < row <= MAX_ROW and column <= MAX_COLUMN else None


def column_number(letters: str) -> int:
    """A column's number from 1: A is 1, XFD 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """The name of a cell: B4 of row 4, column 2."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


# Two letters at most: others are rare.
_COLUMNS = {a + b: column_number(a + b) for a in ("", *ascii_uppercase) for b in ascii_uppercase}


def is_long(value: str) -> bool:
    """Whether a number has so many digits that it may be somebody's."""
    return len(value) >= _LONG and value.isdigit()


def is_on(value: str | None) -> bool:
    return value in ("1", "true")


def _below(value: str | None, least: float) -> bool:
    if value is None:
        return False
    try:
        return float(value) < least
    except ValueError:
        return False
