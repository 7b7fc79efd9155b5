"""Styles of a Word document (ECMA-376, part 1: 17.7): which hide text, and the names that people gave them."""

from __future__ import annotations

from collections.abc import Mapping

from .run_format import is_off


class WordStyles:
    """Reads word/styles.xml."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._hides: dict[str, bool] = {}
        self._based_on: dict[str, str] = {}
        self._style = ""
        self._own = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("styleId", "")
            self._own = attributes.get("customStyle") in ("1", "true", "on")
        elif not self._style:
            return
        elif name == "vanish":
            self._hides[self._style] = not is_off(attributes.get("val"))
        elif name == "basedOn":
            self._based_on[self._style] = attributes.get("val", "")
        elif name in ("name", "aliases") and self._own:
            title = attributes.get("val", "")
            if not title.endswith(" Char"):  # made by Word beside each paragraph style
                self.names.append(title)

    def end(self, name: str) -> None:
        if name == "style":
            self._style = ""

    def data(self, text: str) -> None:
        del text

    def hidden(self) -> frozenset[str]:
        """Identifiers of the styles whose text is hidden, by themselves or by what they are based on."""
        children: dict[str, list[str]] = {}
        for style, base in self._based_on.items():
            if style not in self._hides:
                children.setdefault(base, []).append(style)
        hidden: set[str] = set()
        waiting = [style for style, hides in self._hides.items() if hides]
        while waiting:
            style = waiting.pop()
            if style not in hidden:
                hidden.add(style)
                waiting.extend(children.get(style, ()))
        return frozenset(hidden)
