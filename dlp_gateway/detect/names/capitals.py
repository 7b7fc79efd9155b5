"""Case: lines of capitals, and texts without any, as the language model expects names to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2

from .lists import NAME, ORDINARY, NameLists, ends_name

_LINE = re2.compile(r"[^\n]*\p{Lu}{2}[^\n]*")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|'(?=[^\W\d_]))+")
_FEWEST_LETTERS = 5
_SHARE = 0.7


def is_capitals(line: str) -> bool:
    """Whether a line is written in capitals: its capitals say nothing of names."""
    if line.islower():
        return False
    letters = sum(map(str.isalpha, line))
    return letters >= _FEWEST_LETTERS and sum(map(str.isupper, line)) > _SHARE * letters


def lines_of_capitals(text: str) -> list[tuple[int, int]]:
    """The spans of the lines that are written in capitals."""
    return [m.span() for m in _LINE.finditer(text) if is_capitals(m.group())]


def truecase(text: str, lists: NameLists, small: Sequence[tuple[int, int]] = ()) -> str:
    """The text with lines of capitals written as other text is, and with a capital for each of the `small` words (the
    spans of names in small letters): same length, same offsets."""
    changes: list[tuple[int, str]] = []
    for start, end in lines_of_capitals(text):
        changes += _of_line(text, start, end, lists)
    for start, end in small:
        changes.append((start, text[start:end].title() if "-" in text[start:end] else text[start:end].capitalize()))
    if not changes:
        return text
    pieces, position = [], 0
    for start, word in sorted(changes):
        if start < position or len(word) != len(text[start : start + len(word)]):
            continue
        pieces += [text[position:start], word]
        position = start + len(word)
    return "".join([*pieces, text[position:]])


def _of_line(text: str, start: int, end: int, lists: NameLists) -> list[tuple[int, str]]:
    words = [(m.start(), m.group()) for m in _WORD.finditer(text, start, end)]
    flags = [lists.flags(word) for _, word in words]
    changes = []
    for index, (at, word) in enumerate(words):
        if not word.isupper():
            continue
        known = flags[index]
        beside = [flags[i] for i in (index - 1, index + 1) if 0 <= i < len(flags)]
        doubtful = known & NAME and known & ORDINARY
        if index and (ends_name(known) or (doubtful and not any(f & NAME and not f & ORDINARY for f in beside))):
            new = word.lower()
        else:
            new = "'".join(part.capitalize() for part in word.split("'"))
        if len(new) == len(word):
            changes.append((at, new))
    return changes
