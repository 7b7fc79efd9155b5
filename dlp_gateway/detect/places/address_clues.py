"""Homes on streets that no word for street gives away, told by what else stands there: the town or the half of a
postcode after it ("212 Belgrave Gate, Leicester"), the part of the house ("88 Abbey Foregate (annexe)"), the article
("61 The Ridings"), the number behind the street ("at Sluice Road, 31"), the quotes around a house's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..patterns.pattern import compile_octets, shadow
from ..ruleset import words_of
from .address_anchors import Claim
from .address_grammar import HOUSE_TYPES, NUMBER, STREET_TYPES, WORDS
from .gazetteer import Gazetteer

_NAME = r"[A-Z][A-Za-z'\-]+"
_MOST_WORDS = 3
_SHORT = 3
_TOWN_REACH = 60
_CONFIDENCE = 0.7
_CLUED, _ARTICLE, _BEHIND = 1, 2, 4  # groups of the gate
_SHORT_TYPES = (
    "Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Close|Cl|Drive|Dr|Crescent|Cres|Gardens|Gdns|Grove|Terrace|Terr|Place|"
    "Square|Sq|Mews|Circus|Loan|Wynd"
)
_GATE = compile_octets(
    rf"\b(\d{{1,4}}[A-Za-z]?(?:/\d{{1,3}})?,? (?:{_NAME} ){{0,2}}{_NAME}(?:, | \())|"
    rf"\b(\d{{1,4}}[A-Za-z]? The {_NAME}(?: {_NAME})?\b)|"
    rf"\b((?:{_NAME} ){{1,3}}(?:{_SHORT_TYPES})\.?,? (?:No|no|Number|number)\.? ?\d{{1,4}}[A-Za-z]?\b)|"
    rf"\b(?:at|from|lives|was|now) ((?:{_NAME} ){{1,3}}(?:{_SHORT_TYPES}),? \d{{1,3}}[a-z]?\b)|"
    rf"(\"(?:The )?(?:{_NAME} )?{_NAME}\",? (?:{_NAME} ){{1,3}}(?:{_SHORT_TYPES})\b)|"
    rf"(\"(?:The )?(?:{_NAME} )?{_NAME}\",? The (?:Street|Drive|Avenue|Close|Lane|Crescent|Green|Square|Mews|Grove)\b)",
    case_sensitive=True,
)
_BEFORE = re.compile(r"[\w.,£$€/:\-]\Z|[£$€] \Z")
_OUTWARD = re.compile(r"[A-Z]{1,2}\d{1,2}[A-Z]?(?=[ ]{0,2}(?:[,.;|)\t\n]|[ ]{2}|$))")
_PART = re.compile(
    r"(?:annexe?|basement|attic|upper|lower|rear|(?:top|upper|lower|ground|first|second|third|basement|garden|rear)"
    r"(?:[ ](?:floor|left|right))?(?:[ ]flat)?)\)?(?=[ ]{0,2}(?:[,.;|)\t\n]|[ ]{2}|$))"
)
_ENDS = re.compile(r"[ ]{0,2}(?:[,.;:!?|/()\t\n]|[ ]{2}|[ ][\-–][ ]|$)")
_LEADS = re.compile(r"(?:\b(?:at|from|of|for|to|and|is|was|not\*?)|[ \t][-–]|[:;,|(*])[ \t]{0,3}\Z")
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t>*\-(]{0,8}\Z")
_NUMBER = re.compile(rf"{NUMBER},?[ ]")
_WORDS = re.compile(WORDS)
_TYPED = re.compile(rf"\b(?:{STREET_TYPES})\Z", re.IGNORECASE)
_SUFFIXED = re.compile(r"[a-z](?:gate|gait|side|wynd|fold|garth|croft|brae)\Z")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_HOUSES = re.compile(
    rf"(?:{STREET_TYPES}|{HOUSE_TYPES}|maltings|ridings|stables|glebe|pastures|spinney|dell|loke)s?\Z", re.IGNORECASE
)


class ClueReader:
    """Finds them. `words`: the lexicons, which tell the name of a street from a person's and from other words."""

    def __init__(self, gazetteer: Gazetteer, words: Mapping[str, frozenset[str]]) -> None:
        self._gazetteer = gazetteer
        self._ordinary = words_of(words, "ordinary-words", "not-names")
        self._first_names = words_of(words, "first-names", "first-names-added")
        self._people = self._first_names | words_of(words, "last-names", "last-names-added")

    def claims(self, text: str) -> Iterator[Claim]:
        """What may be somebody's address, in the order of a canonical text."""
        for match in _GATE.finditer(shadow(text)):
            group = match.lastindex or 0
            start, end = match.span(group)
            if _BEFORE.search(text[max(0, start - 2) : start]):
                continue
            if group == _CLUED:
                claim = self._before_clue(text, start, end)
            elif group == _ARTICLE:
                claim = self._with_article(text, start, end)
            elif group == _BEHIND and not _is_behind_street(text, end):
                claim = None
            else:
                claim = Claim(start=start, end=end, confidence=_CONFIDENCE)
            if claim is not None:
                yield claim

    def _before_clue(self, text: str, start: int, end: int) -> Claim | None:
        number = _NUMBER.match(text, start)
        if number is None or _YEAR.match(text, start):
            return None
        name = text[number.end() : end].rstrip(" (,")
        if not self._can_be_street(name):
            return None
        street = number.end() + len(name)
        part = _PART.match(text, end)
        if part is not None:
            return Claim(start=start, end=part.end(), confidence=_CONFIDENCE)
        if text[end - 1] == "(":
            return None
        outward = _OUTWARD.match(text, end)
        town = _WORDS.match(text, end, end + _TOWN_REACH)
        if outward is not None:
            return Claim(start=start, end=outward.end(), confidence=_CONFIDENCE)
        if town is not None and self._gazetteer.uk_words(town.group().split()) == len(town.group().split()):
            return Claim(start=start, end=street, confidence=_CONFIDENCE)
        return None

    def _with_article(self, text: str, start: int, end: int) -> Claim | None:
        name = text[start:end].split(" The ")[1]
        words = name.lower().split()
        houses = _HOUSES.match(words[-1]) is not None
        begins = _LINE_BEGINS.search(text[max(0, start - 10) : start]) is not None  # as the number of a heading does
        leads = _LEADS.search(text[max(0, start - 10) : start]) is not None
        if ((begins or not leads) and not houses) or not _ENDS.match(text, end):
            return None
        known = houses or not any(w in self._ordinary or w in self._people for w in words)
        return Claim(start=start, end=end, confidence=0.6) if known else None

    def _can_be_street(self, name: str) -> bool:
        words = name.lower().split()
        if (
            self._gazetteer.words(name.split()) == len(words)
            or len(words) > _MOST_WORDS
            or min(map(len, words)) < _SHORT
        ):
            return False
        if (_TYPED.search(name) is not None and len(words) > 1) or _SUFFIXED.search(name):
            return True
        strange = [word for word in words if word not in self._ordinary]
        return bool(strange) and words[0] not in self._first_names and not set(words) <= self._people


def _is_behind_street(text: str, end: int) -> bool:
    """Whether the number that ends there is a house's: at an end of the sentence, or behind a comma with a verb or
    the like after it."""
    if _ENDS.match(text, end) is not None:
        return True
    return "," in text[end - 5 : end] and re.match(r" (?:[A-Z]|of |and |to |bed|cars?\b)", text[end : end + 6]) is None
