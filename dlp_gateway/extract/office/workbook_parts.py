"""What the parts of a workbook beside its sheets say (ECMA-376, part 1: 18.2, 18.4, 18.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..xml_text import is_typed, unescaped
from .number_format import BUILT_IN_DATES, hides_everything, literal_text
from .run_format import is_white

_WHITE_INDEXES = frozenset(("1", "9"))  # 18.8.27
_LEAST_POINTS = 2.0
_T = TypeVar("_T")


class Workbook:
    """Sheets in their order, defined names, and words in other attributes."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []  # name, relation id, state
        self.names: list[str] = []
        self.others: list[str] = []
        self.since_1904 = False
        self._name: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            state = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), state))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "definedName":
            built_in = attributes.get("name", "").startswith("_xlnm.")
            self._name = [] if built_in else [attributes.get("name", ""), "\t"]
            self.others.extend(attributes[key] for key in ("comment", "description", "help") if attributes.get(key))
        else:
            self.others.extend(value for key, value in attributes.items() if is_typed(key, value))

    def end(self, name: str) -> None:
        if name == "definedName" and self._name is not None:
            self.names.append(unescaped("".join(self._name).strip()))
            self._name = None

    def data(self, text: str) -> None:
        if self._name is not None:
            self._name.append(text)


class Strings:
    """Shared strings in order; how names sound (phonetic runs) apart from them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.sounds: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        if name == "t":
            self._in_text = True
        elif name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "si":
            self.found.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic = False

    def data(self, text: str) -> None:
        if self._in_text:
            (self.sounds if self._phonetic else self._pieces).append(text)


class CellStyles:
    """Number format of each cell style, "" for the general one, and whether the style shows nothing."""

    def __init__(self) -> None:
        self.formats: list[str] = []
        self.unseen: list[bool] = []
        self.texts: list[str] = []  # formats with words of their own, and names of styles
        self._codes: dict[str, str] = {}
        self._fonts: list[tuple[str, bool]] = []  # colour, whether too small to be seen
        self._fills: list[str] = []
        self._within: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        within = self._within
        within.append(name)
        parent = within[-2] if len(within) > 1 else ""
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            self._codes[attributes.get("numFmtId", "")] = code
            if literal_text(code):
                self.texts.append(code)
        elif name == "xf" and parent == "cellXfs":
            self._style(attributes)
        elif name == "font" and parent == "fonts":
            self._fonts.append(("", False))
        elif parent == "font" and self._fonts and within[-3:-2] == ["fonts"]:
            colour, tiny = self._fonts[-1]
            if name == "color":
                self._fonts[-1] = _colour(attributes), tiny
            elif name == "sz":
                self._fonts[-1] = colour, _number(attributes.get("val", "")) <= _LEAST_POINTS
        elif name == "fill" and parent == "fills":
            self._fills.append("")
        elif name == "fgColor" and self._fills and within[-4:-3] == ["fills"]:
            self._fills[-1] = _colour(attributes)
        elif name == "cellStyle" and "builtinId" not in attributes:
            self.texts.append(attributes.get("name", ""))

    def _style(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("numFmtId", "0")
        built_in = "dd/mm/yyyy" if number.isdigit() and int(number) in BUILT_IN_DATES else ""
        code = self._codes.get(number, built_in)
        colour, tiny = _at(self._fonts, attributes.get("fontId"), ("", False))
        fill = _at(self._fills, attributes.get("fillId"), "")
        same = bool(colour) and colour == (fill or "white")
        self.formats.append("" if code.lower() == "general" else code)
        self.unseen.append(hides_everything(code) or tiny or same)

    def end(self, name: str) -> None:
        del name
        if self._within:
            self._within.pop()

    def data(self, text: str) -> None:
        del text


def _colour(attributes: Mapping[str, str]) -> str:
    """A colour in one word, "white" for the white of any palette; "" where it is automatic."""
    rgb = attributes.get("rgb", "")[-6:].lower()
    if attributes.get("tint", "0") not in ("0", ""):
        return f"{rgb or attributes.get('theme', '')} {attributes['tint']}"
    if is_white(rgb) or attributes.get("theme") == "0" or attributes.get("indexed") in _WHITE_INDEXES:
        return "white"
    return rgb or (f"theme {attributes['theme']}" if "theme" in attributes else "")


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 100.0


def _at(values: list[_T], index: str | None, default: _T) -> _T:
    number = int(index) if index and index.isdigit() and len(index) < 7 else len(values)
    return values[number] if number < len(values) else default
