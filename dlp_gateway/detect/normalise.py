"""One canonical way of reading a text, for matching only: what looks like a letter, a digit, a hyphen or a
space to a reader is one, and what nobody sees is gone. Offsets lead back to the text as it was.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from .lookalikes import LOOK_ALIKES, undisguise

# Whatever is not plain: characters beyond ASCII, and controls, which nobody sees. Single classes, so linear.
_NOT_PLAIN = re.compile(r"[^\t-\r -~]+")
_PLAIN_OCTETS = bytes([*range(9, 14), *range(32, 127)])
_HYPHENS = frozenset("‐‑‒–—―−﹘﹣－⁃˗")
_APOSTROPHES = frozenset("‘’ʼʹ‛′＇")
_QUOTES = frozenset("“”„‟″")
# Letters and marks by category that show as nothing at all, or as a blank.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc")
_BLANK = "\u2800"
_SELECTORS = (("\ufe00", "\ufe0f"), ("\u180b", "\u180f"), ("\U000e0100", "\U000e01ef"))
_OVERLAY = 1  # canonical combining class of strokes through a letter (Unicode Standard, 4.3)
_BEYOND_LATIN = 0x250
# Letters on a ground of their own, which compatibility normalisation leaves as they are: first one, what is "A" there.
_SIGNS = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """A text to match in, made of runs: their offsets in `text`, their offsets and lengths in the
    original; empty when the two are the same. `unusual` are the characters beyond plain ASCII of both."""

    text: str
    unusual: frozenset[str] = frozenset()
    canonical_starts: tuple[int, ...] = ()
    original_starts: tuple[int, ...] = ()
    original_lengths: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` was read from; `end` is after `start`."""
        if not self.canonical_starts:
            return start, end
        return self.origin(start), self.origin(end - 1) + 1

    def origin(self, position: int) -> int:
        """The offset in the original of the character at `position`."""
        if not self.canonical_starts:
            return position
        run = bisect_right(self.canonical_starts, position) - 1
        inside = position - self.canonical_starts[run]
        return self.original_starts[run] + min(inside, self.original_lengths[run] - 1)

    def position(self, origin: int) -> int:
        """Where what stands at an offset of the original is read, or else what stands before it; 0 at the least."""
        if not self.canonical_starts:
            return origin
        run = max(0, bisect_right(self.original_starts, origin) - 1)
        last = self.canonical_starts[run + 1] - 1 if run + 1 < len(self.canonical_starts) else len(self.text) - 1
        return min(max(0, self.canonical_starts[run] + origin - self.original_starts[run]), last)


def is_plain(text: str) -> bool:
    """Whether a text is its own canonical reading: ASCII without controls that nobody sees."""
    return text.isascii() and not text.encode("ascii").translate(None, _PLAIN_OCTETS)


def canonical(text: str) -> Canonical:
    """The canonical reading of `text`. Linear; plain ASCII text is its own."""
    if is_plain(text):
        return Canonical(text=text)
    runs = _Runs()
    position = 0
    for run in _NOT_PLAIN.finditer(text):
        if run.start() > position:
            runs.add(text[position : run.start()], position, run.start() - position)
        for offset, character in enumerate(run.group(), run.start()):
            runs.read(character, offset)
        position = run.end()
    if position < len(text):
        runs.add(text[position:], position, len(text) - position)
    read = "".join(runs.pieces)
    return Canonical(
        text=read if LOOK_ALIKES.isdisjoint(runs.unusual) else undisguise(read),
        unusual=frozenset(runs.unusual),
        canonical_starts=tuple(runs.starts) or (0,),
        original_starts=tuple(runs.originals) or (0,),
        original_lengths=tuple(runs.lengths) or (len(text),),
    )


class _Runs:
    """The runs of a canonical reading while it is made."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.originals: list[int] = []
        self.lengths: list[int] = []
        self.unusual: set[str] = set()
        self._length = 0

    def add(self, piece: str, original: int, original_length: int) -> None:
        self.pieces.append(piece)
        self.starts.append(self._length)
        self.originals.append(original)
        self.lengths.append(original_length)
        self._length += len(piece)

    def read(self, character: str, offset: int) -> None:
        """Add what one character outside plain ASCII is read as."""
        piece = _reading(character)
        self.unusual.add(character)
        if piece and unicodedata.combining(character) and self.pieces:
            base = self.pieces[-1][-1:]
            composed = unicodedata.normalize("NFC", base + character)
            if len(composed) == 1:
                # A base letter and its accent are one letter; the span of the letter stays the base's.
                self.pieces[-1] = self.pieces[-1][:-1] + composed
                self.unusual.add(composed)
                return
            if ord(base) < _BEYOND_LATIN:
                return  # an accent that no language puts there
        if piece:
            self.unusual.update(piece)
            self.add(piece, offset, 1)


@lru_cache(maxsize=4096)
def _reading(character: str) -> str:
    """What one character outside plain ASCII is read as; "" where it can't be seen. Look-alikes wait for the
    words that they stand in."""
    if character in LOOK_ALIKES:
        return character
    if character in _HYPHENS:
        return "-"
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character == "\x85":
        return "\n"
    if category in ("Cc", "Cf", "Me") or character in _UNSEEN or _is_selector(character):
        return ""
    if category == "Mn" and unicodedata.combining(character) == _OVERLAY:
        return ""
    if category == "Zs" or character == _BLANK:
        return " "
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if character == "\u3007":  # the nought of Chinese and Japanese numbers
        return "0"
    for first, count in _SIGNS:
        if first <= ord(character) < first + count:
            return chr(ord("A") + ord(character) - first)
    return unicodedata.normalize("NFKC", character)


def _is_selector(character: str) -> bool:
    """Whether it is a variation selector, which only chooses a form of the character before it."""
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\u180b" <= character <= "\u180f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
