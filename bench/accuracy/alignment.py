"""Leads offsets of a text that was read from a message back to the text that went into it.

Reading changes line ends, delimiters and blanks, never letters or digits: the two are aligned by those.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass


class UnalignedError(Exception):
    """What was read has other letters or digits than what was written."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Offsets of the letters and digits in what was read, and where each stood in what was written."""

    read: list[int]
    written: list[int]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch of what was written, None where there is neither letter nor digit."""
        first = bisect_left(self.read, start)
        last = bisect_left(self.read, end) - 1
        return (self.written[first], self.written[last] + 1) if last >= first else None


def align(read: str, written: str) -> Alignment:
    """Align a text with the one that it was read from. Raises UnalignedError."""
    of_read, of_written = _letters(read), _letters(written)
    if [read[i] for i in of_read] != [written[i] for i in of_written]:
        raise UnalignedError(f"read {read[:60]!r}, written {written[:60]!r}")
    return Alignment(of_read, of_written)


def _letters(text: str) -> list[int]:
    return [offset for offset, character in enumerate(text) if character.isalnum()]
