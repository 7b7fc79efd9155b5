"""Literal phrases looked up in a text by their words, however many there are: one step for each word of the text.

A phrase is found however its words are parted ("N.H.S. number", "nhs-number", "NHS_number"), in the plural too. Of
phrases that begin at one word the longest counts, and what it covers is not looked at again: a "council tax account
number" is no "account number".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+|\d+")  # "tel01632" begins with a word, "3d" does not end in one
# "’" is made "'" before: a set with a character beyond Latin-1 takes six times as long to compile, hundreds of times.
_GAP = r"[ \t\n\-./_'&+>]{0,4}"
_END = r"(?![^\W\d_])"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[V]):
    """The phrases that begin with one word: the word `alone`, and those with further words, with what finds the longest
    of these."""

    alone: V | None
    values: Mapping[tuple[str, ...], V]
    rest: re.Pattern[str] | None


class PhraseBook(Generic[V]):
    """Phrases with their values. `phrases` are in small letters; of two that have the same words the first counts.

    `words` are any number of single words with one value, `value_of_words`, where no phrase begins with them.
    """

    def __init__(self, phrases: Mapping[str, V], words: Iterable[str] = (), value_of_words: V | None = None) -> None:
        by_first: dict[str, dict[tuple[str, ...], V]] = {}
        forms = [(words_of(phrase), value) for phrase, value in phrases.items()]
        forms += [(plural, value) for form, value in forms if (plural := _plural(form)) != form]
        for form, value in forms:
            if form:
                by_first.setdefault(form[0], {}).setdefault(form[1:], value)
        entries: dict[str, _Entry[V]] = {}
        if value_of_words is not None:
            # One entry for all: tens of thousands of objects of their own would slow the collector down.
            entries = dict.fromkeys(words, _Entry(alone=value_of_words, values={}, rest=None))
            for first, rests in by_first.items():
                if first in entries:
                    rests.setdefault((), value_of_words)
        entries |= {
            first: _Entry(alone=rests.get(()), values=rests, rest=_rest(rests)) for first, rests in by_first.items()
        }
        self._entries = entries

    def find(self, text: str) -> Iterator[tuple[int, int, V]]:
        """The phrases in a text (small letters), in order: where they start and end, and their values."""
        entries = self._entries
        text = text.replace("’", "'")
        end = 0
        for word in _WORD.finditer(text):
            entry = entries.get(word[0])
            if entry is None or word.start() < end:
                continue
            start, until = word.span()
            value = entry.alone
            if entry.rest is not None and (more := entry.rest.match(text, until)) is not None:
                value, until = entry.values.get(words_of(more[0])), more.end()
            if value is not None:
                end = until
                yield start, end, value


def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase: runs of letters and runs of digits."""
    return tuple(_WORD.findall(phrase))


def _plural(words: tuple[str, ...]) -> tuple[str, ...]:
    """A phrase with its last word in the plural."""
    if words and words[-1].isalpha() and not words[-1].endswith("s"):
        return (*words[:-1], words[-1] + "s")
    return words


def _rest(rests: Mapping[tuple[str, ...], object]) -> re.Pattern[str] | None:
    """What matches the further words of the longest phrase. Each alternative is a fixed row of words and short gaps."""
    longest_first = sorted((r for r in rests if r), key=lambda words: (-len(words), -len(" ".join(words)), words))
    if not longest_first:
        return None
    alternatives = "|".join("".join(_GAP + re.escape(word) for word in words) for words in longest_first)
    return re.compile(f"(?:{alternatives}){_END}")


def same_length_lower(text: str) -> str:
    """Lower case with the same offsets: "İ" would become two characters."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
