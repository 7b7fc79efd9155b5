"""Addresses that no pattern of number and street finds: told by the postcode they end with, by the words that lead to
them ("lives at"), or by the name of a house and the street or town after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..patterns.pattern import compile_octets, shadow
from ..ruleset import words_of
from .address_grammar import (
    BUILDINGS,
    HOUSE_TYPES,
    NUMBER,
    POSTCODE,
    SEPARATOR,
    STREET_TYPES,
    STREET_WORDS,
    UNIT,
    WORDS,
)
from .gazetteer import Gazetteer

_WINDOW = 170  # characters before a postcode in which its address begins
_MOST_PIECES = 7
_BEFORE_HOUSE = 40
# Words after which a home's address comes.
_LABELS = (
    r"liv(?:es?|ed|ing)(?: on site)? (?:at|in|on)|byw yn|lives on a boat|resid(?:es?|ed|ing) (?:at|in)|"
    r"resident (?:at|of)|occupier of|stay(?:s|ed|ing) (?:at|in|with [a-z]{2,12} at)|moved? (?:to|from|into|out of)|"
    r"(?:home|new|old|current|previous|permanent|forwarding|postal|patient|his|her|their|my|property)(?:'s)? "
    r"address(?: (?:is|was|as))?|address(?: line 1| 1)?(?: (?:is|was|as|to|on file is))?|"
    r"address(?: form| field| line)? (?:says|reads|shows|gives)|[a-z]+'s address is|cyfeiriad|"
    r"tenant (?:at|of|in)|tenancy (?:at|of)|"
    r"(?:home )?addr\.?|accommodation (?:at|in)|house at|flat at|"
    r"(?:neighbours?|bloke|man|woman|lady|gentleman|lad|chap|couple|family|person|resident|tenants?|kids|children|"
    r"everyone) (?:at|of|in|from)|(?:comes|came|goes|went|going|coming) out of|knock(?:s|ed|ing)? (?:at|on)|"
    r"placed (?:at|with [a-z]{2,12} at)|discharged to|"
    r"visit(?:s|ed|ing)?(?: [a-z]+){0,3} (?:to|at)|visit(?:ed|ing)?|"
    r"(?:mr|mrs|ms|miss)(?: [a-z'\-]{1,20}){1,3},? (?:of|at)|"
    r"address for service (?:is|was)|address(?: (?:was|is))? (?:first |now )?given (?:first )?as|\d{1,3},? of|"
    r"(?:husband|wife|partner|ex|son|daughter|mother|father|mum|dad|brother|sister|nan|gran|grandmother|uncle|aunt|niece|"
    r"nephew|widow|cousin)(?:'s| [a-z]{2,14})?,? (?:at|of)|(?:now|currently|back) at|evicted from|renting|sleeping at|"
    r"squatting (?:at|in)|sofa[ \-]surfing at|died at|found (?:him|her|them) at|seen (?:him|her|them) at|"
    r"seen at home at|post goes to|write to (?:her|him|them) at|(?:his|her|their) home|home"
)
_AFTER_LABEL = (
    r"(?:the [a-z]|(?:t[y?]|bryn|plas|llys|hafod|bwthyn|glan|gwern|tyddyn|yr?) [a-z]|[a-z][a-z']+ (?:[a-z][a-z']+ )?"
    rf"(?:{HOUSE_TYPES}|[a-z]+,)|[^\s,]{{1,14}}, |nos?\.? ?\d|number \d|\d|"
    r"(?:flat|apartment|apt|bedsit|room|rm|unit|plot|pitch|caravan|mooring|berth|chalet|top|ground|first|basement) ?"
    r"[a-z0-9])"
)
_WITHIN = r"liv(?:es?|ed|ing) (?:in the (?:basement|attic|annexe?)|next door|over the shop),?"
# Words after which other things come as often as a home.
_LOOSE_LABELS = (
    r"(?:gone|sent|posted|delivered|redirected|forwarded|cheque|(?:post|letter) sent) to|"
    r"(?:shows|has|have|had|got) (?:him|her|them) at|pays (?:ct|c/tax|council tax|rent) (?:at|on|for)|registered at|"
    r"viewed|offered|last (?:registered|known|settled)(?: at)?|still at|next door at|sublet(?:ting)?|lives|"
    r"(?:he|she|they|i)(?:'s|'re|'m| is| are| am| was| were)(?: now| still| currently| staying| temporarily)? at|"
    r"call(?:s|ed|ing)(?: unannounced)? at|(?:boys|girls|youths|lads|kids) from|"
    r"(?:mum|mam|mom|dad|mother|father|brother|sister|nan|gran|grandad|grandmother|son|daughter|uncle|aunt|aunty|auntie|"
    r"cousin|friend|partner|boyfriend|girlfriend)'s,?|neighbours? (?:is|are|was|were|between)(?: at)?"
)
_TO_VALUE = r"(?:[ ](?:now|currently|temporarily))?(?:(?:[ ]?[:,\-]|)\s{1,3}(?:>[ ])?|[ ]\()"
_LABEL = rf"\b(?:{_WITHIN}|{_LABELS}|{_LOOSE_LABELS}){_TO_VALUE}"
_LOOSE = re.compile(rf"(?:{_WITHIN}|{_LOOSE_LABELS}){_TO_VALUE}", re.IGNORECASE)
# What the names of Welsh houses begin with, besides "Tŷ".
_WELSH_HOUSES = "bryn|plas|llys|tan|pen|hafod|bwthyn|glan|gwern|tyddyn|nant|rhos|cefn"
_GATE = compile_octets(
    rf"(?i:({_LABEL}){_AFTER_LABEL})|"
    r"(\b(?i:[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[A-Z]{2})\b)|"
    r"(\b(?:Cottage|Farm|Farmhouse|Barn|Bungalow|Lodge|Croft|Rectory|Vicarage)(?:, |\n))|"
    r"(, (?:Heol|Ffordd|Stryd|L[ôo]n) )|"
    rf"(\b(?i:t[y?]|{_WELSH_HOUSES}) [A-Z][a-zôâêî?'\-]{{2,20}}(?:, |\n))|"
    r"(, (?:[A-Z][A-Za-z'.\-]{1,20} ){1,3}"
    r"(?i:street|st|road|rd|lane|ln|avenue|ave|drive|close|terrace|row|crescent|gardens)\.?, [A-Z])",
    case_sensitive=True,
)
_NOT_LABEL = re.compile(
    r"\b(?:test|dummy|example|firm|firm's|employer|employer's|site|registered|business|office|our|e-?mail|web|ip|venue|trading|work|works|premises|council|school|company|mac|invoice|"
    r"to|must|will|we|not|and) \Z",
    re.IGNORECASE,
)
_SMALL = r"(?:[a-z][a-z'.\-]{0,20}[ ]{1,2})"
_NUMBERED = re.compile(rf"{NUMBER},?[ ]{{1,2}}{STREET_WORDS}")
_NUMBERED_SMALL = re.compile(rf"{NUMBER},?[ ]{{1,2}}{_SMALL}{{1,3}}(?:{STREET_TYPES})\b", re.IGNORECASE)
_NUMBER_TAIL = re.compile(rf"(?:\A|(?<=[\s(:>])){NUMBER},?[ ]{{1,2}}{WORDS}(?:[ ]{WORDS})?\Z")
_NUMBER_TAIL_SMALL = re.compile(rf"(?:\A|(?<=[\s(:>])){NUMBER},?[ ]{{1,2}}{_SMALL}{{1,5}}[a-z]{{1,20}}\Z")
_TITLED_TAIL = re.compile(r"\d{1,4}[ ]{1,2}(?:Mr|Mrs|Ms|Miss|Mx|Dr)\b")
_NUMBER_SAID = re.compile(
    r"(?:nos?\.?|number)[ ]?\d{1,4}[a-z]?(?:(?:, | and | & | to )\d{1,4}[a-z]?){0,4}(?![\w/\-])"
    r"(?![ ](?:of|per|\d)\b|[ ](?:in|on)\b(?![ ](?:his|her|their)\b))",
    re.IGNORECASE,
)
_NUMBER_BARE = re.compile(
    r"\d{1,3}[a-z]?(?=[,.;)\n]|$|[ ](?:is|are|has|have|had|was|were|and|says|said|wants|complain(?:s|ed))\b)",
    re.IGNORECASE,
)
_NEXT_DOOR = re.compile(r"next door|in the ", re.IGNORECASE)
_FRACTION = re.compile(r"\d{1,2}/\d{1,2}\Z")
_NUMBER_ALONE = re.compile(rf"{NUMBER}\Z")
_UNIT = re.compile(rf"{UNIT}(?=[,\s])", re.IGNORECASE)
_UNIT_ALONE = re.compile(rf"(?:\A|(?<=[\s(:>])){UNIT}(?:[ ]{{1,2}}{WORDS})?\Z", re.IGNORECASE)
_TYPED = re.compile(rf"\b(?:{STREET_TYPES})\b", re.IGNORECASE)
_ENDS_IN_TYPE = re.compile(
    rf"\b(?:{STREET_TYPES})(?:[ ](?:north|south|east|west))?\Z|\A(?:heol|ffordd|stryd|lôn|lon|maes)\b", re.IGNORECASE
)
_BUILDING_OR_TYPE = re.compile(rf"\b(?:{STREET_TYPES}|{BUILDINGS})\b", re.IGNORECASE)
_STREET_WORDS = re.compile(STREET_WORDS)
_WORDS = re.compile(WORDS)
_WORDS_ALONE = re.compile(rf"{WORDS}\Z")
_WORDS_TAIL = re.compile(rf"(?:(?<=[a-z:(>\-] )|(?<=[(:>])){WORDS}\Z")
_WORDS_BEFORE = re.compile(rf"(?<![\w'])(?:{WORDS}[ ]|The[ ])\Z")
_SENTENCE_ENDS = re.compile(r"(?<=[a-z]{4})\. ")
_ANY_WORDS = re.compile(r"[a-z' ]{3,40}")
_BLANKS = re.compile(r"[ ]{1,2}")
_NEAR = re.compile(r"(?:nr\.?|near|by)[ ]", re.IGNORECASE)
_NEAR_PIECE = re.compile(rf"(?i:nr\.?|near|by)[ ](?={WORDS}\Z)")
_HOUSE = re.compile(
    rf"(?:the\b|.*\b(?:{HOUSE_TYPES})\Z|(?:t[yŷ?]|{_WELSH_HOUSES}|tigh|derwen|maes)\b)",
    re.IGNORECASE,
)
_FARM = re.compile(r"\b(?:farm|farmhouse|cottage|barn|croft|bungalow)\Z", re.IGNORECASE)
_HOUSE_SMALL = re.compile(rf"(?:[a-z]{{2,14}}[ ]){{1,3}}(?:{HOUSE_TYPES})\b", re.IGNORECASE)
_NOT_HOME = re.compile(
    r"\b(?:hall|centre|center|library|school|academy|college|hospital|church|chapel|surgery|office|offices|hotel|inn|arms|"
    r"pub|club|museum|theatre|depot|station|works|mill|ltd|llp|plc|council|trust|university|nursery|stadium|park|market|"
    r"shop|stores?|clinic|practice|court|exchange|ymca|gym|studio|studios|cafe|bar|garage|car park)\b",
    re.IGNORECASE,
)
# What may be a house's name with nothing behind it.
_ALONE = re.compile(
    rf"The (?:{HOUSE_TYPES.replace('house|', '').replace('|mill|forge', '')})|"
    r"(?:T[yŷ]|Bryn|Plas|Llys|Hafod|Bwthyn|Glan|Gwern|Tyddyn|Y|Yr)[ ](?:yr?[ ])?[A-Z][^\W\d_]{2,16}",
    re.IGNORECASE,
)
# What somebody lives in is a home whatever street it stands in.
_LIVES = re.compile(r"(?:liv|resid|stay)[a-z]+ (?:at|in) ", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?:(?!The )[A-Z][\w'\-]+[ ]){1,2}(?:House|Court|Towers?|Point|Heights|Mansions|Lodge|Cottages?|Farm|Flats)\b"
    r"(?! [A-Z])"
)
# Nobody lives in what ends so, whatever words lead to it: "the drop-in is now at Castle Library".
_OFFICE = re.compile(
    r"\b(?:library|school|academy|college|church|surgery|offices?|museum|theatre|depot|station|university|stadium|clinic|"
    r"medical practice|gym|cafe|car park|team|centre|town hall)\Z",
    re.IGNORECASE,
)
# Houses are called so, too, where a street follows.
_VIEW = re.compile(r"\w (?:view|bank|mount|end|rise|croft|field|nook|gate|park|green|hill)\Z", re.IGNORECASE)
_PERSON = re.compile(r"(?:mr|mrs|ms|miss|mx|dr|rev|prof|sir|dame|cllr|dear|to|re|fao|c/o)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A stretch that begins like an address. `labelled`: words before it say that somebody lives there."""

    start: int
    end: int
    labelled: bool = False
    confidence: float = 0.0
    recogniser: str = "uk-address-block"


class AnchorReader:
    """Finds the addresses around anchors. Of the lexicons, `words`, first names tell a person above an address from the
    name of a house, ordinary words tell other things from streets."""

    def __init__(self, gazetteer: Gazetteer, words: Mapping[str, frozenset[str]]) -> None:
        self._gazetteer = gazetteer
        self._first_names = words.get("first-names", frozenset())
        self._ordinary = words_of(words, "ordinary-words", "not-names")

    def claims(self, text: str) -> Iterator[Claim]:
        """What begins like an address, in no order; overlaps are the caller's to join."""
        for match in _GATE.finditer(shadow(text)):
            if match.start(2) >= 0:
                claim = self._before_postcode(text, match.start(2))
            elif match.start(5) >= 0:
                claim = self._house_at(text, match.start(5), labelled=False)
            elif match.start(3) >= 0 or match.start(4) >= 0:
                claim = self._house(text, max(match.start(3), match.start(4)))
            elif match.start(6) >= 0:
                claim = self._on_street(text, match.start(6), match.end(6) - 3)
            else:
                claim = self._after_label(text, match.start(1), match.end(1))
            if claim is not None:
                yield claim

    def _after_label(self, text: str, start: int, end: int) -> Claim | None:
        loose = _LOOSE.fullmatch(text, start, end) is not None
        if not loose and _NOT_LABEL.search(text[max(0, start - 12) : start]):
            return None
        unit = _UNIT.match(text, end)
        if unit is not None:
            until = self._past_unit(text, unit.end())
            if until == unit.end() and _FRACTION.match(unit.group()):  # "Visit 11/03": a day
                return None
            return Claim(start=end, end=until, labelled=True, confidence=0.85)
        numbered = _NUMBERED.match(text, end)
        if numbered is not None and _TITLED_TAIL.match(numbered.group().replace(",", "")):  # "at 29, Mr Pike rang"
            numbered = None
        if numbered is not None:
            value = numbered.group()[: self._cut_at_type(numbered.group())]
            if loose and not self._is_street(value):
                return None
            return Claim(start=end, end=end + len(value), labelled=True, confidence=0.85)
        small = _NUMBERED_SMALL.match(text, end)
        if small is not None and not loose:
            return Claim(start=end, end=small.end(), labelled=True, confidence=0.8)
        said = _NUMBER_SAID.match(text, end)
        if said is not None:  # "his neighbour at no. 54": the street was named before, or goes without saying
            return Claim(start=end, end=said.end(), labelled=True, confidence=0.7)
        bare = _NUMBER_BARE.match(text, end) if loose and _NEXT_DOOR.search(text, start, end) else None
        if bare is not None:
            return Claim(start=end, end=bare.end(), labelled=True, confidence=0.7)
        at = text[start:end].rstrip(" :-\n>").lower().endswith(("at", "address", "address is"))
        if loose:
            name = _WORDS.match(text, end)
            if name is None or _NOT_HOME.search(name.group()):
                return None
            at = at and _HOUSE.match(name.group()) is not None
        return self._house_at(text, end, labelled=True, at=at) or self._block(text, start, end)

    def _block(self, text: str, start: int, end: int) -> Claim | None:
        """The building that somebody is said to live in, whatever its street is."""
        block = _BLOCK.match(text, end) if _LIVES.match(text, start) else None
        if block is None or self._is_place(block.group()):
            return None
        return Claim(start=end, end=block.end(), labelled=True, confidence=0.7)

    def _is_street(self, value: str) -> bool:
        """Whether a number and words are a street's: one of the words says so, or is no word of English."""
        words = value.lower().split()[1:]
        return (
            words[0] == "the"
            or _ENDS_IN_TYPE.search(value) is not None
            or any(w.rstrip(".,") not in self._ordinary for w in words)
        )

    def _past_unit(self, text: str, position: int) -> int:
        """The end of what follows a flat's number: a building, then a street."""
        end = position
        for _ in range(3):
            gap = SEPARATOR.match(text, end) or _BLANKS.match(text, end)
            if gap is None:
                return end
            street = _NUMBERED.match(text, gap.end()) or _NUMBERED_SMALL.match(text, gap.end())
            if street is not None:
                return gap.end() + self._cut_at_type(street.group())
            words = _STREET_WORDS.match(text, gap.end())
            if words is None:
                return end
            value = _SENTENCE_ENDS.split(words.group(), 1)[0]
            if "," not in gap.group() and "\n" not in gap.group() and not _BUILDING_OR_TYPE.search(value):
                return end
            cut = _BUILDING_OR_TYPE.search(value) if value.isupper() else None
            end = gap.end() + (cut.end() if cut else len(value.rstrip(".'-")))
            if cut or _ENDS_IN_TYPE.search(value):
                return end
        return end

    def _cut_at_type(self, value: str) -> int:
        """The length of a numbered street without the town that follows it by a blank only."""
        street = _TYPED.search(value, 4)
        return street.end() if street is not None else len(value.rstrip(".-'"))

    def _house(self, text: str, start: int) -> Claim | None:
        first = max(0, start - _BEFORE_HOUSE)
        before = _WORDS_BEFORE.search(text[first:start] + (" " if text[start] == "," else ""))
        if before is None:
            return None
        return self._house_at(text, first + before.start(), labelled=False)

    def _on_street(self, text: str, start: int, end: int) -> Claim | None:
        """What stands before a street that a town follows, and is neither a person nor a place: the name of a house."""
        first = max(0, start - _BEFORE_HOUSE)
        before = _WORDS_BEFORE.search(text[first:start] + " ")
        separator = SEPARATOR.match(text, end)
        town = _WORDS.match(text, separator.end()) if separator is not None else None
        if before is None or town is None or not self._gazetteer.uk_words(town.group().split()):
            return None
        name = before.group().strip()
        if self._is_person(name) or self._is_place(name) or len(name.split()) > 3 or _NOT_HOME.search(name):
            return None
        return Claim(start=first + before.start(), end=town.end(), confidence=0.65)

    def _house_at(self, text: str, start: int, *, labelled: bool, at: bool = False) -> Claim | None:
        """A house's name, and after it its street or town. `at`: nothing but an address can follow the label."""
        name = _WORDS.match(text, start) or (_HOUSE_SMALL.match(text, start) if labelled else None)
        if name is None or (not labelled and self._is_person(name.group())) or _OFFICE.search(name.group()):
            return None
        separator = SEPARATOR.match(text, name.end())
        is_house = _HOUSE.match(name.group()) is not None
        if separator is None:
            house = name.group().rstrip(".")
            known = _ALONE.fullmatch(house) if labelled and not self._is_place(house) else None
            return known and Claim(start=start, end=start + len(house), labelled=True, confidence=0.7)
        following = _NEAR.match(text, separator.end())
        second = following.end() if following else separator.end()
        if labelled and _ENDS_IN_TYPE.search(name.group()) and POSTCODE.match(text, second):
            return Claim(start=start, end=name.end(), labelled=True, confidence=0.75)
        street = _NUMBERED.match(text, second)
        if street is not None and is_house:
            end = second + self._cut_at_type(street.group())
            return Claim(start=start, end=end, labelled=labelled, confidence=0.75)
        words = _WORDS.match(text, second) or _ANY_WORDS.match(text, second)
        if words is None:
            return None
        if at and words.group()[0].isupper() and not self._is_place(name.group()):
            piece = words.group().partition(". ")[0]
            return Claim(start=start, end=second + len(piece), labelled=True, confidence=0.75)
        on_street = _TYPED.search(words.group()) is not None
        place = self._gazetteer.uk_words(words.group().split()) > 0
        farm = _FARM.search(name.group()) is not None and words.group()[0].isupper()
        if (on_street and (labelled or is_house)) or (is_house and (place or following or farm)):
            return Claim(
                start=start,
                end=second + self._cut_at_type(words.group())
                if on_street
                else (words.end() if following or farm else name.end()),
                labelled=labelled,
                confidence=0.75 if labelled else 0.6,
            )
        return None

    def _is_place(self, name: str) -> bool:
        words = name.split()
        return self._gazetteer.uk_words(words) == len(words)

    def _is_person(self, name: str) -> bool:
        first = name.split(maxsplit=1)[0].lower().strip(".,")
        return _PERSON.match(name) is not None or (
            first in self._first_names and _HOUSE.match(name) is None and _VIEW.search(name) is None
        )

    def _before_postcode(self, text: str, end: int) -> Claim | None:
        """The address that a postcode at `end` closes."""
        first = max(0, end - _WINDOW)
        for limit in ("\n\n", "\t", "|", ";", " / "):
            found = text.rfind(limit, first, end)
            first = max(first, found + len(limit) if found >= 0 else 0)
        pieces = _pieces(text, first, end)
        names: list[tuple[int, int]] = []
        for start, until in reversed(pieces[-_MOST_PIECES:]):
            piece = text[start:until]
            head = (
                _NUMBER_TAIL.search(piece)
                or _NUMBER_ALONE.match(piece)
                or _UNIT_ALONE.search(piece)
                or (_NUMBER_TAIL_SMALL.search(piece) if _TYPED.search(piece) else None)
            )
            if head is not None and _TITLED_TAIL.match(head.group()):  # "11:15  Mr Pike, LS1 3AD"
                return None
            if head is not None:
                return Claim(start=start + head.start(), end=until, confidence=0.85)
            near = _NEAR_PIECE.match(piece)
            if near is not None:
                names.append((start + near.end(), until))
                continue
            if _WORDS_ALONE.match(piece) is None:
                last = _WORDS_TAIL.search(piece)
                if last is not None:
                    names.append((start + last.start(), until))
                break
            names.append((start, until))
        return self._of_house_names(text, names[::-1])

    def _of_house_names(self, text: str, names: list[tuple[int, int]]) -> Claim | None:
        """An address without a number: its house has a name."""
        while names and self._is_person(text[slice(*names[0])]):
            names = names[1:]
        for index, (start, end) in enumerate(names):
            name = text[start:end]
            more = names[index + 1 :]
            has_street = any(_ENDS_IN_TYPE.search(text[s:e]) for s, e in more)
            is_named = name.lower().startswith("the ") or not _ENDS_IN_TYPE.search(name)
            if _HOUSE.match(name) and (more or " " in name) and is_named:
                return Claim(start=start, end=end, confidence=0.75)
            is_street = _ENDS_IN_TYPE.search(name) and not _VIEW.search(name)
            if has_street and not is_street and not self._is_place(name):
                return Claim(start=start, end=end, confidence=0.7)
        return self._of_unknown_name(text, names)

    def _of_unknown_name(self, text: str, names: list[tuple[int, int]]) -> Claim | None:
        """What stands before a town and a postcode, and is neither a person nor a place: the name of a house."""
        if len(names) < 2:
            return None
        start, end = names[0]
        name = text[start:end]
        words = name.split()
        if self._is_place(name) or self._gazetteer.uk_words(words[-1:]) or len(words) > 4 or name.isupper():
            return None
        return Claim(start=start, end=end, confidence=0.7)


def _pieces(text: str, first: int, end: int) -> list[tuple[int, int]]:
    """The stretches between separators, trimmed; none empty."""
    pieces, start = [], first
    for match in SEPARATOR.finditer(text, first, end):
        pieces.append((start, match.start()))
        start = match.end()
    pieces.append((start, end))
    return [span for span in (_trimmed(text, *piece) for piece in pieces) if span[0] < span[1]]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\n>":
        start += 1
    while end > start and text[end - 1] in " \t\n>,":
        end -= 1
    return start, end
