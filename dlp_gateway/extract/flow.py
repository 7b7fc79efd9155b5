"""Running text with tables, as word processors keep it: what is shown, and apart from it what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Passage
from .source import Source

SHOWN_PLACES = frozenset(("", "alternative text", "field code"))
_BLANKS = re.compile(r"[ \t]*\n[ \t\n]*")
_DIGIT = re.compile(r"\d")
_LEAST_ROWS = _LEAST_COLUMNS = 3


class Flow:
    """Collects the text of one part of a document in reading order. `place` "" is what a reader sees; other places
    ("hidden text", "tracked deletion") get their text a line for each paragraph it stands in."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {"": []}
        self._lines: dict[str, int] = {}
        self._line = 0
        self._cell: list[str] | None = None
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._tables: list[list[list[str]]] = []

    def put(self, text: str, place: str = "") -> None:
        """Append text; a line end in shown text ends a paragraph."""
        if not text:
            return
        if place:
            pieces = self._texts.setdefault(place, [])
            if self._lines.setdefault(place, self._line) != self._line:
                pieces.append("\n")
                self._lines[place] = self._line
            pieces.append(text)
            return
        self._line += "\n" in text
        (self._texts[""] if self._cell is None else self._cell).append(text)

    @property
    def in_table(self) -> bool:
        return self._cell is not None

    def start_table(self) -> None:
        self.end_table()
        self._cell = []

    def end_cell(self) -> None:
        self._line += 1
        if self._cell is not None:
            self._row.append(" ".join("".join(self._cell).split()))
            self._cell = []

    def end_row(self) -> None:
        if self._cell is not None:
            if "".join(self._cell).strip():
                self.end_cell()
            self._rows.append(self._row)
        self._row = []

    def end_table(self) -> None:
        """A table of records becomes a passage of its own, any other reads better as lines."""
        if self._cell is None:
            return
        rest = "".join(self._cell)
        if self._row:
            self.end_row()
        self._cell = None
        rows, self._rows = self._rows, []
        if is_of_records(rows):
            self._tables.append(rows)
        else:
            self._texts[""].extend("\t".join(row) + "\n" for row in rows)
        self._texts[""].append(rest)

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """What was collected; `place` names this part of the document in a reviewer's words ("" is its own text)."""
        self.end_table()
        for where, pieces in self._texts.items():
            text = "".join(pieces)
            text = _BLANKS.sub("\n", text).strip("\n") if where else text
            name = ", ".join(filter(None, (place, where)))
            yield source.passage(text, name, hidden=hidden or where not in SHOWN_PLACES)
        for number, rows in enumerate(self._tables, 1):
            name = ", ".join(filter(None, (place, f"table {number}")))
            yield source.passage("\n".join("\t".join(row) for row in rows), name, hidden=hidden, table=True)


def is_of_records(rows: list[list[str]]) -> bool:
    """Whether a table has a row of heads over rows of data, so that a column's head speaks for its cells."""
    heads = rows[0] if rows else []
    return (
        len(rows) >= _LEAST_ROWS
        and len(heads) >= _LEAST_COLUMNS
        and all(head and not _DIGIT.search(head) for head in heads)
    )
