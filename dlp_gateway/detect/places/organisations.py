"""Organisations and groups of people that a text names, by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CAPITAL = r"(?![a-zß-öø-ÿ])[^\W\d_]"
_WORD = rf"{_CAPITAL}(?:[^\W_]|['\-]){{0,24}}+"
_NAME = rf"{_WORD}(?:[ ](?:(?:of|and|the|for|&)[ ])?{_WORD}){{0,4}}"
_LEGAL = (
    r"Ltd|LTD|Limited|LLP|LLC|PLC|plc|Plc|Inc|Incorporated|Corp|Corporation|Company|Co|GmbH|AG|Holdings|Group|Partners|"
    r"Associates|Solicitors|Foundation|Trust|Bank|Insurance|Consulting|Consultants|Technologies|Technology|Software|Systems|"
    r"Solutions|Services|Agency|Agencies|Institute|Enterprises|Industries|Ventures|Partnership|Academy|Hospital|Charity|"
    r"Society|Association|Federation|Surgery|Labs|Media|Networks|Analytics|Research|Capital|Global|International"
)
_SUFFIXED = re.compile(rf"\b(?P<name>(?:{_WORD}[ ](?:(?:and|&)[ ])?){{1,5}}(?:{_LEGAL})\b\.?)")
_FIRM = re.compile(rf"\b(?P<name>{_WORD},[ ]{_WORD}(?:,[ ]{_WORD})?,?[ ](?:and|&)[ ]{_WORD})(?![ ]{_WORD})")
_SONS = re.compile(rf"\b(?P<name>{_WORD}[ ](?:and|&)[ ](?:Sons?|Daughters?|Co|Partners|Associates))\b")
_LED_TO = re.compile(
    r"\b(?:(?:i[ ]|used[ ]to[ ])?work(?:s|ed|ing)?[ ](?:for|at|with)|employed[ ](?:by|at)|"
    r"(?:job|career|year|internship|role|post)[ ](?:at|with)|"
    r"(?:ceo|founder|chairman|chair|employees?|staff|clients?|customers?)[ ](?:of|at)|shares[ ]in|acquired[ ]by|"
    r"(?:to|and)[ ]support|year[ ]at|address[ ]of|meet[ ]\w{1,12}[ ]at|invoice[ ]from|on[ ]behalf[ ]of)[ ]"
    rf"(?-i:(?P<name>{_NAME}))",
    re.IGNORECASE,
)
_IS_A = re.compile(
    rf"(?m)(?:^|[.!?\"][ ])(?P<name>{_NAME})[ ](?:is|was)[ ]an?[ ](?:\w{{1,20}}[ ]){{0,4}}"
    r"(?:agency|company|firm|bank|charity|business|corporation|organi[sz]ation|manufacturer|supplier|retailer|"
    r"start-?up|non-profit|501\(c\))"
)
_THE_OFFICE = re.compile(
    rf"\b[Tt]he[ ](?P<name>{_NAME})[ ](?:office|offices|website|board|headquarters|shop|store|branch)\b"
)
_BARRELLED = re.compile(rf"(?m)^[>? \t]{{0,6}}(?P<name>{_CAPITAL}[^\W\d_]{{2,20}}-{_CAPITAL}[^\W\d_]{{2,20}})[ \t]*$")
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['\-](?=[^\W_]))*")
_NOT_NAME = frozenset(
    ("I", "The", "This", "It", "He", "She", "We", "They", "You", "My", "Our", "What", "There", "That", "A")
)
# "European Union" is a body, not a people.
_BODIES = frozenset(
    ("Union", "Parliament", "Council", "Commission", "Court", "Republic", "Convention", "Embassy", "Red", "Airways")
)
# These are common words in small letters.
_ONLY_CAPITAL = frozenset(
    [
        "polish",
        "pole",
        "poles",
        "danish",
        "swiss",
        "thai",
        "thais",
        "latin",
        "malay",
        "jain",
        "roma",
        "lao",
        "twi",
        "tory",
        "orthodox",
        "pagan",
        "traveller",
        "travellers",
        "conservatives",
        "democrat",
        "democrats",
        "republican",
        "republicans",
        "evangelical",
        "nationalist",
        "unionist",
        "dutch",
        "finn",
    ]
)


class Organisations:
    """Finds organisations. `first_names` in small letters tell three friends from a firm of three surnames."""

    def __init__(self, first_names: frozenset[str]) -> None:
        self._first_names = first_names

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Their spans, surest forms first; they may overlap."""
        for pattern in (_SUFFIXED, _SONS, _FIRM, _IS_A, _THE_OFFICE, _LED_TO, _BARRELLED):
            for match in pattern.finditer(text):
                if pattern is _FIRM and self._are_people(match["name"]):
                    continue
                if match["name"].split(maxsplit=1)[0] not in _NOT_NAME:
                    yield match.span("name")

    def _are_people(self, names: str) -> bool:
        words = re.findall(r"[^\W\d_]+", names)
        return sum(word.lower() in self._first_names for word in words) * 2 >= len(words)


def groups(text: str, peoples: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Nationalities, languages, religions: single words and pairs of `peoples` (small letters)."""
    tokens = list(_TOKEN.finditer(text))
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        word = token.group()
        if following is not None and following.group() in _BODIES:
            continue
        lower = word.lower()
        if following is not None and f"{lower} {following.group().lower()}" in peoples:
            yield token.start(), following.end()
        elif (lower in peoples or _singular(lower) in peoples) and (
            word[0].isupper() or (lower not in _ONLY_CAPITAL and len(word) > 4)
        ):
            yield token.span()


def _singular(word: str) -> str:
    return word.removesuffix("es") if word.endswith("eses") else word.removesuffix("s")
