"""Values that one passage names and another only repeats: the account in the subject, the reference in a file name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Category
from .found import Found, Reading
from .overlap import Match

_LONGEST = 400  # characters of a passage that repeats: subjects, names of files, headings
_FEWEST = 6  # letters and digits of a value that is no accident
_CATEGORIES = frozenset({Category.IDENTITY, Category.REFERENCE, Category.FINANCIAL})


def carried_values(readings: Sequence[Reading], found: Sequence[Found]) -> Iterator[tuple[Reading, Match]]:
    """Where short passages repeat values found elsewhere in the message, letter for letter."""
    named = {
        item.value: item
        for item in found
        if item.category in _CATEGORIES and any(map(str.isdigit, item.value)) and len(item.value) >= _FEWEST
    }
    if not named:
        return
    taken = {(item.reading.index, item.at) for item in found}
    for reading in readings:
        text = reading.canonical.text
        if reading.passage.table or not _FEWEST <= len(text) <= _LONGEST:
            continue
        for value, item in named.items():
            at = text.find(value)
            if at >= 0 and (reading.index, at) not in taken and _stands_alone(text, at, at + len(value)):
                yield (
                    reading,
                    Match(
                        entity=item.entity,
                        category=item.category,
                        recogniser=item.recogniser,
                        start=at,
                        end=at + len(value),
                        confidence=item.confidence,
                        mask=item.mask,
                    ),
                )


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()
