"""Reads sentences in which the names of people stand in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("name-sentences.txt")
# A bracket that opens an address ("[mailto:") is one of the text.
_MARK = re.compile(r"\[(?!mailto)([^\[\]]+)\](?!\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text and the spans of its names; none where it names nobody."""

    text: str
    names: tuple[tuple[int, int], ...]


def sentences() -> list[Sentence]:
    """All sentences of the file, in order."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [_sentence(line) for line in lines if line and not line.startswith("#")]


def _sentence(line: str) -> Sentence:
    marked = line.replace("\\n", "\n")
    pieces, names, position, length = [], [], 0, 0
    for match in _MARK.finditer(marked):
        before = marked[position : match.start()]
        start = length + len(before)
        names.append((start, start + len(match[1])))
        pieces += [before, match[1]]
        length = start + len(match[1])
        position = match.end()
    return Sentence(text="".join([*pieces, marked[position:]]), names=tuple(names))
