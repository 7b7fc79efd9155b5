"""Whether what looks like an address is a person's: not an office's, a shop's, a building site's, a street light's."""

from __future__ import annotations

import re
from functools import lru_cache

from ..patterns.context import last_phrase
from ..patterns.pattern import Rule
from .address_grammar import SEPARATOR, STREET_TYPES

_BEFORE = 60
_NEAR = 40  # characters in which a word says that a match is something else
_BROKEN = 50
_MOST_PIECES = 5
_NUMBERS_BEFORE = re.compile(
    r"\b(?:items?|phase|stage|route|bus|buses|section|schedule|appendix|article|part|page|pages|zone|bay|junction|class|"
    r"level|year|grade|week|day|days|option|version|chapter|clause|para|paragraph|policy|table|figure|map|case|job|"
    r"order|invoice|ward|band|tier|question|windows|top|first|last|next|all|about|over|least|than|planted|had|bought|were|"
    r"fitted|installed|area|lot|group|stop|stops|lap|laps|number of|since|by|during|of) \Z"
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|during|until|from|of|for|and|to|summer|autumn|winter|spring|"
    r"january|february|march|april|may|june|july|august|september|october|november|december) \Z"
)
_YEAR = re.compile(r"(?:19|20)\d\d ")
_RANGE_BEFORE = re.compile(r"(?<!\d )\b\d{1,4}[a-z]? (?:and|to|&) \Z")
_MONTHS = re.compile(
    r"\d{1,2},? (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_MONTH_BEFORE = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \Z"
)
_DAY = re.compile(r"\d{1,2}/\d{1,2} ")  # "On 9/11 Siobhan Street wrote:"
_TEST = re.compile(r"\b(?:test|example|dummy|sample) (?:street|road|lane|avenue|close)\b")
_COMPANY_BEFORE = re.compile(r"\b(?:ltd|plc|llp|limited)\.?[ ]?\([^()\n]{1,40}\),?[ ]\Z")
# Of a piece of an address that says alone that the rest is of an office.
_OFFICES = frozenset({"depot", "ico", "hmrc", "dwp", "dvla", "ofsted", "civic offices"})
# Of the words of premises those where people live, too.
_LIVED_IN = re.compile(r"\b(?:home|hospital|hospice|hostel|prison|hotel|care|residential|hmp|court|house|barracks)s?\b")
_HOME_IN = re.compile(r"\b(?:flat|room|rm|bedsit|apartment) [a-z]?\d")
_POSTCODE_REACH = 120
_SENTENCE = re.compile(r"\n[ \t]*\n|[.;:|\t][ \n]|[ ]{3}|\b(?:deliver|at|to|the) ")
_THINGS_AFTER = re.compile(
    r"[ ](?:lights?|lamps?|lighting|columns?|shops?|stores?|units|signs?|plaques?|bollards?|trees|saplings|bins|works?|"
    r"closures?|residents'?|cars|spaces|bus|stops?|scheme|project|improvements?|festival|market|brands?|bridge|junction|"
    r"roundabout|car[ ]parks?|playground|resurfacing|crossing|regeneration|conservation|albums?|users|hearings|"
    r"exhibits|sites?|garages?|cem|cemetery|crematorium|churchyard|graveyard|allotments?|houses|homes|flats|appeal|medical|dental|development|depot|branch)\b"
)
_PERSON_AFTER = re.compile(r"[ \t]{0,3}(?:[-–|,:;(]|[ \t]{2})[ \t]{0,3}(?:mr|mrs|ms|miss)\b(?! ltd)")
_GAP = re.compile(r"(?:'s)?[\s,:;(>\-]*(?:(?:is|are|was|now|based|located|situated|at|in|on)\s+){0,3}")
_MOVED = re.compile(r"\s(?:(?:has|have|is|are|will be)\s)?(?:moved|moving|relocated)\sto\s")
_WORDS_AFTER = re.compile(r"[ ]((?:[a-z&']+[ ]?){1,2})")


def is_elsewhere(lower: str, start: int, end: int, premises: tuple[str, ...], *, labelled: bool = False) -> bool:
    """Whether the address at `start` is of an organisation or is no address. `lower`: the text in small letters;
    `end`: where its street ends, before the town; `labelled`: words before it say that somebody lives there."""
    before = lower[max(0, start - _BEFORE) : start]
    before = before[before.rfind("\n\n") + 1 :]
    value = lower[start:end]
    if value[:1].isdigit() and (
        (not labelled and _NUMBERS_BEFORE.search(before) and not _is_of_somebody(before))
        or _RANGE_BEFORE.search(before)
        or (_YEAR.match(value) and _YEAR_BEFORE.search(before))
        or _MONTHS.match(value)
        or (_MONTH_BEFORE.search(before) and lower.startswith(" wrote", end))
        or (before.endswith("on ") and _DAY.match(value) and lower.startswith(" wrote", end))
    ):
        return True
    if _THINGS_AFTER.match(lower, end) or _TEST.search(value) or _COMPANY_BEFORE.search(before):
        return True
    after = _WORDS_AFTER.match(lower, end)
    if after is not None and _first_is(after.group(1), premises):
        return True
    last = last_phrase(before, premises)
    if last >= 0 and (_MOVED if labelled else _GAP).fullmatch(before, last) is not None:
        return True
    return not labelled and any(
        piece.strip() in _OFFICES or _ends_in(piece, premises) for piece in SEPARATOR.split(value)
    )


def names_person_after(lower: str, end: int) -> bool:
    """Whether a person stands right behind an address, as in a list of homes: "Rose Cottage, Back Lane - Mr Pike"."""
    return _PERSON_AFTER.match(lower, end) is not None


def is_of_office(lower: str, start: int, premises: tuple[str, ...]) -> bool:
    """Whether the postcode at `start`, which no person's address holds, ends the address of an office or the like."""
    before = lower[max(0, start - _POSTCODE_REACH) : start]
    breaks = [match.end() for match in _SENTENCE.finditer(before)]
    address = before[breaks[-1] :] if breaks else before
    pieces = SEPARATOR.split(address)[-_MOST_PIECES:]
    return _HOME_IN.search(address) is None and any(
        piece.strip(" ,") in _OFFICES or (_LIVED_IN.search(piece) is None and _ends_in(piece.strip(" ,"), premises))
        for piece in pieces
    )


def _is_of_somebody(before: str) -> bool:
    """Whether "of" stands after a person: "Mrs Bielak, of 7 High St"."""
    return before.endswith(" of ") and re.search(r"\b(?:number|\d+) of \Z", before) is None


def _first_is(words: str, premises: tuple[str, ...]) -> bool:
    end = last_phrase(words, premises)
    return end >= 0 and (end >= len(words.split(maxsplit=1)[0]))


def _ends_in(piece: str, premises: tuple[str, ...]) -> bool:
    """Whether a piece of an address is an organisation's name: its last word says so, and it is no street."""
    piece = piece.strip()
    if len(piece.split()) < 2 or last_phrase(piece, premises) != len(piece):
        return False
    # "Station Road", "Bevan Court" are streets and blocks; "Crown Court" and "Health Centre" are whole phrases.
    return not _STREET_END.search(piece) or last_phrase(piece, _of_several_words(premises)) == len(piece)


@lru_cache(maxsize=16)
def _of_several_words(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(phrase for phrase in phrases if " " in phrase)


_STREET_END = re.compile(rf"\b(?:{STREET_TYPES})\Z|\b(?:flat|bedsit|apartment)\b")


def confidence_near(rule: Rule, lower: str, start: int) -> tuple[float, bool]:
    """The confidence that the words before a match give it, and whether a word of context made it."""
    before = lower[max(0, start - rule.file.window) : start]
    before = before[before.rfind("\n\n") + 1 :]
    label = last_phrase(before, rule.file.context)
    line = _line_before(before)
    other = last_phrase(line.replace("home office", " " * len("home office")), rule.file.not_context)
    if other >= 0 and other + len(before) - len(line) >= label:
        return 0.0, False
    return (rule.file.confidence.with_context, True) if label >= 0 else (rule.file.confidence.plain, False)


def _line_before(before: str) -> str:
    """What stands before a match on its line, and on the line above where that was broken for its length."""
    line = before[-_NEAR:]
    end = line.rfind("\n")
    if end < 0 or (end >= len(line) - 2 and "\n" not in before[-_BROKEN:-2]):
        return line
    return line[end + 1 :]
