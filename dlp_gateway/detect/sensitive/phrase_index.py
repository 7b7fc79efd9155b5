"""Finds thousands of phrases in a text at the cost of those whose words stand in it.

The words of the text are looked up among the phrases' anchors; a phrase is searched for only around its own. So a
text pays neither for phrases that it does not hold, nor for an automaton of all of them, which never stops growing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from .phrases import SHORTEST_HEAD, Phrase

_REACH = 200  # a phrase stretches so far to each side of its anchor, at most
_WORD = re.compile(rb"[A-Za-z0-9]+")
_NO_WORD = bytes(code if bytes([code]).isalnum() else 32 for code in range(256))  # all that parts words is a blank

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[T]):
    """A phrase. `others`: sets of anchors beyond the rarest, of each of which one must stand in the text; `near`: those
    of single words, each as it stands in a text in small letters."""

    pattern: Any
    others: tuple[frozenset[bytes], ...]
    near: tuple[tuple[bytes, ...], ...]
    meaning: T


class PhraseIndex(Generic[T]):
    """Phrases, each with what it stands for."""

    def __init__(self, phrases: Iterable[tuple[Phrase, T]]) -> None:
        self._entries: list[_Entry[T]] = []
        self._by_word: dict[bytes, list[int]] = {}  # by pairs of words, too
        self._by_head: dict[bytes, dict[bytes, list[int]]] = {}  # first letters -> all letters before the star
        self._capitals: set[bytes] = set()
        self._pairs: set[bytes] = set()
        for number, (phrase, meaning) in enumerate(phrases):
            rarest, *others = [frozenset(a.encode("latin-1", "replace") for a in s) for s in phrase.anchors]
            with_heads = tuple(frozenset(_head(a) for a in s) for s in others)
            near = tuple(
                tuple({a.removesuffix(b"*").lower() for a in s}) for s in others if not any(b" " in a for a in s)
            )
            self._entries.append(_Entry(pattern=phrase.pattern, others=with_heads, near=near, meaning=meaning))
            for anchor in rarest:
                if anchor.endswith(b"*"):
                    self._by_head.setdefault(_head(anchor), {}).setdefault(anchor[:-1].lower(), []).append(number)
                else:
                    self._by_word.setdefault(anchor, []).append(number)
            self._capitals |= {a for s in (rarest, *others) for a in s if a != a.lower()}
            self._pairs |= {a for s in (rarest, *others) for a in s if b" " in a}

    def find(self, octets: bytes) -> Iterator[tuple[int, int, T]]:
        """Where phrases stand in a text of latin-1 octets: start, end, meaning; phrase by phrase, in their order."""
        small = octets.lower()
        for number, stretches in sorted(self._stretches(octets, small).items()):
            entry = self._entries[number]
            for first, last in stretches:
                if not _holds_one_of_each(small[first:last], entry.near):
                    continue  # a word that the phrase needs is in the text, but not here
                for match in entry.pattern.finditer(octets[first:last]):
                    start, end = match.span()
                    start, end = first + start, first + end
                    if (start > first or not _cuts_word(octets, first)) and (
                        end < last or not _cuts_word(octets, last)
                    ):
                        yield start, end, entry.meaning

    def _stretches(self, octets: bytes, small: bytes) -> dict[int, list[tuple[int, int]]]:
        """Where each phrase is to be looked for, by its number: stretches around its anchors."""
        words = small.translate(_NO_WORD).split()
        pairs = self._pairs.intersection(map(b" ".join, pairwise(words)))
        capitals = self._capitals.intersection(octets.translate(_NO_WORD).split())
        by_head: dict[bytes, list[bytes]] = {}
        spoken = set(words)
        for word in spoken:
            by_head.setdefault(word[:SHORTEST_HEAD] + b"*", []).append(word)
        spoken |= pairs | by_head.keys() | capitals
        # Words, one or those with one beginning, with the numbers of the phrases that are looked for around them.
        asked = [([word], self._possible(self._by_word[word], spoken)) for word in self._by_word.keys() & spoken]
        for head in self._by_head.keys() & by_head.keys():
            for start, numbers in self._by_head[head].items():
                begun = [word for word in by_head[head] if word.startswith(start)]
                asked.append((begun, self._possible(numbers, spoken) if begun else []))
        asked = [(of_one, numbers) for of_one, numbers in asked if numbers]
        around: dict[int, list[tuple[int, int]]] = {}
        places = _places(octets, small, {word for of_one, _ in asked for word in of_one})
        for of_one, numbers in asked:
            found = places[of_one[0]] if len(of_one) == 1 else sorted(at for word in of_one for at in places[word])
            stretches = _reaching(found, len(octets))
            for number in numbers:
                known = around.get(number)
                around[number] = stretches if known is None else _united(known + stretches)
        return around

    def _possible(self, numbers: list[int], spoken: AbstractSet[bytes]) -> list[int]:
        """Those phrases of which a text holds all the words that they need."""
        entries = self._entries
        return [number for number in numbers if not any(map(spoken.isdisjoint, entries[number].others))]


def _places(octets: bytes, small: bytes, wanted: AbstractSet[bytes]) -> dict[bytes, list[int]]:
    """Where each of these words and pairs of words begins; one that is no small letters stands as it is written."""
    places: dict[bytes, list[int]] = {word: [] for word in wanted}
    if not wanted:
        return places
    seconds = {word.partition(b" ")[2] for word in wanted if b" " in word}
    with_capitals = any(word != word.lower() for word in wanted)
    before, before_at = b"", 0
    for match in _WORD.finditer(small):
        word, at = match[0], match.start()
        if word in wanted:
            places[word].append(at)
        if word in seconds and (pair := before + b" " + word) in wanted:
            places[pair].append(before_at)
        if with_capitals and (written := octets[at : match.end()]) in wanted and written != word:
            places[written].append(at)
        before, before_at = word, at
    return places


def _holds_one_of_each(piece: bytes, needed: tuple[tuple[bytes, ...], ...]) -> bool:
    """Whether a piece of a text holds one of the words of each of these sets."""
    for words in needed:
        for word in words:
            if word in piece:
                break
        else:
            return False
    return True


def _head(anchor: bytes) -> bytes:
    """What stands for an anchor among the words of a text."""
    return anchor[:SHORTEST_HEAD].lower() + b"*" if anchor.endswith(b"*") else anchor


def _reaching(places: list[int], length: int) -> list[tuple[int, int]]:
    """The stretches around these places (in order) of a text of that length, those that overlap as one."""
    stretches: list[tuple[int, int]] = []
    for at in places:
        first, last = max(0, at - _REACH), min(length, at + _REACH)
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return stretches


def _cuts_word(octets: bytes, at: int) -> bool:
    """Whether a word goes on across an offset."""
    return octets[max(0, at - 1) : at].isalnum() and octets[at : at + 1].isalnum()


def _united(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches in order, those that overlap as one."""
    united: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if united and first <= united[-1][1]:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united
