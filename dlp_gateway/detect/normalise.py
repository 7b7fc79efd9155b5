"""One canonical way of reading a text, for matching only: what looks like a digit, a hyphen or a
space to a reader is one, and what nobody sees is gone. Offsets lead back to the text as it was.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")  # a single character class: linear
_HYPHENS = frozenset("‐‑‒–—―−﹘﹣－⁃˗")
_APOSTROPHES = frozenset("‘’ʼʹ‛′＇")
_QUOTES = frozenset("“”„‟″")


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """A text to match in. `steps` are (offset in `text`, offset in the original, length in the
    original) of the runs it was made of; empty when the two are the same."""

    text: str
    canonical_starts: tuple[int, ...] = ()
    original_starts: tuple[int, ...] = ()
    original_lengths: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` was read from; `end` is after `start`."""
        if not self.canonical_starts:
            return start, end
        return self._offset(start), self._offset(end - 1) + 1

    def _offset(self, position: int) -> int:
        step = bisect_right(self.canonical_starts, position) - 1
        inside = position - self.canonical_starts[step]
        return self.original_starts[step] + min(inside, self.original_lengths[step] - 1)


@lru_cache(maxsize=4096)
def _reading(character: str) -> str:
    """What one character outside ASCII is read as; "" where it can't be seen."""
    if character in _HYPHENS:
        return "-"
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    category = unicodedata.category(character)
    if category == "Cf" or character in "\u034f\u115f\u1160\u3164\ufe0f":
        return ""
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp") or character == "\x85":
        return "\n"
    if category == "Nd":
        return str(unicodedata.digit(character))
    return unicodedata.normalize("NFKC", character)


def canonical(text: str) -> Canonical:
    """The canonical reading of `text`. Linear; ASCII text is its own."""
    if text.isascii():
        return Canonical(text=text)
    pieces: list[str] = []
    starts: list[int] = []
    originals: list[int] = []
    lengths: list[int] = []
    length = position = 0

    def add(piece: str, original: int, original_length: int) -> None:
        nonlocal length
        pieces.append(piece)
        starts.append(length)
        originals.append(original)
        lengths.append(original_length)
        length += len(piece)

    for run in _NOT_ASCII.finditer(text):
        if run.start() > position:
            add(text[position : run.start()], position, run.start() - position)
        for offset, character in enumerate(run.group(), run.start()):
            piece = _reading(character)
            if piece and unicodedata.combining(character) and pieces:
                composed = unicodedata.normalize("NFC", pieces[-1][-1:] + character)
                if len(composed) == 1:
                    # A base letter and its accent are one letter; the span of the letter stays the base's.
                    pieces[-1] = pieces[-1][:-1] + composed
                    continue
            if piece:
                add(piece, offset, 1)
        position = run.end()
    if position < len(text):
        add(text[position:], position, len(text) - position)
    return Canonical(
        text="".join(pieces),
        canonical_starts=tuple(starts),
        original_starts=tuple(originals),
        original_lengths=tuple(lengths),
    )
