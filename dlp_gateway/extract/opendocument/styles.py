"""Styles of OpenDocument files that hide what they apply to (ISO/IEC 26300, part 3: 16, 20)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_WHITE = frozenset(("#ffffff", "#fefefe", "#FFFFFF"))
_AUTOMATIC = re.compile(r"(?:[A-Za-z]{1,20}[-_]?\d{1,6}(?:\.[A-Z]{0,3}\d{0,6})?|Mdp\d+|Standard)?")
_NO_BACKGROUND = frozenset(("", "transparent", *_WHITE))
_LEAST_POINTS = 2.0
_LEAST_LENGTH = 0.02  # in any of the units that lengths have


@dataclass(slots=True)
class _Style:
    parent: str
    data: str = ""  # number format
    hidden: bool | None = None
    white: bool | None = None
    tiny: bool | None = None
    background: bool | None = None
    collapsed: bool = False  # a table, page, row or column that is not shown


@dataclass(slots=True)
class OdfStyles:
    """Receives the elements of styles; answers by family and name ("text", "T1")."""

    texts: list[str] = field(default_factory=list)  # words in number formats and lists
    names: list[str] = field(default_factory=list)  # of styles, but for those that programs count through
    _styles: dict[tuple[str, str], _Style] = field(default_factory=dict)
    _empty_formats: set[str] = field(default_factory=set)
    _unseen: dict[tuple[str, str], bool] = field(default_factory=dict)
    _current: _Style | None = None
    _format: str | None = None
    _format_text: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: Mapping[str, str]) -> bool:
        """True where the element belongs to styles."""
        if name in ("style", "default-style"):
            key = attributes.get("family", ""), attributes.get("name", "")
            if not _AUTOMATIC.fullmatch(key[1]):
                self.names.append(attributes.get("display-name") or key[1])
            self._unseen.clear()
            self._current = self._styles[key] = _Style(
                attributes.get("parent-style-name", ""), attributes.get("data-style-name", "")
            )
        elif name.endswith("-properties"):
            if self._current is not None:
                _see(self._current, attributes)
        elif name.endswith("-style") and name.partition("-")[0] in _FORMATS:
            self._format = attributes.get("name", "")
            self._format_text = []
            self._empty_formats.add(self._format)
        elif self._format is not None:
            if name not in ("text", "text-properties", "map"):
                self._empty_formats.discard(self._format)
        elif name.startswith("list-level-style"):
            around = (attributes.get("num-prefix", ""), attributes.get("num-suffix", ""))
            self.texts.extend(text for text in around if any(map(str.isalnum, text)))
        else:
            return False
        return True

    def end(self, name: str) -> None:
        if name in ("style", "default-style"):
            self._current = None
        elif self._format is not None and name.endswith("-style"):
            words = "".join(self._format_text)
            if words.strip():
                self._empty_formats.discard(self._format)
            if sum(map(str.isalpha, words)) > 1:
                self.texts.append(words.strip())
            self._format = None

    def data(self, text: str) -> bool:
        """True where the text belongs to a number format."""
        if self._format is None:
            return False
        self._format_text.append(text)
        return True

    def unseen(self, family: str, name: str) -> bool:
        """Whether text of that style can't be seen: hidden, white on white, tiny, or of a format that is empty. To be
        asked when all styles have been read."""
        known = self._unseen.get((family, name))
        if known is None:
            known = self._unseen[family, name] = self._is_unseen(family, name)
        return known

    def _is_unseen(self, family: str, name: str) -> bool:
        hidden = self._value(family, name, "hidden")
        white = self._value(family, name, "white") and not self._value(family, name, "background")
        style = self._styles.get((family, name))
        empty = style is not None and bool(style.data) and style.data in self._empty_formats
        return bool(hidden or white or self._value(family, name, "tiny") or empty)

    def collapsed(self, family: str, name: str) -> bool:
        """Whether a sheet, page, row or column of that style is not shown."""
        style = self._styles.get((family, name))
        return style is not None and style.collapsed

    def _value(self, family: str, name: str, attribute: str) -> bool:
        """Its own, or that of the next style above it that says something."""
        seen = set()
        while name not in seen and (style := self._styles.get((family, name))) is not None:
            seen.add(name)
            value = getattr(style, attribute)
            if value is not None:
                return bool(value)
            name = style.parent
        return False


_FORMATS = frozenset(("number", "currency", "percentage", "date", "time", "boolean", "text"))


def _see(style: _Style, attributes: Mapping[str, str]) -> None:
    colour, background = attributes.get("color"), attributes.get("background-color")
    if colour is not None:
        style.white = colour in _WHITE
    if background is not None:
        style.background = background not in _NO_BACKGROUND
    if "font-size" in attributes:
        style.tiny = length(attributes["font-size"]) <= _LEAST_POINTS and not attributes["font-size"].endswith("%")
    display = attributes.get("display")
    if display is not None:
        style.hidden = display == "none"
        style.collapsed = style.collapsed or display == "false"
    if attributes.get("visibility") == "hidden":
        style.collapsed = True
    if any(length(attributes.get(key, "1")) <= _LEAST_LENGTH for key in ("column-width", "row-height")):
        style.collapsed = True


def length(value: str) -> float:
    """The number in "12.5pt"; a large one where there is none."""
    try:
        return float(value.rstrip("abcdefghijklmnopqrstuvwxyz%"))
    except ValueError:
        return 1000.0
