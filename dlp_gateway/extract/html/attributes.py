"""The words in the attributes of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..text.script_text import is_telling
from .names import USES, Use

_URL = re.compile(r"url\(\s*(?:\"([^\"]*+)|'([^']*+)|([^)\"']*+))", re.IGNORECASE)
_QUOTED = re.compile(r"\"([^\"]*+)\"|'([^']*+)'")
_ADDRESS_STARTS = ("data:", "http:", "https:", "mailto:", "tel:", "ftp:")
_QUOTES = frozenset("'\"/")
_LONG_MEASURE = 40
_SHORT_WORDS = 20


class Words:
    """Collects what attributes say; the keys of each dict in order, each once.

    `shown` is read by people (alternative texts, tool tips, values), `others` are words for programs, `pages` pages of
    frames, `markup` values in which there are tags: after a quote that was never closed much of a page is a value.
    """

    def __init__(self) -> None:
        self.shown: dict[str, None] = {}
        self.others: dict[str, None] = {}
        self.addresses: dict[str, None] = {}
        self.pages: dict[str, None] = {}
        self.markup: dict[str, None] = {}
        self.unquoted = False  # a tag stands in a name or value: a quote is missing somewhere, or one too many
        self._short: list[str] = []

    def take_short(self) -> list[str]:
        """The words of the last element that may be part of the line in which it stands: "3" in place of a picture."""
        short, self._short = self._short, []
        return short

    def read(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Keep the words of an element's attributes. Returns whether one of them decides how the element looks."""
        looks = False
        odd: list[str] = []
        for name, value in attributes.items():
            use = USES.get(name)
            if use is Use.LOOK:
                looks = True
                if name in ("class", "id", "style", "background"):
                    self._read_look(name, value, odd)
            elif use is Use.WORDS:
                self._read_words(tag, value, attributes)
            elif use is Use.ADDRESS:
                if value:
                    self.addresses[value] = None
            elif use is Use.MEASURE:
                if len(value) > _LONG_MEASURE:
                    odd.append(value)
            elif use is Use.PAGE:
                self.pages[value] = None
            elif use is Use.NAME:
                if is_telling(value):
                    odd.append(value)
            else:
                self._read_unknown(name, value, odd)
            if "<" in value and use is not Use.PAGE:
                self.unquoted = True
                if ">" in value:
                    self.markup[value] = None
        if odd:
            self.others[" ".join(odd)] = None
        return looks

    def _read_look(self, name: str, value: str, odd: list[str]) -> None:
        if name == "background":
            self.addresses[value] = None
        elif name != "style":
            if is_telling(value):
                odd.append(value)
        else:
            if "(" in value:
                self.addresses.update(dict.fromkeys(m[m.lastindex or 0] for m in _URL.finditer(value)))
            if "--" in value or "/*" in value:
                odd.append(value)
            elif '"' in value or "'" in value:
                strings = (match[match.lastindex or 0] for match in _QUOTED.finditer(value))
                odd += [string for string in strings if is_telling(string)]

    def _read_words(self, tag: str, value: str, attributes: Mapping[str, str]) -> None:
        if not value or value.isspace():
            return
        if tag == "input" and attributes.get("type", "").lower() == "hidden":
            self.others[value] = None
            return
        self.shown[value] = None
        if len(value) <= _SHORT_WORDS and (len(value) == 1 or any(map(str.isdigit, value))):
            self._short.append(value)

    def _read_unknown(self, name: str, value: str, odd: list[str]) -> None:
        self.unquoted = self.unquoted or "<" in name
        if name.startswith("xmlns") or (not value and (name in _QUOTES or (name.isalpha() and len(name) > 2))):
            return
        start = value[:60].lstrip().lower()
        if start.startswith(_ADDRESS_STARTS):
            self.addresses[value] = None
        else:
            odd.append(value if name == "content" else f"{name} {value}".rstrip())
