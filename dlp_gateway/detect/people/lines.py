"""The people that a message names, by the texts and the lines that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from ..found import Found, Reading
from ..overlap import Spans

_LONGEST_LINE = 1000  # characters; in a longer one nobody sees what stands beside whom

NUMBER = re.compile(r"\d[0-9A-Za-z]{0,3}\d")
_FARTHEST = 3  # lines between two people of one list: notes, empty lines


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """The names that count in the texts of a message: spans of each canonical text, by the index of its reading."""

    readings: dict[int, Reading] = field(default_factory=dict)
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def among(cls, items: Iterable[Found]) -> Self:
        """The names among what was found, but those in greetings, signatures and tables and those that do not count."""
        names = cls()
        for item in items:
            if item.entity == "PERSON" and item.exempt is None and _is_spoken_of(item):
                names.readings[item.reading.index] = item.reading
                names.spans.setdefault(item.reading.index, []).append((item.at, item.until))
        return names

    def by_reading(self) -> Iterator[tuple[Reading, list[tuple[int, int]]]]:
        """Each text in which people are named, with the spans of their names in order."""
        for index, reading in self.readings.items():
            yield reading, sorted(self.spans[index])

    def have_numbers(self) -> bool:
        """Whether a number of two digits or more stands in a text in which somebody is named."""
        return any(NUMBER.search(reading.canonical.text) for reading in self.readings.values())


def _is_spoken_of(name: Found) -> bool:
    reading = name.reading
    return not (name.greeting or reading.passage.table or reading.layout.is_signature(name.at))


def named_lines(text: str, names: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines in which names stand, each once; `names` in order."""
    reached = 0
    for start, end in names:
        if start < reached:
            continue
        first, reached = start_of_line(text, start), end_of_line(text, end)
        if reached - first <= _LONGEST_LINE:
            yield first, reached


def runs_of(text: str, spans: Iterable[tuple[int, int]], *, fewest: int) -> list[list[tuple[int, int]]]:
    """The lines or names, in order, that stand near enough to each other to be one list, where they are enough."""
    runs: list[list[tuple[int, int]]] = []
    for span in spans:
        if runs and text.count("\n", runs[-1][-1][1], span[0]) <= _FARTHEST + 1:
            runs[-1].append(span)
        else:
            runs.append([span])
    return [run for run in runs if len(run) >= fewest]


def taken_in(reading: Reading, names: Iterable[tuple[int, int]], found: Iterable[Found]) -> Spans:
    """Where in a text nothing more is looked for beside people: in their names, in what was found, and in tables, whose
    columns have headers."""
    tables = ((table.start, table.end) for table in reading.tables)
    here = ((item.at, item.until) for item in found if item.reading is reading)
    return Spans.of([*tables, *names, *here])


def start_of_line(text: str, position: int) -> int:
    """Where the line at a position begins."""
    return text.rfind("\n", 0, position) + 1


def end_of_line(text: str, position: int) -> int:
    """Where the line at a position ends."""
    last = text.find("\n", position)
    return len(text) if last < 0 else last
