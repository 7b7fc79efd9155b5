"""Homes that nothing names but the person right before them: "Craig Mullaney, 6 Ferrier Point.", "Mrs Sawyer-Price of
Pen y Graig Isaf, Cwm Isaf", "Eliza Thorogood, The Old Chapel, Rhyd", "Mrs Pike, flat 30", "Pat Pike, no. 4"; and in the
line below a name.

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
# A numbered street alone in the line below a name that is alone in its own: a letter's head, a resident's sign-off.
_BELOW = re.compile(r"[ \t]{0,3},?[ \t]{0,3}\n[> \t]{0,4}(?=\d)")
_LINE_BEFORE = re.compile(r"(?:\A|\n)[> \t]{0,4}(?:(?:mr|mrs|ms|miss|mx|dr|rev)\.? )?\Z", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[ \t]{0,3}(?:,[^\n]{0,60})?(?:\n|\Z)")
_UNIT = re.compile(
    r"(?:,[ ]|[ ][\-–][ ]|[ ]\(|[ ](?:at|of|in)[ ])"
    r"(?P<unit>(?:(?:flat|bedsit|chalet|apartment|apt|caravan|pitch|mooring|plot)[ ](?:no\.?[ ]?)?|no\.?[ ])"
    r"(?:\d{1,4}[a-z]?|(?<!no )(?<!no\. )[a-z])"
    r"(?:,[ ](?-i:[A-Z])[\w'.\-]{1,20}(?:[ ](?-i:[A-Z])[\w'.\-]{1,20}){1,2})?)\b(?![ ]\d)",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"[ ](?:at|of)[ ](?P<number>\d{1,3}[a-h])(?=[ ](?!for|on|and)[a-z]|[,.;)\n]|$)")
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
_STREET = re.compile(
    rf"\b(?:{STREET_TYPES}|{HOUSE_TYPES}|point|towers?|heights|lofts|maltings|ridings|mansions|strand|glebe)\b\.?\Z|"
    r"[a-z](?:gate|gait|side|way|wynd|fold|garth|croft|brae)\Z",
    re.IGNORECASE,
)
NO_STREET = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|"
    r"Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
    r"Sunday|Section|Schedule|Article|Room|Part|Page|Zone|Bay|Route|Level|Year|Years|Class|Form|Group|Ward|Phase|Chapter|"
    r"Act|Regulations?|Council|Hours?|Band|Tier|Stage|Grade|Unit|Team|Teams|Ltd|PLC|LLP|NHS|GP|AM|PM|GMT|BST|R|L|Apps?|"
    r"A|B|C|D|E|PCNs?|FPNs?|Days?|Weeks?|Months?|Children|Kids|Dogs|Cats|Beds?|People|Adults|Pupils|Key|Keys)\b"
)
"""Words behind a number that make it no house's."""


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
        span = _below(text, name)
        if span is None and not reading.layout.is_signature(name.at):
            span = _beside(text, name.until, premises)
        if span is None:
            continue
        if reading.index not in taken:
            taken[reading.index] = Spans.of((f.at, f.until) for f in found if f.reading is reading)
        if taken[reading.index].free(*span):
            taken[reading.index].add(*span)
            yield reading, _match(*span)


def _below(text: str, name: Found) -> tuple[int, int] | None:
    """The numbered street that fills the line below a name, which fills its own."""
    gap = _BELOW.match(text, name.until)
    if gap is None or _LINE_BEFORE.search(text[max(0, name.at - 12) : name.at]) is None:
        return None
    street = _NUMBERED.match(text, gap.end(), gap.end() + _REACH)
    if street is None or _LINE_ENDS.match(text, street.end()) is None or _STREET.search(street[0]) is None:
        return None
    return street.span()


def _beside(text: str, until: int, premises: tuple[str, ...]) -> tuple[int, int] | None:
    """The home right behind a name that ends at `until`."""
    for pattern, group in ((_UNIT, "unit"), (_LETTERED, "number")):
        found = pattern.match(text, until, until + _REACH)
        if found is not None:
            return found.span(group)
    gap = _GAP.match(text, until, until + _REACH)
    return None if gap is None else _home(text, gap.end(), premises)


def _home(text: str, start: int, premises: tuple[str, ...]) -> tuple[int, int] | None:
    """The home that begins at a position; None where there is none."""
    numbered = _NUMBERED.match(text, start, start + _REACH)
    if numbered is not None:
        return None if NO_STREET.search(numbered[0]) or is_office(numbered[0], premises) else numbered.span()
    house = _HOUSE.match(text, start, start + _REACH)
    if house is None or is_office(house[0], premises):
        return None
    end = house.end()
    following = _NEXT_PIECE.match(text, end, end + _REACH)
    if following is not None and not is_office(following["piece"], premises):
        return start, following.end("piece")
    return (start, end) if " " in house[0] else None


def is_office(words: str, premises: tuple[str, ...]) -> bool:
    """Whether words name an office or the like, no home."""
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
