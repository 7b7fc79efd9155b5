"""Sheets of Excel workbooks (ECMA-376, part 1: 18): cells as they are shown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from ..model import GapReason
from . import xml
from .grid import Grid
from .source import Item, Source, Tools

_WORKBOOK = "xl/workbook.xml"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DIGIT_PATTERN = re.compile(r"[0\- /.]*0[0\- /.]*")
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384
_SHEET_TEXTS = frozenset(
    ["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "formula1", "formula2"]
)

_VALUE_ELEMENTS = _SHEET_TEXTS | {"v", "t"}


@dataclass(slots=True)
class _Workbook:
    """What the parts beside the sheets say."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)  # name, relation id, hidden
    names: list[str] = field(default_factory=list)
    since_1904: bool = False
    _in_name: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), hidden))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "definedName":
            self._in_name = True

    def end(self, name: str) -> None:
        if name == "definedName":
            self._in_name = False

    def data(self, text: str) -> None:
        if self._in_name and '"' in text:  # a value; most are references to cells
            self.names.append(text)


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        if name == "si":
            self._pieces = []
        self._in_text = name == "t" and not self._phonetic
        self._phonetic = self._phonetic or name == "rPh"

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "si":
            self.found.append("".join(self._pieces))
        elif name == "rPh":
            self._phonetic = False

    def data(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)


class _Styles:
    """Number format of each cell style, as text; "" is the general one."""

    def __init__(self) -> None:
        self.formats: list[str] = []
        self._codes: dict[str, str] = {}
        self._in_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            built_in = "dd/mm/yyyy" if number.isdigit() and int(number) in _BUILT_IN_DATES else ""
            self.formats.append(self._codes.get(number, built_in))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def data(self, text: str) -> None:
        del text


class _Sheet:
    """One worksheet: its cells into a grid, its other texts (page header, validation lists) into a list."""

    def __init__(self, grid: Grid, strings: list[str], formats: list[str], since_1904: bool, used: set[int]) -> None:
        self.grid = grid
        self.texts: list[str] = []
        self._strings = strings
        self._used = used  # indexes of the strings that some cell shows
        self._formats = formats
        self._epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  # a calendar date
        self._row = self._column = 0
        self._type = ""
        self._format = ""
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            row = attributes.get("r", "")
            self._row = int(row) if row.isdigit() and int(row) <= _MAX_ROW else self._row + 1
            self._column = 0
            if _on(attributes.get("hidden")):
                self.grid.hidden_rows.add(self._row)
        elif name == "c":
            self._start_cell(attributes)
        elif name in _VALUE_ELEMENTS:
            self._value = []
        elif name == "f":
            self._formula = []
        elif name == "col" and _on(attributes.get("hidden")):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.grid.hidden_columns.append((first, last))
        elif name in ("dataValidation", "hyperlink"):
            said = ("prompt", "error", "promptTitle", "errorTitle", "tooltip", "display")
            self.texts.extend(attributes[key] for key in said if attributes.get(key))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = _CELL.fullmatch(attributes.get("r", ""))
        self._column += 1
        if reference is not None:
            self._column = min(column_number(reference[1]), _MAX_COLUMN)
            self._row = int(reference[2])
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        number = int(style) if style.isdigit() else 0
        self._format = self._formats[number] if number < len(self._formats) else ""
        self._pieces = []

    def end(self, name: str) -> None:
        if name in ("v", "t") and self._value is not None:
            self._pieces.append("".join(self._value))
            self._value = None
        elif name in _SHEET_TEXTS and self._value is not None:
            self.texts.append("".join(self._value))
            self._value = None
        elif name == "f" and self._formula is not None:
            formula = "".join(self._formula)
            if '"' in formula:
                self.texts.append(formula)
            self._formula = None
        elif name == "c":
            self.grid.put(self._row, self._column, self._shown("".join(self._pieces)))

    def data(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
        elif self._formula is not None:
            self._formula.append(text)

    def _shown(self, value: str) -> str:
        if self._type == "s":
            number = int(value) if value.isdigit() else len(self._strings)
            self._used.add(number)
            return self._strings[number] if number < len(self._strings) else value
        if self._type != "n":
            return value
        return shown_number(value, self._format, self._epoch)


def column_number(letters: str) -> int:
    """A column's number from 1: A is 1, XFD 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def shown_number(value: str, code: str, epoch: datetime) -> str:
    """A number as its format shows it: dates as 31/12/2026, digit patterns ("00-00-00") filled in,
    whole numbers in full; any other format leaves the plain number."""
    try:
        number = float(value)
    except ValueError:
        return value
    bare = _LITERAL.sub("", code.split(";", maxsplit=1)[0])
    lower = bare.lower()
    if "general" not in lower and re.search(r"[yd]", lower) and 0 < number < 2_958_466:  # the last day is 31/12/9999
        moment = epoch + timedelta(days=number)
        with_time = "h" in lower and number % 1
        return moment.strftime("%d/%m/%Y %H:%M" if with_time else "%d/%m/%Y")
    if not number.is_integer() or abs(number) >= 1e17:
        return value
    digits = str(int(number))
    pattern = code.split(";", maxsplit=1)[0].replace("\\", "").replace('"', "")
    if number >= 0 and pattern.count("0") > 1 and _DIGIT_PATTERN.fullmatch(pattern) and "." not in pattern:
        return _fill(pattern, digits)
    return digits


def _fill(pattern: str, digits: str) -> str:
    room = pattern.count("0")
    digits = digits.rjust(room, "0")
    lead, rest = digits[: len(digits) - room], iter(digits[len(digits) - room :])
    return lead + "".join(next(rest) if sign == "0" else sign for sign in pattern)


def _on(value: str | None) -> bool:
    return value in ("1", "true")


def read_sheets(source: Source, tools: Tools, members: Mapping[str, bytes]) -> Iterator[Item]:
    """All worksheets of a workbook's package, listed or not; nothing for other packages."""
    if _WORKBOOK not in members:
        return
    workbook, strings, styles, relations = _Workbook(), _Strings(), _Styles(), _Relations()
    try:
        xml.parse(members[_WORKBOOK], workbook)
        xml.parse(members.get("xl/sharedStrings.xml", b""), strings)
        xml.parse(members.get("xl/styles.xml", b""), styles)
        xml.parse(members.get("xl/_rels/workbook.xml.rels", b""), relations)
    except (etree.XMLSyntaxError, xml.XmlRefusedError):
        yield source.gap(GapReason.CORRUPT, "a workbook with a part that can't be read")
    sheets = {relations.targets.get(identifier, ""): (name, hidden) for name, identifier, hidden in workbook.sheets}
    used: set[int] = set()
    yield source.passage("\n".join(name for name, _, _ in workbook.sheets), "sheet names")
    yield source.passage("\n".join(workbook.names), "defined names", hidden=True)
    for member in sorted(members):
        if not member.startswith("xl/worksheets/") or not member.endswith(".xml"):
            continue
        name, hidden = sheets.get(member, ("(not listed)", True))
        place = f"sheet {name}{' (hidden)' if hidden else ''}"
        sheet = _Sheet(Grid(tools.meter), strings.found, styles.formats, workbook.since_1904, used)
        try:
            xml.parse(members[member], sheet)
        except (etree.XMLSyntaxError, xml.XmlRefusedError):
            yield source.gap(GapReason.CORRUPT, "a workbook with a sheet that can't be read")
        yield from sheet.grid.passages(source, place, hidden=hidden)
        yield source.passage("\n".join(sheet.texts), f"{place}, other text", hidden=hidden)
    # A string that no cell shows any more is still in the file.
    unused = [text for number, text in enumerate(strings.found) if number not in used]
    yield source.passage("\n".join(unused), "text of no cell", hidden=True)
    for member in sorted(members):
        if re.fullmatch(r"xl/pivotCache/pivotCache(?:Records|Definition)\d*\.xml", member):
            records = _Records()
            xml.parse(members[member], records)
            yield source.passage("\n".join(records.lines), "pivot cache", hidden=True, table=True)


class _Relations:
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            self.targets[attributes.get("Id", "")] = path

    def end(self, name: str) -> None:
        del name

    def data(self, text: str) -> None:
        del text


class _Records:
    """Rows that a pivot table keeps of its source, also when the source is gone."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._cells: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "cacheField":
            self.lines.append(attributes.get("name", ""))
        elif name in ("s", "n", "d", "b"):
            self._cells.append(" ".join(attributes.get("v", "").split()))

    def end(self, name: str) -> None:
        if name in ("r", "sharedItems") and self._cells:
            self.lines.append("\t".join(self._cells))
            self._cells = []

    def data(self, text: str) -> None:
        del text
