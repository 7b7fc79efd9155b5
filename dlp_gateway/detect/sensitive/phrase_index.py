"""Finds thousands of phrases in a text at the cost of those whose words stand in it.

The words of the text are looked up among the phrases' anchors; a phrase is searched for only around its own. So a
text pays neither for phrases that it does not hold, nor for an automaton of all of them, which never stops growing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    """Phrases, each with what it stands for. Raises ValueError for a phrase that RE2 refuses."""

    def __init__(self, phrases: Iterable[tuple[Phrase, T]]) -> None:
        self._entries: list[_Entry[T]] = []
        self._by_word: dict[bytes, list[int]] = {}
        self._by_head: dict[bytes, dict[bytes, list[int]]] = {}  # first letters -> all letters before the star
        self._capitals: set[bytes] = set()
        for number, (phrase, meaning) in enumerate(phrases):
            rarest, *others = [frozenset(a.encode("latin-1", "replace") for a in s) for s in phrase.anchors]
            with_heads = tuple(frozenset(_head(a) for a in s) for s in others)
            near = tuple(tuple({a.removesuffix(b"*").lower() for a in s}) for s in others)
            self._entries.append(_Entry(pattern=phrase.compiled(), others=with_heads, near=near, meaning=meaning))
            for anchor in rarest:
                if anchor.endswith(b"*"):
                    self._by_head.setdefault(_head(anchor), {}).setdefault(anchor[:-1].lower(), []).append(number)
                else:
                    self._by_word.setdefault(anchor, []).append(number)
            self._capitals |= {a for s in (rarest, *others) for a in s if a != a.lower()}

    def find(self, octets: bytes) -> Iterator[tuple[int, int, T]]:
        """Where phrases stand in a text of latin-1 octets: start, end, meaning; phrase by phrase."""
        small = octets.lower()
        for number, stretches in self._stretches(octets, small).items():
            entry = self._entries[number]
            for first, last in stretches:
                piece = small[first:last]
                if not all(any(word in piece for word in words) for words in entry.near):
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
        written = set(_WORD.findall(octets))
        words = {word.lower() for word in written}
        heads = {word[:SHORTEST_HEAD] + b"*" for word in words}
        spoken = words | heads | (written & self._capitals)
        anchors = [(word, True, self._by_word[word]) for word in spoken & self._by_word.keys()]
        for head in heads & self._by_head.keys():
            anchors += [(start, False, numbers) for start, numbers in self._by_head[head].items() if start in small]
        around: dict[int, list[tuple[int, int]]] = {}
        for anchor, is_whole, candidates in anchors:
            stretches: list[tuple[int, int]] = []
            for number in candidates:
                for other in self._entries[number].others:
                    if spoken.isdisjoint(other):
                        break  # a word that the phrase needs is nowhere in the text
                else:
                    stretches = stretches or _around(
                        small if anchor == anchor.lower() else octets, anchor, is_whole=is_whole
                    )
                    known = around.get(number)
                    around[number] = stretches if known is None else _united(known + stretches)
        return around


def _head(anchor: bytes) -> bytes:
    """What stands for an anchor among the words of a text."""
    return anchor[:SHORTEST_HEAD].lower() + b"*" if anchor.endswith(b"*") else anchor


def _around(octets: bytes, anchor: bytes, *, is_whole: bool) -> list[tuple[int, int]]:
    """The stretches around the places of an anchor, in order, those that overlap as one. `is_whole`: the anchor is a
    word, else the beginning of one."""
    stretches: list[tuple[int, int]] = []
    size = len(anchor)
    at = octets.find(anchor)
    while at >= 0:
        if octets[max(0, at - 1) : at].isalnum() or (is_whole and octets[at + size : at + size + 1].isalnum()):
            at = octets.find(anchor, at + 1)  # a part of another word
            continue
        first, last = max(0, at - _REACH), min(len(octets), at + _REACH)
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
        # What stands before the end of the stretch is in it already: look on from shortly before there.
        at = octets.find(anchor, max(at + 1, last - _REACH))
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
