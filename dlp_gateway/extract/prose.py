"""Paragraphs and tables of Word and PowerPoint XML (ECMA-376, parts 1: 17 and 21)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..model import Passage
from .source import Source
from .xml import TEXT_ATTRIBUTES

_DELETED = frozenset(("delText", "delInstrText"))
_APART = {"moveFrom": "tracked deletion", "Fallback": "alternative content", "del": "tracked deletion"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_VALUES = frozenset(("alias", "statusText", "helpText", "default", "docVar", "listItem"))
_TEXT = frozenset(("t", "delText", "instrText", "delInstrText"))
_BLANKS = re.compile(r"[ \t]*\n[ \t\n]*")
_DIGIT = re.compile(r"\d")
_SHOWN = frozenset(("", "alternative text", "field code"))
_LEAST_ROWS = _LEAST_COLUMNS = 3


class Prose:
    """Collects one XML part. Text goes to the place it belongs to: "" is what a reader sees."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {"": []}
        self.tables: list[list[list[str]]] = []
        self.shown = True  # a slide may say that it is not
        self._apart: list[str] = []
        self._in_text = ""
        self._vanished = False
        self._in_tabs = 0
        self._table_depth = 0
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _TEXT:
            self._in_text = name
        elif name in _APART:
            self._apart.append(_APART[name])
        elif name == "vanish":
            self._vanished = attributes.get("val", "1") not in ("0", "false", "off")
        elif name == "tabs":
            self._in_tabs += 1
        elif name in _BREAKS and not self._in_tabs:
            self._put(_BREAKS[name])
        elif name == "tbl":
            self._table_depth += 1
            if self._table_depth == 1:
                self._rows = []
        elif name == "tr" and self._table_depth == 1:
            self._rows.append([])
        elif name == "tc" and self._table_depth == 1:
            self._cell = []
        elif name == "sld" and attributes.get("show") in ("0", "false"):
            self.shown = False
        for key, value in attributes.items():
            if value.strip() and (key in TEXT_ATTRIBUTES or (key == "val" and name in _VALUES)):
                self.texts.setdefault("alternative text", []).append(f"{value}\n")

    def end(self, name: str) -> None:
        if name in _TEXT:
            self._in_text = ""
        elif name in _APART and self._apart:
            self._apart.pop()
        elif name == "r":
            self._vanished = False
        elif name == "tabs":
            self._in_tabs -= 1
        elif name == "p":
            self._put("\n", everywhere=True)
            self._vanished = False
        elif name == "tc" and self._table_depth == 1 and self._cell is not None:
            if self._rows:
                self._rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif name == "tbl":
            self._table_depth -= 1
            if self._table_depth == 0:
                self._end_table()

    def data(self, text: str) -> None:
        if self._in_text:
            self._put(text)

    def _put(self, text: str, *, everywhere: bool = False) -> None:
        place = self._place()
        if place:
            self.texts.setdefault(place, []).append(text)
        elif self._cell is not None:
            self._cell.append(text)
        else:
            self.texts[""].append(text)
        if everywhere:
            for other in ("hidden text", "tracked deletion", "field code"):
                if other in self.texts and other != place:
                    self.texts[other].append(text)

    def _place(self) -> str:
        if self._in_text in _DELETED:
            return "tracked deletion"
        if self._in_text == "instrText":
            return "field code"
        if self._apart:
            return self._apart[-1]
        return "hidden text" if self._vanished else ""

    def _end_table(self) -> None:
        rows = self._rows
        heads = rows[0] if rows else []
        # A table of records has a row of heads; a form or a layout reads better as lines, label before value.
        records = len(rows) >= _LEAST_ROWS and len(heads) >= _LEAST_COLUMNS
        if records and all(head and not _DIGIT.search(head) for head in heads):
            self.tables.append(rows)
        else:
            self.texts[""].extend("\t".join(row) + "\n" for row in rows)
        self._rows = []

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """What was collected; `place` names the XML part in a reviewer's words ("" is the document's own text)."""
        unseen = hidden or not self.shown
        for where, pieces in self.texts.items():
            text = _BLANKS.sub("\n", "".join(pieces)).strip("\n") if where else "".join(pieces)
            name = ", ".join(filter(None, (place, where)))
            yield source.passage(text, name, hidden=unseen or where not in _SHOWN)
        for number, rows in enumerate(self.tables, 1):
            name = ", ".join(filter(None, (place, f"table {number}")))
            yield source.passage("\n".join("\t".join(row) for row in rows), name, hidden=unseen, table=True)
