"""The small language in which lexicons write phrases, turned into RE2 patterns for latin-1 octets.

    diagnosed with       the words, with any blanks, line ends, hyphens or a colon between; capitals count as small
    self-harm*           a hyphen may be left out; a star stands for any ending; an apostrophe may be missing
    tablets?             a question mark after a letter: it may be missing
    MS, DoLS             a word whose letters are all, or all but one, capitals stands for itself in capitals only
    (mum|step dad)       one of these; brackets stand apart from the words beside them
    (very|quite)?        may be missing
    {drug}               one of the phrases of this group of the file, or of the groups that every file has (`GROUPS`)

Every phrase has its *anchors*: words, or pairs of words that follow each other, one of which stands wherever the phrase
does. Only there it is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

import re2

from .office_words import words

_BETWEEN = r"[\s>:-]+"  # a quoted line begins with ">", a value after ":"
_PIECE = re.compile(r"\{[a-z_]+\}\??|\)\??|[(|]|[^\s(){}|?]+\??|\s+|.")
_GLUED_BRACKET = re.compile(r"[^\s(|]\(|\)\??[^\s)|?]")
_PART = re.compile(r"[A-Za-z0-9]+")
_DEEPEST = 4
_MOST_PAIRS = 2000
_PATTERN_MEMORY_BYTES = 16 * 2**20
SHORTEST_HEAD = 4
"""A word with a star is an anchor only from so many letters on."""

_ADVERB = (
    r"(?:\s+(?:not|also|now|still|currently|recently|previously|already|always|never|just|only|both|once|since|"
    r"often|long|[a-z]+ly)){0,2}"
)
_RELATION = (
    "mum|mummy|mother|mam|dad|daddy|father|stepdad|stepfather|stepmum|stepmother|step-?(?:son|daughter)|parents?|"
    "son|sons|"
    "daughters?|brothers?|sisters?|siblings?|wife|husband|partner|ex|boyfriend|girlfriend|nan|nana|gran|grandma|"
    "grandad|"
    "grandmother|grandfather|grandson|granddaughter|grandchild|grandchildren|uncle|aunt|auntie|cousin|nephew|niece|"
    "child|children|kids|baby|boys?|girls?|twins|family"
)
_AFTER_HER = (
    "and|or|but|so|because|if|when|while|whilst|until|as|with|in|on|at|by|to|for|from|over|across|round|after|before|"
    "again|repeatedly|regularly|hard|badly|once|twice|every|last|yesterday|too|inappropriately|sexually|down|up|out|"
    "that|there"
)
GROUPS: Mapping[str, str] = {
    "any": rf"(?:{_BETWEEN}(?:[\w'&-]+|\xa3?\d[\d,.]*)){{0,3}}",
    "is": rf"(?:\b(?:is|are|was|were|am|be|been|being|isn'?t|wasn'?t)\b|'(?:s|re|m)\b){_ADVERB}",
    "has": r"(?:\b(?:has|have|had|having|hasn'?t|haven'?t|i've|they've)(?:\s+(?:got|had|been having))?\b|'(?:s|ve|"
    r"d)\s+(?:got|"
    r"had)\b)" + _ADVERB,
    "him": r"(?:(?:him|them|me|us|you|himself|herself|"
    rf"(?:(?:his|her|my|your|their|the|a)\s+)(?:own\s+)?(?:{_RELATION})|mum|mummy|dad)\b|her\b(?:\s*[.,;:!?)]|"
    rf"\s+(?:{_AFTER_HER})\b|\s*$))",
    "his": r"(?:(?:his|her|their|my|your)\b|[a-z]+'s\b)",
    "he": rf"(?:he|she|they|i|you|(?:(?:his|her|my|your|their|the)\s+)?(?:{_RELATION})|"
    r"(?:mr|mrs|ms|miss|dr)\.?\s+[a-z'-]+|(?-i:[A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+)?))\b",
}
"""What every file may use: {is} and {has} in any form ("was not", "'s been", "has recently"), {him} a person who
something is done to, {his} whose something is, {he} who does something, {any} up to three words."""
_GLUED = frozenset({"any", "is", "has"})  # bring the blank before them themselves


# Words that stand in every mail, or in many, are poor anchors.
_IN_EVERY_MAIL = words(
    """a an the of in on at to for from by with and or but as if is are was were be been being has have had do does did
    not no it its he she they i you we him her them me us his their my your our this that these those who which what
    when where how all any some more most other one two three there out up so can could will would may must should about
    into than very also only just get got go please c s 1 2 3 4 5 6 7 8 9 10 11 12"""
)
_IN_MANY_MAILS = words(
    """first last new old good day days week weeks month year years time now then here down off over under after before
    since home work help need needs thanks note plan case list name team service number date made make take taken going
    see said says told use used using people person council office meeting report letter email back own same next due
    per each every many much child children family mum dad mother father son daughter partner husband wife school care
    support health mental social community order open section risk officer street county police public house road room
    centre data given call keep let night morning charge high left went found come came member personal worker safe
    subject papers contract county coun hall trade green black white best race criminal drug alcohol disability blind
    hospital court licence early special union lost year youth sexual safeguarding convictions deaf"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase as a pattern for latin-1 octets, which finds the longest of what begins first. `anchors`: of each of
    these sets some word stands wherever the phrase does, the rarest first: a word in small letters, one in capitals
    that stands so only, the first letters of one with a star after them (at least SHORTEST_HEAD), or two words in small
    letters with a blank between them, which stand side by side whatever parts them."""

    pattern: Any
    anchors: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A piece of a phrase. `first` and `last`: the words, in small letters, one of which it begins and ends with; empty
    where it may be any."""

    source: str
    anchors: tuple[frozenset[str], ...] = ()  # none: it may hold any word
    optional: bool = False
    glued: bool = False
    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    item: _Item
    height: int


class Groups(dict[str, Iterable[str]]):
    """The named lists of phrases of one file. Each is read once, however many phrases it stands in."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        super().__init__(groups)
        self.read: dict[str, _Group] = {}


def read_phrase(phrase: str, groups: Mapping[str, Iterable[str]]) -> Phrase:
    """Read one phrase. Raises ValueError that says what is wrong with it."""
    whole = _Parser(phrase, groups if isinstance(groups, Groups) else Groups(groups), 0).whole()
    if not whole.anchors:
        raise ValueError(f"phrase “{phrase}”: no word of it must be there")
    return Phrase(pattern=_compiled(whole.source), anchors=whole.anchors)


def _compiled(source: str) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = True
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY_BYTES
    try:
        return re2.compile(f"(?i){source}".encode("latin-1"), options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(f"no pattern can be made of it: {error}") from None


class _Parser:
    """Reads one phrase from left to right. `depth` counts the groups that it stands in, `height` those that stand in
    it, one within the other."""

    def __init__(self, phrase: str, groups: Groups, depth: int) -> None:
        self.height = 0
        self._phrase = phrase
        self._groups = groups
        self._depth = depth
        if _GLUED_BRACKET.search(phrase):
            raise self._error("a bracket stands apart from the words beside it")
        self._pieces = [t for t in _PIECE.findall(phrase) if not t.isspace()]
        self._at = 0

    def whole(self) -> _Item:
        item = self._alternatives(closing="")
        if self._at < len(self._pieces):
            raise self._error(f"“{self._pieces[self._at]}” stands without its bracket")
        return item

    def _alternatives(self, closing: str) -> _Item:
        items = [self._sequence()]
        while self._at < len(self._pieces) and self._pieces[self._at] == "|":
            self._at += 1
            items.append(self._sequence())
        if closing and not (self._at < len(self._pieces) and self._pieces[self._at].startswith(closing)):
            raise self._error("a bracket is not closed")
        return _one_of(items)

    def _sequence(self) -> _Item:
        items = []
        while self._at < len(self._pieces) and self._pieces[self._at][0] not in "|)":
            items.append(self._item())
        fixed = next((n for n, item in enumerate(items) if not item.optional), None)
        if fixed is None:
            raise self._error("nothing in it must be there")
        if items[0].source == GROUPS["any"]:
            raise self._error("{any} can't stand first")
        before = "".join(f"(?:{item.source}{_BETWEEN})?" for item in items[:fixed])
        source = before + items[fixed].source + "".join(_after(item) for item in items[fixed + 1 :])
        anchors = {anchor for item in items if not item.optional for anchor in item.anchors}
        anchors |= {pairs for one, other in pairwise(items[fixed:]) if (pairs := _pairs(one, other))}
        return _Item(
            source=source,
            anchors=tuple(sorted(anchors, key=_cost)),
            first=frozenset() if fixed else items[0].first,
            last=frozenset() if items[-1].optional else items[-1].last,
        )

    def _item(self) -> _Item:
        piece = self._pieces[self._at]
        self._at += 1
        if piece.startswith("{") and piece.rstrip("?").endswith("}"):
            item = self._group(piece.strip("{}?"))
            return replace(item, optional=piece.endswith("?"))
        if piece == "(":
            inner = self._alternatives(closing=")")
            optional = self._pieces[self._at] == ")?"
            self._at += 1
            return replace(inner, source=f"(?:{inner.source})", optional=optional, glued=False)
        if piece[0] in "({}?":
            raise self._error(f"“{piece}” has no meaning here")
        return _word(piece)

    def _group(self, name: str) -> _Item:
        if name in GROUPS:
            return _Item(source=GROUPS[name], glued=name in _GLUED)
        if name not in self._groups:
            raise self._error(f"no group is called “{name}”")
        if name not in self._groups.read and self._depth < _DEEPEST:
            parsers = [_Parser(phrase, self._groups, self._depth + 1) for phrase in self._groups[name]]
            item = _one_of([parser.whole() for parser in parsers])
            self._groups.read[name] = _Group(item=item, height=1 + max(parser.height for parser in parsers))
        group = self._groups.read.get(name)
        if group is None or self._depth + group.height > _DEEPEST:
            raise self._error(f"the group “{name}” holds itself, or groups too deep")
        self.height = max(self.height, group.height)
        return group.item

    def _error(self, what: str) -> ValueError:
        return ValueError(f"phrase “{self._phrase}”: {what}")


def _one_of(items: list[_Item]) -> _Item:
    if len(items) == 1:
        return items[0]
    rarest = [item.anchors[0] for item in items if item.anchors]
    return _Item(
        source=f"(?:{'|'.join(item.source for item in items)})",
        anchors=(frozenset().union(*rarest),) if len(rarest) == len(items) else (),
        first=_united([item.first for item in items]),
        last=_united([item.last for item in items]),
    )


def _united(words_of_each: list[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*words_of_each) if all(words_of_each) else frozenset()


def _pairs(one: _Item, other: _Item) -> frozenset[str]:
    """The pairs of words one of which stands where two items follow each other; empty where it may be any."""
    if one.optional or other.optional or other.glued or len(one.last) * len(other.first) > _MOST_PAIRS:
        return frozenset()
    return frozenset(f"{first} {second}" for first in one.last for second in other.first)


def _after(item: _Item) -> str:
    if item.glued:
        # "she's": nothing stands between; "she is": a blank does.
        return item.source if item.source == GROUPS["any"] else rf"[\s>-]*{item.source}"
    return f"(?:{_BETWEEN}{item.source})?" if item.optional else f"{_BETWEEN}{item.source}"


def _cost(anchors: frozenset[str]) -> tuple[float, list[str]]:
    """How often anchors are likely to stand in a text that does not hold the phrase; then their own order."""
    return sum(map(_cost_of_one, anchors)), sorted(anchors)


@cache
def _cost_of_one(anchor: str) -> float:
    first, _, second = anchor.partition(" ")
    if second:  # of words that stand everywhere a pair stands in many mails, of others hardly anywhere
        return _cost_of_one(first) * _cost_of_one(second) / 4000
    return 1000 if anchor in _IN_EVERY_MAIL else 40 if anchor.rstrip("*") in _IN_MANY_MAILS else 2


@cache
def _word(word: str) -> _Item:
    star = word.endswith("*")
    body = word.removesuffix("*").removesuffix("?")
    parts = _PART.findall(body)
    if not body or "*" in body:
        raise ValueError(f"phrase “{word}”: a star stands at the end of a word")
    if not parts:
        return _Item(source=re2.escape(body))
    source = re2.escape(body).replace(r"\'", "['?]?").replace(r"\-", r"[\s-]?")  # "?": one beyond Latin-1
    capital = _is_capital(body)
    if capital:
        source = f"(?-i:{source})"
    start = r"\b" if body[0].isalnum() else ""
    if star:
        anchors = _anchors(parts, body, capital=capital, star=True)
        is_anchored = all(len(anchor) > SHORTEST_HEAD for anchor in anchors)
        return _Item(source=rf"{start}{source}[a-z']*", anchors=(anchors,) if is_anchored else ())
    anchors = _anchors(parts, body, capital=capital, star=False)
    if word.endswith("?"):
        source += "?"  # the last letter may be missing
        anchors |= _anchors([*parts[:-1], parts[-1][:-1]], body[:-1], capital=capital, star=False)
    edges = frozenset(anchor.lower() for anchor in anchors) if len(parts) == 1 and all(anchors) else frozenset()
    return _Item(
        source=rf"{start}{source}" + (r"\b" if body[-1].isalnum() else ""), anchors=(anchors,), first=edges, last=edges
    )


def _is_capital(body: str) -> bool:
    letters = [c for c in body if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= max(2, len(letters) - 1)


def _anchors(parts: list[str], body: str, *, capital: bool, star: bool) -> frozenset[str]:
    """What stands in a text as a word of its own wherever a word of a phrase does: its last part, or all of it, where
    what joins its parts may be missing."""
    joined = "".join(parts) if len(parts) > 1 and ("-" in body or "'" in body) else parts[-1]
    if "'" in body and len(parts) > 1:
        parts = [parts[0], parts[0]] if len(parts) == 2 else parts  # "parkinson's" is "parkinson", "s"
    found = {parts[-1], joined} if not ("." in body or "/" in body or "&" in body) else {max(parts, key=len)}
    if not capital:
        found = {word.lower() for word in found}
    return frozenset(f"{word}*" if star else word for word in found)
