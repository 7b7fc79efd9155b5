"""Addresses outside the United Kingdom: a street in another language or a numbered one, its flat, town and country.

Each sign counts points. Two make an address of somebody; one only makes a place that those who look are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from ..patterns.pattern import compile_octets, shadow
from .gazetteer import Gazetteer

ENTITY = "LOCATION"
RECOGNISER = "address-abroad"
ENOUGH = 2
"""Points that make an address."""

_MOST_PIECES = 8
_BEFORE = 50  # characters before a street in which its house number stands
_CAPITAL = r"(?![a-zß-öø-ÿ])[^\W\d_]"
_WORD = rf"{_CAPITAL}(?:[^\W\d_]|['.\-]){{0,24}}+"
_JOINER = r"(?:de|des|du|del|della|delle|dei|di|da|do|dos|das|la|le|les|el|al|i|e|y|u|v|nad|na|am|an|im|of|the|och|og)"
_NAME = rf"{_WORD}(?:[ ](?:{_JOINER}[ ]){{0,2}}{_WORD}){{0,4}}"
_UNIT = r"(?i:(?:apt|apartment|suite|ste|unit|flat|floor|lot)\b\.?[ ]?(?:no\.?[ ]?|\#)?\d{1,5}[a-z]?)"
# A flat as it stands after a street abroad, or a house number, words and another number: "6750 Koskikatu 25".
_GATE = compile_octets(
    r"\b(?i:apt|apartment|suite|ste)\b\.? ?#?\d|"
    r"\b\d{2,5} (?:\d{1,4} )?[A-ZÀ-Þ?][^\d\n]{1,60}(?: \d{1,5}\b|\n|,)",
    case_sensitive=True,
)
_NUMBER_BEFORE = re.compile(rf"(?<![\w.£$/\-])(?:\d{{1,5}}[ ]){{1,2}}(?:{_WORD}[ ]){{0,2}}\Z")
_FLAT = re.compile(r"\b(?:apt|suite|ste)\b\.?[ ]?\#?\d{1,5}[a-z]?", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"(?<![\w.,£$€/:\-])(?<![£$€] )\d{{2,5}}[ ](?:\d{{1,4}}[ ])?(?P<name>{_NAME})(?P<number>[ ]\d{{1,5}}[A-Za-z]?)?"
    r"(?![\w/:]|\.\d|-\d)\.?"
)
_SMALL_NUMBERED = re.compile(
    r"(?<![\w.,£$€/:\-])\d{2,5}[ ](?:\d{1,4}[ ])?(?P<name>[^\W\d_][\w'.\-]{1,24}(?:[ ][^\W\d_][\w'.\-]{0,24}){0,3})"
    rf"(?P<number>[ ]\d{{1,5}})?(?=,?\s{{1,2}}{_UNIT})"
)
_GAP = re.compile(r"[ \t]{0,3}(?:,[ ]{0,2})?(?:\n[>?\s]{0,8}(?:,[ ]{0,2})?)?(?=\S)")
_UNITS = re.compile(_UNIT)
_CODE = re.compile(
    r"(?:\d{5}(?:-\d{4})?|\d{3}[ ]\d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}(?:[ ][A-Z]{2})?|[A-Z]\d[A-Z][ ]\d[A-Z]\d|\d{6})"
    r"(?![\w/:]|[ .\-]\d)"
)
_REGION = re.compile(r"(?:[A-Z]{2,3}|nan|\d{2})(?![\w'])")
_PLACE = re.compile(_NAME)
_SMALL_PLACE = re.compile(r"[^\W\d_][\w'.\-]{1,24}(?:[ ][^\W\d_][\w'.\-]{0,24}){0,3}")
_COUNTRY_WORDS = re.compile(r"[^\W\d_][^\W\d_.\-]{1,24}(?:[ ][^\W\d_][^\W\d_.\-]{1,24}){0,3}")
_LABEL_NEXT = re.compile(r"[^\W\d_][\w'\-]{0,24}(?:[ ][\w'\-]{1,24}){0,2}:")
_LABEL_BEFORE = re.compile(
    r"(?:address(?:es)?(?:[ ](?:is|was|as|to|with|here they are))?|liv(?:es?|ed|ing)[ ](?:at|in)|moved[ ](?:to|from)|"
    r"stay(?:s|ing)?[ ]at|(?:sent?|deliver(?:ed)?|post(?:ed)?|write|return|taxi|card|statement)[ ](?:it[ ])?to|"
    r"meet[ ](?:me|you)[ ]at)"
    r"[ ]?[:,]?\s{0,3}\Z",
    re.IGNORECASE,
)
_NO_STREET = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    r"Thursday|Friday|Saturday|Sunday|Section|Schedule|Article|Room|Part|Page|Windows|Zone|Bay|Route|Level|Year|Class|"
    r"Form|Budget|Group|Ward|Phase|Chapter|Act|Regulations?|Council|Census|Election|Hours?|Mobile|Office|Fax|Tel|GMT|BST|AM|PM|NHS)\b"
)
_HOME = re.compile(
    r"(?:united kingdom|uk|u\.k\.|great britain|england|scotland|wales|northern ireland)\Z", re.IGNORECASE
)


class _Kind(Enum):
    """What a piece after a street is."""

    UNIT = "flat"
    CODE = "code"
    COUNTRY = "country"
    HOME = "this country"
    REGION = "region"
    TOWN = "town"
    WORDS = "words"


_POINTS = {
    _Kind.UNIT: 1,
    _Kind.CODE: 1,
    _Kind.COUNTRY: 2,
    _Kind.HOME: 1,
    _Kind.REGION: 0,
    _Kind.TOWN: 1,
    _Kind.WORDS: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Abroad:
    """A stretch that may be an address abroad, and how many signs say so."""

    start: int
    end: int
    points: int
    named: bool = False  # a country or a code ends it


class AbroadFinder:
    """Finds addresses abroad in running text."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def find(self, text: str, cores: Sequence[tuple[int, int]]) -> list[Abroad]:
        """The addresses in a canonical text, in order; those of one point, too. `cores` are the spans that the
        recogniser's patterns found."""
        heads = [_with_number(text, start, end) for start, end in cores]
        if not heads and _GATE.search(shadow(text)) is None:
            return []
        heads += self._heads(text)
        found: list[Abroad] = []
        for head in sorted(heads, key=lambda h: (h.start, -h.end)):
            if found and head.end <= found[-1].end:
                continue
            whole = self._whole(text, head)
            if found and whole.start < found[-1].end:
                last = found.pop()
                whole = Abroad(
                    start=last.start,
                    end=max(last.end, whole.end),
                    points=last.points + whole.points,
                    named=last.named or whole.named,
                )
            found.append(whole)
        return found

    def _heads(self, text: str) -> Iterator[Abroad]:
        for match in _FLAT.finditer(text):
            yield Abroad(start=match.start(), end=match.end(), points=1)
        for pattern in (_NUMBERED, _SMALL_NUMBERED):
            for match in pattern.finditer(text):
                if not _NO_STREET.search(match["name"]):
                    yield Abroad(start=match.start(), end=match.end(), points=1 if match["number"] else 0)

    def _whole(self, text: str, head: Abroad) -> Abroad:
        """A head with what follows it, as far as it leads to a flat, a town, a code or a country."""
        small = text[head.start : head.end].islower()
        position, end, points, named, unknown = head.end, head.end, head.points, False, 0
        for _ in range(_MOST_PIECES):
            gap = _GAP.match(text, position)
            if gap is None or _LABEL_NEXT.match(text, gap.end()):
                break
            apart = "\n" in gap.group() or "," in gap.group()
            kind, until = self._piece(text, gap.end(), small=small)
            if kind is None or (gap.group().count("\n") > 1 and kind not in (_Kind.COUNTRY, _Kind.HOME)):
                break
            if kind in (_Kind.TOWN, _Kind.WORDS):
                if unknown and not apart:
                    break
                unknown += 1
            points += _POINTS[kind]
            named = named or kind in (_Kind.COUNTRY, _Kind.HOME, _Kind.CODE)
            position = until
            if _POINTS[kind] or (
                kind is _Kind.WORDS and unknown == 1 and apart and not small and head.points >= ENOUGH
            ):
                end = until
        if _LABEL_BEFORE.search(text[max(0, head.start - _BEFORE) : head.start]):
            points += 1
        return Abroad(start=head.start, end=end, points=points, named=named)

    def _piece(self, text: str, start: int, *, small: bool) -> tuple[_Kind | None, int]:
        """What stands at `start` and where it ends; None for what is no part of one. `small`: in small letters."""
        country = self._country(text, start)
        if country:
            return (_Kind.HOME if _HOME.match(text[start:country]) else _Kind.COUNTRY), country
        for kind, pattern in ((_Kind.UNIT, _UNITS), (_Kind.CODE, _CODE)):
            found = pattern.match(text, start)
            if found is not None:
                return kind, found.end()
        region = _REGION.match(text, start)
        place = _PLACE.match(text, start) or (_SMALL_PLACE.match(text, start) if small else None)
        if region is not None and (place is None or place.end() <= region.end()):
            return _Kind.REGION, region.end()
        if place is None:
            return None, start
        words = place.group().split()
        return (_Kind.TOWN if self._gazetteer.words(words) == len(words) else _Kind.WORDS), place.end()

    def _country(self, text: str, start: int) -> int:
        """Where a country's name that begins at `start` ends; 0 for none."""
        words = _COUNTRY_WORDS.match(text, start)
        if words is None:
            return 0
        pieces = words.group().split(" ")
        count = self._gazetteer.country_words(pieces)
        return start + len(" ".join(pieces[:count])) if count else 0


def _with_number(text: str, start: int, end: int) -> Abroad:
    """A street as a head, with the house number before it."""
    first = max(0, start - _BEFORE)
    before = _NUMBER_BEFORE.search(text[first:start])
    return Abroad(start=start if before is None else first + before.start(), end=end, points=ENOUGH)
