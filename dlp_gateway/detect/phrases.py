"""The small language in which lexicons write phrases, turned into RE2 patterns for latin-1 octets.

diagnosed with       the words, with any blanks, line ends or hyphens between them; small and capital letters are one
self-harm*           a hyphen may be left out; a star stands for any ending; an apostrophe may be missing
MS, DoLS             a word whose letters are all, or all but one, capitals stands for itself in capitals only
(mum|step dad)       one of these
illness(es)?, jabs?  no: brackets stand apart from words; a question mark after a letter: it may be missing
(very|quite)?        may be missing
{drug}               one of the phrases of this group of the file, or of the groups that every file has (`GROUPS`)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import re2

_BETWEEN = r"[\s>:-]+"  # a quoted line begins with ">", a value after ":"
_PIECE = re.compile(r"\{[a-z_]+\}\??|\)\??|[(|]|[^\s(){}|?]+\??|\s+|.")
_GLUED_BRACKET = re.compile(r"[^\s(|]\(|\)\??[^\s)|?]")
_DEEPEST = 4
_PATTERN_MEMORY_BYTES = 64 * 2**20

_ADVERB = (
    r"(?:\s+(?:not|also|now|still|currently|recently|previously|already|always|never|just|only|both|once|since|"
    r"often|long|[a-z]{2,12}ly)){0,2}"
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
    "any": rf"(?:{_BETWEEN}[\w'&-]+){{0,3}}",
    "is": rf"(?:\b(?:is|are|was|were|am|be|been|being|isn'?t|wasn'?t)\b|'(?:s|re|m)\b){_ADVERB}",
    "has": r"(?:\b(?:has|have|had|having|hasn'?t|haven'?t)(?:\s+(?:got|had|been having))?\b|'(?:s|ve|d)\s+(?:got|"
    r"had)\b)" + _ADVERB,
    "him": r"(?:(?:him|them|me|us|you|himself|herself|"
    rf"(?:(?:his|her|my|your|their|the|a)\s+)(?:own\s+)?(?:{_RELATION})|mum|mummy|dad)\b|her\b(?:\s*[.,;:!?)]|"
    rf"\s+(?:{_AFTER_HER})\b|\s*$))",
    "his": r"(?:(?:his|her|their|my|your|our)\b|[a-z]+'s\b)",
    "he": rf"(?:he|she|they|i|you|(?:(?:his|her|my|your|their|the)\s+)?(?:{_RELATION})|"
    r"(?:mr|mrs|ms|miss|dr)\.?\s+[a-z'-]+|(?-i:[A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+)?))\b",
}
"""What every file may use: {is} and {has} in any form ("was not", "'s been", "has recently"), {him} a person who
something is done to, {his} whose something is, {he} who does something, {any} up to three words."""
_GLUED = frozenset({"any", "is", "has"})  # bring the blank before them themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    source: str
    optional: bool = False
    glued: bool = False


def pattern_of(phrase: str, groups: Mapping[str, Iterable[str]]) -> str:
    """A phrase as the source of an RE2 pattern. Raises ValueError that says what is wrong with the phrase."""
    return _Parser(phrase, groups, 0).whole()


def compile_phrases(phrases: Iterable[str], groups: Mapping[str, Iterable[str]]) -> Any:
    """All phrases as one pattern for latin-1 octets that finds the longest; None for none. Raises ValueError."""
    source = source_of(phrases, groups)
    return compile_source(source) if source else None


def source_of(phrases: Iterable[str], groups: Mapping[str, Iterable[str]]) -> str:
    """All phrases as the source of one pattern; "" for none. Raises ValueError."""
    alternatives = [pattern_of(phrase, groups) for phrase in sorted(set(phrases))]
    return f"(?i)(?:{'|'.join(alternatives)})" if alternatives else ""


def compile_source(source: str) -> Any:
    """A pattern for latin-1 octets that finds the longest of what begins first. Raises ValueError."""
    try:
        return re2.compile(source.encode("latin-1"), options_of_phrases(_PATTERN_MEMORY_BYTES))
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(f"no pattern can be made of the phrases: {error}") from None


def options_of_phrases(memory_bytes: int) -> Any:
    """RE2's options for patterns of phrases."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = True
    options.log_errors = False
    options.max_mem = memory_bytes
    return options


class _Parser:
    """Reads one phrase from left to right. `depth` counts groups within groups."""

    def __init__(self, phrase: str, groups: Mapping[str, Iterable[str]], depth: int) -> None:
        self._phrase = phrase
        self._groups = groups
        self._depth = depth
        if _GLUED_BRACKET.search(phrase):
            raise self._error("a bracket stands apart from the words beside it")
        self._pieces = [t for t in _PIECE.findall(phrase) if not t.isspace()]
        self._at = 0

    def whole(self) -> str:
        source = self._alternatives(closing="")
        if self._at < len(self._pieces):
            raise self._error(f"“{self._pieces[self._at]}” stands without its bracket")
        return source

    def _alternatives(self, closing: str) -> str:
        sources = [self._sequence()]
        while self._at < len(self._pieces) and self._pieces[self._at] == "|":
            self._at += 1
            sources.append(self._sequence())
        if closing and not (self._at < len(self._pieces) and self._pieces[self._at].startswith(closing)):
            raise self._error("a bracket is not closed")
        return sources[0] if len(sources) == 1 else f"(?:{'|'.join(sources)})"

    def _sequence(self) -> str:
        items = []
        while self._at < len(self._pieces) and self._pieces[self._at][0] not in "|)":
            items.append(self._item())
        fixed = next((n for n, item in enumerate(items) if not item.optional), None)
        if fixed is None:
            raise self._error("nothing in it must be there")
        if items[0].glued and items[0].source == GROUPS["any"]:
            raise self._error("{any} can't stand first")
        before = "".join(f"(?:{item.source}{_BETWEEN})?" for item in items[:fixed])
        return before + items[fixed].source + "".join(_after(item) for item in items[fixed + 1 :])

    def _item(self) -> _Item:
        piece = self._pieces[self._at]
        self._at += 1
        if piece.startswith("{") and piece.rstrip("?").endswith("}"):
            item = self._group(piece.strip("{}?"))
            return _Item(source=item.source, optional=piece.endswith("?"), glued=item.glued)
        if piece == "(":
            source = self._alternatives(closing=")")
            optional = self._pieces[self._at] == ")?"
            self._at += 1
            return _Item(source=f"(?:{source})", optional=optional)
        if piece[0] in "({}?":
            raise self._error(f"“{piece}” has no meaning here")
        return _Item(source=_word(piece))

    def _group(self, name: str) -> _Item:
        if name in GROUPS:
            return _Item(source=GROUPS[name], glued=name in _GLUED)
        if name not in self._groups:
            raise self._error(f"no group is called “{name}”")
        if self._depth == _DEEPEST:
            raise self._error(f"the group “{name}” holds itself, or groups too deep")
        inner = [_Parser(phrase, self._groups, self._depth + 1).whole() for phrase in self._groups[name]]
        return _Item(source=f"(?:{'|'.join(inner)})")

    def _error(self, words: str) -> ValueError:
        return ValueError(f"phrase “{self._phrase}”: {words}")


def _after(item: _Item) -> str:
    if item.glued:
        # "she's": nothing stands between; "she is": a blank does.
        return item.source if item.source == GROUPS["any"] else rf"[\s>-]*{item.source}"
    return f"(?:{_BETWEEN}{item.source})?" if item.optional else f"{_BETWEEN}{item.source}"


def _word(word: str) -> str:
    star = word.endswith("*")
    body = word.removesuffix("*").removesuffix("?")
    if not body or "*" in body:
        raise ValueError(f"phrase “{word}”: a star stands at the end of a word")
    source = re2.escape(body).replace(r"\'", "['?]?").replace(r"\-", r"[\s-]?")  # "?": one beyond Latin-1
    letters = [c for c in body if c.isalpha()]
    if len(letters) >= 2 and sum(c.isupper() for c in letters) >= max(2, len(letters) - 1):
        source = f"(?-i:{source})"
    start = r"\b" if body[0].isalnum() else ""
    if star:
        return rf"{start}{source}[a-z']*"
    if word.endswith("?"):
        source += "?"  # the last letter may be missing
    return rf"{start}{source}" + (r"\b" if body[-1].isalnum() else "")
