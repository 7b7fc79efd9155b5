"""What of a message the language model reads: each paragraph that may name somebody, once; of a very long message only
the first of them.

To read the others too, a third of all text, finds hardly more (PERSON F2 0.949, not 0.948, on our labelled mails): what
they name is found by lists and grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

PIECE_CHARACTERS = 4000
"""What the model reads at once: a text of 500 kB would take 1.6 GB."""
MOST_CHARACTERS = 320_000
"""As much of a message is read at all: some four seconds. The rest is left to rules and lists."""

LEAST_COST = 250
"""Characters that a piece counts at the least: a thousand short passages cost more than one long one."""

_END = re.compile(r"\n[ \t>]*\n+")
_CAPITAL_WITHIN = re.compile(
    r"[^\W\d_A-Z][,;:]?[ \t]+[^\W\d_a-z][^\W\d_A-Z]|(?:^|[\n\t;:])[ \t]*[^\W\d_a-z][a-z]+ [^\W\d_a-z][a-z]"
)
_LEAST_REMEMBERED = 40  # shorter ones cost nothing, and read otherwise in other company
_LEAST_MACHINE = 300
_SHARE_OF_LETTERS = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A stretch of a text. `key` is a digest of its characters; equal for equal ones."""

    start: int
    end: int
    key: bytes

    @property
    def remembered(self) -> bool:
        """Whether it is long enough to be the same wherever it stands."""
        return self.end - self.start >= _LEAST_REMEMBERED


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of a text, each with the blank lines behind it, none longer than a piece."""
    start = 0
    for match in _END.finditer(text):
        yield from _cut(text, start, match.end())
        start = match.end()
    if start < len(text):
        yield from _cut(text, start, len(text))


def may_name(text: str) -> bool:
    """Whether a paragraph may name somebody: it has a capital within a sentence, or two words of a name in a line."""
    return _CAPITAL_WITHIN.search(text) is not None


def is_machine_text(text: str) -> bool:
    """Whether a long paragraph is no language: keys, logs, figures."""
    if len(text) < _LEAST_MACHINE:
        return False
    letters = sum(map(str.isalpha, text)) + text.count(" ")
    return letters < _SHARE_OF_LETTERS * len(text) or text.count(" ") * 25 < len(text)


def _cut(text: str, start: int, end: int) -> Iterator[Paragraph]:
    """The paragraph in pieces of at most 4,000 characters, cut at a line's end, else at a space, where one is."""
    while start < end:
        until = min(end, start + PIECE_CHARACTERS)
        if until < end:
            cut = max(text.rfind("\n", start + 1, until), 0) or text.rfind(" ", start + 1, until)
            until = cut + 1 if cut > start else until
        yield Paragraph(
            start=start, end=until, key=blake2b(text[start:until].encode("utf-8", "surrogatepass")).digest()
        )
        start = until


def _digest(paragraph: str) -> bytes:
    """Of a paragraph without the blanks behind it, which may differ where it stands again."""
    return blake2b(paragraph.rstrip().encode("utf-8", "surrogatepass")).digest()
