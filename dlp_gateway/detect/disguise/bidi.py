"""Text that control characters turn round: the order in which a reader sees it.

Only explicit controls are followed, as the Unicode Bidirectional Algorithm (Standard Annex #9) says of them: what they
hold is Latin letters and digits to us, which no program turns round of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset("\u202b\u202e\u2067")  # embedding, override, isolate
_END = frozenset("\u202c\u2069")
_CONTROLS = RIGHT_TO_LEFT | _END | frozenset("\u202a\u202d\u2066\u2068")
_ANY = re.compile(f"[{''.join(RIGHT_TO_LEFT)}]")
_DEEPEST = 8  # levels; what is nested deeper keeps the direction around it
_WORDS = re.compile(r"\S+|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A stretch of one line that is shown in another order: the offsets of its characters as a reader sees them,
    controls left out. Under an override every character is turned round (`order`); in an
    embedding, and to mail programs that know no overrides, only the numbers and words (`words`)."""

    start: int
    end: int
    order: tuple[int, ...]
    words: tuple[int, ...]


def turned_stretches(text: str) -> Iterator[Turned]:
    """The stretches of a text that are turned round, in order. A control that is never ended holds to the end of the
    text, each line by itself. Linear."""
    first = _ANY.search(text)
    if first is None:
        return
    levels = [0]
    start = first.start()
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        shown: list[tuple[int, int]] = []  # offset, level
        for offset in range(start, end):
            character = text[offset]
            if character in _CONTROLS:
                _follow(character, levels)
            else:
                shown.append((offset, levels[-1]))
        odd = [index for index, (_, level) in enumerate(shown) if level]
        if odd:
            inside = shown[odd[0] : odd[-1] + 1]
            order = _reordered(inside)
            yield Turned(
                start=inside[0][0], end=inside[-1][0] + 1, order=tuple(order), words=tuple(_words_back(text, order))
            )
        start = end + 1


def _follow(control: str, levels: list[int]) -> None:
    """Take one control: begin a level, or end one (UAX #9, X2 to X7)."""
    if control in _END:
        if len(levels) > 1:
            levels.pop()
    elif len(levels) <= _DEEPEST:
        current = levels[-1]
        levels.append(current + 1 + (current % 2 == (control in RIGHT_TO_LEFT)))


def _reordered(characters: list[tuple[int, int]]) -> list[int]:
    """Offsets in the order in which they are shown: from the highest level down to 1, each run at or above a level is
    turned round (UAX #9, L2)."""
    line = list(characters)
    for level in range(max(level for _, level in line), 0, -1):
        index = 0
        while index < len(line):
            if line[index][1] < level:
                index += 1
                continue
            end = index
            while end < len(line) and line[end][1] >= level:
                end += 1
            line[index:end] = line[index:end][::-1]
            index = end
    return [offset for offset, _ in line]


def _words_back(text: str, order: list[int]) -> Iterator[int]:
    """The same order of words, each of them read from its first character."""
    for word in _WORDS.finditer("".join(text[offset] for offset in order)):
        yield from sorted(order[word.start() : word.end()])
