"""Words with a capital, and the runs in which they stand: the raw material of names."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from .lists import NameLists

PARTICLES = frozenset(
    """de da do dos das di du del della degli la le les los van von der den het ter ten te zu zur zum bin binti bint
    ibn ben al el ap ab ferch verch y af av st""".split()  # noqa: SIM905 - a word a line would be no easier to read
)
# With a capital these stand between the words of a name as initials do: "J VAN DER BERG", "Maria De Souza".
_CAPITAL_PARTICLES = frozenset("van von de der du da di dos das del della ibn bint ap ferch mac".split())  # noqa: SIM905
_GAP = re.compile(r"[ ]{1,2}|\.[ ]?|[ ](?:[a-z]{1,5}[ ]){1,3}|(?:[ ])?\n[ ]?")
_WIDEST = 120  # characters in which a name is looked for
_LONGEST_RUN = 24  # words; nobody has so many names
_LONG_LINE = 55  # a line at least this long was broken by a mail program, not by its writer


class Word(NamedTuple):
    """One word with a capital. `flags` are those of NameLists; `initial` is a letter that stands for a name.

    A tuple, not a dataclass: every text has hundreds, and tuples are made faster.
    """

    start: int
    end: int
    text: str
    flags: int
    initial: bool

    def moved(self, offset: int) -> Word:
        """The word where it stands if its text begins at an offset."""
        return Word(self.start + offset, self.end + offset, self.text, self.flags, self.initial)


@cache
def _capitals() -> str:
    """All capitals of the basic plane as the inside of a character class."""
    ranges: list[list[int]] = []
    for code in range(min(sys.maxunicode, 0xFFFF) + 1):
        if unicodedata.category(chr(code)) in ("Lu", "Lt"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" if a != b else re.escape(chr(a)) for a, b in ranges)


CAPITAL_WORD = re.compile(rf"(?<![\w@#/\\])[{_capitals()}](?:[^\W\d_]|['\-](?=[^\W\d_]))*(?![\w@]|\.[a-z0-9]|-\d)")
"""A word with a capital that is no part of an address, a path or an identifier."""


def words_with_capitals(text: str, lists: NameLists) -> Iterator[Word]:
    """The words with a capital, in order; a possessive 's is no part of them."""
    return _words(CAPITAL_WORD.finditer(text), lists)


def _words(matches: Iterator[re.Match[str]], lists: NameLists) -> Iterator[Word]:
    for match in matches:
        word = match.group()
        start, end = match.span()
        if word.endswith(("'s", "'S")) and len(word) > 3:
            word, end = word[:-2], end - 2
        yield Word(start, end, word, lists.flags(word), len(word) == 1 or word.lower() in _CAPITAL_PARTICLES)


_BEFORE_WORD = re.compile(r"(?:[a-z]{1,5}[ ]){0,3}")


def run_from(text: str, at: int, lists: NameLists, *, commas: bool = False, until: int | None = None) -> list[Word]:
    """The words of the run that begins at `at`, particles before it allowed. `commas`: ", " joins words too, once."""
    until = min(len(text), at + _WIDEST) if until is None else until
    particles = _BEFORE_WORD.match(text, at)
    first = at
    if particles is not None and particles.end() > at and all(w in PARTICLES for w in particles.group().split()):
        at = particles.end()
    run: list[Word] = []
    for word in _words(CAPITAL_WORD.finditer(text, at, until), lists):
        if not run:
            if word.start != at:
                break
            run.append(Word(first, word.end, word.text, word.flags, word.initial))
            continue
        if not joined(text, run[-1], word):
            if not commas or text[run[-1].end : word.start] != ", ":
                break
            commas = False
        run.append(word)
    return run


def runs(text: str, words: Iterable[Word]) -> Iterator[list[Word]]:
    """The words with a capital of a text, parted into those that follow each other as the words of one name can."""
    run: list[Word] = []
    for word in words:
        if run and (len(run) == _LONGEST_RUN or not joined(text, run[-1], word)):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def joined(text: str, one: Word, other: Word) -> bool:
    """Whether two words can be neighbours in a name: a space, a dot after an initial, particles, a wrapped line."""
    gap = text[one.end : other.start]
    if gap in (" ", '" ', ' "'):
        return gap == " " or text[one.start - 1 : one.start] == '"' or text[other.end : other.end + 1] == '"'
    if len(gap) > 16 or not _GAP.fullmatch(gap):
        return False
    if "\n" in gap:
        line = one.end - text.rfind("\n", 0, one.end) - 1
        return line >= _LONG_LINE and not one.initial
    if gap[0] == ".":
        return one.initial or (len(one.text) <= 3 and one.text.isupper() and gap == ". ")
    return all(w in PARTICLES for w in gap.split())
