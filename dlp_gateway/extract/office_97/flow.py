"""Running text with tables, as word processors keep it: what is shown, and apart from it what is not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from ...model import Passage
from ..source import Source

SHOWN_PLACES = frozenset(("", "alternative text", "field code"))
_BLANKS = re.compile(r"[ \t]*\n[ \t\n]*")
_DIGIT = re.compile(r"\d")
_WORD_END, _WORD_START = re.compile(r"\w{1,64}\Z"), re.compile(r"\w{1,64}")
# Words with characters of symbol fonts, which programs keep apart from the letters of the same keys.
_SYMBOLS = re.compile("\\w{0,64}[\uf021-\uf07e][\\w\uf021-\uf07e]{0,64}")
_SYMBOL = re.compile("[\uf021-\uf07e]")
SYMBOL_LETTERS = "letters in symbol fonts"
_LEAST_ROWS = _LEAST_COLUMNS = 3


class Flow:
    """Collects the text of one part of a document in reading order. `place` "" is what a reader sees; other places
    ("hidden text", "tracked deletion") get their text a line for each paragraph it stands in."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {"": []}
        self._shown = ""  # the last shown text, to which what follows may belong
        self._open = ("", "")  # place and word so far, where what is shown next may go on with it
        self._words: dict[str, list[str]] = {}  # words of which a part only is hidden or deleted, as they were
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
            self._put_apart(text, place)
            return
        start = _WORD_START.match(text)
        self._end_word(start[0] if start is not None else "")
        self._line += "\n" in text
        self._shown = text
        (self._texts[""] if self._cell is None else self._cell).append(text)

    def _put_apart(self, text: str, place: str) -> None:
        pieces = self._texts.setdefault(place, [])
        if self._lines.setdefault(place, self._line) != self._line:
            pieces.append("\n")
            self._lines[place] = self._line
        pieces.append(text)
        if place in SHOWN_PLACES:
            return
        where, word = self._open
        if where and where != place:
            self._end_word("")
            word = ""
        if not word:
            end = _WORD_END.search(self._shown[-64:]) if text[0].isalnum() else None
            word = end[0] if end is not None else ""
        self._shown = ""
        end = _WORD_END.search(text[-64:])
        if word and end is not None and len(end[0]) < len(text):  # a word of its own begins in the text
            self._words.setdefault(place, []).append(word + text.split(maxsplit=1)[0])
            word = ""
        self._open = (place, word + end[0]) if end is not None else ("", "")

    def _end_word(self, rest: str) -> None:
        """A word that was hidden or deleted in part, as it was."""
        place, word = self._open
        self._open = ("", "")
        if place and (rest or not self._texts[place][-1].endswith(word)):
            self._words.setdefault(place, []).append(word + rest)

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
        # Tables that follow one another directly differ in their number of columns.
        for group in [rows] if is_of_records(rows) else _of_equal_width(rows):
            if is_of_records(group):
                self._tables.append(group)
            else:
                self._texts[""].extend("\t".join(row) + "\n" for row in group)
        self._texts[""].append(rest)

    def passages(self, source: Source, place: str, *, hidden: bool = False) -> Iterator[Passage]:
        """What was collected; `place` names this part of the document in a reviewer's words ("" is its own text)."""
        self.end_table()
        self._end_word("")
        symbols: list[str] = []
        for where, pieces in self._texts.items():
            text = "\n".join(["".join(pieces), *self._words.get(where, ())])
            text = _BLANKS.sub("\n", text).strip("\n") if where else text
            symbols += _SYMBOLS.findall(text)
            name = ", ".join(filter(None, (place, where)))
            yield source.passage(text, name, hidden=hidden or where not in SHOWN_PLACES)
        letters = [_SYMBOL.sub(_letter, word) for word in symbols]
        yield source.passage("\n".join(letters), ", ".join(filter(None, (place, SYMBOL_LETTERS))), hidden=True)
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


def _of_equal_width(rows: list[list[str]]) -> list[list[list[str]]]:
    return [list(group) for _, group in itertools.groupby(rows, key=len)]


def _letter(match: re.Match[str]) -> str:
    return chr(ord(match[0]) - 0xF000)
