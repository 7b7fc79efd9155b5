"""Whether a run of text can be seen: hidden, white on white, or of no size (ECMA-376, part 1: 17.3.2, 17.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WHITE = re.compile(r"(?:f[ef]){3}", re.IGNORECASE)
_WHITE_THEMES = ("background1", "light1", "bg1", "lt1")
_NO_FILL = ("auto", "FFFFFF", "ffffff", "nil", "")
_TINY_HALF_POINTS = 4
_TINY_HUNDREDTHS = 200


def is_white(colour: str, theme: str = "") -> bool:
    return bool(_WHITE.fullmatch(colour)) or theme in _WHITE_THEMES


def is_off(value: str | None) -> bool:
    """Of a toggle: an element without a value is on."""
    return value in ("0", "false", "off", "none")


@dataclass(slots=True)
class RunFormat:
    """What is known of the run that is being read, its paragraph and its cell."""

    touched: bool = False  # something was said since the paragraph began
    in_run: bool = False
    in_properties: bool = False
    vanish: bool = False
    white: bool = False
    tiny: bool = False
    shaded_run: bool = False
    shaded_paragraph: bool = False
    shaded_cell: bool = False
    styled_table: bool = False
    hidden_paragraph: bool = False

    @property
    def hidden(self) -> bool:
        if self.vanish or self.tiny or self.hidden_paragraph:
            return True
        shaded = self.shaded_run or self.shaded_paragraph or self.shaded_cell or self.styled_table
        return self.white and not shaded

    def start_paragraph(self) -> None:
        self.end_run()
        self.touched = self.hidden_paragraph = self.shaded_paragraph = False

    def end_run(self) -> None:
        self.in_run = self.in_properties = self.vanish = self.white = self.tiny = self.shaded_run = False

    def end_properties(self) -> None:
        self.in_properties = False

    def start_cell(self) -> None:
        self.shaded_cell = False

    end_cell = start_cell

    def see(self, name: str, attributes: Mapping[str, str], path: Sequence[str], hidden_styles: frozenset[str]) -> None:
        """An element that may say something of the text after it; `path` is the open elements, its own last."""
        self.touched = True
        if name == "r":
            self.in_run = True
        elif name == "rPr":
            self.in_properties = self.in_run
            self.tiny = self.tiny or _number(attributes.get("sz", "")) <= _TINY_HUNDREDTHS
        elif name == "shd":
            self._see_shading(path[-2] if len(path) > 1 else "", attributes)
        elif name == "pStyle":
            self.hidden_paragraph = attributes.get("val", "") in hidden_styles
        elif name == "tblStyle":
            # Its rows may have any background; nothing says what until all styles are worked out.
            self.styled_table = attributes.get("val", "") not in ("", "TableNormal", "TableGrid", "Normal")
        elif self.in_properties:
            self._see_property(name, attributes, hidden_styles)

    def _see_property(self, name: str, attributes: Mapping[str, str], hidden_styles: frozenset[str]) -> None:
        value = attributes.get("val", "")
        if name == "vanish":
            self.vanish = not is_off(attributes.get("val"))
        elif name == "rStyle":
            self.vanish = self.vanish or value in hidden_styles
        elif name == "color":
            self.white = is_white(value, attributes.get("themeColor", ""))
        elif name == "sz":
            self.tiny = _number(value) <= _TINY_HALF_POINTS
        elif name == "highlight":
            self.shaded_run = value not in ("none", "white", "")

    def _see_shading(self, parent: str, attributes: Mapping[str, str]) -> None:
        shaded = attributes.get("fill", "") not in _NO_FILL or attributes.get("val") == "solid"
        if parent == "tcPr":
            self.shaded_cell = shaded
        elif parent == "pPr":
            self.shaded_paragraph = shaded
        elif self.in_properties:
            self.shaded_run = shaded


def _number(value: str) -> int:
    return int(value) if value.isdigit() and len(value) < 9 else 1_000_000
