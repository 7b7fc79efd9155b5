"""Literal phrases looked up in a text by their words, however many there are: one step for each word of the text.

A phrase is found however its words are parted ("N.H.S. number", "nhs-number", "NHS_number"), in the plural too. Of
phrases that begin at one word the longest counts, and what it covers is not looked at again: a "council tax account
number" is no "account number".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+|\d+")  # "tel01632" begins with a word, "3d" does not end in one
_GAP = r"[ \t\n\-./_'’&+>]{0,4}"
_END = r"(?![^\W\d_])"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[V]):
    """The phrases that begin with one word: by their further words, and what finds the longest of these."""

    values: Mapping[tuple[str, ...], V]
    rest: re.Pattern[str] | None


class PhraseBook(Generic[V]):
    """Phrases with their values. `phrases` are in small letters; of two that have the same words the first counts."""

    def __init__(self, phrases: Mapping[str, V]) -> None:
        by_first: dict[str, dict[tuple[str, ...], V]] = {}
        forms = [(words_of(phrase), value) for phrase, value in phrases.items()]
        forms += [(plural, value) for words, value in forms if (plural := _plural(words)) != words]
        for words, value in forms:
            if words:
                by_first.setdefault(words[0], {}).setdefault(words[1:], value)
        self._entries = {first: _Entry(values=rests, rest=_rest(rests)) for first, rests in by_first.items()}

    def find(self, text: str) -> Iterator[tuple[int, int, V]]:
        """The phrases in a text (small letters), in order: where they start and end, and their values."""
        entries = self._entries
        end = 0
        for word in _WORD.finditer(text):
            entry = entries.get(word[0])
            if entry is None or word.start() < end:
                continue
            more = entry.rest.match(text, word.end()) if entry.rest is not None else None
            value = entry.values.get(words_of(more[0]) if more is not None else ())
            if value is not None:
                end = more.end() if more is not None else word.end()
                yield word.start(), end, value


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
