"""Names beside names: "Morrison, Rogers and Torres", "Vinka: What?" between lines of other speakers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..overlap import Spans
from .lists import FIRST, LAST, NAME, ORDINARY, TOWN, NameLists, ends_name, strong_first, strong_last, unknown
from .match import NameKind, NameMatch
from .things import is_thing
from .words import CAPITAL_WORD, Word, run_from

_BETWEEN = re.compile(r"(?:,[ ]?(?:and[ ])?|[ ](?:and|&)[ ])(?=\w)")
_BEFORE = re.compile(r"(?:^|[\s(:])([^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_]))+)(?:,[ ](?:and[ ])?|[ ](?:and|&)[ ])$")
_SPEAKER = re.compile(
    r"(?m)^[ \t>]{0,4}(?P<name>[^\W\d_][^\s:,.()]{1,20}(?: [^\W\d_][^\s:,.()]{1,20})?):(?=[ \t]*[\"“A-Z])"
)
_FEWEST_SPEAKERS = 2
_SURE = 0.65


def beside(text: str, matches: Sequence[NameMatch], lists: NameLists) -> Iterator[NameMatch]:
    """Single words that stand beside a name in a list of names, and the speakers of a conversation. `matches` are
    those found so far, in order."""
    taken = Spans()
    for match in matches:
        taken.add(match.start, match.end)
    for match in matches:
        yield from _after(text, match, lists, taken)
        yield from _before(text, match, lists, taken)
    yield from _speakers(text, matches, lists, taken)


def _after(text: str, match: NameMatch, lists: NameLists, taken: Spans) -> Iterator[NameMatch]:
    end = match.end
    while gap := _BETWEEN.match(text, end):
        words = run_from(text, gap.end(), lists)
        if len(words) != 1 or not taken.free(words[0].start, words[0].end) or not _fits(text, words[0], match):
            return
        yield _made(words[0].start, words[0].end)
        end = words[0].end


def _before(text: str, match: NameMatch, lists: NameLists, taken: Spans) -> Iterator[NameMatch]:
    start = match.start
    while found := _BEFORE.search(text, max(0, start - 30), start):
        word = CAPITAL_WORD.match(text, found.start(1))
        if word is None or word.end() != found.end(1) or not taken.free(word.start(), word.end()):
            return
        if not _fits(text, Word(word.start(), word.end(), word.group(), lists.flags(word.group()), False), match):
            return
        yield _made(word.start(), word.end())
        start = word.start()


def _fits(text: str, word: Word, match: NameMatch) -> bool:
    """Whether a word alone can be a name of the same list as a match: by its length, its case, its lists."""
    single = " " not in text[match.start : match.end]
    if len(word.text) < 3 or word.text.isupper() != text[match.start : match.end].isupper():
        return False
    if ends_name(word.flags) or is_thing(text, word.start, word.end):
        return False
    if strong_first(word.flags):
        return True
    if word.flags & ORDINARY:
        return single and match.confidence >= _SURE and bool(word.flags & FIRST)
    return single and bool(strong_last(word.flags) or (unknown(word.flags) and not word.flags & TOWN))


def _speakers(text: str, matches: Sequence[NameMatch], lists: NameLists, taken: Spans) -> Iterator[NameMatch]:
    """The names before the colons of a conversation, where one of them is a name that was found."""
    lines = [m.span("name") for m in _SPEAKER.finditer(text)]
    if len(lines) < _FEWEST_SPEAKERS:
        return
    ends = {m.end for m in matches}
    if not any(end in ends for _, end in lines):
        return
    for start, end in lines:
        words = [lists.flags(w) for w in text[start:end].split()]
        plain = all(f & (FIRST | LAST) or unknown(f) for f in words) and not any(ends_name(f) for f in words)
        if plain and any(f & NAME or unknown(f) for f in words) and taken.free(start, end) and text[start].isupper():
            yield _made(start, end)


def _made(start: int, end: int) -> NameMatch:
    return NameMatch(kind=NameKind.LISTED, start=start, end=end, confidence=0.6)
