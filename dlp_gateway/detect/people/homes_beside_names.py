"""Homes that nothing names but the person right before them: "Craig Mullaney, 6 Ferrier Point.", "Mrs Sawyer-Price of
Pen y Graig Isaf, Cwm Isaf", "Eliza Thorogood, The Old Chapel, Rhyd".

A house number and one to three words with capitals up to the next comma are a home behind somebody's name whatever the
street is called; without a number the words must be such as houses are called by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...model import Category
from ..found import Found, Reading
from ..overlap import Match, Spans
from ..patterns.context import last_phrase
from ..places.address_grammar import HOUSE_TYPES, NUMBER, STREET_TYPES, WORDS

_REACH = 150
_CONFIDENCE = 0.6
_SAID = r"(?:aged?[ ]\d{1,3}|\d{1,3}|(?:born|b\.|d\.?o\.?b\.?:?)[ ][\d./\- ]{6,10})"
_GAP = re.compile(
    rf"(?:,[ ]{_SAID})?"
    r"(?:,[ ](?:of|at)[ ]|,[ ]{1,2}|[ ]of[ ]|[ ]at[ ]|[ ]?[|;/][ ]?|[ ]{2,12}|\t|[ ][\-–][ ]|[ ]\(|:[ ])"
    r"(?=[\dA-Z])",
    re.IGNORECASE,
)
_ENDS = r"(?=[ ]{0,2}(?:[,.;|/()\t\n]|[ ]{2}|[ ][\-–][ ]|$))"
_WORD = r"[A-ZÀ-Þ](?:[^\W\d_]|['’.\-]){0,20}"
_JOINED = r"(?:[ ](?:of|the|y|yr|na|le|la)){0,1}"
_NUMBERED = re.compile(rf"{NUMBER},?[ ]{_WORD}(?:{_JOINED}[ ]{_WORD}){{0,3}}{_ENDS}")
_HOUSE_WORDS = (
    rf"{HOUSE_TYPES}|chapel|byre|gatehouse|gate house|schoolhouse|school house|oast|bothy|paddock|haven|willows|limes|"
    "poplars|pines|cedars|orchard|spinney|coach-house|dower house|toll house|tollhouse|shieling|cott|ho|hse|fferm"
)
_HOUSE = re.compile(
    rf"(?:(?:The[ ])?(?:{_WORD}[ ]){{0,2}}(?i:{_HOUSE_WORDS})\b|"
    rf"(?:Bryn|Plas|Llys|Tan|Pen|Hafod|Bwthyn|Glan|Gwern|Tyddyn|Nant|Rhos|Cefn|T[yŷ]|Fferm|Maes|Cae|Pant|Coed|Tigh)"
    rf"(?:[ \-](?:y|yr|a|ar|[^\W\d_]{{2,16}})){{1,3}}){_ENDS}"
)
_NEXT_PIECE = re.compile(rf",[ ](?P<piece>{WORDS}){_ENDS}")
_ENDS_IN_TYPE = re.compile(rf"\b(?:{STREET_TYPES})\b\.?\Z", re.IGNORECASE)
_NO_STREET = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|"
    r"Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
    r"Sunday|Section|Schedule|Article|Room|Part|Page|Zone|Bay|Route|Level|Year|Years|Class|Form|Group|Ward|Phase|Chapter|"
    r"Act|Regulations?|Council|Hours?|Band|Tier|Stage|Grade|Unit|Team|Teams|Ltd|PLC|LLP|NHS|GP|AM|PM|GMT|BST|R|L|Apps?|"
    r"A|B|C|D|E|PCNs?|FPNs?|Days?|Weeks?|Months?|Children|Kids|Dogs|Cats|Beds?|People|Adults|Pupils|Key|Keys)\b"
)


def homes_beside_names(
    named: Iterable[Found], found: Sequence[Found], premises: tuple[str, ...]
) -> Iterator[tuple[Reading, Match]]:
    """What stands right behind the names of people that count, in canonical texts, where nothing else was found.
    `premises`: phrases of what no home is called by."""
    taken: dict[int, Spans] = {}
    for name in named:
        reading = name.reading
        if name.entity != "PERSON" or name.exempt is not None or name.greeting or reading.passage.table:
            continue
        text = reading.canonical.text
        gap = _GAP.match(text, name.until, name.until + _REACH)
        if gap is None or reading.layout.is_signature(name.at):
            continue
        span = _home(text, gap.end(), premises)
        if span is None:
            continue
        if reading.index not in taken:
            taken[reading.index] = Spans.of((f.at, f.until) for f in found if f.reading is reading)
        if taken[reading.index].free(*span):
            taken[reading.index].add(*span)
            yield reading, _match(*span)


def _home(text: str, start: int, premises: tuple[str, ...]) -> tuple[int, int] | None:
    """The home that begins at a position; None where there is none."""
    numbered = _NUMBERED.match(text, start, start + _REACH)
    if numbered is not None:
        return None if _NO_STREET.search(numbered[0]) or _is_office(numbered[0], premises) else numbered.span()
    house = _HOUSE.match(text, start, start + _REACH)
    if house is None or _is_office(house[0], premises):
        return None
    end = house.end()
    following = _NEXT_PIECE.match(text, end, end + _REACH)
    if following is not None and not _is_office(following["piece"], premises):
        return start, following.end("piece")
    return (start, end) if " " in house[0] else None


def _is_office(words: str, premises: tuple[str, ...]) -> bool:
    lower = words.lower()
    if lower.startswith("the old "):
        return False
    return last_phrase(lower, premises) == len(lower) and _ENDS_IN_TYPE.search(lower) is None


def _match(start: int, end: int) -> Match:
    return Match(
        entity="UK_ADDRESS",
        category=Category.CONTACT,
        recogniser="address-after-name",
        start=start,
        end=end,
        confidence=_CONFIDENCE,
        mask="### ###",
    )
