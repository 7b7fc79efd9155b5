"""The clauses of a text and their words, as the model of statements reads them. Pure.

Training and inspection cut texts by this one module: what the model has learned holds for what it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NAME = "<name>"
NUMBER = "<number>"
# Named after people, and said of others more often than of them: "Mr Swan has Parkinson's".
_ILLNESSES = frozenset(
    f"{name}'s"
    for name in ("addison", "alzheimer", "asperger", "bell", "crohn", "cushing", "down", "hashimoto", "hodgkin",
                 "huntington", "korsakoff", "parkinson", "raynaud", "tourette", "wernicke")
)  # fmt: skip
_MOST_WORDS = 120  # of a clause: more only where each character is one

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]")
# A sentence's end, a list's next entry, a cell's edge, an empty line. A line that goes on in small letters is wrapped.
_EDGE = re.compile(
    r"(?<=[.!?;])[\"')\]]{0,2}\s+|[ ]?\t\s*|[ ]\|[ ]|\n\s*\n\s*|\n[ >]{0,8}(?=[^\sa-z>])|\n[ >]{0,8}(?=[a-z]{1,12}:)"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|nos|re|approx|rev|cllr|sgt|pc|ref|tel|ext|dept|vs|e\.g|i\.e)|\b[a-z])\.\Z",
    re.IGNORECASE,
)
_AND = r"(?:and|but|because|since|when|who|after|so)\s"
_BETWEEN = re.compile(rf"[,;()–—/]\s+(?:{_AND})?|\s[-–—(]\s?|\s{_AND}")
_LONGEST = 300  # characters: people who write without full stops are read piece by piece


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text that may say something each by itself, in order; none empty, none overlapping."""
    start = 0
    for edge in _EDGE.finditer(text):
        before = text[max(0, edge.start() - 8) : edge.start()]
        if not (before.endswith(".") and _ABBREVIATED.search(before)):
            yield from _cut(text, start, edge.start())
            start = edge.end()
    yield from _cut(text, start, len(text))


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces of a clause between its commas, dashes and conjunctions, in order, none empty."""
    for edge in _BETWEEN.finditer(text, start, end):
        if start < edge.start():
            yield start, edge.start()
        start = edge.end()
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def words(text: str, names: frozenset[str]) -> list[str]:
    """The words of a clause in small letters: names of people as NAME, numbers as NUMBER, "can't" as "ca", "n't".

    `names`: words in small letters that are nothing but names.
    """
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if len(found) >= _MOST_WORDS:
            break
        if token.isalpha() and token.islower():  # most are
            found.append(token)
            continue
        lower = token.lower().replace("’", "'")
        if lower[0].isdigit():
            found.append(NUMBER)
        elif token[0].isupper() and lower not in _ILLNESSES and (lower in names or lower.removesuffix("'s") in names):
            found.append(NAME)
        elif lower == "n't":
            found.append(lower)
        elif lower.endswith("n't"):
            found += [lower[:-3], "n't"]
        elif "'" in lower[1:]:
            head, tail = lower.split("'", 1)
            found += [head, "'" + tail]
        else:
            found.append(lower)
    return found
