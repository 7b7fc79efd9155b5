"""Names of people in all passages of one message: what one passage has in full, another may have in part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..found import Found, Reading
from ..recognisers.engine import Engine, ModelName
from . import NameFinder, NameKind, NameMatch, words_of
from .words import Word

_MOST_OF_TABLES = 50  # names; in a longer list every word of the language is somebody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one passage, in order, and all that the language model named there."""

    matches: list[NameMatch]
    spans: Sequence[ModelName]


class NameReader:
    """Reads the passages of one message at a time."""

    def __init__(self, finder: NameFinder, engine: Engine) -> None:
        self._finder = finder
        self._engine = engine

    def read(self, readings: Iterable[Reading], found: Iterable[Found], *, full: bool) -> dict[int, Names]:
        """The names of each reading, by its index. `found`: the names in tables; `full`: not titled names alone."""
        try:
            return self._read(readings, found, full=full)
        finally:
            self._engine.name_engine.forget()

    def _read(self, readings: Iterable[Reading], found: Iterable[Found], *, full: bool) -> dict[int, Names]:
        names: dict[int, Names] = {}
        texts: dict[int, str] = {}
        capitals: dict[int, list[Word]] = {}
        for reading in readings:
            text = texts[reading.index] = reading.canonical.text
            if not full:
                names[reading.index] = Names(matches=self._finder.titled(text), spans=())
                continue
            spans = self._engine.names(self._finder.for_model(text)) if self._engine.reads_names else []
            words = capitals[reading.index] = self._finder.capitals(text)
            names[reading.index] = Names(matches=self._finder.find(text, words, spans), spans=spans)
        if not full:
            return names
        known = {word for index, item in names.items() for word in words_of(texts[index], item.matches)}
        in_tables = [item for item in found if item.entity == "PERSON"]
        if len(in_tables) <= _MOST_OF_TABLES:
            for item in in_tables:
                known.update(words_of(item.value, [_whole(item)]))
        return {
            index: Names(
                matches=self._finder.again(texts[index], capitals[index], item.matches, known), spans=item.spans
            )
            for index, item in names.items()
        }


def _whole(item: Found) -> NameMatch:
    return NameMatch(kind=NameKind.COLUMN, start=0, end=len(item.value), confidence=item.confidence)
