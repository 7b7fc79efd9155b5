"""What lists know of a word: whether it is a first name, a last name, an ordinary word, a place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2

FIRST = 1
LAST = 2
ORDINARY = 4
"""A word of the dictionary, a month, a brand: as a name it needs more than a capital."""
PLACE = 8
"""A county, a country, a place that a list of places calls by no other name."""
TOWN = 16
"""A town or village: half the surnames of England are some."""
NEVER = 32
"""No part of a person's name, in capitals or not: departments, jobs, words of mails."""
WORDY = 64
"""A name that a sentence may begin with as an ordinary word."""
NAME = FIRST | LAST

_LISTS = {
    "first-names": FIRST,
    "first-names-added": FIRST,
    "last-names": LAST,
    "last-names-added": LAST,
    "ordinary-words": ORDINARY,
    "ambiguous-names": ORDINARY,
    "names-that-are-words": WORDY,
    "peoples": PLACE,
    "places": PLACE,
    "uk-counties": PLACE,
    "countries": PLACE,
    "countries-with-capitals": PLACE,
    "uk-towns": TOWN,
    "not-names": NEVER,
}
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "ng", "ə": "a",
     "ħ": "h", "ʻ": "'", "ʼ": "'", "’": "'", "‘": "'", "`": "'"}
)  # fmt: skip


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text in small letters without accents: "Ó Súilleabháin" is "o suilleabhain"."""
    lower = text.lower()
    if lower.isascii():
        return lower
    apart = unicodedata.normalize("NFD", lower.translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def strong_first(flags: int) -> bool:
    """A first name and nothing else but, perhaps, a last name or a town."""
    return flags & (FIRST | ORDINARY | PLACE | NEVER) == FIRST


def strong_last(flags: int) -> bool:
    """A last name and nothing else but, perhaps, a first name or a town."""
    return flags & (LAST | ORDINARY | PLACE | NEVER) == LAST


def unknown(flags: int) -> bool:
    """A word that no list holds."""
    return flags == 0


def never(flags: int) -> bool:
    """No part of a name."""
    return bool(flags & NEVER)


def ends_name(flags: int) -> bool:
    """A word at which a name ends, if it stands behind one: it is something else, and no name at all."""
    return never(flags) or (bool(flags & (ORDINARY | PLACE)) and not flags & NAME)


# How surnames end that no list holds: Slavic, Baltic, Balkan, Nordic, Greek, Turkish, Persian, Caucasian, Tamil,
# Sinhalese, Nigerian and others.
_ENDINGS = re.compile(
    r"(?:(?:sk|ck|dzk)(?:i|a|y)|wicz|czyk|czak|enko|chuk|ovi?ch?|evi?ch?|ovic|evic|ovna|evna|escu|eanu|oiu|auskas|iene|"
    r"aite|[ao]vicius|dottir|sson|ssen|sdatter|[bdgklmnrtv]sen|opoulos|opoulou|akis|iades|oglu|zade|zadeh|pour|"
    r"[aeiou]shvili|adze|idze|yan|ianov|lingam|ratnam|rajah|nathan|swamy|samy|moorthy|murthy|kumar|singham?|singhe|ratne|"
    r"wardena|wardene|sekara|sekera|tunga|suriya|chukwu|wale|tunde|mann|berger|stein|[bdfgklmnprstvz]ova|[bdfgklmnprstvz]ov|"
    r"(?:[aeiou][lkmnrstv])eva|inho|guez|ndez|rreira|ullah|uddin|zai|jee|wala|walla|bhai)$"
)


class NameLists:
    """Words of names, and what else they are."""

    def __init__(self, words: Mapping[str, frozenset[str]]) -> None:
        """`words` maps lexicons' names to their words; a list that is not there knows nothing."""
        self._flags: dict[str, int] = {}
        self._not_people = frozenset(fold(w) for w in words.get("not-people", ()))
        phrases = sorted((w for w in self._not_people if " " in w), key=len, reverse=True)
        pattern = "|".join(re2.escape(w) for w in phrases)
        self._phrases: Any = re2.compile(rf"(?i)\b(?:{pattern})\b") if phrases else None
        for name, flag in _LISTS.items():
            for word in words.get(name, ()):
                for key in (word,) if word.isascii() else (fold(word),):
                    self._flags[key] = self._flags.get(key, 0) | flag
        for word in words.get("world-cities", ()):  # far away: no first name is doubted for one of them
            key = fold(word)
            if not self._flags.get(key, 0) & FIRST:
                self._flags[key] = self._flags.get(key, 0) | TOWN
        self._towns = frozenset(
            fold(w) for n in ("uk-towns", "world-cities", "places", "countries") for w in words.get(n, ()) if " " in w
        )

    def is_of_thing(self, name: str) -> bool:
        """Whether a whole name is that of a firm, a brand, a town, a figure of history."""
        key = fold(name)
        return key in self._not_people or (" " in key and key in self._towns)

    def things_named(self, text: str) -> list[tuple[int, int]]:
        """Where the text names a firm, a brand, a figure of history in two words or more."""
        return [m.span() for m in self._phrases.finditer(text)] if self._phrases is not None else []

    def plain_first_names(self) -> frozenset[str]:
        """The first names of three letters or more that are nothing else, in small letters."""
        return frozenset(w for w, f in self._flags.items() if len(w) > 2 and strong_first(f))

    def plain_last_names(self) -> frozenset[str]:
        """The last names of five letters or more that are nothing else, in small letters."""
        return frozenset(w for w, f in self._flags.items() if len(w) > 4 and f & ~TOWN == LAST)

    def flags(self, word: str) -> int:
        """What is known of one word, as FIRST, LAST and so on together. Parts of a double name count as one."""
        key = fold(word)
        found = self._flags.get(key)
        if found is not None:
            return found
        if "-" in key or "'" in key:
            return self._of_parts(key)
        return LAST if len(key) > 5 and _ENDINGS.search(key) else 0

    def _of_parts(self, key: str) -> int:
        if key.endswith("'s"):
            return self._flags.get(key[:-2], 0)
        parts = [self._flags.get(p, 0) for p in key.replace("'", "-").split("-") if len(p) > 1]
        if not parts:
            return 0
        joined = self._flags.get(key.replace("'", "").replace("-", ""), 0)
        if joined & NAME:
            return joined
        names = [p & NAME for p in parts]
        if all(names):  # Smith-Jones, Anne-Marie: an ordinary word is none beside another name
            ordinary = ORDINARY if all(p & (ORDINARY | NEVER) for p in parts) else 0
            first = FIRST if all(n & FIRST for n in names) and not all(n & LAST for n in names) else 0
            return (names[-1] & LAST) | first | ordinary or names[-1]
        if any(p & (ORDINARY | NEVER) for p in parts):
            return ORDINARY
        return 0
