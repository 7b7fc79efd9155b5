"""The one form that all spellings of a person's name, date, number or address share: what an index of the
council's records is keyed by, and what a text is looked up with.

An index and the texts that are looked up in it must agree: whoever changes a form here raises NORMAL_FORMS, and
indexes of before are refused with the advice to build them again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from ..checks import letters_and_digits, national_number

NORMAL_FORMS = 1

FIELDS = ("contact", "name", "forename", "surname", "date_of_birth", "postcode", "phone", "email", "reference")
"""What a key of an index can be made of, in the order in which a key names them. `contact` is the address of
somebody who is known to act for the person."""

MOST_WORDS = 5  # of one name
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "'": "", "’": ""}
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MAC = re.compile(r"^mac(?=[bcdfghjklmnpqrstvwxz])")
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}")
_TITLES = frozenset(
    "mr mrs miss ms mx master dr doctor rev reverend prof professor sir dame lord lady cllr councillor".split()  # noqa: SIM905 - a list of a word a line would be no easier to read
)
_PARTICLES = frozenset("de da di du la le van von der den bin binti al el ap ab ben st".split())  # noqa: SIM905 - as above

LEAST_REFERENCE, MOST_REFERENCE, LEAST_DIGITS = 6, 24, 4
"""Lengths of a reference in letters and digits, and how many of them are digits at the least: shorter ones stand in
any text."""


def fold(text: str) -> str:
    """Small letters without accents and apostrophes: "O’Neill" is oneill, "Łukasz" lukasz."""
    lower = text.lower()
    if lower.isascii():
        return lower.replace("'", "")
    plain = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_LETTERS)


def name_words(text: str) -> list[tuple[str, int, int]]:
    """The words of a name, folded, with their spans. A hyphen parts two words; titles are no part of a name."""
    words = [(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
    return [word for word in words if word[0] and word[0] not in _TITLES]


def joined(words: Sequence[str]) -> str:
    """The words of a name run together: double-barrelled ones are written with a hyphen, a space or nothing."""
    return _MAC.sub("mc", "".join(words))


def pair(one: str, other: str) -> str:
    """A given name and a family name in either order."""
    one, other = joined([one]), joined([other])
    return f"f{one} {other}" if one <= other else f"f{other} {one}"


# -- Names as a record has them --


def recorded_forms(forename: str, surname: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms of a recorded name that stand alone, and those that stand only beside something else: with an
    initial for the given name, and with one half of a double-barrelled family name. None where a half is missing."""
    given = [word for word, _, _ in name_words(forename)]
    family = [word for word, _, _ in name_words(surname)]
    whole = joined(family)
    if not given or len(whole) < 2:
        return (), ()
    first = given[0]
    if len(first) == 1:
        return (), (f"i{first} {whole}",)
    alone = pair(first, whole)
    halves = [pair(first, half) for half in family if len(family) > 1 and len(half) > 2]
    return (alone,), tuple(dict.fromkeys((alone, f"s{first[0]} {whole}", *halves)))


def parted(name: str) -> tuple[str, str]:
    """A whole name as forename and surname: "Smith, Ann" or "Ann Smith"; particles go with the surname."""
    if "," in name:
        surname, _, forename = name.partition(",")
        return forename, surname
    words = [name[start:end] for word, start, end in _tokens(name) if word not in _TITLES]
    if len(words) < 2:
        return "", name
    at = len(words) - 1
    while at > 1 and fold(words[at - 1]) in _PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])


def _tokens(name: str) -> Iterator[tuple[str, int, int]]:
    """Words between blanks: here a hyphen parts nothing."""
    for match in re.finditer(r"[^\s]+", name):
        yield fold(match.group().strip(".")), match.start(), match.end()


# -- Names as a text has them --


def spoken_forms(words: Sequence[str], others: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, bool, int, int]]:
    """The forms under which a run of folded words may be recorded: form, whether it may stand alone, first word, word
    after the last. `others` are the names that a given name is also known by ("liz": elizabeth)."""
    count = len(words)
    for first in range(count - 1):
        for last in range(first + 1, min(first + MOST_WORDS, count)):
            for form, alone in _forms_of_window(words[first : last + 1], others):
                yield form, alone, first, last + 1


def _forms_of_window(words: Sequence[str], others: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, bool]]:
    """Forms that take the first and the last word: what lies between are middle names or parts of the family name."""
    for at in range(1, len(words)):
        yield from _forms_of_pair(words[0], joined(words[at:]), others)
    yield from _forms_of_pair(words[-1], joined(words[:-1]), others, turned=len(words) == 2)


def _forms_of_pair(
    given: str, family: str, others: Mapping[str, frozenset[str]], *, turned: bool = False
) -> Iterator[tuple[str, bool]]:
    """`turned`: the same two words were asked in the other order already, and only what differs is wanted."""
    if len(family) < 2:
        return
    if len(given) == 1:
        yield f"s{given} {family}", False
        yield f"i{given} {family}", False
        return
    if not turned:
        yield pair(given, family), True
    for other in others.get(given, ()):
        yield pair(other, family), True
    yield f"i{given[0]} {family}", False


def known_by(groups: Sequence[str]) -> dict[str, frozenset[str]]:
    """The names that each given name is also known by, from lines of a full name and its short ones: a short name
    stands for the full one and the full one for each short name, but no short name for another."""
    found: dict[str, set[str]] = {}
    for group in groups:
        full, *short = [fold(word) for word in group.split()]
        found.setdefault(full, set()).update(short)
        for word in short:
            found.setdefault(word, set()).add(full)
    return {word: frozenset(others - {word}) for word, others in found.items()}


# -- Everything else: the same on both sides --


def postcode_form(text: str) -> str | None:
    """The form of “ls1 4ap” is LS14AP; None where it is no whole postcode."""
    value = letters_and_digits(text)
    return value if 5 <= len(value) <= 7 and _POSTCODE.fullmatch(value) else None


def phone_form(text: str) -> str | None:
    """The digits in national form; None for what is too short for a line of one's own."""
    value = national_number(text)
    return value if 9 <= len(value) <= 15 else None


def email_form(text: str) -> str | None:
    """The address in small letters; None where it is none."""
    value = text.strip().strip("<>").lower()
    local, at, domain = value.rpartition("@")
    return value if at and local and "." in domain and " " not in value else None


def reference_form(text: str) -> str | None:
    """Letters and digits in capitals; None for what is too short to tell one person from another."""
    value = letters_and_digits(text)
    if not LEAST_REFERENCE <= len(value) <= MOST_REFERENCE:
        return None
    return value if sum(map(str.isdigit, value)) >= LEAST_DIGITS else None
