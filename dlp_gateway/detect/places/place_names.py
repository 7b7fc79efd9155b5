"""Places that a text names: by the lexicons, and by the words that lead to a place ("flew to", "grew up in")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .gazetteer import Gazetteer

_CAPITAL = r"(?![a-zß-öø-ÿ])[^\W\d_]"
_WORD = rf"{_CAPITAL}(?:[^\W\d_]|['\-]){{0,24}}+(?!\d)"
_JOINER = r"(?:de|des|du|del|della|di|da|do|dos|das|la|le|les|el|al|i|e|y|u|v|nad|na|am|an|im|of|the|och|og|upon)"
_PLACE = rf"{_WORD}(?:[ ](?:{_JOINER}[ ]){{0,2}}{_WORD}){{0,3}}"
_LEADS = re.compile(
    r"\b(?:"
    r"(?:flew|fly|flying|travel(?:s|led|ling)?|mov(?:e|es|ed|ing)|went|going|go|coming|came|"
    r"return(?:ed|ing)?|drove|emigrated|trip|back|originally|arrived|fled|deported|refugees?|visa)"
    r"[ ](?:(?:here|home|back|over)[ ])?(?:to|from)|"
    r"arrived[ ](?:at|in)|"
    r"(?:liv(?:es?|ed|ing)|born|raised|grew[ ]up|brought[ ]up|based|am|i'm|resident|settled|detained|died|property|"
    r"office|house)[ ](?:in|near|outside|by)|"
    r"(?:city|town|village|university|parish|borough|county|port|isle|bishop|people|outskirts|north|south|"
    r"east|west)[ ]of|home[ ](?:city|town)|hometown|where:|capital|airport[ ]in)[ ]"
    rf"(?-i:(?:the[ ])?(?P<place>{_PLACE}))",
    re.IGNORECASE,
)
_IN = re.compile(
    rf"\b(?:in|near|at)[ ](?P<place>{_PLACE})(?=,|[ ]\d{{4}}\b|[ ]which\b|\.?\s*$|[ ]for[ ])", re.MULTILINE
)
_CODED = re.compile(
    rf"\b(?:in|at|to|from|near)[ ](?P<place>{_PLACE}[ ]\d{{3,5}}(?:-\d{{3}}|[ ]\d{{2}}|[ ][A-Z]{{2}})?)(?![\w/:])"
)
_CODE = re.compile(
    r"\b(?:zip|zip[ ]code|post[ ]?code|postal[ ]code)(?:[ ]is)?[ ]?[: ][ ]{0,3}"
    r"(?P<place>\d{3,6}(?:[ \-]\d{2,4})?(?:[ ][a-z]{2})?)\b",
    re.IGNORECASE,
)
_CORNER = re.compile(
    rf"\b(?P<place>(?i:the[ ]corner[ ]of)[ ][^\n,?!;]{{2,60}}?[ ]and[ ]{_WORD}(?:[ ]{_WORD}){{0,2}}(?:[ ]\d{{1,5}})?)"
)
_NUMBERED = re.compile(
    rf"\b(?:on|at|to|is|of|and|in)[ ](?P<place>(?:\d{{1,5}}[ ])?{_PLACE}[ ]\d{{1,4}})\b(?=[ .,?\n]|\Z)"
)
_SMALL_NUMBERED = re.compile(
    r"\b(?:lives[ ]at|address:|at|located[ ]at)[ ](?P<place>\d{2,5}[ ][^\W\d_][^\d\n,]{2,30}[ ]\d{1,5})\b"
)
_POST_BOX = re.compile(
    r"(?P<place>\b(?:P\.?[ ]?O\.?[ ]?Box|Postbox|Postboks|Postfach|Casilla|Apartado)[ ]\d{1,6})\b", re.IGNORECASE
)
_LINE = re.compile(r"(?m)^[>? \t]{0,6}(?P<line>[^\n]{2,40}?)[ \t]*$")
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['.\-](?=[^\W_]))*")
_NOT_PLACE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    r"Thursday|Friday|Saturday|Sunday|Easter|Christmas|Ramadan|Spring|Summer|Autumn|Winter|Section|Schedule|Article|"
    r"Part|Year|Room|Appendix|Annex|Page|Table|Figure|Phase|Stage|Level|Class|Group|Line|Council|Committee|Cabinet|"
    r"Parliament|Court|School|Mr|Mrs|Ms|Miss|Dr|I|The|This|That|My|Our|Your|His|Her|Their|It|We|He|She|They|You|Excel|"
    r"Word|Teams|Outlook|PDF|CSV|NHS|GP|ICU|AE|IT|HR)\b"
)


class PlaceNames:
    """Finds places that are no addresses. `not_places`: words in small letters that are seldom places."""

    def __init__(self, gazetteer: Gazetteer, not_places: frozenset[str]) -> None:
        self._gazetteer = gazetteer
        self._not_places = not_places

    def led_to(self, text: str) -> Iterator[tuple[int, int]]:
        """Places that the words before them make places, whatever they are called."""
        for pattern in (_CORNER, _LEADS, _CODED, _CODE, _POST_BOX, _SMALL_NUMBERED):
            for match in pattern.finditer(text):
                if not _NOT_PLACE.match(match["place"]):
                    yield match.span("place")
        for upper, lower in pairwise(_LINE.finditer(text)):
            words = lower["line"].rstrip("0123456789 -.").split()
            if words and self._gazetteer.country_words(words) == len(words):
                yield lower.span("line")
                if re.fullmatch(_PLACE, upper["line"]) and upper.end() + 1 >= lower.start():
                    yield upper.span("line")

    def known(self, text: str) -> Iterator[tuple[int, int]]:
        """Places by name: countries wherever they stand, towns where no other name goes on beside them."""
        tokens = list(_TOKEN.finditer(text))
        index = 0
        while index < len(tokens):
            words = [t.group() for t in _adjoining(text, tokens, index)]
            country = self._gazetteer.country_words(words)
            if country == 1 and words[0].lower() in self._not_places:
                country = 0
            count = country or (self._town(text, tokens, index, words) if words[0][:1].isupper() else 0)
            if count:
                yield tokens[index].start(), tokens[index + count - 1].end()
            index += count or 1

    def likely(self, text: str) -> Iterator[tuple[int, int]]:
        """What stands after "in", and names with a number, which may be a street's or a town's."""
        for pattern in (_IN, _NUMBERED):
            for match in pattern.finditer(text):
                words = match["place"].split()
                if not _NOT_PLACE.match(match["place"]) and words[0].lower() not in self._not_places:
                    yield match.span("place")

    def _town(self, text: str, tokens: list[re.Match[str]], index: int, words: list[str]) -> int:
        count = self._gazetteer.words(words)
        if not count or words[0].lower() in self._not_places:
            return 0
        before, after = text[: tokens[index].start()][-12:], words[count : count + 1]
        alone = not (after and after[0][:1].isupper()) and not re.search(rf"{_WORD}[ ]\Z", before)
        return count if alone and (count > 1 or len(words[0]) > 3) else 0


def _adjoining(text: str, tokens: list[re.Match[str]], index: int) -> list[re.Match[str]]:
    """The token and up to three that follow it after one blank each."""
    run = [tokens[index]]
    for token in tokens[index + 1 : index + 5]:
        if text[run[-1].end() : token.start()] != " ":
            break
        run.append(token)
    return run
