"""A finding while it is still being judged: with its clear text, inside the worker only."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from operator import attrgetter

from ..model import Area, Category, Exemption, Passage
from .layout import Layout
from .normalise import Canonical
from .tables.pasted import Pasted

_start = attrgetter("start")
position = attrgetter("at")
"""Where something found begins in the canonical text: by what it is sorted and sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A passage with its canonical text and layout (both None-like and empty for a table), and the tables that were
    pasted into the text."""

    index: int
    passage: Passage
    canonical: Canonical
    layout: Layout
    tables: tuple[Pasted, ...] = ()

    def row_at(self, position: int) -> int | None:
        """The row of a pasted table at a position of the canonical text, counted as its line; None in prose."""
        index = bisect_right(self.tables, position, key=_start) - 1
        if index < 0 or position >= self.tables[index].end:
            return None
        return self.tables[index].line_at(position)

    def header_at(self, position: int) -> str | None:
        """The header, in small letters, of the column of a pasted table at a position; None in prose."""
        index = bisect_right(self.tables, position, key=_start) - 1
        if index < 0 or position >= self.tables[index].end:
            return None
        return self.tables[index].header_at(position)


@dataclass(slots=True, kw_only=True)
class Found:
    """One match in one passage. Offsets `start`, `end` are of the passage's own text; `at` and `until`
    of the canonical one (of a table's own text)."""

    reading: Reading
    entity: str
    category: Category
    recogniser: str
    at: int
    until: int
    start: int
    end: int
    place: str
    value: str = field(repr=False)
    confidence: float
    mask: str
    row: int | None = None  # of a table: its people
    title: str = ""  # of a name
    quoted: bool = False
    greeting: bool = False
    exempt: Exemption | None = None
    indexes: tuple[str, ...] = ()  # of the council's records that it stands in

    @property
    def area(self) -> Area:
        return self.reading.passage.area
