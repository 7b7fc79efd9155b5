"""Names of people by rule: titles, greetings, sign-offs, labels, known first names; and what only
looks like a name. The language model's spans are judged here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2

from ..recognisers.engine import ModelName
from ..ruleset import Ruleset

_WORD = r"\p{Lu}[\p{L}'\-]+"
_INITIALS = r"(?:\p{Lu}\.?[ ]+)"
_NAME = (
    rf"{_INITIALS}{{0,3}}{_WORD}"
    rf"(?:[ ]+{_INITIALS}{{0,2}}(?:(?:de|da|van|von|der|den|bin|al|el|ap)[ ]+)?{_WORD}){{0,2}}"
)
_TITLE_WORDS = r"Mr|Mrs|Miss|Ms|Mx|Master|Dr|Doctor|Rev|Reverend|Prof|Professor|Sir|Dame|Lord|Lady|MR|MRS|MISS|MS|DR"
_COUNCILLOR = r"Cllr|Cllrs|Councillor|Councillors|Alderman|Mayor|MP for [A-Z][a-z]+,"
_LABELS = (
    r"(?:full |first |last |child'?s |patient'?s |client'?s |tenant'?s |parent'?s |pupil'?s |applicant'?s )?name"
    r"(?: of (?:child|patient|client|tenant|pupil|applicant|claimant|resident|parent))?|"
    r"surname|forename|client|tenant|patient|resident|claimant|applicant|child|pupil|student|service user|"
    r"mother|father|parent|carer|next of kin|complainant|customer|employee|account holder|named person|subject"
)
_TITLED = re2.compile(
    rf"\b(?P<title>(?:{_TITLE_WORDS})\.?(?:[ ]*(?:&|and)[ ]*(?:{_TITLE_WORDS})\.?)?)[ ]+(?P<value>{_NAME})"
)
_PUBLIC = re2.compile(rf"\b(?P<title>{_COUNCILLOR})\.?[ ]+(?:(?:{_TITLE_WORDS})\.?[ ]+)?(?P<value>{_NAME})")
_NEXT_IN_LIST = re2.compile(rf"(?:[ ]?\([^()\n]{{1,30}}\))?(?:,| and| &|, and)[ ]+(?P<value>{_NAME})")
_GREETING = re2.compile(
    r"(?m)^[ \t>]*(?i:dear|hi|hello|hiya|hey|morning|afternoon|good (?:morning|afternoon|evening))[ ,]+"
    rf"(?P<title>(?:(?:{_TITLE_WORDS}|{_COUNCILLOR})\.?[ ]*(?:&|and)?[ ]*){{0,2}})(?P<value>{_NAME})"
    r"(?P<second>[ ]*(?:,|&|and)[ ]*(?:\p{Lu}[\p{L}'\-]+))?[ \t]*(?:[,\-!:;.]|$)"
)
_SIGN_OFF = re2.compile(
    r"(?mi)^[ \t>]*(?:(?:kind(?:est)?|best|warm(?:est)?|many|with)[ ]+)?(?:regards|thanks|wishes|cheers|sincerely|"
    r"faithfully|yours (?:sincerely|faithfully|truly)|thank you|many thanks|best)[ \t]*[,.!]?[ \t]*$"
)
_LINE_NAME = re2.compile(rf"^[ \t>]*(?P<value>{_NAME})[ \t]*(?:,|\||-|$)")
_LABELLED = re2.compile(
    rf"(?m)(?:^|[\s(;,|])(?i:{_LABELS})(?:\(s\))?[ \t]*(?:[:=]|[ ]-)[ \t]*(?:(?:{_TITLE_WORDS})\.?[ ]+)?"
    rf"(?P<value>{_WORD},[ ]+{_WORD}|{_NAME})"
)
_CALLED = re2.compile(
    rf"\b(?i:name is|name's|names are|who is called|was called|daughter|son|mother|father|wife|husband|partner|"
    rf"brother|sister|mum|dad|uncle|aunt|grandson|granddaughter|neighbour|landlord|tenant|client|patient|resident|"
    rf"spoke (?:to|with)|visited|assessed|interviewed)(?: is| was|,)?[ ]+(?P<value>{_NAME})"
)
_TOKEN = re2.compile(r"\p{Lu}[\p{L}'\-]*")
_AFTER_ROLE = re.compile(
    r"[ ]MPs?\b|[ ]{0,2}(?:,|\(|-)[ ]{0,2}(?:the )?"
    r"(?:interim |acting |deputy |assistant |strategic |corporate |executive ){0,3}"
    r"(?:director|head of|chief executive|leader of|cabinet member|portfolio holder|executive member|mayor|mp\b|"
    r"monitoring officer|chief constable|spokes)",
    re.IGNORECASE,
)
_BEFORE_ROLE = re.compile(
    r"(?:leader of the council|council leader|chief executive|cabinet member for [a-z ]{3,40}|mayor|"
    r"director of [a-z ]{3,40}|"
    r"head of [a-z ]{3,40}|portfolio holder for [a-z ]{3,40}|spokes(?:man|woman|person))[,:]? $",
    re.IGNORECASE,
)
# LocMem is a program; McDonald, MacLeod, DeSouza and FitzGerald are people.
_INNER_CAPITAL = re.compile(r"\b(?!Mc|Mac|De|Di|Le|La|Fitz)[A-Z][a-z]+[A-Z]|[+]|\w\.[a-z]")
_HOUSE_NUMBER = re.compile(r"(?:^|[^\d/.,:-])\d{1,5}[A-Za-z]? $")
_ACTS = re.compile(
    r"'s\b|,? (?:is|was|has|had|will|would|can|could|said|says|told|asked|wants|lives|needs|does|did|went|came|who|"
    r"spent|and)\b"
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|via|near|around|towards|outside|across) $", re.IGNORECASE)
_JUNK = re.compile(r"\d|@|https?:|[<>=_/\\|\":]")
_UPPER_LINE = re.compile(r"[^\n]+")
_CAPITALS = re.compile(r"[A-Z]{2,}")
_SMALL_WORDS = frozenset(
    ("of", "the", "and", "in", "to", "for", "on", "at", "a", "is", "was", "be", "by", "or", "an", "as")
)


class NameKind(StrEnum):
    TITLED = "name-titled"
    GREETING = "name-greeting"
    SIGN_OFF = "name-sign-off"
    LABELLED = "name-labelled"
    CALLED = "name-called"
    KNOWN = "name-known-first-name"
    PUBLIC = "name-public-role"
    MODEL = "name-model"
    COLUMN = "name-column"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A name in a canonical text, without its title. `title` tells a lone surname from a lone first name."""

    kind: NameKind
    start: int
    end: int
    confidence: float
    title: str = ""
    public: bool = False  # named in a public role


class NameFinder:
    """Finds names by rule and judges those of the language model."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._first_names = ruleset.words.get("first-names", frozenset())
        self._ambiguous = ruleset.words.get("ambiguous-names", frozenset())
        self._not_names = ruleset.words.get("not-names", frozenset())
        self._places = ruleset.words.get("places", frozenset())

    def titled(self, text: str) -> Iterator[NameMatch]:
        """Only names with a title or in a public role: cheap, for when names alone can't matter."""
        for match in _PUBLIC.finditer(text):
            yield from self._made(text, _value_of(match), NameKind.PUBLIC, 0.9, public=True)
            end = _value_of(match)[1]
            while match["title"].endswith("s") and (following := _NEXT_IN_LIST.match(text[end : end + 80])):
                span = tuple(end + offset for offset in _value_of(following))
                yield from self._made(text, (span[0], span[1]), NameKind.PUBLIC, 0.85, public=True)
                end = span[1]
        for match in _TITLED.finditer(text):
            yield from self._made(text, _value_of(match), NameKind.TITLED, 0.9, title=match["title"])

    def by_rule(self, text: str) -> Iterator[NameMatch]:
        """All names that rules find."""
        yield from self.titled(text)
        for match in _GREETING.finditer(text):
            public = match["title"][:1].lower() == "c"
            yield from self._made(
                text, _value_of(match), NameKind.GREETING, 0.85, title=match["title"].strip(), public=public
            )
        for match in _SIGN_OFF.finditer(text):
            rest = text[match.end() : match.end() + 120].lstrip("\n\r \t>")
            line = _LINE_NAME.match(rest.partition("\n")[0])
            if line is not None:
                start = text.index(line["value"], match.end())
                yield from self._made(text, (start, start + len(line["value"])), NameKind.SIGN_OFF, 0.85)
        for match in _LABELLED.finditer(text):
            yield from self._made(text, _value_of(match), NameKind.LABELLED, 0.85)
        for match in _CALLED.finditer(text):
            yield from self._made(text, _value_of(match), NameKind.CALLED, 0.7)
        yield from self._by_first_name(text)

    def _by_first_name(self, text: str) -> Iterator[NameMatch]:
        tokens = [(m.start(), m.end(), text[m.start() : m.end()]) for m in _TOKEN.finditer(text)]
        index = 0
        while index < len(tokens):
            start, end, word = tokens[index]
            lower = word.lower()
            index += 1
            if lower not in self._first_names or lower in self._not_names or _in_word(text, start):
                continue
            following = 0
            while index < len(tokens) and following < 3:
                next_start, next_end, next_word = tokens[index]
                if text[end:next_start] not in (" ", ". ", "  ") or not self._can_be_name(next_word):
                    break
                end, following, index = next_end, following + (len(next_word) > 1), index + 1
            if following:
                yield from self._made(text, (start, end), NameKind.KNOWN, 0.7)
            elif lower not in self._ambiguous and lower not in self._places and len(word) > 2 and not word.isupper():
                yield from self._made(text, (start, end), NameKind.KNOWN, 0.55)

    def by_model(self, text: str, spans: Iterable[ModelName]) -> Iterator[NameMatch]:
        """The spans that the language model calls a person, where they can be one. `spans` are all of its names, in
        order."""
        for span in spans:
            if span.kind == "PERSON":
                yield from self._from_model(text, span.start, span.end)

    def _from_model(self, text: str, start: int, end: int) -> Iterator[NameMatch]:
        value = text[start:end]
        first_line = value.partition("\n")[0]
        end = start + len(first_line)
        house_number = _HOUSE_NUMBER.search(text[max(0, start - 8) : start])
        if (
            _JUNK.search(first_line)
            or _INNER_CAPITAL.search(first_line)
            or house_number
            or not any(c.isupper() for c in first_line)
        ):
            return
        yield from self._made(text, (start, end), NameKind.MODEL, 0.75)

    def _made(
        self,
        text: str,
        span: tuple[int, int],
        kind: NameKind,
        confidence: float,
        *,
        title: str = "",
        public: bool = False,
    ) -> Iterator[NameMatch]:
        """The match without words at its ends that are no part of a name, if a name is left."""
        start, end = self._trimmed(text, *span)
        if start >= end:
            return
        words = text[start:end].replace(",", " ").split()
        if len(words) == 1:
            word = words[0].lower().strip("'-")
            never = word in self._not_names or (word in self._places and kind is not NameKind.GREETING)
            if len(word) < 2 or (never and not title):
                return
            if kind is NameKind.CALLED and words[0].isupper():
                return
            if kind is NameKind.MODEL and (
                word in self._ambiguous
                or words[0].isupper()
                or len(word) < 4
                or _PLACE_BEFORE.search(text[max(0, start - 12) : start])
                or (word not in self._first_names and _starts_sentence(text, start) and not _ACTS.match(text, end))
            ):
                return
        elif not title:
            known = words[0].lower() in self._first_names
            if kind is NameKind.MODEL and words[-1].lower() in _PLACE_ENDINGS and not known:
                return
            if all(w.lower() in self._places or w.lower() in self._not_names for w in words):
                return
        if _is_place(text, end) or _ORGANISATION.match(text, end):
            return
        before = text[max(0, start - 60) : start]
        public = public or _AFTER_ROLE.match(text, end) is not None or _BEFORE_ROLE.search(before) is not None
        yield NameMatch(kind=kind, start=start, end=end, confidence=confidence, title=title, public=public)

    def _trimmed(self, text: str, start: int, end: int) -> tuple[int, int]:
        value = text[start:end]
        if value.endswith("'s"):
            end -= 2
        while start < end:
            words = text[start:end].split()
            if not words:
                return start, start
            if words[0].lower().strip(".,:;") in _TITLES_LOWER or (len(words) > 1 and self._never_in_name(words[0])):
                start = end - len(text[start:end].lstrip()[len(words[0]) :].lstrip(" .,:;"))
                continue
            if len(words) > 1 and self._never_in_name(words[-1]):
                end = start + len(text[start:end].rstrip()[: -len(words[-1])].rstrip(" .,:;-"))
                continue
            break
        stripped = text[start:end].strip(" .,:;-'\"()")
        if not stripped:
            return start, start
        start = text.index(stripped, start)
        return start, start + len(stripped)

    def _never_in_name(self, word: str) -> bool:
        lower = word.lower().strip(".,:;'")
        return lower in self._not_names and not (lower in self._first_names and lower not in self._ambiguous)

    def _can_be_name(self, word: str) -> bool:
        return not self._never_in_name(word) and not (
            word.isupper() and len(word) > 1 and word.lower() not in self._first_names
        )


def _starts_sentence(text: str, start: int) -> bool:
    """Whether the capital at `start` may be that of any word: at the start of a line, a sentence or an item."""
    before = text[max(0, start - 6) : start].rstrip(" \t>*\"'(-")
    return not before or before[-1] in ".!\n|\u2022"


def _is_place(text: str, end: int) -> bool:
    """Whether the word after a name makes it a street, a building or a department ("Nelson Mandela House")."""
    word = _NEXT_WORD.match(text, end)
    return word is not None and word[1][0].isupper() and word[1].lower() in _PLACE_ENDINGS


_NEXT_WORD = re.compile(r"[ ]{1,3}([A-Za-z]+)")
_ORGANISATION = re.compile(
    r"(?:'s)?[ ]?(?:&|and)?[ ]?(?:Sons|Partners|LLP|Ltd|Limited|plc|PLC|Solicitors|Associates|Group|Trust|"
    r"Foundation|Homes|"
    r"Housing|Construction|Surgery|Academy|University|College|Hospital|Hospice|Partnership|Bank|Stores?|Council|Award|"
    r"Review|Report|Act|Scheme|Prize|Memorial)\b"
)
_TITLES_LOWER = frozenset(w.lower() for w in f"{_TITLE_WORDS}|Cllr|Cllrs|Councillor|Councillors".split("|"))
_PLACE_ENDINGS = frozenset(
    """street road avenue lane close drive way court crescent gardens grove place square terrace hill mews row walk
    house school primary academy centre park hall library hospital surgery clinic hotel lodge cottage farm church
    stadium arena building tower towers estate ward bridge station college university ltd limited llp plc team
    department service services committee council""".split()  # noqa: SIM905 - a word a line would be no easier to read
)


def _value_of(match: Any) -> tuple[int, int]:
    """The span of the group `value`: RE2's matches take spans by number only."""
    span: tuple[int, int] = match.span(match.re.groupindex["value"])
    return span


def _in_word(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in "@._-/'")


def truecase(text: str) -> str:
    """The text with lines of capitals written as a model expects names: same length, same offsets."""

    def line(match: re.Match[str]) -> str:
        value = match.group()
        letters = sum(c.isalpha() for c in value)
        if letters < 9 or sum(c.isupper() for c in value) <= 0.7 * letters:
            return value
        return _CAPITALS.sub(
            lambda m: m.group().lower() if m.group().lower() in _SMALL_WORDS else m.group().capitalize(), value
        )

    return _UPPER_LINE.sub(line, text)
