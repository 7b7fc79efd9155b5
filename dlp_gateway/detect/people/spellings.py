"""When two words are spellings of one name: "Mohammed", "Muhammad" and "Mo"; "MacLeod" and "McLeod"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..records.normal_forms import fold, joined

_SOUNDS = (
    *(("mu", "mo"), ("hu", "ho"), ("um", "om"), ("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("th", "t")),
    *(("sch", "sh"), ("dh", "d"), ("bh", "b"), ("v", "f"), ("z", "s"), ("y", "i")),
)
_DIPHTHONGS = ((re.compile(r"aye|a[iy]|e[iy]"), "I"), (re.compile(r"ou|oo"), "o"))
_TWICE = re.compile(r"(.)\1+")
_SOFT = str.maketrans({"e": "a", "u": "o"})
_FEMALE = frozenset({"mrs", "miss", "ms", "dame", "lady", "baroness", "sister"})
_MALE = frozenset({"mr", "sir", "lord", "master", "fr", "imam"})


class Spellings:
    """Knows the short forms of given names: `short_names` are lines of words, the full name first."""

    def __init__(self, short_names: Iterable[str] = ()) -> None:
        self._groups: dict[str, set[str]] = {}
        for line in short_names:
            words = [fold(w) for w in line.split()]
            for word in words:
                self._groups.setdefault(word, set()).add(f"={words[0]}")

    def given(self, word: str) -> frozenset[str]:
        """Keys of a given name: two words are the same name if they share one."""
        plain = fold(word)
        return frozenset({sound(plain), *self._groups.get(plain, ())})

    def alike(self, one: str, other: str) -> bool:
        """Whether two given names can be the same person's."""
        return one == other or not self.given(one).isdisjoint(self.given(other))


def surname(word: str) -> str:
    """The key of a surname: without accents, apostrophes and hyphens, Mac as Mc."""
    return joined([fold(part) for part in word.split("-")])


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """How a given name sounds, roughly: Mohamed and Muhammad, Aisha and Ayesha, Stephen and Steven are the same.

    Names that brother and sister may bear stay apart: Mahmood and Mohammed, Joan and John, Louis and Louise.
    """
    key = word
    for pattern, spoken in _DIPHTHONGS:
        key = pattern.sub(spoken, key)
    for written, spoken in _SOUNDS:
        key = key.replace(written, spoken)
    key = _TWICE.sub(r"\1", key)
    key = key[:1] + key[1:].translate(_SOFT)
    return key if len(key) < 3 else key.replace("oh", "o").replace("uh", "o").removesuffix("h")


def sex(title: str) -> str:
    """What a title says: "m", "f" or nothing, as that of a couple."""
    words = {w.strip(".").lower() for w in re.split(r"[\s&+/]+", title) if w}
    male, female = bool(words & _MALE), bool(words & _FEMALE)
    return "" if male == female else "m" if male else "f"
