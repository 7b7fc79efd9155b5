"""Names of places, from the lexicons: towns, counties, countries, cities of the world."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

_COMPASS = frozenset(("north", "south", "east", "west", "upper", "lower", "great", "little", "old", "new", "greater"))
_LONGEST = 6  # words of a place's name


class Gazetteer:
    """Looks words up among the names of places."""

    def __init__(self, words: Mapping[str, frozenset[str]]) -> None:
        def folded(*names: str) -> frozenset[str]:
            return frozenset(fold(word) for name in names for word in words.get(name, frozenset()))

        self._uk = folded("uk-towns", "uk-counties")
        self._countries = folded("countries")
        self._capitals = folded("countries-with-capitals")
        self._world = folded("world-cities") | self._uk

    def uk_words(self, words: Sequence[str]) -> int:
        """How many of the first of these words name a place in the United Kingdom; 0 for none."""
        count = _longest(words, self._uk)
        if not count and len(words) > 1 and words[0].lower() in _COMPASS:
            count = _longest(words[1:], self._uk)
            count += 1 if count else 0
        return count

    def country_words(self, words: Sequence[str]) -> int:
        """How many of the first of these words, in whatever case they are, name a country."""
        return _longest(words, self._countries) or (
            _longest(words, self._capitals) if words and words[0][:1].isupper() else 0
        )

    def words(self, words: Sequence[str]) -> int:
        """How many of the first of these words name a place anywhere; 0 for none."""
        return max(_longest(words, self._world), self.country_words(words))


def _longest(words: Sequence[str], names: frozenset[str]) -> int:
    for count in range(min(len(words), _LONGEST), 0, -1):
        if fold(" ".join(words[:count]).rstrip(".'-")) in names:
            return count
    return 0


@lru_cache(maxsize=16384)
def fold(name: str) -> str:
    """A name as it is looked up: small letters without accents."""
    if name.isascii():
        return name.lower()
    parts = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)


_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"})
