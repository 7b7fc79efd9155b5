"""The pieces that a UK postal address is made of, as people write them: flat, number, house, street, town, code.

All patterns are bounded, so that each try takes a fixed time wherever it begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .gazetteer import Gazetteer

_MOST_PIECES = 7  # between the street and the postcode
_CAPITAL = r"(?![a-zß-öø-ÿ])[^\W\d_]"
_WORD = rf"{_CAPITAL}(?:[^\W\d_]|['.\-]){{0,24}}+(?!\d)"
_JOINER = r"(?:upon|under|on|in|by|next|nr|near|the|of|le|la|y|yr|na|an|and|cum|super|with|&)"
WORDS = rf"{_WORD}(?:[ ]{{1,2}}(?:{_JOINER}[ ]){{0,2}}{_WORD}){{0,4}}"
STREET_WORDS = rf"{_WORD}(?:[ ]{{1,2}}(?:(?:of|the|upon|le|la|y|yr|na|an)[ ]){{0,2}}{_WORD}){{0,4}}"
NUMBER = r"(?:[Nn][Oo]\.?[ ]?)?\d{1,4}(?:[A-Za-z]|/\d{1,3}|[A-Za-z]?-\d{1,4}[A-Za-z]?)?"
STREET_TYPES = (
    "street|st|road|rd|avenue|ave|av|lane|ln|close|cl|drive|dr|bdwy|bk|pde|crescent|cres|gardens|gdns|grove|terrace|terr|way|place|square|"
    "mews|rise|row|walk|court|croft|fold|garth|wynd|brae|vennel|loan|hill|mount|parade|view|vale|green|park|gate|gait|"
    "quay|wharf|bank|cottages|cotts|villas|brow|la|corner|steps|snicket|ginnel|jennel|twitten|twitchell?|loke|chare|loaning|ropewalk|quayside|glebe|acres?|bungalows|rigg|stile|top|side|buildings|bldgs|broadway|end|nook|fields?|meadows?|chase|paddocks?|orchards?|heol|ffordd|stryd|lôn|lon"
)
HOUSE_TYPES = (
    "cottage|cottages|farm|farmhouse|lodge|barn|bungalow|house|villa|grange|manor|rectory|vicarage|manse|mill|forge|"
    "granary|stables|croft|steading|smithy|annexe|annex|hollies|elms|firs|laurels|oaks|gables|beeches|"
    "old [a-z]{3,12}|coach house"
)
UNIT = (
    r"(?:(?:flat|apartment|apt\.?|bedsit|maisonette|room|rm|unit|plot|pitch|caravan|mooring|berth|chalet|croft|"
    r"suite)[ ]"
    r"(?:no\.?[ ]?)?(?:\d{1,3}/\d{1,3}|\d{1,4}[a-z]?|[a-z]\d{0,3})|"
    r"(?:top|upper|lower|ground|first|second|third|basement|garden)(?:[ ]floor)?[ ]flat|"
    r"\d{1,2}f\d{1,2}|\d{1,2}/\d{1,2})"
)
BUILDINGS = (
    "house|hse|ho|court|ct|towers?|point|heights|mansions|lodge|buildings?|apartments|cottages?|farm|barn|villas?|hall|mill|"
    "works|wharf|grange|manor|block|tannery|flats"
)
POSTCODE = re.compile(r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]?[ ]{0,2}\d[A-Z]{2}|[a-z]{1,2}\d[a-z\d]?[ ]{0,2}\d[a-z]{2})(?!\w)")
SEPARATOR = re.compile(r"[ \t]{0,3}(?:,[ ]{0,3}(?:\n[> ]{0,8})?|\n[> ]{0,8}|[ ]-[ ])(?=\S)")
_SPACE = re.compile(r"[ ]{1,3}(?=\S)")
_WORDS = re.compile(WORDS)
_SMALL_WORDS = re.compile(r"[a-z][a-z'.\-]{1,24}(?:[ ][a-z][a-z'.\-]{0,24}){0,3}")
_NEAR = re.compile(r"(?:[Nn]ear|[Nn]r\.?|NEAR|NR)[ ]")
# What begins a line of its own below an address.
_NOT_TOWN = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Cllr|Dear|Re|Ref|Tel|Telephone|Phone|Mobile|Email|E-mail|Date|DOB|NHS|NI|Our|Your|Kind|"
    r"Regards|Yours|Many|Thanks|Name|Notes?|Please|Subject|From|To|Sent|Postcode|January|February|March|April|May|June|July|"
    r"August|September|October|November|December)\b|[\w'\-]{1,24}(?:[ ][\w'\-]{1,24}){0,2}:",
    re.IGNORECASE,
)
_STREET_TYPE = re.compile(rf"(?:{STREET_TYPES})[.,]?", re.IGNORECASE)
_NOT_HOUSE = r"(?!(?i:the[ ](?:occupier|resident|householder|tenant|manager|owner|director|secretary|clerk)))"
# "18, 20 and 22 Weir Bank": the numbers before the last one.
_NUMBERS_BEFORE = re.compile(
    r"(?<![\w/.,£$:\-])(?<!\d[ ])(?:\d{1,4}[a-z]?,[ ]){0,8}\d{1,4}[a-z]?,?[ ](?:and|&|to)[ ]\Z"
)
_UNIT_BEFORE = re.compile(rf"(?<![\w/.\-])(?i:{UNIT})(?:,?[ \t]{{1,3}}|,?[ \t]{{0,3}}\n[> ]{{0,8}})\Z")
# "Plot 4, Long Acre": the number is the plot's.
_UNIT_WORD_BEFORE = re.compile(
    r"(?<![\w/.\-])(?i:flat|apartment|apt\.?|bedsit|room|rm|unit|plot|pitch|caravan|chalet|croft)[ ](?i:no\.?[ ]?)?\Z"
)
_BUILDING_BEFORE = re.compile(
    rf"(?<![\w'\-]){_NOT_HOUSE}(?:(?:The[ ])?(?:{_WORD}[ ]){{1,3}}(?i:{BUILDINGS})|"
    rf"(?:The|THE)[ ](?:{_WORD}[ ]?){{1,2}})"
    r"(?:,[ \t]{0,3}|[ \t]{1,3}|,?[ \t]{0,3}\n[> ]{0,8})\Z"
)
_BACK = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What follows a street: where the address ends, its postcode, whether a known town is in it."""

    end: int
    postcode: tuple[int, int] | None = None
    town: bool = False


def tail(text: str, start: int, gazetteer: Gazetteer) -> Tail:
    """The rest of an address whose street ends at `start`: known towns, and whatever leads to a postcode."""
    position, end, town = start, start, False
    for _ in range(_MOST_PIECES):
        separator = SEPARATOR.match(text, position)
        gap = separator or _SPACE.match(text, position)
        if gap is None:
            break
        postcode = POSTCODE.match(text, gap.end())
        if postcode is not None:
            return Tail(end=postcode.end(), postcode=postcode.span(), town=town)
        piece = _piece(text, gap.end(), gazetteer)
        if piece is None or (separator is None and not piece.known and not piece.leads_to_postcode):
            break
        position = piece.end
        if piece.known:
            end, town = piece.end, True
    return Tail(end=end, town=town)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    end: int
    known: bool
    leads_to_postcode: bool


def _piece(text: str, start: int, gazetteer: Gazetteer) -> _Piece | None:
    """A stretch of words that can be a town, a county or a part of a town."""
    near = _NEAR.match(text, start)
    first = near.end() if near else start
    words = _WORDS.match(text, first) or _SMALL_WORDS.match(text, first)
    if words is None or _NOT_TOWN.match(text, start):
        return None
    pieces = words.group().split()
    count = gazetteer.uk_words(pieces)
    leads = _leads_to_postcode(text, words.end())
    if leads and not words.group()[0].islower():
        return _Piece(end=words.end(), known=count == len(pieces), leads_to_postcode=True)
    if count == len(pieces) or (count and not _STREET_TYPE.fullmatch(pieces[count])):
        return _Piece(end=first + _length(words.group(), count), known=True, leads_to_postcode=False)
    if words.group()[0].islower() and not leads:
        return None
    ends = SEPARATOR.match(text, words.end()) is not None
    return _Piece(end=words.end(), known=False, leads_to_postcode=leads) if ends or leads else None


def _leads_to_postcode(text: str, end: int) -> bool:
    gap = SEPARATOR.match(text, end) or _SPACE.match(text, end)
    return gap is not None and POSTCODE.match(text, gap.end()) is not None


def _length(words: str, count: int) -> int:
    """How many characters the first `count` words take."""
    end = 0
    for match in re.finditer(r"\S+", words):
        end, count = match.end(), count - 1
        if count == 0:
            break
    while words[end - 1] in ".'-":
        end -= 1
    return end


def head(text: str, start: int) -> int:
    """Where an address begins whose house number or name is at `start`: at its first number, its flat, its building."""
    for pattern in (_NUMBERS_BEFORE, _UNIT_WORD_BEFORE, _BUILDING_BEFORE, _UNIT_BEFORE):
        first = max(0, start - _BACK)
        found = pattern.search(text[first:start])
        if found is not None:
            start = first + found.start()
    return start
