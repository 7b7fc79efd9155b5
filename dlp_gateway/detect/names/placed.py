"""Judges what stands where the grammar expects a name."""

from __future__ import annotations

import re

from . import grammar
from .grammar import Place
from .lists import FIRST, LAST, NAME, ORDINARY, PLACE, NameLists, ends_name, never, strong_first, unknown
from .match import NameKind, NameMatch
from .roles import in_public_role
from .things import in_address, is_thing
from .words import Word, joined, run_from, words_with_capitals

TITLES = frozenset(
    w.lower() for w in f"{grammar.TITLES}|Cllr|Cllrs|Councillor|Councillors|Alderman|Mayor|Mr|Mrs".split("|")
)
_LINE_START = re.compile(r"[ \t>*\"'(\-\u2022]*(?:[A-Za-z]+:[ \t*\"]*)?")
_WIDEST = 70
# Streets, schools and pubs are named after their bearers.
_TITLES_OF_HISTORY = frozenset(
    {"sir", "dame", "lord", "lady", "prof", "professor", "baroness", "canon", "sister", "dr"}
)
_WITH_WEAK_NAMES = frozenset({NameKind.GREETING, NameKind.SIGN_OFF, NameKind.CALLED, NameKind.LABELLED})


class Judge:
    """Says whether a place holds a name, and where it begins and ends."""

    def __init__(self, lists: NameLists) -> None:
        self.lists = lists

    def match(self, text: str, place: Place) -> NameMatch | None:
        """The name in a place; None where there is none."""
        if place.before:
            words = self._words_before(text, place)
        else:
            words = run_from(text, place.at, self.lists, commas=place.kind is NameKind.LABELLED)
        return self.of_words(text, place, words)

    def of_words(self, text: str, place: Place, words: list[Word]) -> NameMatch | None:
        """The name that a run of words in a place holds, without words at its ends that are no part of it."""
        words = _from_first(_without_list(text, words), titled=bool(place.title))
        if not words:
            return None
        count = 1
        while count < len(words) and _continues(words, count, place):
            count += 1
        if place.before and count < len(words):
            return None
        words = words[:count]
        while len(words) > 1 and words[-1].initial:
            words.pop()
        if not _can_be(text, place, words):
            return None
        start, end = words[0].start, words[-1].end
        return NameMatch(
            kind=place.kind,
            start=start,
            end=end,
            confidence=place.rank,
            title=place.title,
            public=place.public or in_public_role(text, start, end),
        )

    def _words_before(self, text: str, place: Place) -> list[Word]:
        """The words of the name that ends where the place begins."""
        floor = max(text.rfind("\n", 0, place.at) + 1, place.at - _WIDEST)
        words: list[Word] = []
        comma = False
        for word in words_with_capitals(text[floor : place.at], self.lists):
            moved = word.moved(floor)
            if words and not joined(text, words[-1], moved):
                if text[words[-1].end : moved.start] == ", " and place.kind is NameKind.LISTED and not comma:
                    comma = True
                else:
                    words, comma = [], False
            words.append(moved)
        if not words or text[words[-1].end : place.at].strip(" *\"'"):
            return []
        if place.kind is NameKind.SIGN_OFF:
            head = _LINE_START.match(text, floor)
            if head is None or head.end() != words[0].start or len(words) > 4:
                return []
        return words


def _without_list(text: str, words: list[Word]) -> list[Word]:
    """The words up to a comma, unless it parts a surname from the first name behind it."""
    for count in range(1, len(words)):
        if text[words[count - 1].end : words[count].start] != ", ":
            continue
        surname, given = words[:count], words[count]
        plain = all(w.flags & LAST or unknown(w.flags) or w.initial or w.text.isupper() for w in surname)
        alone = len(surname) == 1 or all(w.text.isupper() or w.initial for w in surname[:-1])
        more = text.startswith(",", words[-1].end)
        if plain and alone and not more and (given.flags & FIRST or unknown(given.flags) or given.initial):
            return words
        return surname
    return words


def _from_first(words: list[Word], *, titled: bool) -> list[Word]:
    """The words without titles and what can't begin a name."""
    first = 0
    while first < len(words):
        word = words[first]
        if word.text.lower() in TITLES and first + 1 < len(words):
            first += 1
        elif (
            not word.initial and ends_name(word.flags) and not (titled and (not never(word.flags) or word.flags & NAME))
        ):
            if titled:
                return []
            first += 1
        else:
            break
    return words[first:]


def _continues(words: list[Word], count: int, place: Place) -> bool:
    """Whether a word still belongs to the name of those before it."""
    word = words[count]
    if word.initial:
        return count + 1 < len(words)
    if ends_name(word.flags):
        return False
    if word.text.isupper() and len(word.text) > 1 and not words[0].text.isupper():
        return bool(word.flags & NAME and not word.flags & ORDINARY) and len(word.text) > 3
    if word.flags & ORDINARY and place.title and not words[count - 1].flags & FIRST:
        return words[count - 1].initial  # "Mrs J Brown", but not "Mrs Begum May"
    return count < 6


def _can_be(text: str, place: Place, words: list[Word]) -> bool:
    first, last = words[0], words[-1]
    if is_thing(text, first.start, last.end) and (
        not place.title or place.kind is NameKind.PUBLIC or place.title.lower() in _TITLES_OF_HISTORY
    ):
        return False
    if all(w.initial for w in words):
        return False
    if place.title:
        return len(last.text) > 1 and (not never(last.flags) or bool(last.flags & NAME))
    full = [w for w in words if not w.initial]
    if in_address(text, first.start, last.end) and place.kind is NameKind.CALLED:
        return False
    if any(never(w.flags) for w in full):
        return False
    if len(full) == 1:
        return _single(text, place, full[0], with_initial=len(words) > 1 and words[0].text not in ("A", "I", "O"))
    strong = any(w.flags & NAME and not w.flags & (ORDINARY | PLACE) for w in full)
    weak = all(w.flags & NAME for w in full) and bool(full[0].flags & FIRST)
    strange = place.unknown and any(unknown(w.flags) for w in full)
    return strong or weak or strange


def _single(text: str, place: Place, word: Word, *, with_initial: bool) -> bool:
    if len(word.text) < 2:
        return False
    doubtful = word.text.isupper() and place.kind in (NameKind.CALLED, NameKind.LISTED)
    if doubtful and not strong_first(word.flags) and not text[max(0, place.at - 6) : place.at].isupper():
        return False
    if word.flags & PLACE and not word.flags & FIRST:
        return False
    small_before = not text[max(0, place.at - 6) : place.at].isupper()
    if word.text.isupper() and len(word.text) < 5 and unknown(word.flags) and (small_before or not place.at):
        return False
    if word.flags & ORDINARY:
        return bool(word.flags & FIRST or (with_initial and word.flags & NAME)) and place.kind in _WITH_WEAK_NAMES
    if place.kind is NameKind.SIGN_OFF and place.before:
        return False
    return bool(word.flags & NAME) or place.unknown
