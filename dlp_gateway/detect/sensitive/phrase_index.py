"""Finds thousands of phrases in a text at the cost of those whose words stand in it.

The words of the text are looked up among the phrases' anchors; a phrase is searched for only around its own. So a
text pays neither for phrases that it does not hold, nor for an automaton of all of them, which never stops growing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .phrases import SHORTEST_HEAD, Phrase

_REACH = 200  # a phrase stretches so far to each side of its anchor, at most
_WORD = re.compile(rb"[A-Za-z0-9]+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[T]):
    """A phrase. `others`: sets of anchors beyond the rarest, of each of which one must stand in the text."""

    pattern: Any
    others: tuple[frozenset[bytes], ...]
    near: tuple[tuple[bytes, ...], ...]  # the same, each as it stands in a text in small letters
    meaning: T


class PhraseIndex(Generic[T]):
    """Phrases, each with what it stands for."""

    def __init__(self, phrases: Iterable[tuple[Phrase, T]]) -> None:
        self._entries: list[_Entry[T]] = []
        self._by_word: dict[bytes, list[int]] = {}
        self._by_head: dict[bytes, dict[bytes, list[int]]] = {}  # first letters -> all letters before the star
        self._capitals: set[bytes] = set()
        for number, (phrase, meaning) in enumerate(phrases):
            rarest, *others = [frozenset(a.encode("latin-1", "replace") for a in s) for s in phrase.anchors]
            with_heads = tuple(frozenset(_head(a) for a in s) for s in others)
            near = tuple(tuple({a.removesuffix(b"*").lower() for a in s}) for s in others)
            self._entries.append(_Entry(pattern=phrase.pattern, others=with_heads, near=near, meaning=meaning))
            for anchor in rarest:
                if anchor.endswith(b"*"):
                    self._by_head.setdefault(_head(anchor), {}).setdefault(anchor[:-1].lower(), []).append(number)
                else:
                    self._by_word.setdefault(anchor, []).append(number)
            self._capitals |= {a for s in (rarest, *others) for a in s if a != a.lower()}

    def find(self, octets: bytes) -> Iterator[tuple[int, int, T]]:
        """Where phrases stand in a text of latin-1 octets: start, end, meaning; phrase by phrase."""
        small = octets.lower()
        for number, stretches in self._stretches(octets).items():
            entry = self._entries[number]
            for first, last in stretches:
                piece = small[first:last]
                if not _holds_one_of_each(piece, entry.near):
                    continue  # a word that the phrase needs is in the text, but not here
                for match in entry.pattern.finditer(octets[first:last]):
                    start, end = match.span()
                    start, end = first + start, first + end
                    if (start > first or not _cuts_word(octets, first)) and (
                        end < last or not _cuts_word(octets, last)
                    ):
                        yield start, end, entry.meaning

    def _stretches(self, octets: bytes) -> dict[int, list[tuple[int, int]]]:
        """Where each phrase is to be looked for, by its number: stretches around its anchors."""
        places, capitals = self._places_of_words(octets)
        by_head: dict[bytes, list[bytes]] = {}
        for word in places:
            by_head.setdefault(word[:SHORTEST_HEAD] + b"*", []).append(word)
        spoken = places.keys() | by_head.keys() | capitals.keys()
        around: dict[int, list[tuple[int, int]]] = {}
        for word in sorted(self._by_word.keys() & spoken):  # not as hashes fall: of equal findings the first counts
            self._note(around, self._by_word[word], capitals.get(word) or places[word], spoken, len(octets))
        for head in sorted(self._by_head.keys() & by_head.keys()):
            for start, numbers in self._by_head[head].items():
                found = sorted(at for word in by_head[head] if word.startswith(start) for at in places[word])
                if found:
                    self._note(around, numbers, found, spoken, len(octets))
        return around

    def _places_of_words(self, octets: bytes) -> tuple[dict[bytes, list[int]], dict[bytes, list[int]]]:
        """Where each word begins, by the word in small letters; and those again that are anchors as they stand."""
        places: dict[bytes, list[int]] = {}
        capitals: dict[bytes, list[int]] = {}
        for match in _WORD.finditer(octets):
            word, at = match[0], match.start()
            places.setdefault(word.lower(), []).append(at)
            if word in self._capitals:
                capitals.setdefault(word, []).append(at)
        return places, capitals

    def _note(
        self,
        around: dict[int, list[tuple[int, int]]],
        numbers: list[int],
        places: list[int],
        spoken: AbstractSet[bytes],
        length: int,
    ) -> None:
        """Add the stretches around the places of one anchor to those phrases whose other words are spoken, too."""
        stretches: list[tuple[int, int]] = []
        for number in numbers:
            for other in self._entries[number].others:
                if spoken.isdisjoint(other):
                    break  # a word that the phrase needs is nowhere in the text
            else:
                stretches = stretches or _reaching(places, length)
                known = around.get(number)
                around[number] = stretches if known is None else _united(known + stretches)


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
